/** How the time of the EVSEs of some charge points was spent, for rooms that hold it against a target: what the report of EVSEs shows. */
import type { Database } from '../database/contract.ts';
import { evsesOf } from './evse-store.ts';
import { usagesOf } from './evses.ts';
import type { Usage } from './usage.ts';

/** Of one call; of a station there are a few. */
const MOST_EVSES = 1_000;

export type EvseUsage = { readonly chargePointId: string; readonly evseId: number; readonly usage: Usage };

/** A few charge points of the organization at a time: their history is in memory. */
export async function measureUsage(
  db: Pick<Database, 'rows'>,
  of: { readonly organizationId: string; readonly chargePointIds: readonly string[] },
  range: { readonly from: Date; readonly to: Date },
): Promise<EvseUsage[]> {
  const rows = await evsesOf(db, of.organizationId, of.chargePointIds, MOST_EVSES);
  const usages = await usagesOf(db, { ...of, now: range.to }, rows, range);
  return rows.map((row) => ({ chargePointId: row.chargePointId, evseId: row.evseId, usage: usages(row) }));
}
