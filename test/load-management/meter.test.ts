/** What a meter may say of a site: any reading that is taken fits into its row, whatever the unit of the site. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readingOf } from '../../src/load-management/present.ts';
import { innerUp, meterBody } from '../../src/load-management/schemas.ts';

const MOST_OF_ROW = 2 ** 31 - 1;

test('amperes and watts beyond what a row holds are refused, and all others fit', () => {
  const number = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(1e5, -1e5, 1e8, -1e8, -2.7e-83));
  const bodies = fc.oneof(
    fc.record({ currents_a: fc.array(number, { minLength: 1, maxLength: 3 }) }),
    fc.record({ power_w: number }),
  );
  fc.assert(
    fc.property(bodies, fc.integer({ min: 50, max: 1000 }), (body, voltage) => {
      const read = meterBody.safeParse(body);
      if (!read.success) return;
      const unit = 'power_w' in body ? 'W' : voltage % 2 === 0 ? 'W' : 'A';
      const row = innerUp(readingOf(read.data, { unit, voltage }), unit);
      expect(Math.abs(row)).toBeLessThanOrEqual(MOST_OF_ROW);
      expect(Number.isInteger(row)).toBe(true);
    }),
    { numRuns: 2000 },
  );
  expect(meterBody.safeParse({ currents_a: [1e8] }).error?.issues[0]?.path).toEqual(['currents_a', 0]);
});
