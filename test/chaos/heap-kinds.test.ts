/** What one heap holds more of than another. */
import { expect, test } from '@jest/globals';
import { grownBetween, kindsIn } from '../../scripts/chaos/heap-kinds.ts';

const meta = {
  node_fields: ['type', 'name', 'id', 'self_size'],
  node_types: [['hidden', 'code', 'string', 'object']],
} as const;
const heap = (...nodes: readonly (readonly [type: number, name: number, id: number, size: number])[]) =>
  kindsIn({ snapshot: { meta }, strings: ['', 'Map', 'Session'], nodes: nodes.flat() });

test('is told by kind, objects by their constructor, most first', () => {
  const before = heap([1, 0, 1, 100], [3, 1, 2, 50], [2, 0, 3, 7]);
  const after = heap([1, 0, 1, 100], [1, 0, 4, 30], [3, 1, 2, 50], [3, 2, 5, 200], [3, 2, 6, 200]);
  expect(grownBetween(before, after)).toEqual([
    { kind: 'object Session', bytes: 400, count: 2 },
    { kind: 'code', bytes: 30, count: 1 },
    { kind: 'string', bytes: -7, count: -1 },
  ]);
});
