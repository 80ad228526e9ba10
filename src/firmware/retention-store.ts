/** Requests of long ago are forgotten, but the last one of each kind of a charge point, and what a station still publishes. */
import type { Database, Statement } from '../database/contract.ts';
import { inBatches } from '../database/in-batches.ts';
import { firstIdAt } from '../platform/ids.ts';

const KEPT_DAYS = 400;
const DAY_MS = 86_400_000;
const BATCH = 5_000;

// Plan: firmware_requests_pkey up to $1, firmware_requests_charge_point_id_kind_id_idx.
const FORGET: Statement = {
  name: 'firmware_forget',
  text: `DELETE FROM firmware_requests WHERE id IN (
           SELECT f.id FROM firmware_requests f
            WHERE f.id < $1 AND f.updated_at < $2 AND (f.published_at IS NULL OR f.unpublished_at IS NOT NULL)
              AND EXISTS (SELECT FROM firmware_requests n
                           WHERE n.charge_point_id = f.charge_point_id AND n.kind = f.kind AND n.id > f.id
                             AND n.organization_id = f.organization_id)
            ORDER BY f.id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED) RETURNING 1 AS one`,
};

/** Returns how many went. */
export function forgetFirmwareRequests(db: Pick<Database, 'rows'>, now: Date): Promise<number> {
  const before = new Date(now.getTime() - KEPT_DAYS * DAY_MS);
  return inBatches(BATCH, async () => (await db.rows(FORGET, [firstIdAt('fwr', before), before])).length);
}
