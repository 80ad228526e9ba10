/** Rollouts and their members. A change of state is written only if it is the next one after what was read (revision). */
import type { Database, Statement, Tx } from '../database/contract.ts';
import type { UpdateOptions } from '../firmware-updates/index.ts';
import type { Counts, LateFailures, Rollout, Strategy } from './types.ts';

type Rows = Pick<Database, 'rows'>;

export type RolloutFilter = {
  readonly siteId?: string | undefined;
  readonly vendor?: string | undefined;
  readonly model?: string | undefined;
  readonly firmwareVersion?: string | undefined;
  readonly chargePointIds?: readonly string[] | undefined;
};
export type StoredRollout = Rollout & {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly imageId: string;
  readonly targetVersion: string;
  readonly signed: boolean;
  readonly strategy: Strategy;
  readonly stageSizes: readonly number[];
  readonly maxFailedPercent: number;
  readonly filter: RolloutFilter;
  readonly options: UpdateOptions;
  readonly revision: number;
  readonly requestedBy: string;
  /** Of the request that made it; null: of one before these were kept. */
  readonly traceId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

const FIELDS = `r.id, r.organization_id AS "organizationId", r.name, r.image_id AS "imageId", r.target_version AS "targetVersion",
  r.signed, r.strategy, r.stage_sizes AS "stageSizes", r.max_failed_percent AS "maxFailedPercent", r.filter, r.options, r.status,
  r.stage, r.awaiting_promotion AS "awaitingPromotion", r.paused_by AS "pausedBy", r.tolerated, r.revision,
  r.requested_by AS "requestedBy", r.trace_id AS "traceId", r.created_at AS "createdAt", r.started_at AS "startedAt", r.ended_at AS "endedAt",
  r.updated_at AS "updatedAt"`;

// What the charger says of itself goes before what people wrote down. Those that have the version already are left out.
// Plan: charge_points_organization_id_id_idx, filtered.
const MATCH: Statement = {
  name: 'firmware_rollouts_match',
  text: `SELECT c.id FROM charge_points c LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
          WHERE c.organization_id = $1 AND c.lifecycle <> 'decommissioned'
            AND ($2::text IS NULL OR c.site_id = $2)
            AND ($3::text IS NULL OR lower(coalesce(s.reported_vendor, c.vendor)) = lower($3))
            AND ($4::text IS NULL OR lower(coalesce(s.reported_model, c.model)) = lower($4))
            AND ($5::text IS NULL OR s.firmware_version = $5)
            AND ($6::text[] IS NULL OR c.id = ANY($6))
            AND s.firmware_version IS DISTINCT FROM $7
          ORDER BY coalesce(s.connected, false) DESC, c.id LIMIT $8`,
};
const INSERT: Statement = {
  name: 'firmware_rollouts_insert',
  text: `INSERT INTO firmware_rollouts (id, organization_id, name, image_id, target_version, signed, strategy, stage_sizes,
                                        max_failed_percent, filter, options, status, requested_by, created_at, updated_at, trace_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8::int4[], $9, $10, $11, 'draft', $12, $13, $13, $14)`,
};
const INSERT_MEMBERS: Statement = {
  name: 'firmware_rollouts_insert_members',
  text: `INSERT INTO firmware_rollout_members (rollout_id, charge_point_id, stage, update_id)
         SELECT $1, * FROM unnest($2::text[], $3::int4[], $4::text[])`,
};
const FIND: Statement = {
  name: 'firmware_rollouts_find',
  text: `SELECT ${FIELDS} FROM firmware_rollouts r WHERE r.organization_id = $1 AND r.id = $2`,
};
const LIST: Statement = {
  name: 'firmware_rollouts_list',
  text: `SELECT ${FIELDS} FROM firmware_rollouts r
          WHERE r.organization_id = $1 AND r.id < coalesce($2::text, 'zzzz') AND ($3::text[] IS NULL OR r.status = ANY($3))
          ORDER BY r.id DESC LIMIT $4`,
};
const SAVE: Statement = {
  name: 'firmware_rollouts_save',
  text: `UPDATE firmware_rollouts SET status = $3, stage = $4, awaiting_promotion = $5, paused_by = $6, tolerated = $7,
                started_at = $8, ended_at = $9, look_at = $10::timestamptz, updated_at = $11::timestamptz, revision = revision + 1
          WHERE id = $1 AND revision = $2 RETURNING id`,
};
// Plan: the primary key's range of one rollout (10,000 at most), each with its update by primary key.
const COUNTS: Statement = {
  name: 'firmware_rollouts_counts',
  text: `SELECT m.stage, count(*)::int4 AS size,
                count(*) FILTER (WHERE m.state = 'pending')::int4 AS pending,
                count(*) FILTER (WHERE m.state = 'issued' AND u.ended_at IS NULL AND u.id IS NOT NULL)::int4 AS open,
                count(*) FILTER (WHERE u.failed_at IS NOT NULL)::int4 AS failed,
                count(*) FILTER (WHERE u.status = 'installed' AND u.failed_at IS NULL)::int4 AS installed,
                count(*) FILTER (WHERE m.state = 'skipped' OR u.status = 'cancelled')::int4 AS skipped
           FROM firmware_rollout_members m LEFT JOIN firmware_updates u ON u.id = m.update_id AND m.state = 'issued'
          WHERE m.rollout_id = $1 GROUP BY m.stage ORDER BY m.stage`,
};
// What an installation is worth its next boot says, up to a day later. Plan: as above.
const LATE: Statement = {
  name: 'firmware_rollouts_late',
  text: `SELECT count(*)::int4 AS size, count(*) FILTER (WHERE u.failed_at IS NOT NULL)::int4 AS failed,
                count(*) FILTER (WHERE u.failed_at >= b.begun)::int4 AS late
           FROM firmware_rollout_members m LEFT JOIN firmware_updates u ON u.id = m.update_id AND m.state = 'issued',
                (SELECT min(x.created_at) AS begun FROM firmware_rollout_members y JOIN firmware_updates x ON x.id = y.update_id
                  WHERE y.rollout_id = $1 AND y.stage = $2 AND y.state = 'issued') b
          WHERE m.rollout_id = $1 AND m.stage < $2 GROUP BY m.stage HAVING count(*) FILTER (WHERE u.failed_at >= b.begun) > 0`,
};
const MEMBERS: Statement = {
  name: 'firmware_rollouts_members',
  text: `SELECT m.charge_point_id AS "chargePointId", p.identity, m.stage, m.state, m.reason,
                CASE m.state WHEN 'issued' THEN m.update_id END AS "updateId", u.status, u.error_code AS "errorCode",
                s.firmware_version AS "firmwareVersion"
           FROM firmware_rollout_members m
           LEFT JOIN firmware_updates u ON u.id = m.update_id
           LEFT JOIN charge_points p ON p.id = m.charge_point_id AND p.organization_id = $5
           LEFT JOIN charge_point_states s ON s.charge_point_id = p.id
          WHERE m.rollout_id = $1 AND m.charge_point_id > coalesce($2, '') AND ($3::int4 IS NULL OR m.stage = $3)
          ORDER BY m.charge_point_id LIMIT $4`,
};

export const matchMembers = async (
  db: Rows,
  organizationId: string,
  by: RolloutFilter & { readonly targetVersion: string },
  limit: number,
): Promise<string[]> => {
  const { siteId = null, vendor = null, model = null, firmwareVersion = null, chargePointIds = null } = by;
  const values = [organizationId, siteId, vendor, model, firmwareVersion, chargePointIds, by.targetVersion, limit];
  return (await db.rows<{ id: string }>(MATCH, values)).map(({ id }) => id);
};

type NewRollout = Omit<StoredRollout, keyof Rollout | 'revision' | 'updatedAt'>;
export type NewMember = { readonly chargePointId: string; readonly stage: number; readonly updateId: string };
export const insertRollout = (
  db: Pick<Database, 'transaction'>,
  rollout: NewRollout,
  members: readonly NewMember[],
): Promise<void> =>
  db.transaction(async (tx: Tx) => {
    const { id, organizationId, name, imageId, targetVersion, signed, strategy, stageSizes, maxFailedPercent } =
      rollout;
    await tx.rows(INSERT, [
      ...[id, organizationId, name, imageId, targetVersion, signed, strategy, stageSizes, maxFailedPercent],
      ...[JSON.stringify(rollout.filter), JSON.stringify(rollout.options), rollout.requestedBy, rollout.createdAt],
      rollout.traceId,
    ]);
    await tx.rows(INSERT_MEMBERS, [
      id,
      members.map(({ chargePointId }) => chargePointId),
      members.map(({ stage }) => stage),
      members.map(({ updateId }) => updateId),
    ]);
  });

/** Dates in its options are text in the database. */
const typed = (row: StoredRollout): StoredRollout => {
  const { retrieveAt, installAt } = row.options;
  const date = (value: Date | null): Date | null => (value === null ? null : new Date(value));
  return { ...row, options: { ...row.options, retrieveAt: date(retrieveAt), installAt: date(installAt) } };
};
export const findRollout = async (db: Rows, organizationId: string, id: string): Promise<StoredRollout | undefined> => {
  const [row] = await db.rows<StoredRollout>(FIND, [organizationId, id]);
  return row === undefined ? undefined : typed(row);
};
/** Newest first; up to `limit` + 1 of them. */
export const listRollouts = async (
  db: Rows,
  organizationId: string,
  statuses: readonly string[] | undefined,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<StoredRollout[]> =>
  (await db.rows<StoredRollout>(LIST, [organizationId, page.after ?? null, statuses ?? null, page.limit + 1])).map(
    typed,
  );

/** False: somebody else has changed it meanwhile. */
export const saveRollout = async (
  db: Rows,
  { id, revision }: Pick<StoredRollout, 'id' | 'revision'>,
  next: Rollout,
  lookAt: Date | null,
  now: Date,
): Promise<boolean> => {
  const { status, stage, awaitingPromotion, pausedBy, tolerated, startedAt, endedAt } = next;
  const state = [status, stage, awaitingPromotion, pausedBy, tolerated, startedAt, endedAt];
  return (await db.rows(SAVE, [id, revision, ...state, lookAt, now])).length > 0;
};

/** Stage by stage. The caller has made sure whose rollout it is. */
export const countMembers = (db: Rows, rolloutId: string): Promise<(Counts & { readonly stage: number })[]> =>
  db.rows(COUNTS, [rolloutId]);

export const lateFailures = (db: Rows, { id, stage }: Pick<StoredRollout, 'id' | 'stage'>): Promise<LateFailures[]> =>
  db.rows(LATE, [id, stage]);

export type Member = {
  readonly chargePointId: string;
  /** null: the charge point was deleted. */
  readonly identity: string | null;
  readonly stage: number;
  readonly state: 'pending' | 'issued' | 'skipped';
  readonly reason: string | null;
  readonly updateId: string | null;
  readonly status: string | null;
  readonly errorCode: string | null;
  readonly firmwareVersion: string | null;
};
export const listMembers = (
  db: Rows,
  { id, organizationId }: Pick<StoredRollout, 'id' | 'organizationId'>,
  stage: number | undefined,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<Member[]> =>
  db.rows<Member>(MEMBERS, [id, page.after ?? null, stage ?? null, page.limit + 1, organizationId]);
