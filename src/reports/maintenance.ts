/**
 * When a place was under planned maintenance: the windows of the alert room, and of those that repeat the times before the one that they
 * stand at, as far back as they have been there. Pure. A window that was taken away excludes nothing.
 */
import { sameTimeAfter } from '../pricing/index.ts';

export type MaintenanceWindow = {
  /** '': everywhere; else a site or a charge point. */
  readonly scopeId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** A start that nothing has put off, whose time of day it keeps. */
  readonly anchorAt: Date;
  readonly repeats: 'never' | 'daily' | 'weekly';
  readonly timezone: string;
  readonly createdAt: Date;
};
export type Span = { readonly from: Date; readonly to: Date };

/** Those that touch the range. */
export function maintenanceSpans(window: MaintenanceWindow, range: Span): Span[] {
  const { startsAt, endsAt, anchorAt, repeats, timezone, createdAt } = window;
  const lengthMs = endsAt.getTime() - startsAt.getTime();
  const spans: Span[] = [];
  const add = (start: number): void => {
    const span = { from: new Date(start), to: new Date(start + lengthMs) };
    if (span.to > range.from && span.from < range.to) spans.push(span);
  };
  add(startsAt.getTime());
  if (repeats === 'never') return spans;
  const stepDays = repeats === 'daily' ? 1 : 7;
  const since = Math.max(range.from.getTime(), createdAt.getTime());
  for (let steps = 1; ; steps += 1) {
    const start = sameTimeAfter(timezone, { anchor: anchorAt, from: startsAt, days: -steps * stepDays });
    if (start + lengthMs <= since) return spans;
    add(start);
  }
}
