/** Events and their deliveries, in the transaction that caused them: one statement to ask, one to write, however many events. */
import type { Statement, Tx } from '../database/contract.ts';
import type { Subscriber } from './match.ts';

const ACTIVE = `SELECT w.id, w.organization_id AS "organizationId", w.url, w.secret, w.previous_secret AS "previousSecret",
                w.previous_secret_until AS "previousSecretUntil", w.events, w.site_ids AS "siteIds",
                w.charge_point_ids AS "chargePointIds", w.min_intervals AS "minIntervals", w.ordered
           FROM webhook_endpoints w
          WHERE w.active AND w.deleted_at IS NULL`;
/** Plan: charge_points_pkey, organizations_pkey, then webhook_endpoints_organization_id_id_idx (100 at most each). */
const SUBSCRIBERS: Statement = {
  name: 'webhooks_subscribers',
  text: `${ACTIVE} AND w.organization_id IN (SELECT organization_id FROM charge_points WHERE id = ANY($1::text[])
                                      UNION ALL SELECT id FROM organizations WHERE id = ANY($1::text[])) ORDER BY w.id`,
};
const SUBSCRIBERS_OF_ORGANIZATIONS: Statement = {
  name: 'webhooks_subscribers_of_organizations',
  text: `${ACTIVE} AND w.organization_id = ANY($1::text[]) ORDER BY w.id`,
};

/** The active endpoints of the organizations of these charge points (or of these organizations), as this transaction sees them. */
export const subscribersOf = (tx: Tx, chargePointIds: readonly string[]): Promise<Subscriber[]> =>
  tx.rows<Subscriber>(SUBSCRIBERS, [chargePointIds]);
/** The same of organizations by their ids. */
export const subscribersOfOrganizations = (tx: Tx, organizationIds: readonly string[]): Promise<Subscriber[]> =>
  tx.rows<Subscriber>(SUBSCRIBERS_OF_ORGANIZATIONS, [organizationIds]);

/** Plan: sessions_pkey. */
const OWNERS_OF_SESSIONS: Statement = {
  name: 'webhooks_owners_of_sessions',
  text: `SELECT s.id, s.organization_id AS "organizationId", s.site_id AS "siteId" FROM sessions s WHERE s.id = ANY($1::text[])`,
};
/** Whose sessions these are, as this transaction sees them. */
export const ownersOfSessions = (
  tx: Tx,
  ids: readonly string[],
): Promise<{ readonly id: string; readonly organizationId: string; readonly siteId: string | null }[]> =>
  tx.rows(OWNERS_OF_SESSIONS, [ids]);

/**
 * Of each key the newest delivery, locked: nobody may claim it while its event is replaced. One that somebody is about to send, however
 * long overdue, is sent at $3 (now) at the earliest. Plan: webhook_deliveries_throttled.
 */
const LAST_OF_KEYS: Statement = {
  name: 'webhooks_last_of_keys',
  text: `SELECT d.* FROM unnest($1::text[], $2::text[]) AS k(endpoint_id, key)
          CROSS JOIN LATERAL (
            SELECT w.id, w.endpoint_id AS "endpointId", w.throttle_key AS key,
                   w.status = 'pending' AND w.attempts = 0 AND w.lease_token IS NULL AS "isWaiting",
                   coalesce(w.first_attempt_at,
                            CASE WHEN w.lease_token IS NULL THEN w.next_attempt_at ELSE greatest(w.next_attempt_at, $3) END,
                            w.completed_at, w.created_at) AS at
              FROM webhook_deliveries w WHERE w.endpoint_id = k.endpoint_id AND w.throttle_key = k.key
             ORDER BY w.id DESC LIMIT 1 FOR UPDATE) d`,
};

export type LastOfKey = {
  readonly id: string;
  readonly endpointId: string;
  readonly key: string;
  /** It has not been sent, and nobody is about to. */
  readonly isWaiting: boolean;
  /** When it was, or will be, sent. */
  readonly at: Date;
};

export const lastOfKeys = (
  tx: Tx,
  keys: readonly { readonly endpointId: string; readonly key: string }[],
  now: Date,
): Promise<LastOfKey[]> =>
  tx.rows<LastOfKey>(LAST_OF_KEYS, [keys.map(({ endpointId }) => endpointId), keys.map(({ key }) => key), now]);

