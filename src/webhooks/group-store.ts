/** SQL of grouped alerts: which of their charge points an endpoint filters by. */
import type { Statement, Tx } from '../database/contract.ts';

/** The charge point of `m`, or its site, is named by the endpoint `w`. */
const CONCERNS = `(m.charge_point_id = ANY(w.charge_point_ids)
                   OR EXISTS (SELECT FROM charge_points c WHERE c.id = m.charge_point_id AND c.site_id = ANY(w.site_ids)))`;

/** Plan: webhook_endpoints_pkey, alert_members_pkey, charge_points_pkey. Asked only where a grouped alert meets a filter. */
const CONCERNED: Statement = {
  name: 'webhooks_group_concerns',
  text: `SELECT a.id AS "alertId", w.id AS "endpointId"
           FROM alerts a JOIN webhook_endpoints w ON w.organization_id = a.organization_id AND w.id = ANY($2::text[])
          WHERE a.id = ANY($1::text[]) AND EXISTS (SELECT FROM alert_members m WHERE m.alert_id = a.id AND ${CONCERNS})`,
};
export type Concern = { readonly alertId: string; readonly endpointId: string };
export const concernsOf = (
  db: Pick<Tx, 'rows'>,
  alertIds: readonly string[],
  endpointIds: readonly string[],
): Promise<Concern[]> => db.rows<Concern>(CONCERNED, [alertIds, endpointIds]);

/** Any number that nothing else in this database locks. */
const LOCK_KEY = 7_316_002;
const LOCK: Statement = { name: 'webhooks_group_lock', text: 'SELECT pg_advisory_xact_lock($1)' };
const SHARE: Statement = { name: 'webhooks_group_share', text: 'SELECT pg_advisory_xact_lock_shared($1)' };

/**
 * Until the transaction ends nobody else makes deliveries of events that were told before: what the next statement does not see
 * of them is made by nobody.
 */
export const lockPast = (tx: Tx): Promise<unknown> => tx.rows(LOCK, [LOCK_KEY]);
/** Beside others that share it, whose endpoints are others. */
export const sharePast = (tx: Tx): Promise<unknown> => tx.rows(SHARE, [LOCK_KEY]);

/**
 * Endpoints that filter by a charge point which joined an open group after it was told, and were not told yet. The event is found
 * by its time: events of no charge point are few.
 * Plan: alerts_live_by_rule, webhook_endpoints_organization_id_id_idx, alert_members_pkey; then
 * domain_events_charge_point_id_sequence_idx and webhook_deliveries_event_id_idx of what is left.
 */
const LATE: Statement = {
  name: 'webhooks_group_late',
  text: `WITH late AS MATERIALIZED (
           SELECT a.id, a.organization_id, a.triggered_at, w.id AS endpoint_id FROM alerts a
             JOIN webhook_endpoints w ON w.organization_id = a.organization_id AND w.active AND w.deleted_at IS NULL
              AND cardinality(w.site_ids) + cardinality(w.charge_point_ids) > 0
              AND w.events && ARRAY['*', 'alert.triggered']::text[]
            WHERE a.rule = 'fleet_offline' AND a.resolved_at IS NULL AND a.triggered_at IS NOT NULL
              AND EXISTS (SELECT FROM alert_members m WHERE m.alert_id = a.id AND m.joined_at > a.triggered_at
                             AND m.joined_at >= w.created_at AND ${CONCERNS}))
         SELECT l.endpoint_id AS "endpointId", e.organization_id AS "organizationId", e.id AS "eventId", e.type AS event
           FROM late l JOIN domain_events e ON e.charge_point_id IS NULL AND e.organization_id = l.organization_id
            AND e.type = 'alert.triggered' AND e.occurred_at = l.triggered_at
            AND e.body::jsonb #>> '{data,alert_id}' = l.id
          WHERE NOT EXISTS (SELECT FROM webhook_deliveries d WHERE d.event_id = e.id AND d.endpoint_id = l.endpoint_id)
          LIMIT $1`,
};
export type Late = {
  readonly endpointId: string;
  readonly organizationId: string;
  readonly eventId: string;
  readonly event: string;
};
export const lateListeners = (db: Pick<Tx, 'rows'>, limit: number): Promise<Late[]> => db.rows<Late>(LATE, [limit]);

/** Born unleased: the dispatcher's sweep takes them. Never a second one of an event for an endpoint. */
const TELL: Statement = {
  name: 'webhooks_group_tell',
  text: `INSERT INTO webhook_deliveries (id, organization_id, endpoint_id, event_id, event, status, attempts, created_at, next_attempt_at,
                                         ordered_key, sequence)
         SELECT n.id, w.organization_id, w.id, n.event_id, n.event, 'pending', 0, $1, $1, CASE WHEN w.ordered THEN n.id END, 0
           FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS n(id, endpoint_id, event_id, event)
           JOIN webhook_endpoints w ON w.id = n.endpoint_id AND w.active AND w.deleted_at IS NULL
          WHERE NOT EXISTS (SELECT FROM webhook_deliveries d WHERE d.event_id = n.event_id AND d.endpoint_id = w.id)`,
};
export async function tellLate(
  db: Pick<Tx, 'rows'>,
  now: Date,
  deliveries: readonly (Late & { readonly id: string })[],
): Promise<void> {
  await db.rows(TELL, [
    now,
    deliveries.map(({ id }) => id),
    deliveries.map(({ endpointId }) => endpointId),
    deliveries.map(({ eventId }) => eventId),
    deliveries.map(({ event }) => event),
  ]);
}
