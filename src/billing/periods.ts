/**
 * The course of a session as charging periods of OCPI 2.2.1 (mod_cdrs, ChargingPeriod): one begins whenever charging begins or
 * pauses. Energy between two readings is spread evenly over their time. Pure; whole Wh, so that the periods add up to the session.
 */
import type { Timeline } from '../pricing/index.ts';

export type Period = {
  readonly from: Date;
  readonly isCharging: boolean;
  readonly ms: number;
  readonly energyWh: number;
};

export function periodsOf({ startedAt, samples }: Timeline, endedAt: Date, totalWh: number): Period[] {
  const [start, end] = [startedAt.getTime(), Math.max(startedAt.getTime(), endedAt.getTime())];
  const inside = samples
    .filter(({ at }) => at.getTime() >= start && at.getTime() <= end)
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const energyAt = readingsOf(inside, start, end, totalWh);
  const cuts: { at: number; isCharging: boolean }[] = [{ at: start, isCharging: true }];
  for (const { at, phase } of inside) {
    if (phase === undefined) continue;
    const isCharging = phase === 'charging';
    const last = cuts.at(-1);
    if (last?.at === at.getTime()) last.isCharging = isCharging;
    else if (last?.isCharging !== isCharging) cuts.push({ at: at.getTime(), isCharging });
  }
  const merged = cuts.filter((cut, i) => i === 0 || cut.isCharging !== cuts[i - 1]?.isCharging);
  const last = merged.length - 1;
  return merged
    .map(({ at, isCharging }, i) => {
      const until = merged[i + 1]?.at ?? end;
      return { from: new Date(at), isCharging, ms: until - at, energyWh: energyAt(until) - energyAt(at) };
    })
    .filter(({ ms, energyWh }, i) => ms > 0 || energyWh > 0 || i === last);
}

/** Energy of the session until an instant, in whole Wh, never falling, all of it at the end. */
function readingsOf(samples: Timeline['samples'], start: number, end: number, totalWh: number): (at: number) => number {
  const points: { at: number; wh: number }[] = [{ at: start, wh: 0 }];
  for (const { at, energyWh } of samples) {
    if (energyWh === undefined) continue;
    points.push({ at: at.getTime(), wh: Math.min(totalWh, Math.max(points.at(-1)?.wh ?? 0, energyWh)) });
  }
  points.push({ at: end, wh: totalWh });
  return (at) => {
    if (at >= end) return totalWh;
    if (at <= start) return 0;
    const next = points.findIndex((point) => point.at > at);
    const [a, b] = [points[next - 1], points[next]];
    if (a === undefined || b === undefined) return totalWh;
    return Math.round(a.wh + ((b.wh - a.wh) * (at - a.at)) / (b.at - a.at));
  };
}
