/** Totals page by page, for files. Days and months without sessions have no line. */
import type { Database } from '../database/contract.ts';
import { groupsOf } from './totals.ts';
import { type Grouping, type TotalsPart, type TotalsWanted, totals } from './totals-store.ts';

/** Every page adds up the range anew: large ones. */
const GROUPS = 5_000;

/** `hasMoney` false: one line for a group, whatever currencies it has. */
export async function* totalPages(
  db: Pick<Database, 'rows' | 'transaction'>,
  wanted: TotalsWanted,
  grouping: Grouping,
  hasMoney: boolean,
): AsyncGenerator<readonly TotalsPart[]> {
  let after: string | undefined;
  for (;;) {
    const parts: TotalsPart[] = await totals(db, wanted, grouping, { after, limit: GROUPS });
    const groups = groupsOf(parts);
    if (parts.length > 0) yield hasMoney ? parts : groups.map(withoutMoney);
    after = groups.at(-1)?.key;
    if (groups.length < GROUPS) return;
  }
}

const withoutMoney = (group: ReturnType<typeof groupsOf>[number]): TotalsPart => ({
  ...group,
  currency: null,
  billed: 0,
  exclTax: '0',
  tax: '0',
  inclTax: '0',
});
