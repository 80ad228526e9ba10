/** Runs that ended long ago are forgotten, but the last one that an organization had of each charge point: it is its report. */
import type { Database, Statement } from '../database/contract.ts';
import { inBatches } from '../database/in-batches.ts';
import { firstIdAt } from '../platform/ids.ts';

const KEPT_DAYS = 400;
const DAY_MS = 86_400_000;
const BATCH = 5_000;

// Plan: commissioning_runs_pkey up to $1, commissioning_runs_charge_point_id_id_idx.
const FORGET = (limit: number): Statement => ({
  name: `commissioning_forget_${limit}`,
  text: `DELETE FROM commissioning_runs WHERE id IN (
           SELECT r.id FROM commissioning_runs r
            WHERE r.id < $1 AND r.completed_at < $2 AND r.due_at IS NULL
              AND EXISTS (SELECT FROM commissioning_runs n WHERE n.charge_point_id = r.charge_point_id
                             AND n.organization_id = r.organization_id AND n.id > r.id)
            ORDER BY r.id LIMIT ${limit}) RETURNING 1 AS one`,
});

/** Returns how many went. */
export function forgetCommissioning(db: Pick<Database, 'rows'>, now: Date): Promise<number> {
  const before = new Date(now.getTime() - KEPT_DAYS * DAY_MS);
  return inBatches(BATCH, async () => (await db.rows(FORGET(BATCH), [firstIdAt('com', before), before])).length);
}
