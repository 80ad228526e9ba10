/** Requests of long ago are forgotten, but the last one of each kind of a charge point, and what a station still publishes. */
import type { Database } from '../database/contract.ts';
import { deleteAll, deleteFew } from '../database/in-batches.ts';
import { firstIdAt } from '../platform/ids.ts';

const KEPT_DAYS = 400;
const DAY_MS = 86_400_000;

// Plan: firmware_requests_pkey up to $1, firmware_requests_charge_point_id_kind_id_idx.
const FORGET = deleteFew(
  'firmware_forget',
  'firmware_requests',
  `t.id < $1 AND t.updated_at < $2 AND (t.published_at IS NULL OR t.unpublished_at IS NOT NULL)
   AND EXISTS (SELECT FROM firmware_requests n WHERE n.charge_point_id = t.charge_point_id AND n.kind = t.kind AND n.id > t.id
                                                 AND n.organization_id = t.organization_id)`,
  't.id',
);

/** Returns how many went. */
export function forgetFirmwareRequests(db: Pick<Database, 'rows'>, now: Date): Promise<number> {
  const before = new Date(now.getTime() - KEPT_DAYS * DAY_MS);
  return deleteAll(db, FORGET, [firstIdAt('fwr', before), before]);
}
