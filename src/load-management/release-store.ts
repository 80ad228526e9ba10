/** The SQL of taking limits back. */
import type { Database, Statement } from '../database/contract.ts';
import { deleteAll, deleteFew } from '../database/in-batches.ts';
import { LOAD_PROFILE_ID } from '../smart-charging/index.ts';

type Rows = Pick<Database, 'rows'>;

// Done: the charger answered, and holds none of ours. Asked again: after a while, or when it has come back. Of one that is not managed the
// line stays, without a limit: there is nothing to take back then. Plan: load_lines whole (one row per charger of a site with load
// management), joined by primary keys and charging_profiles_open.
const LEFT: Statement = {
  name: 'load_left',
  text: `WITH left_over AS (
           SELECT l.charge_point_id AS "chargePointId", c.organization_id AS "organizationId", s.connected_at, k.completed_at,
                  k.status IN ('accepted', 'rejected')
                    AND NOT EXISTS (SELECT FROM charging_profiles p WHERE p.charge_point_id = l.charge_point_id
                                       AND p.profile_id = ${LOAD_PROFILE_ID} AND (p.status = 'pending' OR p.status = 'active')) AS "isDone"
             FROM load_lines l
             JOIN charge_points c ON c.id = l.charge_point_id
             JOIN charge_point_states s ON s.charge_point_id = c.id AND s.connected
             LEFT JOIN site_loads m ON m.site_id = c.site_id AND m.enabled
             LEFT JOIN load_members u ON u.charge_point_id = c.id AND NOT u.managed
             LEFT JOIN LATERAL (SELECT status, completed_at FROM commands
                                 WHERE id = l.release_command_id AND charge_point_id = l.charge_point_id OFFSET 0) k ON true
            WHERE (m.site_id IS NULL OR u.charge_point_id IS NOT NULL AND (l.confirmed IS NOT NULL OR l.in_flight <> '[]'))
              AND (k.status IS NULL OR (k.status <> 'queued' AND k.status <> 'sent')))
         SELECT "chargePointId", "organizationId", coalesce("isDone", false) AS "isDone" FROM left_over
          WHERE "isDone" OR completed_at IS NULL OR completed_at <= $2::timestamptz OR completed_at < connected_at
          ORDER BY "chargePointId" LIMIT $1`,
};
export type Left = {
  readonly chargePointId: string;
  readonly organizationId: string;
  readonly isDone: boolean;
};
/** `before`: who was asked in vain since is left alone. */
export const leftLines = (db: Rows, most: number, before: Date): Promise<Left[]> => db.rows<Left>(LEFT, [most, before]);

/** Of charge point c. */
const IS_SHARING = `EXISTS (SELECT 1 FROM site_loads m WHERE m.site_id = c.site_id AND m.enabled)
            AND NOT EXISTS (SELECT 1 FROM load_members u WHERE u.charge_point_id = c.id AND NOT u.managed)`;
// Plan of both that ask for it: primary keys.
const ASKED: Statement = {
  name: 'load_line_released',
  text: `UPDATE load_lines l SET release_command_id = $3 FROM charge_points c
          WHERE l.charge_point_id = $2 AND c.id = l.charge_point_id AND c.organization_id = $1
            AND NOT (${IS_SHARING})`,
};
export const askedBack = async (db: Rows, { organizationId, chargePointId }: Left, commandId: string): Promise<void> =>
  void (await db.rows(ASKED, [organizationId, chargePointId, commandId]));

const FORGET: Statement = {
  name: 'load_line_forget',
  text: `DELETE FROM load_lines l USING charge_points c
          WHERE l.charge_point_id = $2 AND c.id = l.charge_point_id AND c.organization_id = $1
            AND NOT (${IS_SHARING})`,
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
  `t.profile_id = ${LOAD_PROFILE_ID} AND t.id < $1 AND t.status <> 'active' AND t.status <> 'pending'`,
  't.id',
);
/** Limits that were replaced: they are many, and the history of the site tells of them. Their commands go with the others of the system. */
export const forgetOwnBefore = (db: Rows, id: string): Promise<number> => deleteAll(db, OWN, [id]);
