/**
 * One stretch of a session, in one phase, piece by piece: where a restriction begins or ends to hold, or a grace ends, it is cut.
 * What each piece is counted for is written into a draft of a tally (tally.ts), which nobody else holds.
 */
import type { Limits, Plan } from './plan.ts';
import type { Draft, Tally } from './tally-types.ts';
import { isProductAtLeast, mulDiv } from './whole.ts';

/** One stretch in one phase: piece by piece, each as long as every restriction holds or does not. */
export function walk(plan: Plan, draft: Draft, toAt: number, toUwh: number): void {
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
  const { at, phase } = draft;
  const energy = piece.uwh > 0 ? componentAt(byType.energy, draft, holds, whole) : undefined;
  add(draft, energy, piece.uwh);
  const time = piece.ms > 0 && phase === 'charging' ? componentAt(byType.time, draft, holds, whole) : undefined;
  add(draft, time, piece.ms);
  let idle = piece.ms > 0 && phase === 'idle' ? componentAt(byType.idle, draft, holds, undefined) : undefined;
  if (idle !== undefined && draft.idleMs < idle.graceMs) idle = undefined;
  add(draft, idle, piece.ms);
  draft.trace?.push({ at, ...piece, phase, energy: energy?.index, time: time?.index, idle: idle?.index });
  if (phase === 'idle') draft.idleMs += piece.ms;
}

function add(draft: Draft, limits: Limits | undefined, quantity: number): void {
  if (limits !== undefined) draft.quantities[limits.index] = (draft.quantities[limits.index] ?? 0) + quantity;
}

export function takeFlat(plan: Plan, draft: Draft, holds: readonly boolean[]): void {
  if (draft.flat < 0) draft.flat = componentAt(plan.byType.flat, draft, holds, undefined)?.index ?? -1;
}

/** The first component whose restrictions hold where the tally stands. `whole`: the stretch that says the power. */
export function componentAt(
  candidates: readonly Limits[],
  { at, startedAt, energyUwh }: Pick<Tally, 'at' | 'startedAt' | 'energyUwh'>,
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
export function countReserved(plan: Plan, draft: Draft, from: number, until: number): void {
  for (let at = from; at < until; ) {
    const { until: bound, holds } = plan.calendar(at);
    const end = Math.min(until, bound, from + above(plan.durationsMs, at - from));
    const standing = { ...draft, at, startedAt: from, energyUwh: 0 };
    add(draft, componentAt(plan.byType.reservation, standing, holds, undefined), end - at);
    at = end;
  }
}
