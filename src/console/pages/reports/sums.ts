/** What the totals of a time come to together. Pure. */
import { Decimal } from 'decimal.js';
import type { Schemas } from '../../../client/index.ts';
import { digitsOf } from '../../format.ts';

export type Totals = Schemas['SessionTotals'];

export type Sums = {
  readonly sessions: number;
  readonly energyWh: number;
  readonly durationS: number;
  readonly underReview: number;
  /** By currency, exact, and never added over currencies; undefined: one may not see it. */
  readonly revenue: ReadonlyMap<string, string> | undefined;
};

/** `rows`: all groups of the time, not a page of them. */
export function sumsOf(rows: readonly Totals[]): Sums {
  const sum = (of: (row: Totals) => number): number => rows.reduce((all, row) => all + of(row), 0);
  const amounts = new Map<string, string[]>();
  for (const { revenue = [] } of rows)
    for (const { currency, incl_tax } of revenue) amounts.set(currency, [...(amounts.get(currency) ?? []), incl_tax]);
  return {
    sessions: sum(({ sessions }) => sessions),
    energyWh: sum(({ energy_wh }) => energy_wh),
    durationS: sum(({ duration_s }) => duration_s),
    underReview: sum(({ under_review }) => under_review ?? 0),
    revenue: rows.some(({ revenue }) => revenue !== undefined)
      ? new Map([...amounts].map(([currency, of]) => [currency, addedUp(of)]))
      : undefined,
  };
}

/** More digits than any sum of money has; by itself a Decimal rounds to 20. */
const Exact = Decimal.clone({ precision: 100 });

/** Of decimal texts, exact: with as many digits after the point as the one that has most. */
export const addedUp = (amounts: readonly string[]): string =>
  Exact.sum(0, ...amounts).toFixed(Math.max(0, ...amounts.map(digitsOf)));
