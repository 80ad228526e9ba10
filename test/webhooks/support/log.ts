/** Events straight into the log, as transactions of others write them. */
import { encodeTime } from 'ulid';
import type { Database } from '../../../src/database/contract.ts';
import { newId } from '../../../src/platform/ids.ts';

type EventLike = {
  readonly id?: string;
  readonly type?: string;
  readonly chargePointId?: string;
  readonly siteId?: string;
  readonly createdAt?: Date;
  readonly tx?: bigint;
  readonly data?: Readonly<Record<string, unknown>>;
};
type Logged = { readonly id: string; readonly body: string; readonly createdAt: Date };

/** An id as it was made at that time. */
export const idOf = (at: Date): string => `evt_${encodeTime(at.getTime())}${newId('evt').slice(-16)}`;

function row(organizationId: string, like: EventLike) {
  const { createdAt = new Date(), type = 'charge_point.connected', data = {}, ...more } = like;
  const { id = like.createdAt === undefined ? newId('evt') : idOf(createdAt), ...rest } = more;
  const body = JSON.stringify({ id, event: type, timestamp: createdAt.toISOString(), data });
  return { id, organizationId, type, occurredAt: createdAt, createdAt, body, ...rest };
}

export async function anEvent(db: Database, organizationId: string, like: EventLike = {}): Promise<Logged> {
  const data = row(organizationId, like);
  await db.prisma.domainEvent.create({ data });
  return data;
}

/** An event whose transaction is still open. `lastsS`: it takes so long before it can be committed. */
export async function inTransaction(db: Database, organizationId: string, lastsS = 0) {
  const { id, type, body, createdAt } = row(organizationId, {});
  const client = await db.pool.connect();
  await client.query('BEGIN');
  await client.query(
    `INSERT INTO domain_events (id, organization_id, type, occurred_at, created_at, body) VALUES ($1, $2, $3, $4, $4, $5)`,
    [id, organizationId, type, createdAt, body],
  );
  if (lastsS > 0) await client.query('SELECT pg_sleep($1)', [lastsS]);
  return {
    event: { id, body, createdAt },
    async commit() {
      await client.query('COMMIT');
      client.release();
    },
  };
}
