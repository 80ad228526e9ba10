/** Rows of webhook_recoveries: durable jobs that make deliveries of past events. What a step looks at stands in recovery-step-store.ts. */
import type { Database, Statement, Tx } from '../database/contract.ts';

type Db = Pick<Database, 'rows'>;

export type RecoveryKind = 'failed' | 'missed';
export type RecoveryStatus = 'running' | 'completed' | 'cancelled';

export type RecoveryRow = {
  readonly id: string;
  readonly organizationId: string;
  readonly endpointId: string;
  readonly kind: RecoveryKind;
  readonly since: Date;
  readonly until: Date;
  readonly status: RecoveryStatus;
  /** The last event that was looked at. */
  readonly cursor: string | null;
  readonly looked: number;
  readonly created: number;
  readonly createdAt: Date;
  readonly completedAt: Date | null;
};

const columns = `r.id, r.organization_id AS "organizationId", r.endpoint_id AS "endpointId", r.kind, r.since, r.until, r.status,
            r.cursor, r.looked, r.created, r.created_at AS "createdAt", r.completed_at AS "completedAt"`;

/** Two that begin at the same moment wait for each other here. Plan: webhook_endpoints_pkey. */
const LOCK_ENDPOINT: Statement = {
  name: 'webhooks_lock_endpoint',
  text: 'SELECT id FROM webhook_endpoints WHERE id = $1 AND organization_id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE',
};
/** Plan: webhook_recoveries_running. */
const RUNNING: Statement = {
  name: 'webhooks_running_recovery',
  text: `SELECT ${columns} FROM webhook_recoveries r
          WHERE r.status = 'running' AND r.endpoint_id = $1 AND r.organization_id = $2 LIMIT 1`,
};
const CREATE: Statement = {
  name: 'webhooks_create_recovery',
  text: `INSERT INTO webhook_recoveries AS r (id, organization_id, endpoint_id, kind, since, until, status, requested_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'running', $7, $8) RETURNING ${columns}`,
};

export type NewRecovery = Pick<RecoveryRow, 'id' | 'organizationId' | 'endpointId' | 'kind' | 'since' | 'until'> & {
  readonly requestedBy: string;
  readonly now: Date;
};

/** undefined: there is no such endpoint. `isNew` false: the one that is still running. */
export const createRecovery = (
  db: Pick<Database, 'transaction'>,
  recovery: NewRecovery,
): Promise<{ readonly row: RecoveryRow; readonly isNew: boolean } | undefined> =>
  db.transaction(async (tx) => {
    const { id, organizationId, endpointId, kind, since, until, requestedBy, now } = recovery;
    if ((await tx.rows(LOCK_ENDPOINT, [endpointId, organizationId])).length === 0) return undefined;
    const [running] = await tx.rows<RecoveryRow>(RUNNING, [endpointId, organizationId]);
    if (running !== undefined) return { row: running, isNew: false };
    const given = [id, organizationId, endpointId, kind, since, until, requestedBy, now];
    const [row] = await tx.rows<RecoveryRow>(CREATE, given);
    if (row === undefined) throw new Error('an insert without a row');
    return { row, isNew: true };
  });

