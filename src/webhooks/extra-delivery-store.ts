/**
 * Deliveries that somebody asked for: a test, or one more of an event that was delivered before. Born unleased: the next sweep of
 * any process sends them. They keep out of the order of an ordered endpoint (ordered_key is null).
 */
import type { Database, Statement } from '../database/contract.ts';

type Db = Pick<Database, 'rows'>;

/** Event and delivery, or neither if the endpoint is not active. Plan: webhook_endpoints_pkey. */
const INSERT_TEST: Statement = {
  name: 'webhooks_insert_test',
  text: `
  WITH target AS MATERIALIZED (
    SELECT id FROM webhook_endpoints WHERE id = $1 AND organization_id = $2 AND active AND deleted_at IS NULL
  ), event AS (
    INSERT INTO domain_events (id, organization_id, type, occurred_at, created_at, body, is_test, trace_id)
    SELECT $3, $2, $4, $5, $5, $6, true, $8::uuid FROM target
  )
  INSERT INTO webhook_deliveries (id, organization_id, endpoint_id, event_id, event, origin, status, attempts, created_at, next_attempt_at)
  SELECT $7, $2, id, $3, $4, 'test', 'pending', 0, $5, $5 FROM target
  RETURNING id`,
};

/** False: there is no such endpoint, or it is not active. */
export const insertTest = async (
  db: Db,
  test: {
    readonly organizationId: string;
    readonly endpointId: string;
    readonly eventId: string;
    readonly type: string;
    readonly body: string;
    readonly deliveryId: string;
    readonly now: Date;
    readonly traceId: string;
  },
): Promise<boolean> => {
  const { organizationId, endpointId, eventId, type, body, deliveryId, now, traceId } = test;
  return (
    (await db.rows(INSERT_TEST, [endpointId, organizationId, eventId, type, now, body, deliveryId, traceId])).length > 0
  );
};

/**
 * $5: what is older than that is about to be deleted, its event with it.
 *   Nested Loop → webhook_deliveries_pkey, webhook_endpoints_pkey
 */
const RESEND: Statement = {
  name: 'webhooks_resend',
  text: `
  INSERT INTO webhook_deliveries (id, organization_id, endpoint_id, event_id, event, origin, status, attempts, created_at, next_attempt_at)
  SELECT $3, d.organization_id, d.endpoint_id, d.event_id, d.event, 'resend', 'pending', 0, $4, $4
    FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
   WHERE d.id = $1 AND d.organization_id = $2 AND d.status <> 'pending' AND d.created_at > $5
     AND e.active AND e.deleted_at IS NULL
  RETURNING id`,
};

/** False: it is pending, or too old, or its endpoint is not active. */
export const insertResend = async (
  db: Db,
  resend: {
    readonly organizationId: string;
    readonly of: string;
    readonly deliveryId: string;
    readonly now: Date;
    readonly keptSince: Date;
  },
): Promise<boolean> => {
  const { organizationId, of, deliveryId, now, keptSince } = resend;
  return (await db.rows(RESEND, [of, organizationId, deliveryId, now, keptSince])).length > 0;
};
