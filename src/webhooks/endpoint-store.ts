/** Rows of webhook endpoints. A deleted one stays as a row that nobody sees. Secrets go in sealed and never come out here. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import { onceInRequest } from '../database/index.ts';

export const MAX_ENDPOINTS = 100;
/** Waiting deliveries that end together with their endpoint; the sweep ends the others. */
const ENDED_AT_ONCE = 5000;

export type EndpointRow = {
  readonly id: string;
  readonly url: string;
  readonly events: string[];
  readonly description: string | null;
  readonly siteIds: string[];
  readonly chargePointIds: string[];
  /** Seconds by event type. */
  readonly minIntervals: Record<string, number>;
  readonly ordered: boolean;
  readonly active: boolean;
  readonly disabledReason: string | null;
  readonly failingSince: Date | null;
  readonly failures: number;
  readonly lastSuccessAt: Date | null;
  readonly hasSecret: boolean;
  readonly previousSecretUntil: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

const columns = `id, url, events, description, site_ids AS "siteIds", charge_point_ids AS "chargePointIds",
            min_intervals AS "minIntervals", ordered, active, disabled_reason AS "disabledReason",
            failing_since AS "failingSince", failures, last_success_at AS "lastSuccessAt", secret IS NOT NULL AS "hasSecret",
            previous_secret_until AS "previousSecretUntil", created_at AS "createdAt", updated_at AS "updatedAt"`;

export type EndpointSettings = {
  readonly url: string;
  readonly events: readonly string[];
  readonly description: string | null;
  readonly siteIds: readonly string[];
  readonly chargePointIds: readonly string[];
  readonly minIntervals: Readonly<Record<string, number>>;
  readonly ordered: boolean;
};

export type NewEndpoint = EndpointSettings & {
  readonly id: string;
  readonly organizationId: string;
  readonly secret: Buffer | null;
  readonly now: Date;
};

/** Makes those who create endpoints of one organization wait for each other, so that the count is right. */
const LOCK_ORGANIZATION: Statement = {
  name: 'webhooks_lock_organization',
  text: 'SELECT id FROM organizations WHERE id = $1 FOR NO KEY UPDATE',
};
const CREATE: Statement = {
  name: 'webhooks_create_endpoint',
  text: `INSERT INTO webhook_endpoints (id, organization_id, url, events, description, secret, site_ids, charge_point_ids,
                                 min_intervals, ordered, active, created_at, updated_at)
    SELECT $1, $2, $3, $4::text[], $5, $6, $9::text[], $10::text[], $11::jsonb, $12, true, $7, $7
     WHERE (SELECT count(*) FROM webhook_endpoints WHERE organization_id = $2 AND deleted_at IS NULL) < $8::int
    RETURNING ${columns}`,
};

/** undefined: the organization has as many as it may have. */
export async function createEndpoint(
  db: Pick<Database, 'transaction'>,
  endpoint: NewEndpoint,
): Promise<EndpointRow | undefined> {
  const { id, organizationId, url, events, description, secret, now } = endpoint;
  const { siteIds, chargePointIds, minIntervals, ordered } = endpoint;
  const [created] = await db.transaction(async (tx) => {
    await tx.rows(LOCK_ORGANIZATION, [organizationId]);
    const given = [id, organizationId, url, events, description, secret, now, MAX_ENDPOINTS];
    return tx.rows<EndpointRow>(CREATE, [...given, siteIds, chargePointIds, JSON.stringify(minIntervals), ordered]);
  });
  return created;
}

/** Plan: webhook_endpoints_organization_id_id_idx. */
const LIST: Statement = {
  name: 'webhooks_endpoints',
  text: `SELECT ${columns} FROM webhook_endpoints WHERE organization_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT $2`,
};
/** Plan: webhook_endpoints_pkey. */
const BY_ID: Statement = {
  name: 'webhooks_endpoint_by_id',
  text: `SELECT ${columns} FROM webhook_endpoints WHERE id = $1 AND organization_id = $2 AND deleted_at IS NULL`,
};

/** All of them, oldest first. */
export const listEndpoints = (db: Pick<Database, 'rows'>, organizationId: string): Promise<EndpointRow[]> =>
  db.rows<EndpointRow>(LIST, [organizationId, MAX_ENDPOINTS]);

export const endpointById = async (
  db: Pick<Database, 'rows'>,
  organizationId: string,
  id: string,
): Promise<EndpointRow | undefined> => (await db.rows<EndpointRow>(BY_ID, [id, organizationId]))[0];

type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined };
export type EndpointChanges = Optional<EndpointSettings> & {
  readonly active?: boolean | undefined;
  readonly now: Date;
};

/**
 * $5 tells null from absent. Setting `active` is a person's word: why the system had switched it off is forgotten; resuming
 * it, also how long it had failed or been well. What becomes ordered has rows that have no place in the order yet.
 */
const CHANGE: Statement = {
  name: 'webhooks_change_endpoint',
  text: `UPDATE webhook_endpoints
     SET url = coalesce($3, url), events = coalesce($4::text[], events),
         description = CASE WHEN $5::bool THEN $6 ELSE description END, site_ids = coalesce($7::text[], site_ids),
         charge_point_ids = coalesce($8::text[], charge_point_ids), min_intervals = coalesce($9::jsonb, min_intervals),
         ordered = coalesce($10::bool, ordered), order_settled_at = CASE WHEN ordered THEN order_settled_at END, active = coalesce($11::bool, active),
         disabled_reason = CASE WHEN $11::bool IS NULL THEN disabled_reason END,
         failing_since = CASE WHEN $11::bool IS NOT TRUE THEN failing_since END,
         well_since = CASE WHEN $11::bool IS NOT TRUE THEN well_since END,
         failures = CASE WHEN $11::bool IS TRUE THEN 0 ELSE failures END, updated_at = $12
   WHERE id = $1 AND organization_id = $2 AND deleted_at IS NULL
  RETURNING ${columns}`,
};

