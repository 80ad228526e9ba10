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

/** The span whose file is due then, and when the file of the next one is. */
export function spanDue(period: Period, zone: string, dueAt: Date): { readonly span: Span; readonly nextDueAt: Date } {
  const end = dueAt.getTime() - GRACE_MS;
  const span = spanAt(period, zone, new Date(end - 1));
  return { span, nextDueAt: dueOf(spanAt(period, zone, span.to)) };
}
