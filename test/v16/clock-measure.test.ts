/** Whatever a clock does and whatever was kept offline: what is believed of it, and of each message whether it is of the past. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Input } from '../../src/ingest/inputs.ts';
import { createClockWatch } from '../../src/ocpp/clock-watch.ts';
import { newTraceId } from '../../src/platform/trace.ts';
import { aLink, NOW } from './support.ts';

const offset = fc.oneof(fc.constant(0), fc.integer({ min: -86_000, max: 86_000 }));
const slowness = fc.integer({ min: 0, max: 3000 });

function connection(carriedS: number | null) {
  const told: number[] = [];
  const link = aLink({ connectedAt: NOW, clockOffsetMs: carriedS === null ? null : carriedS * 1000 });
  const submit = (input: Input) => {
    if (input.type === 'clock_measured') told.push(input.offsetMs);
    return Promise.resolve();
  };
  const watch = createClockWatch({ submit });
  let nowMs = NOW.getTime();
  return {
    /** What the database holds by now. */
    believedS: () => (told.at(-1) ?? (carriedS ?? 0) * 1000) / 1000,
    /** A message comes so long after the one before. `atMs`: when it was written, after this connection began; else just now. */
    say(gapMs: number, offsetS: number, { slowMs = 0, atMs }: { slowMs?: number; atMs?: number }) {
      nowMs += gapMs;
      const writtenMs = atMs === undefined ? nowMs - slowMs : NOW.getTime() + atMs;
      const written = new Date(writtenMs + offsetS * 1000).toISOString();
      return watch.read(written, { receivedAt: new Date(nowMs), traceId: newTraceId(), link });
    },
  };
}

test('however often a clock is set, three messages over two minutes are enough to know it', () => {
  const live = fc.record({ gapMs: fc.integer({ min: 60_000, max: 900_000 }), slowMs: slowness });
  const phase = fc.record({ offsetS: offset, messages: fc.array(live, { minLength: 4, maxLength: 8 }) });
  fc.assert(
    fc.property(fc.option(offset), fc.array(phase, { minLength: 1, maxLength: 6 }), (carriedS, phases) => {
      const { say, believedS } = connection(carriedS);
      for (const { offsetS, messages } of phases) {
        const read = messages.map(({ gapMs, slowMs }) => say(gapMs, offsetS, { slowMs }));
        expect(Math.abs(believedS() - offsetS)).toBeLessThanOrEqual(10);
        expect(read.at(-1)?.historical).toBe(false);
        const { at, ours = at } = read.at(-1) ?? { at: NOW };
        expect(Math.abs(ours.getTime() - at.getTime() + offsetS * 1000)).toBeLessThanOrEqual(10_000);
      }
    }),
  );
});

test('what was kept offline is of the past, what is said now is not, and the queue moves no clock', () => {
  // Sent one a second or faster, whatever times lie between what it holds: seconds of one start, days without a car.
  const kept = fc.array(
    fc.tuple(fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 9, max: 90_000 })), slowness),
    {
      minLength: 1,
      maxLength: 100,
    },
  );
  const gap = fc.integer({ min: 1, max: 1000 });
  fc.assert(
    fc.property(offset, kept, gap, fc.boolean(), (offsetS, gaps, gapMs, isKnown) => {
      fc.pre(isKnown || offsetS > -60);
      const { say, believedS } = connection(isKnown ? offsetS : null);
      if (!isKnown) say(gapMs, offsetS, {}); // the connectors come first
      let agoS = 75; // a minute, and what a clock is not known by
      const times = gaps.map(([gapS]) => (agoS += gapS)).toReversed();
      // Kept for exactly as long as the clock is ahead, it looks like one that was set: until the next message.
      fc.pre(times.every((ago) => Math.abs(offsetS - ago) > 10));
      for (const [i, ago] of times.entries()) {
        const read = say(gapMs, offsetS, { atMs: -ago * 1000 });
        if (read.plausible) expect([i, ago, read.historical]).toEqual([i, ago, true]);
      }
      const fresh = say(gapMs, offsetS, {});
      if (fresh.plausible) expect(fresh.historical).toBe(false);
      expect(Math.abs(believedS() - offsetS)).toBeLessThanOrEqual(5);
    }),
    { numRuns: 500 },
  );
});
