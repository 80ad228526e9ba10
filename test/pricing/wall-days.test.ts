/** Days on the wall clock: their lengths where clocks change, and that every instant lies in the day that the clock shows. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dayOf, startOfDay, startOfMonth } from '../../src/pricing/index.ts';
import { changes } from './arbitrary.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const midnight = (day: string): number => Date.parse(day);

describe.each([
  ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00Z', 23],
  ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00Z', 25],
  ['America/New_York', '2026-11-01', '2026-11-01T04:00:00Z', 25],
  ['Australia/Lord_Howe', '2026-10-04', '2026-10-03T13:30:00Z', 23.5],
  ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00Z', 23], // there is no midnight
  ['America/Santiago', '2026-04-04', '2026-04-04T03:00:00Z', 25], // its last hour comes twice
  ['America/Havana', '2026-11-01', '2026-11-01T04:00:00Z', 25], // midnight comes twice
  ['Asia/Kathmandu', '2026-03-01', '2026-02-28T18:15:00Z', 24],
])('%s, %s', (zone, day, start, hours) => {
  test(`begins at ${start} and is ${hours} hours long`, () => {
    const begins = startOfDay(zone, midnight(day));
    expect(new Date(begins).toISOString()).toBe(new Date(start).toISOString());
    expect((startOfDay(zone, midnight(day) + DAY) - begins) / HOUR).toBe(hours);
  });
});

test('a month begins with its first day, also across the turn of a year', () => {
  const { at, day } = startOfMonth('Europe/Berlin', midnight('2026-12-31'), 1);
  expect([new Date(at).toISOString(), new Date(day).toISOString().slice(0, 10)]).toEqual([
    '2026-12-31T23:00:00.000Z',
    '2027-01-01',
  ]);
});

test('every instant lies between the beginnings of its day and of the next one', () => {
  fc.assert(
    fc.property(fc.constantFrom(...changes), fc.integer({ min: -60 * HOUR, max: 60 * HOUR }), ([zone, at], offset) => {
      const instant = Date.parse(at) + offset;
      const day = midnight(dayOf(zone, instant));
      expect(startOfDay(zone, day)).toBeLessThanOrEqual(instant);
      expect(startOfDay(zone, day + DAY)).toBeGreaterThan(instant);
    }),
    { numRuns: 200 },
  );
});
