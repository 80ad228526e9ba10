/** Days, months and times of day on the wall clock of a zone, as instants: days have 23 or 25 hours where clocks are changed. Pure. */
import { changeOfOffset, offsetAt } from './zone.ts';

const DAY = 86_400_000;

/** A day of the calendar, YYYY-MM-DD, on the wall clock of `zone` at an instant. */
export const dayOf = (zone: string, instant: number): string =>
  new Date(instant + offsetAt(zone, instant)).toISOString().slice(0, 10);

/**
 * The first instant of a day. `day`: its midnight on the wall clock as if that were UTC. Where clocks jump over midnight the day
 * begins when they jump; where midnight comes twice it begins with the first.
 */
export function startOfDay(zone: string, day: number): number {
  const { candidates, shown } = instantsOf(zone, day);
  if (shown.length > 0) return Math.min(...shown);
  return (
    changeOfOffset(zone, Math.min(...candidates) - 1_000, Math.max(...candidates) + 1_000) ?? Math.max(...candidates)
  );
}

/** When the clocks of `zone` show `wall`, and when they would without the change that lies next to it. */
function instantsOf(zone: string, wall: number) {
  const candidates = [wall - offsetAt(zone, wall - DAY), wall - offsetAt(zone, wall + DAY)];
  return { candidates, shown: candidates.filter((instant) => instant + offsetAt(zone, instant) === wall) };
}

const wallOf = (zone: string, at: Date): number => at.getTime() + offsetAt(zone, at.getTime());

/**
 * The time of day of `anchor`, so many days after the day of `from`, which may show another one. Of two the first; what clocks skip comes
 * as much later as they are put forward.
 */
export function sameTimeAfter(
  zone: string,
  { anchor, from, days }: { anchor: Date; from: Date; days: number },
): number {
  const daysOn = Math.round((wallOf(zone, from) - wallOf(zone, anchor)) / DAY) + days;
  if (daysOn === 0) return anchor.getTime();
  const { candidates, shown } = instantsOf(zone, wallOf(zone, anchor) + daysOn * DAY);
  return shown.length > 0 ? Math.min(...shown) : Math.max(...candidates);
}

/** Whether clocks show the same time of day at both. */
export const isSameTime = (zone: string, one: Date, other: Date): boolean =>
  (wallOf(zone, one) - wallOf(zone, other)) % DAY === 0;

/** The first instant of the month that lies `offset` months after the one that holds `day`, and its midnight. */
export function startOfMonth(zone: string, day: number, offset = 0): { readonly at: number; readonly day: number } {
  const wall = new Date(day);
  const first = Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() + offset, 1);
  return { at: startOfDay(zone, first), day: first };
}
