/** Spans of scheduled files, whatever becomes of the organization's zone. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dueOf, endFrom, type Period, periods, spanAt, spanDue } from '../../src/exports/calendar.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Of both ends of the date line, with half hours, and with clocks that change at midnight. */
const zones = [
  ...[
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Asia/Tokyo',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
  ],
  ...['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Africa/Cairo', 'America/Havana', 'America/Asuncion', 'Asia/Beirut'],
];
const longest: Record<Period, number> = { daily: 2 * DAY, weekly: 12 * DAY, monthly: 47 * DAY };

test('no gap, no overlap, nothing unfinished, none of them tiny or huge, at any change of the zone', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...periods),
      fc.integer({ min: Date.parse('2018-01-01'), max: Date.parse('2027-01-01') }),
      fc.array(fc.constantFrom(...zones), { minLength: 1, maxLength: 40 }),
      (period, madeAt, ofEach) => {
        const first = spanAt(period, ofEach[0] ?? 'UTC', new Date(madeAt));
        expect(first.from.getTime()).toBeLessThanOrEqual(madeAt);
        let dueAt = dueOf(first);
        let begun = first.from;
        for (const zone of ofEach) {
          const { span, nextDueAt } = spanDue(period, zone, { dueAt, begun });
          expect(span.from).toEqual(begun);
          // it is made when it is due at the earliest: then it is over, and its grace too
          expect(span.to.getTime() + 2 * HOUR).toBeLessThanOrEqual(dueAt.getTime());
          const length = span.to.getTime() - span.from.getTime();
          expect(length).toBeGreaterThanOrEqual(longest[period] / 4);
          expect(length).toBeLessThan(longest[period]);
          // the next one ends where a day, week or month of this zone does
          const end = new Date(nextDueAt.getTime() - 2 * HOUR);
          expect(spanAt(period, zone, end).from).toEqual(end);
          [begun, dueAt] = [span.to, nextDueAt];
        }
      },
    ),
    { numRuns: 200 },
  );
});

test.each<[Period, string, string, string]>([
  ['monthly', 'Europe/Berlin', '2026-04-01T00:00:00Z', '2026-04-30T22:00:00Z'],
  ['monthly', 'America/New_York', '2026-04-01T00:00:00Z', '2026-05-01T04:00:00Z'],
  ['daily', 'Asia/Tokyo', '2026-04-01T00:00:00Z', '2026-04-01T15:00:00Z'],
  ['daily', 'America/New_York', '2026-04-01T00:00:00Z', '2026-04-02T04:00:00Z'],
  ['weekly', 'Pacific/Pago_Pago', '2026-03-29T10:00:00Z', '2026-04-06T11:00:00Z'],
])('%s, in %s now, goes on from %s to %s', (period, zone, from, to) => {
  expect(endFrom(period, zone, new Date(from))).toEqual(new Date(to));
});
