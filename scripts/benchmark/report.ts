/** The figures as a table for people, as JSON for machines, and as the marked section of docs/performance.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, platform, release } from 'node:os';
import { canPin } from './processes.ts';
import type { Row } from './rows.ts';

export type Environment = Readonly<Record<string, string>>;

export const environment = (): Environment => ({
  measured: new Date().toISOString().slice(0, 10),
  cores: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
  Node: process.versions.node,
  system: `${platform()} ${release()}`,
  pinning: canPin ? 'server core 0, generator core 1, PostgreSQL both' : 'none (no taskset)',
});

/** One row as it is told while the run goes on. */
export function lineOf({ scenario, target, perS, perCpuS, ofOldPercent, p99, errors, kibPerConnection }: Row): string {
  const figures = [
    `${perS} messages/s`,
    ...(perCpuS === undefined ? [] : [`${perCpuS} per CPU-second`]),
    ...(ofOldPercent === undefined ? [] : [`${ofOldPercent} % of 1.6's`]),
    ...(p99 === undefined ? [] : [`p99 ${p99} ms`]),
    ...(kibPerConnection === undefined ? [] : [`${kibPerConnection} KiB each`]),
    `${errors} errors`,
  ];
  return `${target.padEnd(15)}  ${scenario}: ${figures.join(', ')}`;
}

type Column = { readonly title: string; readonly cell: (row: Row, rows: readonly Row[]) => string };

const text = (value: number | undefined): string => (value === undefined ? '' : value.toLocaleString('en-US'));

/** The bare server's figure for the same scenario in the same run, or for what this is a variation of: that stands before a comma. */
function ofBare(row: Row, rows: readonly Row[]): string {
  const bareOf = (scenario: string) => rows.find((each) => each.target === 'bare' && each.scenario === scenario);
  const bare = (bareOf(row.scenario) ?? bareOf(row.scenario.replace(/, [^,]*$/, '')))?.perCpuS;
  if (row.target === 'bare' || bare === undefined || row.perCpuS === undefined) return '';
  return `${Math.round((100 * row.perCpuS) / bare)} %`;
}

const COLUMNS: readonly Column[] = [
  { title: 'scenario', cell: (row) => row.scenario },
  { title: 'target', cell: (row) => row.target },
  { title: 'chargers', cell: (row) => text(row.chargers) },
  { title: 'messages/s', cell: (row) => text(row.perS) },
  { title: 'errors', cell: (row) => text(row.errors) },
  { title: 'p50 ms', cell: (row) => text(row.p50) },
  { title: 'p99 ms', cell: (row) => text(row.p99) },
  { title: 'max ms', cell: (row) => text(row.max) },
  { title: 'CPU s server', cell: (row) => text(row.serverCpuS) },
  { title: 'CPU s PostgreSQL', cell: (row) => text(row.databaseCpuS) },
  { title: 'messages/CPU-s', cell: (row) => text(row.perCpuS) },
  { title: 'of bare', cell: ofBare },
  { title: 'of 1.6', cell: ({ ofOldPercent }) => (ofOldPercent === undefined ? '' : `${ofOldPercent} %`) },
  { title: 'SQL/message', cell: (row) => text(row.sqlPerMessage) },
  { title: 'KiB/connection', cell: (row) => text(row.kibPerConnection) },
  { title: 'webhooks/s', cell: (row) => text(row.deliveriesPerS) },
  { title: 'note', cell: (row) => row.note ?? '' },
];

/** Columns that no row fills are left out. */
const table = (rows: readonly Row[]): string[][] => {
  const filled = COLUMNS.filter(({ cell }) => rows.some((row) => cell(row, rows) !== ''));
  return [filled.map(({ title }) => title), ...rows.map((row) => filled.map(({ cell }) => cell(row, rows)))];
};

const isNumber = (cell: string): boolean => /^[\d.,]+( %)?$/.test(cell);

export function plainTable(rows: readonly Row[]): string {
  const cells = table(rows);
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => (isNumber(cell) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const BEGIN = '<!-- bench:begin (written by scripts/bench --markdown) -->';
const END = '<!-- bench:end -->';

function markdown(rows: readonly Row[], environment: Environment): string {
  const [head = [], ...body] = table(rows);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const facts = Object.entries(environment)
    .map(([name, value]) => `${name} ${value}`)
    .join(' · ');
  return [facts, '', line(head), line(head.map(() => '---')), ...body.map(line)].join('\n');
}

/** Replaces what stands between the marks; the file must have them. */
export function writeMarkdown(file: string, rows: readonly Row[], environment: Environment): void {
  const before = readFileSync(file, 'utf8');
  const from = before.indexOf(BEGIN);
  const to = before.indexOf(END);
  if (from < 0 || to < from) throw new Error(`${file} lacks the marks ${BEGIN} and ${END}`);
  writeFileSync(file, `${before.slice(0, from + BEGIN.length)}\n${markdown(rows, environment)}\n${before.slice(to)}`);
}

export const writeJson = (file: string, rows: readonly Row[], environment: Environment): void =>
  writeFileSync(file, `${JSON.stringify({ environment, rows }, null, 2)}\n`);

/** What 7-performance.md demands at least; the floor of a shared two-core machine. */
export function brokenFloors(rows: readonly Row[]): string[] {
  const faults = rows
    .filter(({ errors }) => errors > 0)
    .map(({ scenario, target, errors }) => `${scenario} (${target}): ${errors} errors`);
  const ours = (part: string) => rows.find(({ target, scenario }) => target === 'server' && scenario.startsWith(part));
  const cycle = ours('session cycle,');
  if (cycle?.perCpuS !== undefined && cycle.perCpuS < 4000)
    faults.push(`session cycle: ${cycle.perCpuS} messages per CPU-second, floor 4,000`);
  if (cycle?.sqlPerMessage !== undefined && cycle.sqlPerMessage > 1)
    faults.push(`session cycle: ${cycle.sqlPerMessage} SQL statements per message, at most 1`);
  for (const name of ['session cycle of 2.0.1', 'session cycle of 2.1']) {
    const { sqlPerMessage = 0, ofOldPercent = 100, perCpuS } = ours(name) ?? {};
    if (sqlPerMessage > 1) faults.push(`${name}: ${sqlPerMessage} SQL statements per message, at most 1`);
    if (ofOldPercent < 80)
      faults.push(`${name}: ${perCpuS} messages per CPU-second, ${ofOldPercent} % of 1.6's, at least 80 %`);
  }
  for (const { target, scenario, p99 = 0 } of rows)
    if (target === 'server' && /^sessions(?: of [\d.]+)?, \d+\/s$/.test(scenario) && p99 > 15)
      faults.push(`open loop, ${scenario}: p99 ${p99} ms, at most 15`);
  const idle = ours('idle');
  if (idle?.kibPerConnection !== undefined && idle.kibPerConnection > 30)
    faults.push(`idle: ${idle.kibPerConnection} KiB per connection, at most 30`);
  const whole = ours('pricing, all at once');
  if (whole?.p50 !== undefined && whole.p50 > 50)
    faults.push(`pricing: ${whole.p50} ms for 100,000 samples, at most 50`);
  const more = ours('pricing, one more sample');
  if (more?.p99 !== undefined && more.p99 > 0.05)
    faults.push(`pricing: p99 ${more.p99 * 1000} µs for one more sample, at most 50`);
  return faults;
}
