/** Runs that ended long ago are forgotten, but the last one that an organization had of each charge point: it is its report. */
import type { Database } from '../database/contract.ts';
import { deleteAll, deleteFew } from '../database/in-batches.ts';
import { firstIdAt } from '../platform/ids.ts';

const KEPT_DAYS = 400;
const DAY_MS = 86_400_000;

// Plan: commissioning_runs_pkey up to $1, commissioning_runs_charge_point_id_id_idx.
const FORGET = deleteFew(
  'commissioning_forget',
  'commissioning_runs',
  `t.id < $1 AND t.completed_at < $2 AND t.due_at IS NULL
   AND EXISTS (SELECT FROM commissioning_runs n WHERE n.charge_point_id = t.charge_point_id
                                                  AND n.organization_id = t.organization_id AND n.id > t.id)`,
  't.id',
);

/** Returns how many went. */
export function forgetCommissioning(db: Pick<Database, 'rows'>, now: Date): Promise<number> {
  const before = new Date(now.getTime() - KEPT_DAYS * DAY_MS);
  return deleteAll(db, FORGET, [firstIdAt('com', before), before]);
}
