/** The SQL of taking limits back. */
import type { Database, Statement } from '../database/contract.ts';
import { deleteAll, deleteFew } from '../database/in-batches.ts';
import { OWN_PROFILE_ID } from './types.ts';

type Rows = Pick<Database, 'rows'>;

// Plan: load_lines whole (one row per charger that has a limit), joined by primary keys.
const LEFT: Statement = {
  name: 'load_left',
  text: `SELECT l.charge_point_id AS "chargePointId", c.organization_id AS "organizationId"
           FROM load_lines l
           JOIN charge_points c ON c.id = l.charge_point_id
           JOIN charge_point_states s ON s.charge_point_id = c.id AND s.connected
           LEFT JOIN site_loads m ON m.site_id = c.site_id AND m.enabled
          WHERE m.site_id IS NULL ORDER BY l.charge_point_id LIMIT $1`,
};
export const leftLines = (
  db: Rows,
  most: number,
): Promise<{ readonly chargePointId: string; readonly organizationId: string }[]> => db.rows(LEFT, [most]);

// Plan: load_lines_pkey, charge_points_pkey.
const FORGET: Statement = {
  name: 'load_line_forget',
  text: `DELETE FROM load_lines l USING charge_points c
          WHERE l.charge_point_id = $2 AND c.id = l.charge_point_id AND c.organization_id = $1
            AND NOT EXISTS (SELECT 1 FROM site_loads m WHERE m.site_id = c.site_id AND m.enabled)`,
};
export const forgetLine = async (db: Rows, organizationId: string, chargePointId: string): Promise<void> =>
  void (await db.rows(FORGET, [organizationId, chargePointId]));

// Of deleted charge points and sites. Plan: small tables whole, by primary keys.
const ORPHANS: Statement = {
  name: 'load_orphans',
  text: `WITH lines AS (DELETE FROM load_lines l WHERE NOT EXISTS (SELECT 1 FROM charge_points c WHERE c.id = l.charge_point_id)),
              members AS (DELETE FROM load_members l WHERE NOT EXISTS (SELECT 1 FROM charge_points c WHERE c.id = l.charge_point_id)),
              meters AS (DELETE FROM load_meters l WHERE NOT EXISTS (SELECT 1 FROM site_loads s WHERE s.site_id = l.site_id))
         SELECT 1`,
};
export const forgetOrphans = async (db: Rows): Promise<void> => void (await db.rows(ORPHANS, []));

// Plan: charging_profiles_of_load, its old end.
const OWN = deleteFew(
  'load_own_forget',
  'charging_profiles',
  `t.profile_id = ${OWN_PROFILE_ID} AND t.id < $1 AND t.status <> 'active' AND t.status <> 'pending'`,
  't.id',
);
/** Limits that were replaced: they are many, and the history of the site tells of them. Their commands go with the others of the system. */
export const forgetOwnBefore = (db: Rows, id: string): Promise<number> => deleteAll(db, OWN, [id]);
