/** Maintenance windows that repeat: when one is over it moves on to its next time, at the same time of day in its zone. */
import type { Tx } from '../database/contract.ts';
import { isSameTime, sameTimeAfter } from '../pricing/index.ts';
import { endedWindows, moveWindow } from './maintenance-store.ts';
import type { Repeating, Span } from './types.ts';

const DAY_MS = 86_400_000;

/** The first time after `now` at which it is not over. The length stays; what a change of clocks skips begins when it is over, or a little later. */
export function nextSpan(window: Repeating, repeats: 'daily' | 'weekly', timezone: string, now: Date): Span {
  const { startsAt, endsAt, anchorAt } = window;
  const stepDays = repeats === 'daily' ? 1 : 7;
  const lengthMs = endsAt.getTime() - startsAt.getTime();
  const late = now.getTime() - endsAt.getTime();
  for (let steps = Math.max(1, Math.floor(late / (stepDays * DAY_MS))); ; steps += 1) {
    const start = sameTimeAfter(timezone, { anchor: anchorAt, from: startsAt, days: steps * stepDays });
    if (start + lengthMs > now.getTime()) return { startsAt: new Date(start), endsAt: new Date(start + lengthMs) };
  }
}

const AT_ONCE = 500;

export async function moveWindows({ db, now }: { readonly db: Tx; readonly now: Date }): Promise<void> {
  for (const { id, repeats, timezone, ...window } of await endedWindows(db, now, AT_ONCE)) {
    const span = nextSpan(window, repeats, timezone, now);
    // Kept only while it is put off: who changes the start, also by a version that knows no anchor, changes the time of day.
    const anchorAt = isSameTime(timezone, window.anchorAt, span.startsAt) ? null : window.anchorAt;
    await moveWindow(db, id, window, { ...span, anchorAt }, now);
  }
}
