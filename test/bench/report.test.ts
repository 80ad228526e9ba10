import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { comparedTable, compareRuns, readRun } from '../../scripts/benchmark/compare.ts';
import { drawFlames, flameSvg, flamesOf } from '../../scripts/benchmark/flame.ts';
import { createRecorder } from '../../scripts/benchmark/measure.ts';
import { newMouth, STEP_START, sessionCycle } from '../../scripts/benchmark/messages.ts';
import { sessionCycle2 } from '../../scripts/benchmark/messages-2.ts';
import { brokenFloors, plainTable, writeJson, writeMarkdown } from '../../scripts/benchmark/report.ts';
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

test('a run is compared with an earlier one by what each made of its bare transport, and only a quarter less is worse', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dynamo-bench-'));
  try {
    const json = join(folder, 'before.json');
    writeJson(json, [row({ target: 'bare', perCpuS: 80_000 }), row({ perCpuS: 8_000, sqlPerMessage: 0.1 })], {});
    const before = readRun(json);
    // The machine is half as fast as it was, and the server keeps up with it.
    const slower = [row({ target: 'bare', perCpuS: 40_000 }), row({ perCpuS: 4_000, sqlPerMessage: 0.1 })];
    expect(compareRuns(slower, before).map(({ ratio, isWorse }) => [ratio, isWorse])).toEqual([
      [1, false],
      [1, false],
    ]);
    const worse = [row({ target: 'bare', perCpuS: 80_000 }), row({ perCpuS: 5_900, sqlPerMessage: 0.2 })];
    expect(compareRuns(worse, before).map(({ figure, isWorse }) => [figure, isWorse])).toEqual([
      ['messages/CPU-s of bare', true],
      ['SQL/message', true],
    ]);
    expect(comparedTable(compareRuns(worse, before)).split('\n')).toEqual([
      'WORSE 0.74 × before  session cycle, closed loop: messages/CPU-s of bare 0.1 → 0.07375',
      'WORSE 0.50 × before  session cycle, closed loop: SQL/message 0.1 → 0.2',
    ]);
    const alone = [row({ scenario: 'deliveries', perCpuS: 900 })];
    expect(compareRuns(alone, alone)).toMatchObject([{ figure: 'messages/CPU-s (no bare)', ratio: 1, isWorse: false }]);
    expect(comparedTable(compareRuns(alone, before))).toContain('nothing to compare');
    writeFileSync(json, '{"rows":[{"scenario":1}]}');
    expect(() => readRun(json)).toThrow('was not written by scripts/bench --json');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a profile becomes a flame graph: alike stacks are one box, idle time is none, names cannot break out of it', () => {
  const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 4 });
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(root)'), children: [2, 3, 4, 6] },
      { id: 2, callFrame: frame('(idle)') },
      { id: 3, callFrame: frame('decide', 'file:///work/dist/src/sessions/machine.js'), children: [5] },
      { id: 4, callFrame: frame('decide', 'file:///work/dist/src/sessions/machine.js') },
      { id: 5, callFrame: frame('</title><script>', 'file:///x/node_modules/pg/lib/client.js') },
      { id: 6, callFrame: frame('') },
    ],
    samples: [2, 3, 4, 5, 5, 6],
    timeDeltas: [9_000, 1_000, 1_000, 1_000, 1_000, 4_000],
  };
  const root = flamesOf(profile);
  expect(root.us).toBe(8_000);
  const [decide, anonymous] = [...root.children.values()].sort((a, b) => a.name.localeCompare(b.name)).reverse();
  expect(decide).toMatchObject({ name: 'decide', where: 'dist/src/sessions/machine.js:5', us: 4_000 });
  expect(anonymous).toMatchObject({ name: '(anonymous)', us: 4_000 });
  const svg = flameSvg(root, 'x & y');
  expect(svg).toContain('x &amp; y');
  expect(svg).toContain('<title>decide dist/src/sessions/machine.js:5 (50.00 %, 4 ms)</title>');
  expect(svg).not.toContain('<script');
  const folder = mkdtempSync(join(tmpdir(), 'dynamo-flames-'));
  try {
    writeFileSync(join(folder, 'CPU.1.cpuprofile'), JSON.stringify(profile));
    expect(drawFlames(folder)).toEqual([join(folder, 'CPU.1.cpuprofile.svg')]);
    expect(drawFlames(folder)).toEqual([]);
    // only what was measured: of two windows, the one in which nothing ran has no graph
    writeFileSync(join(folder, 'CPU.2.cpuprofile'), JSON.stringify({ ...profile, startTime: 1_000_000 }));
    const window = (scenario: string, from: number, until: number) => ({ scenario, from, until });
    expect(drawFlames(folder, [window('1.6 / a', 1_009_500, 1_011_500), window('b', 0, 1_000_000)])).toEqual([
      join(folder, 'CPU.2.cpuprofile.svg'),
      join(folder, 'CPU.2.cpuprofile.1-6-a.svg'),
    ]);
    expect(readFileSync(join(folder, 'CPU.2.cpuprofile.1-6-a.svg'), 'utf8')).toContain('1.6 / a: 0.0 s');
    expect(flamesOf({ ...profile, startTime: 1_000_000 }, [window('', 1_009_500, 1_011_500)]).us).toBe(2_000);
    expect(drawFlames(join(folder, 'nowhere'))).toEqual([]);
    expect(readFileSync(join(folder, 'CPU.1.cpuprofile.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