export async function changeEndpoint(
  db: Pick<Database, 'rows'>,
  organizationId: string,
  id: string,
  changes: EndpointChanges,
): Promise<EndpointRow | undefined> {
  const { url, events, description, siteIds, chargePointIds, minIntervals, ordered, active, now } = changes;
  const [row] = await db.rows<EndpointRow>(CHANGE, [
    id,
    organizationId,
    url ?? null,
    events ?? null,
    description !== undefined,
    description ?? null,
    siteIds ?? null,
    chargePointIds ?? null,
    minIntervals === undefined ? null : JSON.stringify(minIntervals),
    ordered ?? null,
    active ?? null,
    now,
  ]);
  return row;
}

/** In one statement, so that of two rotations at once the second keeps what the first made. $5: null: the old one is dropped. */
const ROTATE: Statement = {
  name: 'webhooks_rotate_secret',
  text: `UPDATE webhook_endpoints
     SET previous_secret = CASE WHEN $5::timestamptz IS NOT NULL THEN secret END,
         previous_secret_until = CASE WHEN secret IS NOT NULL THEN $5::timestamptz END, secret = $3, updated_at = $4
   WHERE id = $1 AND organization_id = $2 AND deleted_at IS NULL`,
};
const ROTATED: Statement = {
  name: 'webhooks_rotated_secret',
  text: `SELECT ${columns}, secret FROM webhook_endpoints WHERE id = $1 AND organization_id = $2 AND deleted_at IS NULL`,
};

/**
 * The present secret signs beside `secret` until `overlapUntil`; null: no longer. Gives the endpoint with the secret that it has then,
 * which after a repeat is one that was made since. undefined: there is no such endpoint.
 */
export const rotateSecret = (
  db: Pick<Database, 'transaction'>,
  organizationId: string,
  id: string,
  { secret, overlapUntil, now }: { readonly secret: Buffer; readonly overlapUntil: Date | null; readonly now: Date },
): Promise<(EndpointRow & { readonly secret: Buffer | null }) | undefined> =>
  db.transaction(async (tx) => {
    await onceInRequest(tx, { organizationId, now }, async () => {
      await tx.rows(ROTATE, [id, organizationId, secret, now, overlapUntil]);
      return null;
    });
    const [row] = await tx.rows<EndpointRow & { secret: Buffer | null }>(ROTATED, [id, organizationId]);
    return row;
  });

const DELETE: Statement = {
  name: 'webhooks_delete_endpoint',
  text: `UPDATE webhook_endpoints
            SET deleted_at = $3, updated_at = $3, active = false, secret = NULL, previous_secret = NULL, previous_secret_until = NULL
          WHERE id = $1 AND organization_id = $2 AND deleted_at IS NULL RETURNING id`,
};
/** SKIP LOCKED: a row that is being completed at this moment comes to its own end. */
const END_DELIVERIES: Statement = {
  name: 'webhooks_end_deliveries_of_endpoint',
  text: `UPDATE webhook_deliveries
     SET status = 'failed', last_error = 'endpoint_deleted', completed_at = $2, next_attempt_at = NULL,
         lease_token = NULL, leased_until = NULL
   WHERE id IN (SELECT id FROM webhook_deliveries WHERE endpoint_id = $1 AND status = 'pending' LIMIT $3 FOR UPDATE SKIP LOCKED)`,
};

/** Wipes the secrets and ends what waits. False: there is no such endpoint. */
export const deleteEndpoint = (
  db: Pick<Database, 'transaction'>,
  organizationId: string,
  id: string,
  now: Date,
): Promise<boolean> =>
  db.transaction(async (tx: Tx) => {
    if ((await tx.rows(DELETE, [id, organizationId, now])).length === 0) return false;
    await tx.rows(END_DELIVERIES, [id, now, ENDED_AT_ONCE]);
    return true;
  });

/** Plan: sites_pkey, charge_points_pkey. */
const UNKNOWN_OF_FILTER: Statement = {
  name: 'webhooks_unknown_of_filter',
  text: `SELECT 'site_ids' AS list, i.id FROM unnest($2::text[]) AS i(id)
          WHERE NOT EXISTS (SELECT 1 FROM sites s WHERE s.id = i.id AND s.organization_id = $1)
          UNION ALL
         SELECT 'charge_point_ids', i.id FROM unnest($3::text[]) AS i(id)
          WHERE NOT EXISTS (SELECT 1 FROM charge_points c WHERE c.id = i.id AND c.organization_id = $1)`,
};

export type UnknownOfFilter = { readonly list: 'site_ids' | 'charge_point_ids'; readonly id: string };

/** Which of these the organization does not have. */
export const unknownOfFilter = async (
  db: Pick<Database, 'rows'>,
  organizationId: string,
  siteIds: readonly string[],
  chargePointIds: readonly string[],
): Promise<UnknownOfFilter[]> =>
  siteIds.length + chargePointIds.length === 0
    ? []
    : db.rows<UnknownOfFilter>(UNKNOWN_OF_FILTER, [organizationId, siteIds, chargePointIds]);
