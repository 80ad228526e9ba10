/** Deliveries as people look at them: the history of an endpoint, and all about a single one. */
import type { Database, Statement } from '../database/contract.ts';
import type { DeliveryStatus } from './types.ts';

export type DeliveryRow = {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly event: string;
  readonly origin: string;
  readonly status: DeliveryStatus;
  readonly responseStatus: number | null;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly nextAttemptAt: Date | null;
  readonly completedAt: Date | null;
  readonly lastError: string | null;
  /** Of its event. */
  readonly traceId: string | null;
};

const columns = `d.id, d.endpoint_id AS "endpointId", d.event_id AS "eventId", d.event, d.origin, d.status,
            d.response_status AS "responseStatus", d.attempts, d.created_at AS "createdAt",
            d.next_attempt_at AS "nextAttemptAt", d.completed_at AS "completedAt", d.last_error AS "lastError",
            (SELECT t.trace_id FROM domain_events t WHERE t.id = d.event_id) AS "traceId"`;

export type HistoryQuery = {
  readonly organizationId: string;
  readonly endpointId: string;
  readonly status?: DeliveryStatus | undefined;
  readonly event?: string | undefined;
  readonly after: string | undefined;
  readonly limit: number;
};

/**
 * Statements of their own, so that each finds its index: webhook_deliveries_endpoint_id_id_idx, with status = 'failed'
 * webhook_deliveries_failed.
 */
const history = (status: DeliveryStatus | 'any'): Statement => ({
  name: `webhooks_history_${status}`,
  text: `SELECT ${columns} FROM webhook_deliveries d
          WHERE d.endpoint_id = $2 AND d.organization_id = $1 ${status === 'any' ? '' : `AND d.status = '${status}'`}
            AND ($3::text IS NULL OR d.event = $3) AND ($4::text IS NULL OR d.id < $4)
          ORDER BY d.id DESC LIMIT $5`,
});
const HISTORY = {
  any: history('any'),
  pending: history('pending'),
  succeeded: history('succeeded'),
  failed: history('failed'),
};

/** Newest first, one more than `limit`. */
export const deliveriesOf = (db: Pick<Database, 'rows'>, query: HistoryQuery): Promise<DeliveryRow[]> =>
  db.rows<DeliveryRow>(HISTORY[query.status ?? 'any'], [
    query.organizationId,
    query.endpointId,
    query.event ?? null,
    query.after ?? null,
    query.limit + 1,
  ]);

/** Plan: webhook_deliveries_pkey, domain_events_pkey, webhook_endpoints_pkey. */
const BY_ID: Statement = {
  name: 'webhooks_delivery_by_id',
  text: `SELECT ${columns}, v.body, e.url, e.active AS "isActive", e.disabled_reason AS "disabledReason",
                e.deleted_at IS NOT NULL AS "isDeleted"
           FROM webhook_deliveries d JOIN domain_events v ON v.id = d.event_id JOIN webhook_endpoints e ON e.id = d.endpoint_id
          WHERE d.id = $1 AND d.organization_id = $2`,
};

export type DeliveryWithEndpoint = DeliveryRow & {
  /** The exact text that is signed and sent. */
  readonly body: string;
  /** Of the endpoint as it is now. */
  readonly url: string;
  readonly isActive: boolean;
  readonly disabledReason: string | null;
  readonly isDeleted: boolean;
};

export const deliveryById = async (
  db: Pick<Database, 'rows'>,
  organizationId: string,
  id: string,
): Promise<DeliveryWithEndpoint | undefined> => (await db.rows<DeliveryWithEndpoint>(BY_ID, [id, organizationId]))[0];

/** Plan: webhook_attempts_pkey. There are six at most, and a handful more when results were lost. */
const ATTEMPTS: Statement = {
  name: 'webhooks_attempts_of_delivery',
  text: `SELECT number, started_at AS "startedAt", duration_ms AS "durationMs", url, response_status AS "responseStatus", error,
                response_body AS "responseBody", response_headers AS "responseHeaders", signature,
                previous_signature AS "previousSignature", standard_signature AS "standardSignature"
           FROM webhook_attempts WHERE delivery_id = $1 ORDER BY number LIMIT 100`,
};

export type AttemptRow = {
  readonly number: number;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly url: string;
  readonly responseStatus: number | null;
  readonly error: string | null;
  readonly responseBody: string | null;
  readonly responseHeaders: Record<string, string> | null;
  readonly signature: string | null;
  readonly previousSignature: string | null;
  readonly standardSignature: string | null;
};

/** Of a delivery that the caller has found in the organization. */
export const attemptsOf = (db: Pick<Database, 'rows'>, deliveryId: string): Promise<AttemptRow[]> =>
  db.rows<AttemptRow>(ATTEMPTS, [deliveryId]);
