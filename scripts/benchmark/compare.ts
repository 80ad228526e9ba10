/**
 * This run beside an earlier one's JSON. The machine's speed changes from run to run, so what is compared is a ratio of ratios: what
 * the server made of the bare transport's figure then and now; where a scenario has no bare one, the figures themselves, and the
 * table says so. Pure but for the reading of the file.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Row } from './rows.ts';

/** A quarter worse is worth a look; less is noise on a shared machine (design 7). */
export const SLACK = 0.25;

const row = z.looseObject({
  scenario: z.string(),
  target: z.string(),
  perCpuS: z.number().optional(),
  perS: z.number().optional(),
  p99: z.number().optional(),
  kibPerConnection: z.number().optional(),
  deliveriesPerS: z.number().optional(),
  sqlPerMessage: z.number().optional(),
});
type Figures = z.infer<typeof row>;
const file = z.looseObject({ rows: z.array(row) });

/** Throws when it is no JSON of a run. */
export function readRun(path: string): Figures[] {
  const read = file.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!read.success) throw new Error(`${path} was not written by scripts/bench --json`);
  return read.data.rows;
}

export type Compared = {
  readonly scenario: string;
  readonly figure: string;
  readonly before: number;
  readonly now: number;
  /** Above 1: better than before, whichever way the figure goes. */
  readonly ratio: number;
  readonly isWorse: boolean;
};

/** What the server made of the bare transport's figure in the same run; undefined: there is none to compare with. */
const ofBare = (rows: readonly Figures[], { scenario, perCpuS }: Figures): number | undefined => {
  const bare = rows.find((each) => each.target === 'bare' && each.scenario === scenario)?.perCpuS;
  return bare === undefined || bare === 0 || perCpuS === undefined ? undefined : perCpuS / bare;
};

type Figure = {
  readonly name: string;
  readonly more: boolean;
  of(row: Figures, rows: readonly Figures[]): number | undefined;
};
const FIGURES: readonly Figure[] = [
  { name: 'messages/CPU-s of bare', more: true, of: (each, rows) => ofBare(rows, each) },
  {
    name: 'messages/CPU-s (no bare)',
    more: true,
    of: (each, rows) => (ofBare(rows, each) === undefined ? each.perCpuS : undefined),
  },
  { name: 'SQL/message', more: false, of: ({ sqlPerMessage }) => sqlPerMessage },
  { name: 'KiB/connection', more: false, of: ({ kibPerConnection }) => kibPerConnection },
];

export function compareRuns(now: readonly Row[], before: readonly Figures[]): Compared[] {
  return now
    .filter(({ target }) => target === 'server')
    .flatMap((each) => {
      const then = before.find(({ target, scenario }) => target === 'server' && scenario === each.scenario);
      if (then === undefined) return [];
      return FIGURES.flatMap(({ name, more, of }) => {
        const [old, fresh] = [of(then, before), of(each as Figures, now as readonly Figures[])]; // as: a Row has all of these
        if (old === undefined || fresh === undefined || old <= 0 || fresh <= 0) return [];
        const ratio = more ? fresh / old : old / fresh;
        return [{ scenario: each.scenario, figure: name, before: old, now: fresh, ratio, isWorse: ratio < 1 - SLACK }];
      });
    });
}

const shown = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 4 });

export function comparedTable(compared: readonly Compared[]): string {
  if (compared.length === 0) return 'nothing to compare: the earlier run has none of these scenarios';
  return compared
    .map(
      ({ scenario, figure, before, now, ratio, isWorse }) =>
        `${isWorse ? 'WORSE ' : '      '}${ratio.toFixed(2)} × before  ${scenario}: ${figure} ${shown(before)} → ${shown(now)}`,
    )
    .join('\n');
}
