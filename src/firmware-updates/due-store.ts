/** What the jobs of the room claim and close. Each runs on every process: whoever's tick comes first does it. */
import type { Protocol } from '../commands/index.ts';
import type { Database, Statement } from '../database/contract.ts';

type Rows = Pick<Database, 'rows'>;

/** An update that its charger can be told of now, if its window is open. */
export type Claimed = {
  readonly id: string;
  readonly organizationId: string;
  readonly chargePointId: string;
  readonly identity: string;
  readonly protocol: Protocol;
  readonly firmwareVersion: string | null;
  readonly timezone: string;
  readonly imageId: string;
  readonly signed: boolean;
  readonly stageTimeoutS: number;
  readonly windowFrom: string | null;
  readonly windowTo: string | null;
  readonly retrieveAt: Date | null;
  readonly installAt: Date | null;
  readonly traceId: string | null;
};

// Of a rollout only while it runs. Plan: firmware_updates_due, filtered; the primary key of states; sessions_open_by_charge_point. A lease that runs out belongs to a
// process that died: the update is claimed again.
const CLAIM: Statement = {
  name: 'firmware_updates_claim',
  text: `WITH due AS (
           SELECT u.id FROM firmware_updates u
             JOIN charge_point_states s ON s.charge_point_id = u.charge_point_id
             LEFT JOIN firmware_rollouts r ON r.id = u.rollout_id
            WHERE u.due_at <= $1::timestamptz AND u.status = 'scheduled' AND u.expires_at > $1::timestamptz
              AND s.connected AND s.boot_status IS DISTINCT FROM 'rejected' AND s.protocol IS NOT NULL
              AND (u.rollout_id IS NULL OR r.status = 'running')
              AND NOT (u.wait_until_idle AND EXISTS (
                SELECT FROM sessions x WHERE x.charge_point_id = u.charge_point_id AND x.ended_at IS NULL))
            ORDER BY u.due_at, u.id LIMIT $3 FOR UPDATE OF u SKIP LOCKED)
         UPDATE firmware_updates u SET due_at = $2::timestamptz
           FROM due, charge_points c
           JOIN organizations o ON o.id = c.organization_id
           JOIN charge_point_states s ON s.charge_point_id = c.id
           LEFT JOIN sites t ON t.id = c.site_id
          WHERE u.id = due.id AND c.id = u.charge_point_id
         RETURNING u.id, u.organization_id AS "organizationId", u.charge_point_id AS "chargePointId", c.identity, s.protocol,
                   s.firmware_version AS "firmwareVersion", coalesce(t.timezone, o.timezone) AS timezone, u.image_id AS "imageId",
                   u.signed, u.stage_timeout_s AS "stageTimeoutS", u.window_from AS "windowFrom", u.window_to AS "windowTo",
                   u.retrieve_at AS "retrieveAt", u.install_at AS "installAt",
                   u.trace_id AS "traceId"`,
};
const PUT_OFF: Statement = {
  name: 'firmware_updates_put_off',
  text: `UPDATE firmware_updates SET due_at = $2::timestamptz WHERE id = $1 AND status = 'scheduled'`,
};
// Plan: firmware_updates_due.
const OVERDUE: Statement = {
  name: 'firmware_updates_overdue',
  text: `SELECT id, charge_point_id AS "chargePointId" FROM firmware_updates
          WHERE due_at <= $1::timestamptz AND (status <> 'scheduled' OR expires_at <= $1::timestamptz) ORDER BY due_at LIMIT $2`,
};
// Of charge points whose deletion ended nothing yet (it does since handovers/deletion-store.ts): they have no door any more. Plan: firmware_updates_due, filtered.
const CLOSE_ORPHANS: Statement = {
  name: 'firmware_updates_close_orphans',
  text: `UPDATE firmware_updates u SET status = CASE WHEN u.ended_at IS NULL THEN 'cancelled' ELSE u.status END, due_at = NULL,
                ended_at = coalesce(u.ended_at, $1::timestamptz), error_code = 'charge_point_deleted', updated_at = $1::timestamptz
          WHERE u.due_at IS NOT NULL AND NOT EXISTS (SELECT FROM charge_points p WHERE p.id = u.charge_point_id)`,
};

export const claimDue = (db: Rows, now: Date, until: Date, limit: number): Promise<Claimed[]> =>
  db.rows<Claimed>(CLAIM, [now, until, limit]);
export const putOff = async (db: Rows, id: string, until: Date): Promise<void> =>
  void (await db.rows(PUT_OFF, [id, until]));
export const overdueUpdates = (db: Rows, now: Date, limit: number): Promise<{ id: string; chargePointId: string }[]> =>
  db.rows(OVERDUE, [now, limit]);
export const closeOrphans = async (db: Rows, now: Date): Promise<void> => void (await db.rows(CLOSE_ORPHANS, [now]));
