/**
 * What a charger's clock is off by, as its messages show it one after another. A message can only arrive after it was written, so
 * the largest (written − received) is the closest to the truth, until what comes shows that the clock was set back. Pure.
 * Messages from an offline queue are truly old: they must never count as a clock that was set back.
 */

/** Written − received of what agrees differs by no more: the way of a message, and what a clock drifts. */
export const AGREE_MS = 5_000;
/** Up to here a message may simply have been slow; beyond, it may come from an offline queue instead of a slow clock. */
const SLOW_MESSAGE_MS = 60_000;
/** By then a charger has emptied its queue or at least sent something fresh. */
export const SETTLED_MS = 120_000;
const SETTLED_MESSAGES = 3;

/** Messages, one after another, that agree on a clock further behind than the one that is believed. */
type Behind = { readonly ms: number; readonly messages: number; readonly since: Date };

export type ClockMeasure = {
  /** The charger's clock minus ours, as far as is known; −∞: nothing is. */
  readonly bestMs: number;
  readonly messages: number;
  /** What was measured on an earlier connection. */
  readonly carriedMs: number | undefined;
  readonly behind: Behind | undefined;
};

export const unmeasured: ClockMeasure = {
  bestMs: Number.NEGATIVE_INFINITY,
  messages: 0,
  carriedMs: undefined,
  behind: undefined,
};

/** A clock goes on as it went when its charger was here last: who was told nothing of it since knows no better. */
export const carriedOver = (offsetMs: number | null): ClockMeasure =>
  offsetMs === null ? unmeasured : { ...unmeasured, bestMs: offsetMs, carriedMs: offsetMs };

/** `settled`: the connection is older than {@link SETTLED_MS}. */
export function isTrusted({ bestMs, messages, carriedMs }: ClockMeasure, settled: boolean): boolean {
  if (bestMs > -SLOW_MESSAGE_MS || (settled && messages >= SETTLED_MESSAGES)) return true;
  // Further ahead than it was carried over, it was set meanwhile: what comes may be a queue of the clock that is right now.
  return carriedMs !== undefined && bestMs - carriedMs <= SLOW_MESSAGE_MS;
}

/** One more message: what it says that is closest to its receipt. */
export function heard(measure: ClockMeasure, offsetMs: number, receivedAt: Date): ClockMeasure {
  const { bestMs, carriedMs } = measure;
  const messages = measure.messages + 1;
  if (offsetMs >= bestMs - AGREE_MS) {
    return { bestMs: Math.max(bestMs, offsetMs), messages, carriedMs, behind: undefined };
  }
  const before = measure.behind;
  const agrees = before !== undefined && Math.abs(offsetMs - before.ms) <= AGREE_MS;
  const behind: Behind = agrees
    ? { ms: Math.max(before.ms, offsetMs), messages: before.messages + 1, since: before.since }
    : { ms: offsetMs, messages: 1, since: receivedAt };
  // A queue is sent faster than it was written: what agrees for so long was written as it was sent.
  const isSteady = behind.messages >= SETTLED_MESSAGES && receivedAt.getTime() - behind.since.getTime() >= SETTLED_MS;
  return isSteady || isRight(measure, offsetMs)
    ? { bestMs: behind.ms, messages: behind.messages, carriedMs: undefined, behind: undefined }
    : { bestMs, messages, carriedMs, behind };
}

/**
 * A clock that was ahead and now agrees with ours was set: believed at once, as a StartTransaction may be the next that comes.
 * Unless the ones before come ever closer: so does a queue of a clock that is ahead, on its way through our time.
 */
function isRight({ bestMs, behind }: ClockMeasure, offsetMs: number): boolean {
  if (Math.abs(offsetMs) > AGREE_MS || bestMs - offsetMs <= SLOW_MESSAGE_MS) return false;
  return behind === undefined || offsetMs - behind.ms <= AGREE_MS;
}
