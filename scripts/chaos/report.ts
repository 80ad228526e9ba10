/** The results as the marked block of docs/reliability.md: one row per scenario, of which only those that ran are replaced. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { installationRoot } from '../../src/config/index.ts';
import type { Scenario, Verdict } from './scenario.ts';

export type Result = Pick<Scenario, 'name' | 'promise' | 'demanded'> &
  Verdict & { readonly size: string; readonly at: Date };

const BEGIN = '<!-- chaos:begin (written by npm run chaos) -->';
const END = '<!-- chaos:end -->';
const HEAD = ['| scenario | what happens | demanded | found | kept | run |', '|---|---|---|---|---|---|'];

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim().slice(0, 600);

function commit(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, {
        cwd: installationRoot(),
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', 'src') === '' ? '' : ' with changes');
  } catch {
    return 'no git';
  }
}

export const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.versions.node}`;

export function rowOf(result: Result, where = `${commit()}, ${machine()}`): string {
  const kept = result.passed === 'skipped' ? 'skipped' : result.passed ? 'yes' : '**no**';
  const run = `${result.size}, ${result.at.toISOString().slice(0, 10)}, ${where}`;
  return `| ${[result.name, result.promise, result.demanded, result.found, kept, run].map(cell).join(' | ')} |`;
}

/** The document with these rows in the place of those of the same scenarios, in the order of `names`. Throws without the marks. */
export function withRows(text: string, rows: ReadonlyMap<string, string>, names: readonly string[]): string {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`the document lacks the marks ${BEGIN} and ${END}`);
  const kept = text
    .slice(from + BEGIN.length, to)
    .split('\n')
    .flatMap((line) => {
      const name = /^\| ([^|]+) \|/.exec(line)?.[1];
      return name !== undefined && names.includes(name) ? [[name, line] as const] : [];
    });
  const all = new Map([...kept, ...rows]);
  const lines = names.flatMap((name) => all.get(name) ?? []);
  return `${text.slice(0, from + BEGIN.length)}\n${[...HEAD, ...lines].join('\n')}\n${text.slice(to)}`;
}

export function writeResults(file: string, results: readonly Result[], names: readonly string[]): void {
  const rows = new Map(results.map((result) => [result.name, rowOf(result)]));
  writeFileSync(file, withRows(readFileSync(file, 'utf8'), rows, names));
}
