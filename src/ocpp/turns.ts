/**
 * Whose frame is read next, among chargers that send without waiting for answers (OCPP-J 1.6 §4.1.1, 2.x Part 4 §4.1.1 let a
 * charger have one CALL under way). They take turns, one frame each, and only so much of it at once, so that who waits for its
 * answers has not to wait for them. Nobody is made to wait while nobody else speaks.
 */

export type Taker = {
  /** Reads one frame, if there is one and room for it. What that cost; the taker asks again if it has more. */
  takeTurn(): number;
  /** It has frames that wait for a turn. */
  readonly isBehind: boolean;
};

export type Turns = {
  /** It gets a turn behind all that have asked. Asking twice is asking once. */
  ask(taker: Taker): void;
  /** A frame of it was read without a turn, at this monotonic instant, and for RECENT_MS none of it had to wait for one. */
  spoke(taker: Taker, at: number): void;
};

/** What one frame costs: one, and one more for each KiB. */
export const costOf = (bytes: number): number => 1 + (bytes >> 10);

/** At once, or an eighth of all that wait: the more they are, the larger is their part. */
const AT_ONCE = 8;
const PART = 8;
/** Between, while others speak: the event loop is theirs meanwhile. */
const GAP_MS = 4;
/** Who spoke that recently may speak again any moment. */
export const RECENT_MS = 1_000;

export type TurnsOptions = {
  readonly monotonic: () => number;
  /** 0: as soon as the event loop has looked at everybody else. */
  readonly later: (run: () => void, ms: number) => void;
};

export function createTurns({ monotonic, later }: TurnsOptions): Turns {
  const asked = new Set<Taker>();
  let isDue = false;
  /** The last two that spoke without a turn: one of them may be who fell behind by it. */
  let last: Taker | undefined;
  let lastAt = 0;
  let before: Taker | undefined;
  let beforeAt = 0;

  const speaks = (taker: Taker | undefined, at: number, now: number): boolean =>
    taker !== undefined && !taker.isBehind && now - at < RECENT_MS;

  function plan(): void {
    if (isDue || asked.size === 0) return;
    isDue = true;
    const now = monotonic();
    later(give, speaks(last, lastAt, now) || speaks(before, beforeAt, now) ? GAP_MS : 0);
  }

  function give(): void {
    isDue = false;
    let left = Math.max(AT_ONCE, Math.ceil(asked.size / PART));
    // A set is walked in the order of asking, and who asks again is at its end.
    for (const taker of asked) {
      asked.delete(taker);
      left -= taker.takeTurn();
      if (left <= 0) break;
    }
    plan();
  }

  return {
    ask(taker) {
      asked.add(taker);
      plan();
    },
    spoke(taker, at) {
      if (taker !== last) {
        before = last;
        beforeAt = lastAt;
        last = taker;
      }
      lastAt = at;
    },
  };
}
