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

test('a figure that wanders without a direction is seldom taken for one that grows', () => {
  let state = 7;
  const random = (): number => {
    state = (state * 48_271) % 2_147_483_647; // the same in each run
    return state / 1_073_741_823.5 - 1;
  };
  let wrong = 0;
  for (let run = 0; run < 400; run += 1) {
    let at = 0;
    const values = Array.from({ length: 90 }, () => {
      at = 0.85 * at + random(); // each reading is much like the one before
      return 300 + 5 * at;
    });
    const { slope, within } = trendOf(
      values.map((_, i) => i * 60_000),
      values,
    );
    if (slope - within > 0) wrong += 1;
  }
  // 2.5 % on this side, if the estimate were perfect; taken for independent, they are a fifth
  expect(wrong).toBeLessThan(400 * 0.07);
});
