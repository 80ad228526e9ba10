/** Which tariff holds: every combination of what is assigned. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Assigned, type Level, levels, resolveTariff } from '../../src/tariffs/index.ts';
import { byPrecedence } from '../../src/tariffs/resolve.ts';

const assigned = (level: Level): Assigned => ({
  level,
  targetId: level,
  tariffId: `tar_${level}`,
  name: level,
  version: 1,
});

test('the token goes before its group, both before the place: charge point, site, organization', () => {
  expect(levels).toEqual(['token', 'token_group', 'charge_point', 'site', 'organization']);
  for (const [i, level] of levels.entries())
    expect(resolveTariff(levels.slice(i).toReversed().map(assigned))?.level).toBe(level);
});

test('nothing is assigned: no tariff, not a free one', () => {
  expect(resolveTariff([])).toBeUndefined();
});

test('in whatever order they are found, the same one holds, and the others follow by their precedence', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...levels]), (found) => {
      const expected = levels.filter((level) => found.includes(level)).map(assigned);
      expect(byPrecedence(found.map(assigned))).toEqual(expected);
      expect(resolveTariff(found.map(assigned))).toEqual(expected[0]);
    }),
  );
});
