/**
 * What a session has used of each component so far: whole numbers that samples are added to, one after the other. A tally is
 * plain data, so it can be kept beside the session; pricing all at once is the same steps in a row (price.ts).
 *
 * Between two readings energy flows evenly while the vehicle charges. Where a restriction begins or ends to hold between them,
 * the reading is cut: at an instant, to a µWh; at an energy, to a ms.
 */
import { type Plan, UWH } from './plan.ts';
import type { Draft, Tally, Traced, Turn } from './tally-types.ts';
import type { Phase, Sample, Timeline } from './types.ts';
import { countReserved, takeFlat, walk } from './walk.ts';
import { mulDiv } from './whole.ts';

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

/** It turns out that a connector was kept free for it before it began: the same as if that had been known at its beginning. */
export function withReservation(
  plan: Plan,
  tally: Tally,
  { from, until }: NonNullable<Timeline['reservation']>,
): Tally {
  const draft = draftOf(tally);
  for (const { index } of plan.byType.reservation) draft.quantities[index] = 0;
  countReserved(plan, draft, from.getTime(), until.getTime());
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

/** The pieces that these samples are counted in, in ascending order, until `at`. */
export function traced(plan: Plan, tally: Tally, samples: readonly Sample[], at: Date): readonly Traced[] {
  const trace: Traced[] = [];
  const draft: Draft = { ...draftOf(tally), trace };
  for (const sample of samples) take(plan, draft, sample);
  settle(plan, draft, Math.max(draft.seenAt, at.getTime()), draft.energyUwh);
  return trace;
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
