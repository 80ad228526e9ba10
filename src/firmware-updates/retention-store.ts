/** Updates that ended long ago are forgotten, but the last one of each charge point. */
import type { Database } from '../database/contract.ts';
import { deleteAll, deleteFew } from '../database/in-batches.ts';
import { firstIdAt } from '../platform/ids.ts';

const KEPT_DAYS = 400;
const DAY_MS = 86_400_000;

// A rollout that still runs counts its updates. Plan: firmware_updates_pkey up to $1, firmware_updates_charge_point_id_id_idx.
const FORGET = deleteFew(
  'firmware_updates_forget',
  'firmware_updates',
  `t.id < $1 AND t.ended_at < $2 AND t.due_at IS NULL
   AND EXISTS (SELECT FROM firmware_updates n WHERE n.charge_point_id = t.charge_point_id AND n.id > t.id)
   AND NOT EXISTS (SELECT FROM firmware_rollouts r WHERE r.id = t.rollout_id AND r.ended_at IS NULL)`,
  't.id',
);

/** Returns how many went. */
export function forgetFirmwareUpdates(db: Pick<Database, 'rows'>, now: Date): Promise<number> {
  const before = new Date(now.getTime() - KEPT_DAYS * DAY_MS);
  return deleteAll(db, FORGET, [firstIdAt('fwu', before), before]);
}
