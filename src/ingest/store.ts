/**
 * The lock of a batch: one row per charge point (or organization, for what belongs to no single charge point), taken in sorted
 * order so that batches never wait for each other in a circle.
 */
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from './contract.ts';

const LOCK_ROOTS: Statement = {
  name: 'ingest_lock_roots',
  text: 'SELECT FROM charge_point_sequences WHERE charge_point_id = ANY($1::text[]) ORDER BY charge_point_id FOR NO KEY UPDATE',
};
/**
 * A statement of its own, behind the lock: one that has waited for a row sees others as they were before, and the charge point may have
 * changed hands or its site meanwhile.
 */
const ROOTS: Statement = {
  name: 'ingest_roots',
  text: `SELECT q.charge_point_id AS "chargePointId", coalesce(c.number, 0) AS number, coalesce(c.identity, '') AS identity,
                coalesce(c.organization_id, o.id) AS "organizationId", c.site_id AS "siteId",
                coalesce(c.handed_over, false) AS "handedOver", q.last_sequence AS "lastSequence"
           FROM charge_point_sequences q LEFT JOIN charge_points c ON c.id = q.charge_point_id
           LEFT JOIN organizations o ON o.id = q.charge_point_id
          WHERE q.charge_point_id = ANY($1::text[]) AND (c.id IS NOT NULL OR o.id IS NOT NULL)`,
};

/** Whose alerts belong to no single charge point. Rows are never taken away: an organization's sequence goes on. */
const ADD_ROOT: Statement = {
  name: 'ingest_add_root',
  text: 'INSERT INTO charge_point_sequences (charge_point_id) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING',
};

/** An organization must have its row before an input may belong to it. */
export const addRoots = (db: Tx, organizationIds: readonly string[]): Promise<unknown> =>
  db.rows(ADD_ROOT, [organizationIds]);

export type Locked = {
  readonly root: Root;
  /** Of the last event that was given one. */
  readonly lastSequence: number;
};

/** Locks what exists of these charge points until the end of the transaction; a deleted one is missing from the answer. */
export async function lockRoots(tx: Tx, chargePointIds: readonly string[]): Promise<Map<string, Locked>> {
  const [, rows] = await Promise.all([
    tx.rows(LOCK_ROOTS, [chargePointIds]),
    tx.rows<Root & { lastSequence: number }>(ROOTS, [chargePointIds]),
  ]);
  return new Map(rows.map((row) => [row.chargePointId, { root: row, lastSequence: row.lastSequence }]));
}
