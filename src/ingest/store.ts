/** The lock of a batch: one row per charge point, taken in sorted order so that batches never wait for each other in a circle. */
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from './contract.ts';

const LOCK_ROOTS: Statement = {
  name: 'ingest_lock_roots',
  text: `SELECT c.id AS "chargePointId", c.number, c.identity, c.organization_id AS "organizationId", c.site_id AS "siteId"
           FROM charge_point_sequences q JOIN charge_points c ON c.id = q.charge_point_id
          WHERE q.charge_point_id = ANY($1::text[])
          ORDER BY q.charge_point_id
            FOR NO KEY UPDATE OF q`,
};

/** Locks what exists of these charge points until the end of the transaction; a deleted one is missing from the answer. */
export async function lockRoots(tx: Tx, chargePointIds: readonly string[]): Promise<Map<string, Root>> {
  const rows = await tx.rows<Root>(LOCK_ROOTS, [chargePointIds]);
  return new Map(rows.map((root) => [root.chargePointId, root]));
}
