/** Times as people read them. */
import { expect, test } from '@jest/globals';
import { createFormat } from '../../src/console/format.ts';

const en = createFormat('en');
const now = Date.parse('2026-11-27T12:00:00Z');
const at = (seconds: number): string => new Date(now + seconds * 1_000).toISOString();

test('what is past never lies ahead, though clocks differ; what is to come is counted down to its end', () => {
  expect([-3_700, -61, -10, 0, 3, 30].map((seconds) => en.ago(at(seconds), now))).toEqual([
    '1 hour ago',
    '1 minute ago',
    '10 seconds ago',
    'now',
    'now',
    'now',
  ]);
  expect(en.ago(at(31), now)).toBe('in 31 seconds'); // a clock that is wrong is not hidden
  expect([3, 90].map((seconds) => en.until(at(seconds), now))).toEqual(['in 3 seconds', 'in 1 minute']);
});

test('instants in a sentence are written as people read them', () => {
  const seen = en.exact('2026-11-27T00:16:47.380Z');
  expect(en.sentence('Not connected since 2026-11-27T00:16:47.380Z, seen 2026-11-27T00:16:47Z.')).toBe(
    `Not connected since ${seen}, seen ${seen}.`,
  );
  expect(en.sentence('Since 2026-11-27, 3 times')).toBe('Since 2026-11-27, 3 times');
});
