/** Rows of webhook endpoints and the history of their deliveries. A deleted endpoint stays as a row that nobody sees. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import type { DeliveryStatus } from './types.ts';

type Needs = Pick<Database, 'prisma'>;

export const MAX_ENDPOINTS = 100;
/** Waiting deliveries that end together with their endpoint; the sweep ends the others. */
const ENDED_AT_ONCE = 5000;

export type EndpointRow = {
  readonly id: string;
  readonly url: string;
  readonly events: string[];
  readonly description: string | null;
  readonly active: boolean;
  readonly disabledReason: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

const shown = {
  id: true,
  url: true,
  events: true,
  description: true,
  active: true,
  disabledReason: true,
  createdAt: true,
  updatedAt: true,
} as const;

const alive = (organizationId: string, id: string) => ({ organizationId, id, deletedAt: null });

export type NewEndpoint = {
  readonly id: string;
  readonly organizationId: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly description: string | null;
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
  text: `INSERT INTO webhook_endpoints (id, organization_id, url, events, description, secret, active, created_at, updated_at)
    SELECT $1, $2, $3, $4::text[], $5, $6, true, $7, $7
     WHERE (SELECT count(*) FROM webhook_endpoints WHERE organization_id = $2 AND deleted_at IS NULL) < $8::int
    RETURNING id`,
};

/** undefined: the organization has as many as it may have. */
export async function createEndpoint(
  db: Pick<Database, 'transaction'>,
  endpoint: NewEndpoint,
): Promise<EndpointRow | undefined> {
  const { id, organizationId, url, events, description, secret, now } = endpoint;
  const created = await db.transaction(async (tx) => {
    await tx.rows(LOCK_ORGANIZATION, [organizationId]);
    return tx.rows(CREATE, [id, organizationId, url, events, description, secret, now, MAX_ENDPOINTS]);
  });
  if (created.length === 0) return undefined;
  return {
    id,
    url,
    events: [...events],
    description,
    active: true,
    disabledReason: null,
    createdAt: now,
    updatedAt: now,
  };
}

/** All of them, oldest first. */
export const listEndpoints = ({ prisma }: Needs, organizationId: string): Promise<EndpointRow[]> =>
  prisma.webhookEndpoint.findMany({
    where: { organizationId, deletedAt: null },
    orderBy: { id: 'asc' },
    take: MAX_ENDPOINTS,
    select: shown,
  });

export async function endpointById(
  { prisma }: Needs,
  organizationId: string,
  id: string,
): Promise<EndpointRow | undefined> {
  return (await prisma.webhookEndpoint.findFirst({ where: alive(organizationId, id), select: shown })) ?? undefined;
}

export type EndpointChanges = {
  readonly url?: string | undefined;
  readonly events?: readonly string[] | undefined;
  readonly description?: string | null | undefined;
  readonly active?: boolean | undefined;
  readonly now: Date;
};

/** Setting `active` is a person's word: why the system had switched it off is forgotten, and how long it had failed. */
export async function changeEndpoint(
  { prisma }: Needs,
  organizationId: string,
  id: string,
  { url, events, description, active, now }: EndpointChanges,
): Promise<EndpointRow | undefined> {
  const [row] = await prisma.webhookEndpoint.updateManyAndReturn({
    where: alive(organizationId, id),
    data: {
      ...(url !== undefined && { url }),
      ...(events !== undefined && { events: [...events] }),
      ...(description !== undefined && { description }),
      ...(active !== undefined && { active, disabledReason: null }),
      ...(active === true && { failingSince: null, failures: 0 }),
      updatedAt: now,
    },
    select: shown,
  });
  return row;
}

const DELETE: Statement = {
  name: 'webhooks_delete_endpoint',
  text: `UPDATE webhook_endpoints SET deleted_at = $3, updated_at = $3, active = false, secret = NULL, previous_secret = NULL
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

/** Wipes the secret and ends what waits. False: there is no such endpoint. */
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

export type DeliveryRow = {
  readonly id: string;
  readonly eventId: string;
  readonly event: string;
  readonly status: string;
  readonly responseStatus: number | null;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly nextAttemptAt: Date | null;
  readonly completedAt: Date | null;
  readonly lastError: string | null;
};

export type HistoryQuery = {
  readonly organizationId: string;
  readonly endpointId: string;
  readonly status?: DeliveryStatus | undefined;
  readonly event?: string | undefined;
  readonly after: string | undefined;
  readonly limit: number;
};

/** Newest first, one more than `limit`. */
export const deliveriesOf = ({ prisma }: Needs, query: HistoryQuery): Promise<DeliveryRow[]> =>
  prisma.webhookDelivery.findMany({
    where: {
      organizationId: query.organizationId,
      endpointId: query.endpointId,
      ...(query.status !== undefined && { status: query.status }),
      ...(query.event !== undefined && { event: query.event }),
      ...(query.after !== undefined && { id: { lt: query.after } }),
    },
    orderBy: { id: 'desc' },
    take: query.limit + 1,
    select: {
      id: true,
      eventId: true,
      event: true,
      status: true,
      responseStatus: true,
      attempts: true,
      createdAt: true,
      nextAttemptAt: true,
      completedAt: true,
      lastError: true,
    },
  });
