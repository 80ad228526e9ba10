import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readInstant } from '../../src/ocpp/instants.ts';
import { NOW } from './support.ts';

const connectedAt = new Date(NOW.getTime() - 3600_000);
const read = (raw: unknown, offsetMs?: number) => readInstant(raw, NOW, connectedAt, offsetMs);

describe('the time that a charger writes', () => {
  test.each([
    ['2026-03-01T09:30:00Z', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01T09:30:00.5Z', '2026-03-01T09:30:00.500Z'],
    ['2026-03-01T09:30:00.123456789Z', '2026-03-01T09:30:00.123Z'],
    ['2026-03-01T10:30:00+01:00', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01T10:30:00+0100', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01T10:30:00+01', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01T05:00:00-04:30', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01T09:30:00', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01 09:30:00', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01t09:30:00z', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01T09:30Z', '2026-03-01T09:30:00.000Z'],
    ['  2026-03-01T09:30:00Z ', '2026-03-01T09:30:00.000Z'],
    ['2026-03-02T09:59:59Z', '2026-03-02T09:59:59.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('%s is understood', (raw, at) => {
    expect(read(raw)).toMatchObject({ at: new Date(at), raw: raw.trim(), plausible: true });
  });

  test.each([
    ['nothing', undefined, undefined],
    ['null', null, undefined],
    ['an empty text', '', undefined],
    ['blanks', '   ', undefined],
    ['a number', 12, '12'],
    ['an object', { at: 1 }, undefined],
    ['1970', '1970-01-01T00:00:12Z', '1970-01-01T00:00:12Z'],
    ['2014', '2014-12-31T23:59:59Z', '2014-12-31T23:59:59Z'],
    ['month 00', '2026-00-10T00:00:00Z', '2026-00-10T00:00:00Z'],
    ['month 13', '2026-13-10T00:00:00Z', '2026-13-10T00:00:00Z'],
    ['30 February', '2026-02-30T00:00:00Z', '2026-02-30T00:00:00Z'],
    ['29 February of no leap year', '2025-02-29T00:00:00Z', '2025-02-29T00:00:00Z'],
    ['hour 24', '2026-02-01T24:00:00Z', '2026-02-01T24:00:00Z'],
    ['minute 60', '2026-02-01T10:60:00Z', '2026-02-01T10:60:00Z'],
    ['zone +99', '2026-02-01T10:00:00+99:00', '2026-02-01T10:00:00+99:00'],
    ['year 222222017', '222222017-01-01T00:00:00Z', '222222017-01-01T00:00:00Z'],
    ['two days ahead', '2026-03-03T10:00:01Z', '2026-03-03T10:00:01Z'],
    ['another format', '01.03.2026 10:00', '01.03.2026 10:00'],
    ['text around', 'x2026-03-01T09:30:00Z', 'x2026-03-01T09:30:00Z'],
  ])('%s becomes the time of receipt, and what was said is kept', (_, raw, kept) => {
    expect(read(raw)).toEqual({ at: NOW, raw: kept, plausible: false, historical: false });
  });

  test('what happened more than a minute before the connection began is history', () => {
    expect(read('2026-03-01T08:58:59Z').historical).toBe(true);
    expect(read('2026-03-01T08:59:01Z').historical).toBe(false);
  });

  test('a charger whose clock is known to be slow does not tell history', () => {
    const twoHours = 2 * 3600_000;
    expect(read('2026-03-01T08:00:00Z').historical).toBe(true);
    expect(read('2026-03-01T08:00:00Z', -twoHours)).toMatchObject({
      historical: false,
      at: new Date('2026-03-01T08:00:00Z'),
    });
    expect(read('2026-03-01T10:30:00Z', twoHours)).toMatchObject({
      historical: true,
      ours: new Date('2026-03-01T08:30:00Z'),
    });
  });

  test('what says no time is of the receipt, by the clock of the charger where that is known', () => {
    const fast = new Date(NOW.getTime() + 600_000);
    for (const raw of [undefined, null, '', '  '])
      expect(read(raw, 600_000)).toEqual({ at: fast, ours: NOW, raw: undefined, plausible: false, historical: false });
    // This one was said by a clock that is not the one that was measured.
    expect(read('1970-01-01T00:00:12Z', 600_000)).toMatchObject({ at: NOW, plausible: false });
  });

  test('a long text is cut to 64 characters and NUL is dropped', () => {
    expect(read('x'.repeat(100_000)).raw).toHaveLength(64);
    expect(read('2026-03-01T09:30:00Z\u0000').at).toEqual(new Date('2026-03-01T09:30:00Z'));
  });

  test('whatever comes, the instant is sane', () => {
    const latest = NOW.getTime() + 24 * 3600_000;
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string(), fc.date().map(String), isoLike()), (raw) => {
        const { at, plausible, raw: kept, historical } = read(raw);
        expect(at.getTime()).toBeGreaterThanOrEqual(Date.UTC(2015, 0, 1));
        expect(at.getTime()).toBeLessThanOrEqual(latest);
        if (!plausible) expect([at, historical]).toEqual([NOW, false]);
        expect(kept ?? '').not.toContain('\u0000');
        expect((kept ?? '').length).toBeLessThanOrEqual(64);
      }),
      { numRuns: 2000 },
    );
  });

  test('every instant of the allowed span survives being written and read', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('2015-01-01'), max: NOW, noInvalidDate: true }), (date) => {
        expect(read(date.toISOString())).toMatchObject({ at: date, plausible: true });
      }),
    );
  });
});

/** Nearly right. */
function isoLike(): fc.Arbitrary<string> {
  const digits = (n: number) => fc.integer({ min: 0, max: 10 ** n - 1 }).map((i) => String(i).padStart(n, '0'));
  return fc
    .tuple(digits(4), digits(2), digits(2), digits(2), digits(2), digits(2), fc.constantFrom('', 'Z', '+02:00', '-99'))
    .map(([y, mo, d, h, mi, s, zone]) => `${y}-${mo}-${d}T${h}:${mi}:${s}${zone}`);
}
