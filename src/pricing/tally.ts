/**
 * What a session has used of each component so far: whole numbers that samples are added to, one after the other. A tally is
 * plain data, so it can be kept beside the session; pricing all at once is the same steps in a row (price.ts).
 *
 * Between two readings energy flows evenly while the vehicle charges. Where a restriction begins or ends to hold between them,
 * the reading is cut: at an instant, to a µWh; at an energy, to a ms.
 */
import { type Limits, type Plan, UWH } from './plan.ts';
import type { Phase, Sample } from './types.ts';
import { isProductAtLeast, mulDiv } from './whole.ts';

type Turn = { readonly at: number; readonly phase: Phase };

export type Tally = {
  readonly startedAt: number;
  /** Until when it is known what happened: the last sample. */
  readonly seenAt: number;
  /** Counted until here. */
  readonly at: number;
  readonly energyUwh: number;
  readonly phase: Phase;
  readonly phaseAt: number;
  readonly idleMs: number;
  /** The component of the flat fee; -1: none yet. */
  readonly flat: number;
  /** Turns of phase since the last reading: how the energy was spread over them is not known yet. */
  readonly pending: readonly Turn[];
  /** By component: µWh of energy, ms of times. */
  readonly quantities: readonly number[];
};
type Draft = { -readonly [Part in keyof Tally]: Tally[Part] } & { pending: Turn[]; quantities: number[] };

/** More turns without any reading between them are counted as if a reading had told no more energy. */
const MOST_PENDING = 100;
/** At one instant the phase that comes later in this order is the one that counts, in whatever order they are told. */
export const rank: Readonly<Record<Phase, number>> = { idle: 0, charging: 1, paused: 2 };

export function beginTally(
  plan: Plan,
  startedAt: Date,
  reservation?: { readonly from: Date; readonly until: Date },
): Tally {
  const at = startedAt.getTime();
  const draft: Draft = {
    startedAt: at,
    seenAt: at,
    at,
    energyUwh: 0,
    phase: 'charging',
    phaseAt: at - 1,
    idleMs: 0,
    flat: -1,
    pending: [],
    quantities: plan.terms.components.map(() => 0),
  };
  if (reservation !== undefined) countReserved(plan, draft, reservation.from.getTime(), reservation.until.getTime());
  takeFlat(plan, draft, plan.calendar(at).holds);
  return draft;
}

/** Undefined: the sample is older than what is counted, and the timeline has to be priced anew. */
export function addSample(plan: Plan, tally: Tally, sample: Sample): Tally | undefined {
  const at = Math.max(sample.at.getTime(), tally.startedAt);
  if (at < tally.seenAt) return undefined;
  const draft = draftOf(tally);
  take(plan, draft, sample);
  return draft;
}

/** All samples in ascending order of their instants. */
export function addSorted(plan: Plan, tally: Tally, samples: readonly Sample[]): Tally {
  const draft = draftOf(tally);
  for (const sample of samples) take(plan, draft, sample);
  return draft;
}

/** With what is pending, and the time until `at` if that is later, counted as if no more energy had been told. */
export function settled(plan: Plan, tally: Tally, at?: Date): Tally {
  const draft = draftOf(tally);
  settle(plan, draft, Math.max(tally.seenAt, at?.getTime() ?? 0), draft.energyUwh);
  return draft;
}

/** As if nothing had been told after `at`; undefined: more than that is counted already, and the timeline has to be priced anew. */
export function truncated(tally: Tally, at: Date): Tally | undefined {
  const end = at.getTime();
  if (tally.at > end) return undefined;
  return { ...tally, seenAt: Math.min(tally.seenAt, end), pending: tally.pending.filter((turn) => turn.at <= end) };
}

/** Whether it costs more and more although nobody tells anything. */
export function runsByItself({ byType }: Plan, { pending, phase, flat }: Tally): boolean {
  const last = pending.at(-1)?.phase ?? phase;
  if (flat < 0 && byType.flat.length > 0) return true;
  return last === 'charging' ? byType.time.length > 0 : last === 'idle' && byType.idle.length > 0;
}

const draftOf = (tally: Tally): Draft => ({
  ...tally,
  pending: [...tally.pending],
  quantities: [...tally.quantities],
});

function take(plan: Plan, draft: Draft, { at: instant, energyWh, phase }: Sample): void {
  const at = Math.max(instant.getTime(), draft.startedAt);
  draft.seenAt = at;
  if (energyWh !== undefined) settle(plan, draft, at, Math.max(Math.round(energyWh * UWH), draft.energyUwh));
  if (phase === undefined) return;
  const last = draft.pending.at(-1) ?? { at: draft.phaseAt, phase: draft.phase };
  if (last.at === at && rank[phase] < rank[last.phase]) return;
  if (at === draft.at && draft.pending.length === 0) {
    draft.phase = phase;
    draft.phaseAt = at;
    return;
  }
  if (last.at === at) draft.pending.pop();
  draft.pending.push({ at, phase });
  if (draft.pending.length > MOST_PENDING) settle(plan, draft, at, draft.energyUwh);
}

