/** How the results of the chaos suite come into docs/reliability.md, and when something is said to grow. */
import { expect, test } from '@jest/globals';
import { rowOf, withRows } from '../../scripts/chaos/report.ts';
import { trendOf } from '../../scripts/chaos/trend.ts';

const MARKED = `before
<!-- chaos:begin (written by npm run chaos) -->
| scenario |
| kills | old |
| gone | old |
<!-- chaos:end -->
after`;

test('of the results of the chaos suite only those that ran are replaced, and those that are no more go', () => {
  const at = new Date('2026-11-26T12:00:00Z');
  const row = rowOf(
    { name: 'disk full', promise: 'p', demanded: 'd', found: 'a | b\nc', passed: 'skipped', size: 'full', at },
    'here',
  );
  const written = withRows(MARKED, new Map([['disk full', row]]), ['disk full', 'kills']);
  expect(written.split('\n').filter((line) => /^(before|after|\| (disk|kills|gone))/.test(line))).toEqual([
    'before',
    '| disk full | p | d | a \\| b c | skipped | full, 2026-11-26, here |',
    '| kills | old |',
    'after',
  ]);
  expect(() => withRows('no marks', new Map(), [])).toThrow('marks');
});

test('a trend is told from noise', () => {
  const hours = Array.from({ length: 60 }, (_, i) => i * 60_000);
  const noise = (i: number) => Math.sin(i * 12.9898) * 5;
  const flat = trendOf(
    hours,
    hours.map((_, i) => 100 + noise(i)),
  );
  const grows = trendOf(
    hours,
    hours.map((ms, i) => 100 + ms / 60_000 + noise(i)),
  );
  expect(flat.slope - flat.within).toBeLessThan(0);
  expect(grows.slope - grows.within).toBeGreaterThan(0);
  expect(Math.abs(grows.slope - 60)).toBeLessThan(grows.within);
});