const INSERT: Statement = {
  name: 'webhooks_insert_events',
  text: `
  WITH events AS (
    INSERT INTO domain_events (id, organization_id, type, charge_point_id, site_id, sequence, occurred_at, created_at, body,
                               trace_id)
    SELECT e.id, e.organization_id, e.type, e.charge_point_id, e.site_id, e.sequence, e.occurred_at, $1, e.body, e.trace_id
      FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int8[], $8::timestamptz[], $9::text[],
                  $26::uuid[])
           AS e(id, organization_id, type, charge_point_id, site_id, sequence, occurred_at, body, trace_id)
  ), numbered AS (
    UPDATE charge_point_sequences q SET last_sequence = n.last
      FROM (SELECT charge_point_id, max(sequence) AS last FROM unnest($5::text[], $7::int8[]) AS e(charge_point_id, sequence)
             GROUP BY charge_point_id) n
     WHERE q.charge_point_id = n.charge_point_id
  ), replaced AS (
    UPDATE webhook_deliveries d SET event_id = r.event_id, sequence = r.sequence, next_attempt_at = r.at
      FROM unnest($10::text[], $11::text[], $12::int8[], $13::timestamptz[]) AS r(id, event_id, sequence, at)
     WHERE d.id = r.id
  )
  INSERT INTO webhook_deliveries (id, organization_id, endpoint_id, event_id, event, status, attempts, created_at,
                                  next_attempt_at, ordered_key, sequence, throttle_key, lease_token, leased_until)
  SELECT d.id, d.organization_id, d.endpoint_id, d.event_id, d.event, 'pending', 0, $1, d.at, d.ordered_key, d.sequence,
         d.throttle_key, CASE WHEN d.leased THEN $14 END,
         CASE WHEN d.leased THEN clock_timestamp() + $15::int * interval '1 millisecond' END
    FROM unnest($16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::timestamptz[], $22::text[], $23::int8[],
                $24::text[], $25::bool[])
         AS d(id, organization_id, endpoint_id, event_id, event, at, ordered_key, sequence, throttle_key, leased)`,
};

export type NewEvent = {
  readonly id: string;
  readonly organizationId: string;
  readonly type: string;
  /** null, both: it belongs to no single charge point. */
  readonly chargePointId: string | null;
  readonly siteId: string | null;
  readonly sequence: number | null;
  readonly occurredAt: Date;
  readonly body: string;
  readonly traceId: string;
};

export type NewDelivery = {
  readonly id: string;
  readonly organizationId: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly event: string;
  readonly at: Date;
  readonly orderedKey: string | null;
  readonly sequence: number | null;
  readonly throttleKey: string | null;
  readonly isLeased: boolean;
};

/** A delivery that waits for its interval to pass tells of this event instead. */
export type Replacement = {
  readonly id: string;
  readonly eventId: string;
  readonly sequence: number | null;
  readonly at: Date;
};

export type Written = {
  readonly events: readonly NewEvent[];
  readonly deliveries: readonly NewDelivery[];
  readonly replacements: readonly Replacement[];
};

/** The rows of charge_point_sequences are locked by ingest, so the numbers have no gaps and no order but that of the commits. */
export async function insertEvents(
  tx: Tx,
  now: Date,
  { events, deliveries, replacements }: Written,
  lease: { readonly token: string; readonly ms: number },
): Promise<void> {
  await tx.rows(INSERT, [
    now,
    events.map(({ id }) => id),
    events.map(({ organizationId }) => organizationId),
    events.map(({ type }) => type),
    events.map(({ chargePointId }) => chargePointId),
    events.map(({ siteId }) => siteId),
    events.map(({ sequence }) => sequence),
    events.map(({ occurredAt }) => occurredAt),
    events.map(({ body }) => body),
    replacements.map(({ id }) => id),
    replacements.map(({ eventId }) => eventId),
    replacements.map(({ sequence }) => sequence),
    replacements.map(({ at }) => at),
    lease.token,
    lease.ms,
    deliveries.map(({ id }) => id),
    deliveries.map(({ organizationId }) => organizationId),
    deliveries.map(({ endpointId }) => endpointId),
    deliveries.map(({ eventId }) => eventId),
    deliveries.map(({ event }) => event),
    deliveries.map(({ at }) => at),
    deliveries.map(({ orderedKey }) => orderedKey),
    deliveries.map(({ sequence }) => sequence),
    deliveries.map(({ throttleKey }) => throttleKey),
    deliveries.map(({ isLeased }) => isLeased),
    events.map(({ traceId }) => traceId),
  ]);
}
