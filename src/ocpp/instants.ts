/**
 * Makes sense of the times that chargers write. Shared by all versions.
 * It never refuses a message for its clock: what is missing or implausible becomes the time of receipt, what was said is kept.
 */
import type { ChargerInstant } from '../ingest/inputs.ts';
import { readText } from './reading.ts';

/** OCPP came to chargers' clocks after this; a clock before it was never set (1970, 2000, 2010). */
const EARLIEST_MS = Date.UTC(2015, 0, 1);
const LATEST_AHEAD_MS = 24 * 3600_000;
/** What happened this long before the connection began was kept by an offline charger. */
const HISTORICAL_MS = 60_000;

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/**
 * `clockOffsetMs` (charger's clock minus ours, see clock-watch.ts) only serves to tell history from a slow clock, to say when
 * it was by ours, and by the charger's where it says nothing: what is compared has to be of one clock. `at` stays as the charger
 * said it, so that a repeated message has the same instant. What cannot be is of no clock that was measured.
 */
export function readInstant(
  raw: unknown,
  receivedAt: Date,
  connectedAt: Date,
  clockOffsetMs: number = 0,
): ChargerInstant {
  const text = readText(raw, 64);
  const ms = text === undefined ? undefined : parseIso(text);
  if (text === undefined && clockOffsetMs !== 0) {
    const at = new Date(receivedAt.getTime() + clockOffsetMs);
    return { at, ours: receivedAt, raw: undefined, plausible: false, historical: false };
  }
  if (ms === undefined || ms < EARLIEST_MS || ms > receivedAt.getTime() + LATEST_AHEAD_MS) {
    return { at: receivedAt, raw: text, plausible: false, historical: false };
  }
  const historical = ms - clockOffsetMs < connectedAt.getTime() - HISTORICAL_MS;
  const ours = clockOffsetMs === 0 ? {} : { ours: new Date(ms - clockOffsetMs) };
  return { at: new Date(ms), ...ours, raw: text, plausible: true, historical };
}

/** An instant of a plan (a validity, a deadline), which may lie in the past or far ahead; undefined: none that is readable. */
export function parseInstant(raw: unknown): Date | undefined {
  const text = readText(raw, 64);
  const ms = text === undefined ? undefined : parseIso(text);
  return ms === undefined ? undefined : new Date(ms);
}

/** RFC 3339 with the liberties that chargers take: a blank for the T, no seconds, no zone (= UTC). Not Date.parse: it mends month 13. */
function parseIso(text: string): number | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const part = (index: number): number => Number(match[index] ?? '0');
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  if (hour > 23 || minute > 59 || second > 60) return undefined; // 60: a leap second, counted as the next minute
  const milliseconds = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const midnight = new Date(Date.UTC(year, month - 1, day));
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined; // month 00, 30 February
  const offsetMinutes = zoneMinutes(match[8]);
  if (offsetMinutes === undefined) return undefined;
  return midnight.getTime() + ((hour * 60 + minute - offsetMinutes) * 60 + second) * 1000 + milliseconds;
}

function zoneMinutes(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0;
  const digits = zone.slice(1).replace(':', '');
  const hours = Number(digits.slice(0, 2));
  const minutes = Number(digits.slice(2) || '0');
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
