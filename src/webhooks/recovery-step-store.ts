/** What a step of a recovery looks at, in the order of the events, and the deliveries that it makes. Bounded by its limits. */
import type { Database, Statement, Tx } from '../database/contract.ts';

type Db = Pick<Database, 'rows'>;

export type Candidate = {
  readonly eventId: string;
  readonly type: string;
  readonly chargePointId: string | null;
  readonly siteId: string | null;
  readonly sequence: number | null;
  /** Of alerts of no single charge point. */
  readonly alertId: string | null;
  /** It has, or needs, no delivery. */
  readonly isSettled: boolean;
};

type Of = { readonly organizationId: string; readonly endpointId: string };

export type Range = Of & {
  /** Event ids: behind this one … */
  readonly after: string;
  /** … and before this. */
  readonly before: string;
  readonly limit: number;
};

/**
 * Failed deliveries of the endpoint by event. Settled: one that came later succeeded, or is under way.
 *   Limit → GroupAggregate → Index Scan using webhook_deliveries_failed_events; domain_events_pkey, webhook_deliveries_event_id_idx
 *   per event
 */
const FAILED: Statement = {
  name: 'webhooks_recover_failed',
  text: `
  WITH failed AS MATERIALIZED (
    SELECT d.event_id, max(d.id) AS last FROM webhook_deliveries d
     WHERE d.endpoint_id = $2 AND d.organization_id = $1 AND d.status = 'failed' AND d.event_id > $3 AND d.event_id < $4
     GROUP BY d.event_id ORDER BY d.event_id LIMIT $5
  )
  SELECT v.id AS "eventId", v.type, v.charge_point_id AS "chargePointId", v.site_id AS "siteId", v.sequence, NULL AS "alertId",
         v.is_test OR EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.event_id = v.id AND d.endpoint_id = $2 AND d.id > f.last
                                 AND d.status IN ('succeeded', 'pending')) AS "isSettled"
    FROM failed f JOIN domain_events v ON v.id = f.event_id
   ORDER BY v.id`,
};

export const failedIn = (db: Db, { organizationId, endpointId, after, before, limit }: Range): Promise<Candidate[]> =>
  db.rows<Candidate>(FAILED, [organizationId, endpointId, after, before, limit]);

/** What a minimum interval counts by (match.ts throttleKey) at one charge point and for one type, in the words of SQL. */
export const subject = (event: string): string =>
  `coalesce(${event}.body::jsonb #>> '{data,session_id}',
            jsonb_build_array(${event}.body::jsonb #> '{data,evse_id}', ${event}.body::jsonb #> '{data,connector_id}')::text)`;

/**
 * All events, matched by the caller. $6: types with a minimum interval, of which only the newest of its subject counts: the others
 * were left out on purpose. What a charge point does for its next owner is nothing to this one.
 *   Limit → Index Scan using domain_events_organization_id_id_idx; webhook_deliveries_event_id_idx per event, for throttled types
 *   domain_events_charge_point_id_sequence_idx
 */
const MISSED: Statement = {
  name: 'webhooks_recover_missed',
  text: `
  WITH looked AS MATERIALIZED (
    SELECT * FROM domain_events WHERE organization_id = $1 AND id > $3 AND id < $4 ORDER BY id LIMIT $5
  )
  SELECT v.id AS "eventId", v.type, v.charge_point_id AS "chargePointId", v.site_id AS "siteId", v.sequence,
         CASE WHEN v.charge_point_id IS NULL AND v.type LIKE 'alert.%' THEN v.body::jsonb #>> '{data,alert_id}' END AS "alertId",
         v.is_test
         OR EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.event_id = v.id AND d.endpoint_id = $2)
         OR CASE WHEN v.type = ANY($6::text[]) THEN EXISTS (
              SELECT 1 FROM domain_events n
               WHERE n.charge_point_id = v.charge_point_id AND n.sequence > v.sequence AND n.type = v.type
                 AND n.organization_id = v.organization_id
                 AND ${subject('n')} = ${subject('v')}) ELSE false END AS "isSettled"
    FROM looked v ORDER BY v.id`,
};

export const eventsIn = (db: Db, throttledTypes: readonly string[], range: Range): Promise<Candidate[]> =>
  db.rows<Candidate>(MISSED, [
    range.organizationId,
    range.endpointId,
    range.after,
    range.before,
    range.limit,
    throttledTypes,
  ]);

/** Plan: Limit → Index Scan using webhook_deliveries_due. */
const WAITING: Statement = {
  name: 'webhooks_recover_waiting',
  text: `SELECT count(*)::int AS waiting FROM (
           SELECT 1 FROM webhook_deliveries
            WHERE endpoint_id = $1 AND organization_id = $2 AND status = 'pending' LIMIT $3) w`,
};
/** How many deliveries of the endpoint wait; at most `limit`. */
export const waitingOf = async (db: Db, { organizationId, endpointId }: Of, limit: number): Promise<number> =>
  (await db.rows<{ waiting: number }>(WAITING, [endpointId, organizationId, limit]))[0]?.waiting ?? 0;

/** Born unleased: the sweep takes them as there is room. */
const INSERT: Statement = {
  name: 'webhooks_recover_insert',
  text: `
  INSERT INTO webhook_deliveries (id, organization_id, endpoint_id, event_id, event, origin, status, attempts, created_at,
                                  next_attempt_at, ordered_key, sequence)
  SELECT n.id, $1, $2, n.event_id, n.event, 'recovery', 'pending', 0, $3, n.at, n.ordered_key, n.sequence
    FROM unnest($4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[], $9::int8[])
         AS n(id, event_id, event, at, ordered_key, sequence)`,
};

export type Recovered = {
  readonly id: string;
  readonly eventId: string;
  readonly event: string;
  readonly at: Date;
  readonly orderedKey: string | null;
  readonly sequence: number | null;
};

export async function insertRecovered(
  tx: Tx,
  { organizationId, endpointId }: Of,
  now: Date,
  deliveries: readonly Recovered[],
): Promise<void> {
  await tx.rows(INSERT, [
    organizationId,
    endpointId,
    now,
    deliveries.map(({ id }) => id),
    deliveries.map(({ eventId }) => eventId),
    deliveries.map(({ event }) => event),
    deliveries.map(({ at }) => at),
    deliveries.map(({ orderedKey }) => orderedKey),
    deliveries.map(({ sequence }) => sequence),
  ]);
}
