import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createRecorder } from '../../scripts/benchmark/measure.ts';
import { newMouth, STEP_START, sessionCycle } from '../../scripts/benchmark/messages.ts';
import { sessionCycle2 } from '../../scripts/benchmark/messages-2.ts';
import { brokenFloors, plainTable, writeMarkdown } from '../../scripts/benchmark/report.ts';
import type { Row } from '../../scripts/benchmark/rows.ts';
import { counterIn } from '../../scripts/benchmark/stage.ts';
import { summary } from '../../scripts/benchmark/turns.ts';

const row = (more: Partial<Row>): Row => ({
  scenario: 'session cycle, closed loop',
  target: 'server',
  chargers: 200,
  messages: 1000,
  perS: 8000,
  errors: 0,
  serverCpuS: 1,
  databaseCpuS: 0.5,
  ...more,
});

test('percentiles are those of a sorted list, however many values there are', () => {
  const recorder = createRecorder();
  for (let value = 200_000; value >= 1; value -= 1) recorder.add(value / 1000);
  expect(recorder.count()).toBe(200_000);
  expect(recorder.percentiles()).toEqual({ p50: 100, p95: 190, p99: 198, max: 200 });
  expect(createRecorder().percentiles()).toEqual({ p50: 0, p95: 0, p99: 0, max: 0 });
});

test('a counter is summed over its labels, and not confused with one whose name goes on', () => {
  const text = 'x_total{a="1"} 3\nx_total{a="2"} 4.5\nx_total_more 100\ny_total 7\n';
  expect(counterIn(text, 'x_total')).toBe(7.5);
  expect(counterIn(text, 'y_total')).toBe(7);
  expect(counterIn(text, 'z_total')).toBeUndefined();
});

test('the session cycle is ten messages of valid JSON with instants that grow and ids that differ', () => {
  const mouth = newMouth('TAG');
  const frames = sessionCycle.map(
    (build) => JSON.parse(build(mouth)) as [number, string, string, Record<string, unknown>],
  );
  expect(frames).toHaveLength(10);
  expect(frames[STEP_START]?.[2]).toBe('StartTransaction');
  expect(new Set(frames.map(([, id]) => id)).size).toBe(10);
  expect(sessionCycle2.map((build) => JSON.parse(build(newMouth('TAG'))) as unknown)).toHaveLength(10);
  const stamps = frames.flatMap((frame) => JSON.stringify(frame).match(/\d{4}-\d\d-\d\dT[\d:.]+Z/g) ?? []);
  expect(stamps).toEqual([...new Set(stamps)].sort());
});

test('the table leaves out columns that nobody fills, and compares with the bare server of the same scenario', () => {
  const lines = plainTable([row({ target: 'bare', perCpuS: 80_000 }), row({ perCpuS: 8000 })]).split('\n');
  expect(lines[0]).not.toContain('KiB');
  expect(lines[2]).toMatch(/ 10 %$/);
});

test('only the marked section of the document is rewritten', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dynamo-bench-'));
  try {
    const file = join(folder, 'performance.md');
    const begin = '<!-- bench:begin (written by scripts/bench --markdown) -->';
    writeFileSync(file, `before\n${begin}\nold figures\n<!-- bench:end -->\nafter\n`);
    writeMarkdown(file, [row({ perCpuS: 8000 })], { Node: '20' });
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^before\n/);
    expect(text).toMatch(/\nafter\n$/);
    expect(text).toContain('| session cycle, closed loop | server |');
    expect(text).not.toContain('old figures');
    writeFileSync(file, 'no marks');
    expect(() => writeMarkdown(file, [], {})).toThrow('lacks the marks');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('floors that are broken are named, with errors of any scenario first', () => {
  expect(brokenFloors([row({ perCpuS: 4100, sqlPerMessage: 0.4 })])).toEqual([]);
  expect(
    brokenFloors([
      row({ perCpuS: 3000, sqlPerMessage: 1.2, errors: 2 }),
      row({ scenario: 'sessions, 100/s', p99: 20 }),
      row({ scenario: 'idle connections', kibPerConnection: 31 }),
      row({ scenario: 'pricing, all at once', p50: 51 }),
      row({ scenario: 'pricing, one more sample', p99: 0.051 }),
    ]),
  ).toHaveLength(7);
});

test('windows in turns are compared round by round: a slow minute of the machine moves both, and not their ratio', () => {
  const window = (perCpuS: number, more: Partial<Row> = {}) =>
    row({ messages: 100, perCpuS, p99: perCpuS / 100, othersPercent: 4, ...more });
  const first = [6000, 3000, 6200].map((perCpuS) => window(perCpuS));
  const second = [window(5100), window(2550, { errors: 1 }), window(5000)];
  expect(summary(second, first)).toMatchObject({
    ...{ messages: 300, errors: 1, perCpuS: 5000, ofOldPercent: 85, othersPercent: 4, p99: 50, serverCpuS: 3 },
    note: '3 windows in turns, per CPU-s 2550 to 5100, of 1.6 81 to 85 %; others 4 % of the machine',
  });
  expect(summary(first, undefined)).not.toHaveProperty('ofOldPercent');
  const slow = summary([window(4700)], [window(6000)]);
  expect(brokenFloors([{ ...slow, scenario: 'session cycle of 2.0.1, closed loop' }])).toEqual([
    "session cycle of 2.0.1: 4700 messages per CPU-second, 78.3 % of 1.6's, at least 80 %",
  ]);
});
