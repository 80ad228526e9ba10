/** The lock of a batch: one row per charge point, taken in sorted order so that batches never wait for each other in a circle. */
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from './contract.ts';

const LOCK_ROOTS: Statement = {
  name: 'ingest_lock_roots',
  text: `SELECT c.id AS "chargePointId", c.number, c.identity, c.organization_id AS "organizationId", c.site_id AS "siteId", c.handed_over AS "handedOver",
                q.last_sequence AS "lastSequence"
           FROM charge_point_sequences q JOIN charge_points c ON c.id = q.charge_point_id
          WHERE q.charge_point_id = ANY($1::text[])
          ORDER BY q.charge_point_id
            FOR NO KEY UPDATE OF q`,
};

export type Locked = {
  readonly root: Root;
  /** Of the last event that was given one. */
  readonly lastSequence: number;
};

/** Locks what exists of these charge points until the end of the transaction; a deleted one is missing from the answer. */
export async function lockRoots(tx: Tx, chargePointIds: readonly string[]): Promise<Map<string, Locked>> {
  const rows = await tx.rows<Root & { lastSequence: number }>(LOCK_ROOTS, [chargePointIds]);
  return new Map(rows.map(({ lastSequence, ...root }) => [root.chargePointId, { root, lastSequence }]));
}
