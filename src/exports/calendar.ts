/** The days, weeks and months of scheduled files on the calendar of the organization. Pure. */
import { dayOf, startOfDay, startOfMonth } from '../pricing/index.ts';

export const periods = ['daily', 'weekly', 'monthly'] as const;
export type Period = (typeof periods)[number];
export type Span = { readonly from: Date; readonly to: Date };

const DAY = 86_400_000;
/** A file is written so long after its span: what ended shortly before midnight has come by then. */
export const GRACE_MS = 2 * 3_600_000;

/** The span that holds an instant. Weeks begin on Monday. */
export function spanAt(period: Period, zone: string, instant: Date): Span {
  const today = Date.parse(dayOf(zone, instant.getTime()));
  if (period === 'monthly') {
    const next = startOfMonth(zone, today, 1);
    return { from: new Date(startOfMonth(zone, today).at), to: new Date(next.at) };
  }
  const first = period === 'daily' ? today : today - ((new Date(today).getUTCDay() + 6) % 7) * DAY;
  const length = period === 'daily' ? 1 : 7;
  return { from: new Date(startOfDay(zone, first)), to: new Date(startOfDay(zone, first + length * DAY)) };
}

export const dueOf = ({ to }: Span): Date => new Date(to.getTime() + GRACE_MS);

/**
 * The end of the span that begins at an instant: the end of the day, week or month that holds it. After a change of the zone that
 * one may be all but over: where less than half of it is left, the next one belongs to it.
 */
export function endFrom(period: Period, zone: string, from: Date): Date {
  const { from: start, to: end } = spanAt(period, zone, from);
  const isMostlyOver = 2 * (end.getTime() - from.getTime()) < end.getTime() - start.getTime();
  return isMostlyOver ? spanAt(period, zone, end).to : end;
}

/**
 * The span whose file is due then, and when the file of the next one is. Spans follow one another: each begins where the last ended
 * (`begun`), and its end is settled by the zone of the day on which it begins. `begun` undefined: nobody knows any more.
 */
export function spanDue(
  period: Period,
  zone: string,
  { dueAt, begun }: { readonly dueAt: Date; readonly begun: Date | undefined },
): { readonly span: Span; readonly nextDueAt: Date } {
  const to = new Date(dueAt.getTime() - GRACE_MS);
  const from = begun !== undefined && begun < to ? begun : startBefore(period, zone, to);
  return { span: { from, to }, nextDueAt: dueOf({ from: to, to: endFrom(period, zone, to) }) };
}

const HALF: Record<Period, number> = { daily: DAY / 2, weekly: 3.5 * DAY, monthly: 14 * DAY };

/** Of the day, week or month that ends then, or about then where another zone said so. */
const startBefore = (period: Period, zone: string, to: Date): Date =>
  spanAt(period, zone, new Date(to.getTime() - HALF[period])).from;
