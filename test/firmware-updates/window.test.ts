/** The time of day at which updates may be sent, on the clock of a site, over midnight and when that clock changes. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { closedUntil, type Window } from '../../src/firmware-updates/window.ts';

const at = (text: string) => new Date(text);
const night: Window = { from: '22:00', to: '05:00' };

test.each([
  ['2026-01-10T21:30:00.000Z', undefined], // 22:30 in Berlin
  ['2026-01-10T03:59:59.999Z', undefined],
  ['2026-01-10T04:00:00.000Z', '2026-01-10T04:15:00.000Z'],
  ['2026-01-10T20:50:30.000Z', '2026-01-10T21:00:00.000Z'],
  ['2026-07-10T20:00:00.000Z', undefined], // summer time
  ['2026-07-10T19:59:00.000Z', '2026-07-10T20:00:00.000Z'],
  ['2026-07-10T03:00:00.000Z', '2026-07-10T03:15:00.000Z'],
])('at %s the night of Berlin is closed until %s', (now, until) => {
  expect(closedUntil(night, 'Europe/Berlin', at(now))?.toISOString()).toBe(until);
});

test('a window of the hour that the clock leaves out does not open that night; the one that comes twice opens twice', () => {
  const hour: Window = { from: '02:00', to: '03:00' };
  const opens = (day: string): number => {
    let minutes = 0;
    for (let i = 0; i < 6 * 60; i += 1) {
      const now = new Date(at(`${day}T00:00:00.000Z`).getTime() + i * 60_000);
      if (closedUntil(hour, 'Europe/Berlin', now) === undefined) minutes += 1;
    }
    return minutes;
  };
  expect(opens('2026-03-29')).toBe(0);
  expect(opens('2026-10-25')).toBe(120);
  expect(opens('2026-05-05')).toBe(60);
});

test('whoever looks again when he is told to comes in, and is never told the past or more than a quarter of an hour', () => {
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Australia/Lord_Howe');
  fc.assert(
    fc.property(time, time, zone, fc.integer({ min: 0, max: 365 * 1440 }), (from, to, name, minute) => {
      fc.pre(from !== to);
      let now = new Date(at('2026-01-01T00:00:00.000Z').getTime() + minute * 60_000);
      for (let looks = 0; looks < 2 * 24 * 4 + 8; looks += 1) {
        const until = closedUntil({ from, to }, name, now);
        if (until === undefined) return;
        expect(until.getTime()).toBeGreaterThan(now.getTime());
        expect(until.getTime() - now.getTime()).toBeLessThanOrEqual(15 * 60_000);
        now = until;
      }
      throw new Error(`it never opened: ${from} to ${to} in ${name}`);
    }),
    { numRuns: 100 },
  );
});
