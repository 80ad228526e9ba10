/** What the job of the room claims: rollouts, each by one process at a time, and their members. */
import type { Database, Statement } from '../database/contract.ts';

type Rows = Pick<Database, 'rows'>;

// Plan: firmware_rollouts_to_look_at. A lease that ran out belongs to a process that died with it.
const CLAIM: Statement = {
  name: 'firmware_rollouts_claim',
  text: `WITH due AS (SELECT id FROM firmware_rollouts WHERE look_at <= $1::timestamptz ORDER BY look_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)
         UPDATE firmware_rollouts r SET look_at = $2::timestamptz FROM due WHERE r.id = due.id
         RETURNING r.id, r.organization_id AS "organizationId", r.status, r.ended_at AS "endedAt", r.revision`,
};
// Whoever has moved it meanwhile has said when it is looked at.
const LOOK_AT: Statement = {
  name: 'firmware_rollouts_look_at',
  text: `UPDATE firmware_rollouts SET look_at = $2::timestamptz WHERE id = $1 AND revision = $3`,
};
// Plan: firmware_rollout_members_rollout_id_stage_state_idx, and each charge point by primary key.
const PENDING: Statement = {
  name: 'firmware_rollouts_pending',
  text: `SELECT m.charge_point_id AS "chargePointId", m.update_id AS "updateId", s.firmware_version AS "firmwareVersion",
                c.id IS NULL AS "isGone"
           FROM firmware_rollout_members m
           LEFT JOIN charge_points c ON c.id = m.charge_point_id AND c.organization_id = $4
           LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
          WHERE m.rollout_id = $1 AND m.stage = $2 AND m.state = 'pending' ORDER BY m.charge_point_id LIMIT $3`,
};
const SETTLE: Statement = {
  name: 'firmware_rollouts_settle',
  text: `UPDATE firmware_rollout_members m SET state = v.state, reason = v.reason
           FROM unnest($2::text[], $3::text[], $4::text[]) AS v(id, state, reason)
          WHERE m.rollout_id = $1 AND m.charge_point_id = v.id AND m.state = 'pending'`,
};
const SKIP_ALL: Statement = {
  name: 'firmware_rollouts_skip_pending',
  text: `UPDATE firmware_rollout_members SET state = 'skipped', reason = 'cancelled' WHERE rollout_id = $1 AND state = 'pending'`,
};
// Plan: firmware_updates_of_rollouts.
const SCHEDULED: Statement = {
  name: 'firmware_rollouts_scheduled',
  text: `SELECT id, charge_point_id AS "chargePointId" FROM firmware_updates
          WHERE rollout_id = $1 AND organization_id = $2 AND status = 'scheduled' LIMIT $3`,
};
// Plan: firmware_updates_of_rollouts, filtered.
const OPEN: Statement = {
  name: 'firmware_rollouts_open',
  text: `SELECT 1 AS one FROM firmware_updates WHERE rollout_id = $1 AND organization_id = $2 AND ended_at IS NULL LIMIT 1`,
};

export type ClaimedRollout = {
  readonly id: string;
  readonly organizationId: string;
  readonly status: string;
  readonly endedAt: Date | null;
  readonly revision: number;
};
export const claimRollouts = (db: Rows, now: Date, until: Date, limit: number): Promise<ClaimedRollout[]> =>
  db.rows<ClaimedRollout>(CLAIM, [now, until, limit]);
export const lookAgain = async (
  db: Rows,
  { id, revision }: Pick<ClaimedRollout, 'id' | 'revision'>,
  at: Date | null,
): Promise<void> => void (await db.rows(LOOK_AT, [id, at, revision]));

export type PendingMember = {
  readonly chargePointId: string;
  readonly updateId: string;
  readonly firmwareVersion: string | null;
  /** Deleted, or of another organization by now. */
  readonly isGone: boolean;
};
export const pendingMembers = (
  db: Rows,
  of: { readonly id: string; readonly organizationId: string; readonly stage: number },
  limit: number,
): Promise<PendingMember[]> => db.rows<PendingMember>(PENDING, [of.id, of.stage, limit, of.organizationId]);

export type Settled = {
  readonly chargePointId: string;
  readonly state: 'issued' | 'skipped';
  readonly reason: string | null;
};
export const settleMembers = async (db: Rows, rolloutId: string, settled: readonly Settled[]): Promise<void> => {
  if (settled.length === 0) return;
  await db.rows(SETTLE, [
    rolloutId,
    settled.map(({ chargePointId }) => chargePointId),
    settled.map(({ state }) => state),
    settled.map(({ reason }) => reason),
  ]);
};
export const skipPending = async (db: Rows, rolloutId: string): Promise<void> =>
  void (await db.rows(SKIP_ALL, [rolloutId]));
export const scheduledUpdates = (
  db: Rows,
  { id, organizationId }: ClaimedRollout,
  limit: number,
): Promise<{ id: string; chargePointId: string }[]> => db.rows(SCHEDULED, [id, organizationId, limit]);
/** Whether one of its updates has not ended. */
export const hasOpenUpdates = async (db: Rows, { id, organizationId }: ClaimedRollout): Promise<boolean> =>
  (await db.rows(OPEN, [id, organizationId])).length > 0;
