/** Rows and fakes that the tests of this room begin with. */

import { randomBytes } from 'node:crypto';
import type { Database, Tx } from '../../../src/database/contract.ts';
import type { DomainEventInput } from '../../../src/events/index.ts';
import type { EventWriter, Root } from '../../../src/ingest/contract.ts';
import { lockRoots } from '../../../src/ingest/store.ts';
import { newId } from '../../../src/platform/ids.ts';
import { newTraceId } from '../../../src/platform/trace.ts';
import { createCipher } from '../../../src/secrets/cipher.ts';
import type { DeliveryStatus, KeyRing, WebhookMetrics } from '../../../src/webhooks/types.ts';

export const T0 = new Date('2026-11-23T12:00:00.000Z');
export const after = (seconds: number): Date => new Date(T0.getTime() + seconds * 1000);

const key = randomBytes(32);
export const keyRing: KeyRing = createCipher({ current: () => ({ kid: 'test', key }), byKid: () => key });

export const noMetrics: WebhookMetrics = {
  attempted: () => undefined,
  completed: () => undefined,
  waited: () => undefined,
  disabled: () => undefined,
};

export async function anOrganization(db: Database): Promise<string> {
  const id = newId('org');
  await db.prisma.organization.create({ data: { id, name: 'Test' } });
  return id;
}

export async function aChargePoint(db: Database, organizationId: string): Promise<Root> {
  const id = newId('cp');
  const identity = `CP-${id.slice(-8)}`;
  const { number } = await db.prisma.chargePoint.create({ data: { id, organizationId, identity } });
  await db.prisma.chargePointSequence.create({ data: { chargePointId: id } });
  return { chargePointId: id, number, identity, organizationId, siteId: null };
}

export type EndpointLike = {
  readonly url?: string;
  readonly events?: string[];
  readonly active?: boolean;
  readonly secret?: string;
  readonly deletedAt?: Date;
  readonly siteIds?: string[];
  readonly minIntervals?: Record<string, number>;
  readonly ordered?: boolean;
};
export async function anEndpoint(db: Database, organizationId: string, like: EndpointLike = {}): Promise<string> {
  const id = newId('whe');
  const { url = 'https://receiver.test/hook', events = ['*'], active = true, secret, deletedAt, ...rest } = like;
  await db.prisma.webhookEndpoint.create({
    data: {
      id,
      organizationId,
      url,
      events,
      active,
      createdAt: T0,
      updatedAt: T0,
      ...rest,
      ...(secret !== undefined && { secret: new Uint8Array(keyRing.encrypt(Buffer.from(secret), id)) }),
      ...(deletedAt !== undefined && { deletedAt }),
    },
  });
  return id;
}

export type DeliveryLike = {
  readonly status?: DeliveryStatus;
  readonly nextAttemptAt?: Date | null;
  readonly createdAt?: Date;
  readonly firstAttemptAt?: Date;
  readonly attempts?: number;
};
/** `count` events, each with its delivery to that endpoint, due at T0. Returns the deliveries' ids. */
export async function deliveries(
  db: Database,
  organizationId: string,
  endpointId: string,
  count: number,
  like: DeliveryLike = {},
): Promise<string[]> {
  const { status = 'pending', createdAt = T0, attempts = 0, firstAttemptAt, nextAttemptAt = createdAt } = like;
  const made = Array.from({ length: count }, () => ({ id: newId('whd'), eventId: newId('evt') }));
  for (let from = 0; from < made.length; from += 1000) {
    const some = made.slice(from, from + 1000);
    await db.prisma.domainEvent.createMany({
      data: some.map(({ eventId }) => ({
        id: eventId,
        organizationId,
        type: 'session.started',
        occurredAt: createdAt,
        createdAt,
        body: `{"id":"${eventId}"}`,
      })),
    });
    await db.prisma.webhookDelivery.createMany({
      data: some.map(({ id, eventId }) => ({
        id,
        organizationId,
        endpointId,
        eventId,
        event: 'session.started',
        status,
        attempts,
        createdAt,
        firstAttemptAt: firstAttemptAt ?? null,
        nextAttemptAt: status === 'pending' ? nextAttemptAt : null,
        completedAt: status === 'pending' ? null : createdAt,
      })),
    });
  }
  return made.map(({ id }) => id);
}

export const connected = (at: Date = T0): DomainEventInput => ({
  type: 'charge_point.connected',
  occurredAt: at,
  receivedAt: new Date(at.getTime() + 120),
  data: { protocol: 'ocpp1.6', security_profile: 1, remote_address: '203.0.113.7' },
});
export const sessionStarted = (at: Date = T0, more: { historical?: boolean } = {}): DomainEventInput => ({
  type: 'session.started',
  occurredAt: at,
  receivedAt: new Date(at.getTime() + 120),
  ...more,
  data: {
    session_id: 'ses_01KAT3Z6Y8Q0000000000000AC',
    transaction_id: 4711,
    evse_id: 1,
    connector_id: 1,
    token: 'Zähler-⚡',
    authorization: 'accepted',
    meter_start_wh: 1200,
  },
});

export const deliveryRows = (db: Database, endpointId: string) =>
  db.prisma.webhookDelivery.findMany({ where: { endpointId }, orderBy: { id: 'asc' } });

/** The same database, counting statements. */
export function counting(db: Database): { db: Database; statements: Map<string, number> } {
  const statements = new Map<string, number>();
  const count = (name: string): void => void statements.set(name, (statements.get(name) ?? 0) + 1);
  return {
    statements,
    db: {
      ...db,
      rows: (statement, values) => {
        count(statement.name);
        return db.rows(statement, values);
      },
      transaction: (work) =>
        db.transaction((tx) =>
          work({
            rows: (statement, values) => {
              count(statement.name);
              return tx.rows(statement, values);
            },
          }),
        ),
    },
  };
}

/** As a batch of ingest does it: under the lock, numbered, to whoever wants to hear of it. */
export async function writeEvents(
  writer: EventWriter,
  tx: Tx,
  events: readonly { readonly root: Root; readonly event: DomainEventInput }[],
): Promise<{ committed(): void }> {
  const chargePointIds = [...new Set(events.map(({ root }) => root.chargePointId))];
  const locked = await lockRoots(tx, chargePointIds);
  const next = new Map([...locked].map(([id, { lastSequence }]) => [id, lastSequence]));
  return writer.prepare(tx, chargePointIds).write(
    events.map(({ root, event }) => {
      const sequence = (next.get(root.chargePointId) ?? 0) + 1;
      next.set(root.chargePointId, sequence);
      return { root, event, sequence, traceId: newTraceId() };
    }),
  );
}
