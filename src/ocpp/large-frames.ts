/**
 * Large frames are read by a few chargers at a time: read, a frame takes several times its bytes of the heap until it is worked off, and
 * after a long outage many chargers come with the readings of hours at once. Unread it lies outside of the heap, and its charger waits;
 * what lies there is bounded over all chargers.
 */
import type { Taker, Turns } from './turns.ts';

export type LargeFrames = {
  /** False: not now. It gets a turn when a place is free, which is kept for it. */
  enter(taker: Taker): boolean;
  /** It has read none that is not worked off, and waits for none. */
  leave(taker: Taker): void;
  /** So many bytes come to lie unread. False: there is no room for them, of all chargers together. */
  hold(bytes: number): boolean;
  /** They are read, or dropped. */
  release(bytes: number): void;
};

type Options = { readonly most: number; readonly mostUnreadBytes: number; readonly turns: Turns };

export function createLargeFrames({ most, mostUnreadBytes, turns }: Options): LargeFrames {
  let unreadBytes = 0;
  const inside = new Set<Taker>();
  const waiting = new Set<Taker>();
  return {
    enter(taker) {
      const isIn = inside.has(taker) || inside.size < most;
      if (isIn) inside.add(taker);
      else waiting.add(taker);
      return isIn;
    },
    leave(taker) {
      waiting.delete(taker);
      if (!inside.delete(taker)) return;
      // Who has waited longest has the place before anybody who asks for it again. Who is gone by then leaves it to the next.
      for (const next of waiting) {
        waiting.delete(next);
        inside.add(next);
        turns.ask(next);
        break;
      }
    },
    hold(bytes) {
      if (unreadBytes + bytes > mostUnreadBytes) return false;
      unreadBytes += bytes;
      return true;
    },
    release(bytes) {
      unreadBytes -= bytes;
    },
  };
}
