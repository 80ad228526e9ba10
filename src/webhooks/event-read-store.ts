/** One event of the log, and what became of it. */
import type { Database, Statement } from '../database/contract.ts';
import type { LoggedEvent } from './event-log-store.ts';
import type { DeliveryStatus } from './types.ts';

/** Plan: domain_events_pkey. */
const EVENT: Statement = {
  name: 'webhooks_event_by_id',
  text: `SELECT body, created_at AS "createdAt", trace_id AS "traceId"
           FROM domain_events WHERE organization_id = $1 AND id = $2`,
};

const MAX_DELIVERIES = 100;
/** Plan: webhook_deliveries_event_id_idx; an event has as many as there are endpoints, and what was sent again. */
const DELIVERIES: Statement = {
  name: 'webhooks_deliveries_of_event',
  text: `SELECT id, endpoint_id, status, response_status, attempts, created_at, next_attempt_at, completed_at, last_error
           FROM webhook_deliveries WHERE organization_id = $1 AND event_id = $2 ORDER BY id DESC LIMIT ${MAX_DELIVERIES}`,
};

type DeliveryOfEvent = {
  readonly id: string;
  readonly endpoint_id: string;
  readonly status: DeliveryStatus;
  readonly response_status: number | null;
  readonly attempts: number;
  readonly created_at: Date;
  readonly next_attempt_at: Date | null;
  readonly completed_at: Date | null;
  readonly last_error: string | null;
};

type Db = Pick<Database, 'rows'>;

export const eventById = async (
  db: Db,
  organizationId: string,
  id: string,
): Promise<Pick<LoggedEvent, 'body' | 'createdAt' | 'traceId'> | undefined> =>
  (await db.rows<Pick<LoggedEvent, 'body' | 'createdAt' | 'traceId'>>(EVENT, [organizationId, id]))[0];

export const deliveriesOfEvent = (db: Db, organizationId: string, eventId: string): Promise<DeliveryOfEvent[]> =>
  db.rows<DeliveryOfEvent>(DELIVERIES, [organizationId, eventId]);
