/**
 * How much the chargers of a site may draw together at this moment: the least of the settings' cap, the schedule's, that of dear hours, and
 * what the rest of the site leaves of it. Pure.
 */
import type { Cap, CapReason, CapWindow, Meter, Price, Settings } from '../types.ts';

const DAY_MIN = 1440;
const MIN_MS = 60_000;
/** Of the cap: what the house draws counts in steps, so that its flicker does not reach the chargers. */
const METER_STEPS = 25;
/** So long room that the house left must stay free before it is given to chargers. */
export const PEAK_HOLD_MS = 30_000;

/** Processes may differ by so much. */
const CLOCKS_DIFFER_MS = 5_000;

export type CapFacts = {
  readonly settings: Settings;
  readonly prices: readonly Price[];
  readonly meter: Meter | undefined;
  readonly now: number;
  /** Of the site's wall clock, minus UTC, ms. */
  readonly offsetMs: number;
};

export function capAt({ settings, prices, meter, now, offsetMs }: CapFacts): Cap {
  let amount = settings.cap;
  let reason: CapReason = 'settings';
  const changes: number[] = [];
  const lower = (to: number, why: CapReason): void => {
    if (to >= amount) return;
    amount = Math.max(0, to);
    reason = why;
  };

  const wall = now + offsetMs;
  for (const window of settings.windows) {
    if (holds(window, wall)) lower(window.cap, 'schedule');
  }
  if (settings.windows.length > 0) changes.push(nextEdge(settings.windows, wall) - offsetMs);

  const { priceCap } = settings;
  if (priceCap !== null) {
    for (const { from, to, price } of prices) {
      const [begins, ends] = [Date.parse(from), Date.parse(to)];
      for (const edge of [begins, ends]) if (edge > now) changes.push(edge);
      if (begins <= now && now < ends && price > priceCap.above) lower(priceCap.cap, 'price');
    }
  }

  if (settings.meter !== null) {
    const staleAt = (meter?.receivedAt ?? Number.NEGATIVE_INFINITY) + settings.meter.staleAfterS * 1000;
    // One that is ahead of now was taken before the clock was set back.
    const isAhead = meter !== undefined && meter.receivedAt > now + CLOCKS_DIFFER_MS;
    if (meter === undefined || isAhead || now >= staleAt) lower(settings.meter.fallback, 'meter_silent');
    else {
      changes.push(staleAt);
      lower(settings.cap - steppedDraw(meter, settings.cap, now), 'meter');
      if (meter.peak > meter.draw) changes.push(meter.peakAt + PEAK_HOLD_MS);
    }
  }
  const later = changes.filter((at) => at > now);
  return { amount, reason, changesAt: later.length === 0 ? null : Math.min(...later) };
}

/** What the rest of the site counts for: the most of late, rounded up to the next step. */
export function steppedDraw({ draw, peak, peakAt }: Meter, cap: number, now: number): number {
  const counted = now - peakAt < PEAK_HOLD_MS ? Math.max(draw, peak) : draw;
  const step = Math.max(1, Math.floor(cap / METER_STEPS));
  return Math.max(0, Math.ceil(counted / step) * step);
}

const dayOf = (wall: number): number => ((((Math.floor(wall / (DAY_MIN * MIN_MS)) + 3) % 7) + 7) % 7) + 1;
const minuteOf = (wall: number): number => ((Math.floor(wall / MIN_MS) % DAY_MIN) + DAY_MIN) % DAY_MIN;

function holds({ days, from, to }: CapWindow, wall: number): boolean {
  const minute = minuteOf(wall);
  const isOf = (day: number): boolean => days.length === 0 || days.includes(day);
  if (from < to) return isOf(dayOf(wall)) && minute >= from && minute < to;
  // Over midnight: what is after it belongs to the day before.
  return (isOf(dayOf(wall)) && minute >= from) || (isOf(dayOf(wall - DAY_MIN * MIN_MS)) && minute < to);
}

/** On the wall clock, ms. */
function nextEdge(windows: readonly CapWindow[], wall: number): number {
  const midnight = Math.floor(wall / (DAY_MIN * MIN_MS)) * DAY_MIN * MIN_MS;
  const edges = [0, ...windows.flatMap(({ from, to }) => [from, to])];
  const all = edges.flatMap((minute) => [midnight + minute * MIN_MS, midnight + (minute + DAY_MIN) * MIN_MS]);
  return Math.min(...all.filter((at) => at > wall));
}
