/** When a failed delivery is tried again: the seed's "up to 5 times over 24 hours". Pure; the clock and chance are passed in. */
import type { RetryRule } from './types.ts';

/** Seconds from the first attempt: 1 min, 6.5 min, 40 min, 4 h, 24 h. */
export const defaultOffsetsS = [60, 390, 2400, 14_400, 86_400] as const;

/** Nothing is tried again later than this after the first attempt (in order: after it was first due). */
export const HORIZON_S = 86_400;
/** The last retry is planned this much before the horizon, so that the sweep and the attempt itself still fit. */
const MARGIN_S = 60;
/** By chance a retry comes a tenth earlier, but never by more than this: the last one stays behind 23 hours, so that a receiver that is away for so long misses nothing. */
const SPREAD_S = 3000;

export function isPastHorizon(since: Date | null, now: Date): boolean {
  return since !== null && now.getTime() - since.getTime() > HORIZON_S * 1000;
}

/**
 * Retry k happens offsets[k] × (0.9..1) after the first attempt (the last at most 50 min early), so the order always holds. After an outage of our own,
 * when several offsets have passed, the retries left keep a distance instead of following each other at once. Likewise where it
 * waited for its turn in the order; for what waited 24 hours there is none left.
 */
export function retryRule(offsetsS: readonly number[] = defaultOffsetsS): RetryRule {
  for (const [i, offset] of offsetsS.entries()) {
    const before = offsetsS[i - 1] ?? 0;
    if (!(offset * 0.9 > before && offset <= HORIZON_S))
      throw new Error(`retry offset ${offset} s must be at most ${HORIZON_S} and its 90 % more than ${before}`);
  }
  const distanceS = Math.min(60, offsetsS[0] ?? 60) / 2;
  return ({ since, attempts, finishedAt, retryAfterS = 0, random }) => {
    const offset = offsetsS[attempts - 1];
    if (offset === undefined) return null;
    const first = since.getTime();
    const last = first + (HORIZON_S - MARGIN_S) * 1000;
    const earliest = finishedAt.getTime() + distanceS * 1000;
    if (earliest > last) return null;
    const planned = first + (offset - Math.min(offset * 0.1, SPREAD_S) * (1 - random)) * 1000;
    const asked = finishedAt.getTime() + retryAfterS * 1000;
    return new Date(Math.min(last, Math.max(planned, asked, earliest)));
  };
}

/** RFC 9110 §10.2.3: seconds or an HTTP date. Anything else is undefined. */
export function parseRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d{1,10}$/.test(text)) return Math.min(Number(text), HORIZON_S);
  if (!/^[A-Z][a-z]{2}.*\d{2}:\d{2}:\d{2}/.test(text)) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return undefined;
  return Math.min(Math.max(0, (at - now.getTime()) / 1000), HORIZON_S);
}
