/** Days and months of a range as spans of time, on the calendar of the organization. Pure. */
import { dayOf, startOfDay, startOfMonth } from '../pricing/index.ts';

const DAY = 86_400_000;

export type Unit = 'day' | 'month';
export type Spans = {
  /** 2026-03-29 or 2026-03, one for each span. */
  readonly names: readonly string[];
  /** Where each span begins. */
  readonly starts: readonly Date[];
};

/** All spans that the range touches; undefined: more than `most`. */
export function spansOf(
  zone: string,
  { from, to }: { readonly from: Date; readonly to: Date },
  unit: Unit,
  most: number,
): Spans | undefined {
  const names: string[] = [];
  const starts: Date[] = [];
  let day = Date.parse(dayOf(zone, from.getTime()));
  if (unit === 'month') day = startOfMonth(zone, day).day;
  for (;;) {
    const start = startOfDay(zone, day);
    if (start >= to.getTime()) return { names, starts };
    if (names.length === most) return undefined;
    names.push(new Date(day).toISOString().slice(0, unit === 'day' ? 10 : 7));
    starts.push(new Date(start));
    day = unit === 'day' ? day + DAY : startOfMonth(zone, day, 1).day;
  }
}
