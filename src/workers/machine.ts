/**
 * When a worker that died is started again: at once after a long life, later and later when it keeps dying. It never gives up, as
 * what kills it may pass (a database that is away). Pure.
 */

/** Who lived for so long is no longer one that keeps dying. */
const LONG_LIFE_MS = 60_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** `deaths`: in a row, this one not counted. */
export function afterDeath({ deaths, livedMs }: { readonly deaths: number; readonly livedMs: number }): {
  readonly deaths: number;
  readonly pauseMs: number;
} {
  const inARow = livedMs >= LONG_LIFE_MS ? 1 : deaths + 1;
  return { deaths: inARow, pauseMs: Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (inARow - 1)) };
}
