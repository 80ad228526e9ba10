/** Events and their deliveries, in the transaction that caused them: two statements, however many events. */
import type { Statement, Tx } from '../database/contract.ts';

/**
 * The rows of charge_point_sequences are locked by ingest already, so the numbers have no gaps and no order but that of the
 * commits. Endpoints are matched here, as this transaction sees them.
 */
const NUMBER_AND_MATCH: Statement = {
  name: 'webhooks_number_and_match',
  text: `
  WITH input AS (
    SELECT i.*, row_number() OVER (PARTITION BY i.charge_point_id ORDER BY i.ord) AS nth
      FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS i(organization_id, charge_point_id, type, ord)
  ), numbered AS (
    UPDATE charge_point_sequences q SET last_sequence = q.last_sequence + c.n
      FROM (SELECT charge_point_id, count(*) AS n FROM input GROUP BY charge_point_id) c
     WHERE q.charge_point_id = c.charge_point_id
    RETURNING q.charge_point_id, q.last_sequence - c.n AS before
  )
  SELECT i.ord::int - 1 AS index, n.before + i.nth AS sequence, w.id AS "endpointId", w.url, w.secret
    FROM input i
    JOIN numbered n ON n.charge_point_id = i.charge_point_id
    LEFT JOIN webhook_endpoints w ON w.organization_id = i.organization_id AND w.active AND w.deleted_at IS NULL
                                 AND w.events && ARRAY['*', i.type]
   ORDER BY i.ord, w.id`,
};

const INSERT: Statement = {
  name: 'webhooks_insert_events',
  text: `
  WITH events AS (
    INSERT INTO domain_events (id, organization_id, type, charge_point_id, sequence, occurred_at, created_at, body)
    SELECT e.id, e.organization_id, e.type, e.charge_point_id, e.sequence, e.occurred_at, $1, e.body
      FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::int8[], $7::timestamptz[], $8::text[])
           AS e(id, organization_id, type, charge_point_id, sequence, occurred_at, body)
  )
  INSERT INTO webhook_deliveries (id, organization_id, endpoint_id, event_id, event, status, attempts, created_at,
                                  next_attempt_at, lease_token, leased_until)
  SELECT d.id, d.organization_id, d.endpoint_id, d.event_id, d.event, 'pending', 0, $1, $1,
         CASE WHEN d.leased THEN $9 END,
         CASE WHEN d.leased THEN clock_timestamp() + $10::int * interval '1 millisecond' END
    FROM unnest($11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::bool[])
         AS d(id, organization_id, endpoint_id, event_id, event, leased)`,
};

/** One event of a charge point and one endpoint that wants it; endpointId null: nobody does. */
export type Match = {
  /** Position in the input. */
  readonly index: number;
  readonly sequence: number;
  readonly endpointId: string | null;
  readonly url: string | null;
  readonly secret: Buffer | null;
};

export type NewEvent = {
  readonly id: string;
  readonly organizationId: string;
  readonly type: string;
  readonly chargePointId: string;
  readonly sequence: number;
  readonly occurredAt: Date;
  readonly body: string;
};

export type NewDelivery = {
  readonly id: string;
  readonly organizationId: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly event: string;
  readonly isLeased: boolean;
};

/** At least one row per event, in the order of the input; none for a charge point that does not exist. */
export const numberAndMatch = (
  tx: Tx,
  events: readonly { readonly organizationId: string; readonly chargePointId: string; readonly type: string }[],
): Promise<Match[]> =>
  tx.rows<Match>(NUMBER_AND_MATCH, [
    events.map(({ organizationId }) => organizationId),
    events.map(({ chargePointId }) => chargePointId),
    events.map(({ type }) => type),
  ]);

export async function insertEvents(
  tx: Tx,
  now: Date,
  events: readonly NewEvent[],
  deliveries: readonly NewDelivery[],
  lease: { readonly token: string; readonly ms: number },
): Promise<void> {
  await tx.rows(INSERT, [
    now,
    events.map(({ id }) => id),
    events.map(({ organizationId }) => organizationId),
    events.map(({ type }) => type),
    events.map(({ chargePointId }) => chargePointId),
    events.map(({ sequence }) => sequence),
    events.map(({ occurredAt }) => occurredAt),
    events.map(({ body }) => body),
    lease.token,
    lease.ms,
    deliveries.map(({ id }) => id),
    deliveries.map(({ organizationId }) => organizationId),
    deliveries.map(({ endpointId }) => endpointId),
    deliveries.map(({ eventId }) => eventId),
    deliveries.map(({ event }) => event),
    deliveries.map(({ isLeased }) => isLeased),
  ]);
}
