/** What the tiles of the reports say: sums of the whole time. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addedUp, sumsOf, type Totals } from '../../src/console/pages/reports/sums.ts';

const row = (revenue: [currency: string, amount: string][], more: Partial<Totals> = {}): Totals => ({
  ...{ sessions: 1, running: 0, energy_wh: 1_000, duration_s: 60, under_review: 0 },
  revenue: revenue.map(([currency, incl_tax]) => ({ currency, sessions: 1, excl_tax: '0', tax: '0', incl_tax })),
  ...more,
});

test('all groups are added up, exactly, and never over currencies', () => {
  const rows = [
    row([['EUR', '0.10']]),
    row(
      [
        ['EUR', '0.20'],
        ['HUF', '1234.56'],
      ],
      { under_review: 2 },
    ),
    row([]),
  ];
  expect(sumsOf(rows)).toEqual({
    ...{ sessions: 3, energyWh: 3_000, durationS: 180, underReview: 2 },
    revenue: new Map([
      ['EUR', '0.30'],
      ['HUF', '1234.56'],
    ]),
  });
});

test('who may not see revenue is told of none, which is not the same as nothing earned', () => {
  const { revenue: _, under_review: __, ...bare } = row([]);
  expect(sumsOf([bare]).revenue).toBeUndefined();
  expect(sumsOf([row([])]).revenue).toEqual(new Map());
});

test('sums are exact', () => {
  expect(addedUp(['0.10', '0.20', '0.005'])).toBe('0.305');
  expect(addedUp(['-0.30', '0.10', '0.15'])).toBe('-0.05');
  expect(addedUp(['90071992547409.93', '0.01', '-0.00'])).toBe('90071992547409.94');
  expect(addedUp(['123456789012345678901234.56', '-0.005'])).toBe('123456789012345678901234.555');
  expect([addedUp(['-0.00']), addedUp(['-0.05', '0.05'])]).toEqual(['0.00', '0.00']);
  expect([addedUp(['5', '-7']), addedUp([])]).toEqual(['-2', '0']);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1e12, max: 1e12 })), fc.integer({ min: 0, max: 4 }), (units, digits) => {
      const sum = units.reduce((all, each) => all + each, 0);
      expect(Number(addedUp(units.map((each) => (each / 10 ** digits).toFixed(digits))))).toBe(sum / 10 ** digits);
    }),
  );
});
