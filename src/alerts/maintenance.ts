/** Maintenance windows that repeat: when one is over it moves on to its next time, at the same time of day in its zone. */
import type { Tx } from '../database/contract.ts';
import { offsetAt } from '../pricing/index.ts';
import { endedWindows, moveWindow } from './maintenance-store.ts';
import type { Span } from './types.ts';

const DAY_MS = 86_400_000;

/** The first time after `now` at which it is not over. The length stays; what a change of clocks skips begins when it is over. */
export function nextSpan(span: Span, repeats: 'daily' | 'weekly', timezone: string, now: Date): Span {
  const stepMs = repeats === 'daily' ? DAY_MS : 7 * DAY_MS;
  const lengthMs = span.endsAt.getTime() - span.startsAt.getTime();
  const wall = span.startsAt.getTime() + offsetAt(timezone, span.startsAt.getTime());
  const late = now.getTime() - span.endsAt.getTime();
  let steps = Math.max(1, Math.floor(late / stepMs));
  for (;;) {
    const startsAt = instantOf(wall + steps * stepMs, timezone);
    if (startsAt + lengthMs > now.getTime())
      return { startsAt: new Date(startsAt), endsAt: new Date(startsAt + lengthMs) };
    steps += 1;
  }
}

/** The instant at which clocks of that zone show it; of two, the first. */
function instantOf(wall: number, timezone: string): number {
  const guess = wall - offsetAt(timezone, wall);
  return wall - offsetAt(timezone, guess);
}

const AT_ONCE = 500;

export async function moveWindows({ db, now }: { readonly db: Tx; readonly now: Date }): Promise<void> {
  for (const { id, repeats, timezone, ...span } of await endedWindows(db, now, AT_ONCE)) {
    await moveWindow(db, id, span, nextSpan(span, repeats, timezone, now), now);
  }
}
