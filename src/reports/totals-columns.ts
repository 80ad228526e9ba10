/** The columns of totals as a file: a line for each group and currency. */
import type { Column, Columns } from '../platform/row-text.ts';
import type { Spans } from './spans.ts';
import { nameOf } from './totals.ts';
import type { Grouping, TotalsPart } from './totals-store.ts';

const named: Readonly<
  Record<Grouping, readonly ('site_id' | 'charge_point_id' | 'evse_id' | 'token' | 'day' | 'month')[]>
> = {
  site: ['site_id'],
  charge_point: ['charge_point_id'],
  evse: ['charge_point_id', 'evse_id'],
  token: ['token'],
  day: ['day'],
  month: ['month'],
};

const counts: Columns<TotalsPart> = [
  { name: 'sessions', of: (row) => row.sessions },
  { name: 'running', of: (row) => row.running },
  { name: 'energy_wh', of: (row) => row.energyWh },
  { name: 'duration_s', of: (row) => row.durationS },
];
const money: Columns<TotalsPart> = [
  { name: 'under_review', of: (row) => row.underReview },
  { name: 'currency', of: (row) => row.currency },
  { name: 'billed_sessions', of: (row) => row.billed },
  { name: 'excl_tax', of: (row) => (row.currency === null ? null : row.exclTax) },
  { name: 'tax', of: (row) => (row.currency === null ? null : row.tax) },
  { name: 'incl_tax', of: (row) => (row.currency === null ? null : row.inclTax) },
];

export function totalColumns(grouping: Grouping, spans: Spans | undefined, hasMoney: boolean): Columns<TotalsPart> {
  const names = named[grouping].map(
    (name): Column<TotalsPart> => ({ name, of: ({ key }) => nameOf(key, grouping, spans)[name] ?? null }),
  );
  return [...names, ...counts, ...(hasMoney ? money : [])];
}