/** Counts until a reading; the energy since the one before flowed while the vehicle charged, or evenly if it never did. */
function settle(plan: Plan, draft: Draft, until: number, energyUwh: number): void {
  if (draft.pending.length === 0) {
    walk(plan, draft, until, energyUwh);
    return;
  }
  const { at: from, energyUwh: before, pending } = draft;
  draft.pending = [];
  const used = energyUwh - before;
  let chargedMs = 0;
  const parts: { until: number; chargedMs: number }[] = [];
  let part: Turn = { at: from, phase: draft.phase };
  for (const next of [...pending, { at: until, phase: draft.phase }]) {
    if (part.phase === 'charging') chargedMs += next.at - part.at;
    parts.push({ until: next.at, chargedMs });
    part = next;
  }
  for (const [i, { until: end, chargedMs: charged }] of parts.entries()) {
    const turn = pending[i - 1];
    if (turn !== undefined) {
      draft.phase = turn.phase;
      draft.phaseAt = turn.at;
    }
    const share =
      chargedMs > 0 ? mulDiv(used, charged, chargedMs) : until > from ? mulDiv(used, end - from, until - from) : used;
    walk(plan, draft, end, before + share);
  }
}

/** One stretch in one phase: piece by piece, each as long as every restriction holds or does not. */
function walk(plan: Plan, draft: Draft, toAt: number, toUwh: number): void {
  const { at: fromAt, energyUwh: fromUwh } = draft;
  const ms = toAt - fromAt;
  const uwh = toUwh - fromUwh;
  if (ms <= 0 && uwh <= 0) return;
  for (;;) {
    const { until, holds } = plan.calendar(draft.at);
    let endAt = toAt;
    let endUwh = toUwh;
    const bound = Math.min(until, nextDuration(plan, draft), nextGrace(plan, draft));
    if (bound < toAt) {
      endAt = bound;
      endUwh = fromUwh + mulDiv(uwh, bound - fromAt, ms);
    }
    const threshold = above(plan.energiesUwh, draft.energyUwh);
    if (threshold < toUwh) {
      const reachedAt = fromAt + mulDiv(ms, threshold - fromUwh, uwh);
      if (reachedAt < endAt || (reachedAt === endAt && threshold < endUwh)) {
        endAt = reachedAt;
        endUwh = threshold;
      }
    }
    count(plan, draft, holds, { ms: endAt - draft.at, uwh: endUwh - draft.energyUwh }, { ms, uwh });
    draft.at = endAt;
    draft.energyUwh = endUwh;
    if (endAt === toAt && endUwh === toUwh) return;
  }
}

type Piece = { readonly ms: number; readonly uwh: number };

function count(plan: Plan, draft: Draft, holds: readonly boolean[], piece: Piece, whole: Piece): void {
  const { byType } = plan;
  takeFlat(plan, draft, holds);
  if (piece.uwh > 0) add(draft, first(byType.energy, draft, holds, whole), piece.uwh);
  if (piece.ms <= 0) return;
  if (draft.phase === 'charging') add(draft, first(byType.time, draft, holds, whole), piece.ms);
  if (draft.phase !== 'idle') return;
  const idle = first(byType.idle, draft, holds, undefined);
  if (idle !== undefined && draft.idleMs >= idle.graceMs) add(draft, idle, piece.ms);
  draft.idleMs += piece.ms;
}

function add(draft: Draft, limits: Limits | undefined, quantity: number): void {
  if (limits !== undefined) draft.quantities[limits.index] = (draft.quantities[limits.index] ?? 0) + quantity;
}

function takeFlat(plan: Plan, draft: Draft, holds: readonly boolean[]): void {
  if (draft.flat < 0) draft.flat = first(plan.byType.flat, draft, holds, undefined)?.index ?? -1;
}

/** The first component whose restrictions hold where the tally stands. `whole`: the stretch that says the power. */
function first(
  candidates: readonly Limits[],
  { at, startedAt, energyUwh }: Tally,
  holds: readonly boolean[],
  whole: Piece | undefined,
): Limits | undefined {
  const elapsed = at - startedAt;
  return candidates.find(
    (each) =>
      holds[each.index] === true &&
      elapsed >= each.minMs &&
      elapsed < each.maxMs &&
      energyUwh >= each.minUwh &&
      energyUwh < each.maxUwh &&
      (!each.hasPower || (whole !== undefined && isWithinPower(each, whole))),
  );
}

/** µWh × 3.6 / ms are W: compared as products of whole numbers. Energy in no time at all is more than any power. */
const isWithinPower = ({ minPowerW, maxPowerW }: Limits, { ms, uwh }: Piece): boolean =>
  isProductAtLeast(uwh, 36, minPowerW, ms * 10) &&
  (maxPowerW === Infinity || !isProductAtLeast(uwh, 36, maxPowerW, ms * 10));

const nextDuration = (plan: Plan, { at, startedAt }: Tally): number =>
  startedAt + above(plan.durationsMs, at - startedAt);

const nextGrace = (plan: Plan, { at, phase, idleMs }: Tally): number =>
  phase === 'idle' ? at + above(plan.gracesMs, idleMs) - idleMs : Infinity;

function above(ascending: readonly number[], value: number): number {
  for (const each of ascending) if (each > value) return each;
  return Infinity;
}

/** The time for which a connector was kept free, by the calendar and by how long it was. */
function countReserved(plan: Plan, draft: Draft, from: number, until: number): void {
  for (let at = from; at < until; ) {
    const { until: bound, holds } = plan.calendar(at);
    const end = Math.min(until, bound, from + above(plan.durationsMs, at - from));
    const standing = { ...draft, at, startedAt: from };
    add(draft, first(plan.byType.reservation, standing, holds, undefined), end - at);
    at = end;
  }
}