/** Plan: webhook_recoveries_organization_id_id_idx, backwards; an organization has few. */
const LIST: Statement = {
  name: 'webhooks_recoveries',
  text: `SELECT ${columns} FROM webhook_recoveries r
          WHERE r.organization_id = $1 AND r.endpoint_id = $2 AND ($3::text IS NULL OR r.id < $3) ORDER BY r.id DESC LIMIT $4`,
};
/** Newest first, one more than `limit`. */
export const recoveriesOf = (
  db: Db,
  organizationId: string,
  endpointId: string,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<RecoveryRow[]> => db.rows<RecoveryRow>(LIST, [organizationId, endpointId, after ?? null, limit + 1]);

const BY_ID: Statement = {
  name: 'webhooks_recovery_by_id',
  text: `SELECT ${columns} FROM webhook_recoveries r WHERE r.id = $1 AND r.organization_id = $2`,
};
export const recoveryById = async (db: Db, organizationId: string, id: string): Promise<RecoveryRow | undefined> =>
  (await db.rows<RecoveryRow>(BY_ID, [id, organizationId]))[0];

/** Waits for a step that is in hand, whose row is locked. */
const CANCEL: Statement = {
  name: 'webhooks_cancel_recovery',
  text: `UPDATE webhook_recoveries r SET status = 'cancelled', completed_at = $3
          WHERE r.id = $1 AND r.organization_id = $2 AND r.status = 'running' RETURNING ${columns}`,
};
/** undefined: it is not running. */
export const cancelRecovery = async (
  db: Db,
  organizationId: string,
  id: string,
  now: Date,
): Promise<RecoveryRow | undefined> => (await db.rows<RecoveryRow>(CANCEL, [id, organizationId, now]))[0];

/** An endpoint as a step of its recovery needs it. */
export type RecoveringEndpoint = {
  readonly events: readonly string[];
  readonly siteIds: readonly string[];
  readonly chargePointIds: readonly string[];
  readonly minIntervals: Readonly<Record<string, number>>;
  readonly ordered: boolean;
};
export type ClaimedRecovery = RecoveryRow & RecoveringEndpoint & { readonly isDeleted: boolean };

/**
 * The lock of the row lasts as long as the transaction of the step: whoever is killed lets go of it at once. leased_until is when
 * to look again at one whose endpoint has enough waiting. Jobs of paused endpoints wait.
 *   Limit → LockRows → Index Scan using webhook_recoveries_running; webhook_endpoints_pkey
 */
const CLAIM: Statement = {
  name: 'webhooks_claim_recovery',
  text: `SELECT ${columns}, e.events, e.site_ids AS "siteIds", e.charge_point_ids AS "chargePointIds",
                e.min_intervals AS "minIntervals", e.ordered, e.deleted_at IS NOT NULL AS "isDeleted"
           FROM webhook_recoveries r JOIN webhook_endpoints e ON e.id = r.endpoint_id
          WHERE r.status = 'running' AND (r.leased_until IS NULL OR r.leased_until <= $1)
            AND (e.active OR e.deleted_at IS NOT NULL)
          ORDER BY r.leased_until NULLS FIRST, r.created_at LIMIT 1 FOR UPDATE OF r SKIP LOCKED`,
};
export const claimRecovery = async (tx: Tx, now: Date): Promise<ClaimedRecovery | undefined> =>
  (await tx.rows<ClaimedRecovery>(CLAIM, [now]))[0];

const ADVANCE: Statement = {
  name: 'webhooks_advance_recovery',
  text: `UPDATE webhook_recoveries
            SET status = $3, cursor = coalesce($4, cursor), looked = looked + $5, created = created + $6,
                completed_at = CASE WHEN $3 <> 'running' THEN $7::timestamptz END, leased_until = $8
          WHERE id = $1 AND organization_id = $2`,
};
export type Advance = {
  readonly status: RecoveryStatus;
  readonly cursor?: string | undefined;
  readonly looked?: number;
  readonly created?: number;
  readonly now: Date;
  /** When it is due again; null: at once. */
  readonly notBefore: Date | null;
};
export async function advanceRecovery(
  tx: Tx,
  { id, organizationId }: Pick<RecoveryRow, 'id' | 'organizationId'>,
  { status, cursor, looked = 0, created = 0, now, notBefore }: Advance,
): Promise<void> {
  await tx.rows(ADVANCE, [id, organizationId, status, cursor ?? null, looked, created, now, notBefore]);
}

/** Plan: Seq Scan; there are few. */
const DELETE_OLD = (limit: number): Statement => ({
  name: `webhooks_delete_recoveries_${limit}`,
  text: `DELETE FROM webhook_recoveries WHERE id IN (
           SELECT id FROM webhook_recoveries WHERE status <> 'running' AND completed_at < $1 LIMIT ${limit}) RETURNING 1 AS one`,
});
export const deleteRecoveriesBefore = async (db: Db, before: Date, limit: number): Promise<number> =>
  (await db.rows(DELETE_OLD(limit), [before])).length;
