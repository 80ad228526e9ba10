/** Updates that ended long ago are forgotten, but the last one of each charge point. */
import type { Database, Statement } from '../database/contract.ts';
import { inBatches } from '../database/in-batches.ts';
import { firstIdAt } from '../platform/ids.ts';

const KEPT_DAYS = 400;
const DAY_MS = 86_400_000;
const BATCH = 5_000;

// A rollout that still runs counts its updates. Plan: firmware_updates_pkey up to $1, firmware_updates_charge_point_id_id_idx.
const FORGET = (limit: number): Statement => ({
  name: `firmware_updates_forget_${limit}`,
  text: `DELETE FROM firmware_updates WHERE id IN (
           SELECT u.id FROM firmware_updates u
            WHERE u.id < $1 AND u.ended_at < $2 AND u.due_at IS NULL
              AND EXISTS (SELECT FROM firmware_updates n WHERE n.charge_point_id = u.charge_point_id AND n.id > u.id)
              AND NOT EXISTS (SELECT FROM firmware_rollouts r WHERE r.id = u.rollout_id AND r.ended_at IS NULL)
            ORDER BY u.id LIMIT ${limit}) RETURNING 1 AS one`,
});

/** Returns how many went. */
export function forgetFirmwareUpdates(db: Pick<Database, 'rows'>, now: Date): Promise<number> {
  const before = new Date(now.getTime() - KEPT_DAYS * DAY_MS);
  return inBatches(BATCH, async () => (await db.rows(FORGET(BATCH), [firstIdAt('fwu', before), before])).length);
}
