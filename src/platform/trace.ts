/**
 * Trace ids: one for each message of a charger and each request, made when it arrives. It stands in the log, in the kept frames, in
 * commands, in the events that came of it and on their deliveries. As W3C Trace Context has them (https://www.w3.org/TR/trace-context/):
 * 32 hexadecimal digits. Ours begin with their time, so that rows and indexes of one hour lie together.
 */
import { hash, randomFillSync } from 'node:crypto';

const DRAWN = 10;
const pool = Buffer.allocUnsafeSlow(DRAWN * 512);
let used = pool.length;
let latest = 0;
let written = '';

/** A message costs a third of a microsecond by it: asking the system for each ten bytes would be most of that. */
export function newTraceId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const from = used;
  used += DRAWN;
  const now = Date.now();
  if (now !== latest) {
    latest = now;
    written = now.toString(16).padStart(12, '0');
  }
  return written + pool.toString('hex', from, used);
}

/** Version 00 has exactly four parts; a later one may have more behind them, and is read as far as that (§3.2.4, §4.3). */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.{0,200})?$/;
const NOTHING = '0'.repeat(32);

/** The trace that a caller says this is part of; undefined: none, or none that can be read. */
export function traceOf(traceparent: string | undefined): string | undefined {
  const [, version, traceId, more] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || traceId === NOTHING || (version === '00' && more !== undefined)) return undefined;
  return traceId;
}

/** The header of what is sent on: `of` tells it from others of the same trace, and gives the same each time. */
export const traceparent = (traceId: string, of: string): string =>
  `00-${traceId}-${hash('sha256', of).slice(0, 16)}-01`;
