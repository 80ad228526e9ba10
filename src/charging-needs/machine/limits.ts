/** What limits of profiles and of others allow at an instant, and when that changes. Pure. */
import type { Cap, ChargingNeeds, ChargingSchedule } from '../types.ts';

/** Between a phase and neutral; what EVs call their voltage is sometimes that between two phases. */
export const PHASE_V = 230;
/** Of DC, and while it is not known: the three of the station. */
export const phasesOf = (needs: Pick<ChargingNeeds, 'transferMode'> | undefined): number =>
  needs?.transferMode === 'ac_single_phase' ? 1 : needs?.transferMode === 'ac_two_phase' ? 2 : 3;

const DAY_MS = 86_400_000;
const SPAN_MS = { daily: DAY_MS, weekly: 7 * DAY_MS } as const;
/** Enough of a day; a schedule that changes more often is cut (plan.ts). */
const MOST_TURNS = 32;

export const periodAt = ({ periods, durationS }: ChargingSchedule, sinceMs: number) => {
  const second = sinceMs / 1000;
  if (second < 0 || (durationS !== undefined && second >= durationS)) return undefined;
  return periods.findLast(({ startS }) => startS <= second);
};

const timeOf = (text: string | undefined): number | undefined => {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
};

/** When the schedule of a cap began that runs at that instant. */
function beginningAt(cap: Cap, at: number): number {
  const start = timeOf(cap.schedule.startAt) ?? cap.since.getTime();
  if (cap.kind === 'relative') return cap.since.getTime();
  if (cap.kind !== 'recurring') return start;
  const span = SPAN_MS[cap.recurrency ?? 'daily'];
  return start + Math.floor((at - start) / span) * span;
}

/** In its own unit; undefined: it says nothing then. */
function limitOf(cap: Cap, at: number): number | undefined {
  if (at < (timeOf(cap.validFrom) ?? -Infinity) || at >= (timeOf(cap.validTo) ?? Infinity)) return undefined;
  return periodAt(cap.schedule, at - beginningAt(cap, at))?.limit;
}

/** The least that all groups allow; undefined: nothing limits. `convert` brings a limit to the unit that is asked for. */
export function allowedAt(
  caps: readonly Cap[],
  at: number,
  convert: (limit: number, unit: 'A' | 'W') => number,
): number | undefined {
  const found: number[] = [];
  for (const group of ['tx_default', 'charge_point_max', 'external'] as const) {
    const said = caps
      .filter((cap) => cap.group === group)
      .flatMap((cap) => {
        const limit = limitOf(cap, at);
        return limit === undefined ? [] : [{ ...cap, limit: convert(limit, cap.schedule.unit) }];
      });
    if (group === 'external') found.push(...said.map(({ limit }) => limit));
    else {
      const highest = Math.max(...said.map(({ stackLevel }) => stackLevel));
      found.push(...said.filter(({ stackLevel }) => stackLevel === highest).map(({ limit }) => limit));
    }
  }
  return found.length === 0 ? undefined : Math.min(...found);
}

/** When what is allowed may change, between the two, both excluded; ascending. */
export function changesBetween(caps: readonly Cap[], from: number, to: number): number[] {
  const times = new Set<number>();
  for (const cap of caps) {
    for (const edge of [timeOf(cap.validFrom), timeOf(cap.validTo)]) if (edge !== undefined) times.add(edge);
    const span = cap.kind === 'recurring' ? SPAN_MS[cap.recurrency ?? 'daily'] : undefined;
    let start = beginningAt(cap, from);
    for (let turn = 0; turn < (span === undefined ? 1 : MOST_TURNS) && start < to; turn += 1) {
      times.add(start);
      for (const { startS } of cap.schedule.periods) times.add(start + startS * 1000);
      if (cap.schedule.durationS !== undefined) times.add(start + cap.schedule.durationS * 1000);
      start += span ?? 0;
    }
  }
  return [...times].filter((time) => time > from && time < to).sort((a, b) => a - b);
}
