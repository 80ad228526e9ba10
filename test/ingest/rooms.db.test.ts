/** The rooms together on a real PostgreSQL: what a charger's messages leave in the tables. */
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { isTransient } from '../../src/database/index.ts';
import type { EventWriter } from '../../src/ingest/contract.ts';
import { createIngest } from '../../src/ingest/index.ts';
import type { AuthorizeReply, StartReply } from '../../src/ingest/inputs.ts';
import { AppError } from '../../src/platform/errors.ts';
import { newId } from '../../src/platform/ids.ts';
import { createTransactionIds, reconcileSessions } from '../../src/sessions/index.ts';
import { testDatabase } from '../support/db.ts';
import {
  after,
  aStart,
  connectorChanged,
  instant,
  metered,
  reading,
  statusReported,
  stopped,
  T0,
} from '../support/inputs.ts';
import { createWorld, type World } from '../support/world.ts';
import { sessionRooms } from './session-rooms.ts';

const db = await testDatabase();
const told: { type: string; chargePointId: string }[] = [];
const eventWriter: EventWriter = {
  prepare: () => ({
    write: async (events) => {
      told.push(...events.map(({ root, event }) => ({ type: event.type, chargePointId: root.chargePointId })));
      return { committed: () => {} };
    },
  }),
};
const batches: number[] = [];
const ingest = createIngest({
  db,
  participants: sessionRooms(),
  eventWriter,
  isTransient,
  onWake: () => {},
  now: () => new Date(),
  log: { warn: () => {}, error: () => {} },
  metrics: { batch: (size) => batches.push(size), retried: () => {}, poisoned: () => {}, ignored: () => {} },
  lanes: 2,
});
const nextTransactionId = createTransactionIds(db);
const nobody = () => Promise.reject(new AppError('charge_point_offline', 'nobody is there'));
afterAll(async () => {
  await ingest.stop(1000);
  await db.close();
});

let world: World;
beforeEach(async () => {
  told.length = 0;
  world = await createWorld(db, {
    chargePoints: 40,
    tokens: [{ uid: 'TAG' }, { uid: 'FREE', maxConcurrent: null }, { uid: 'BAD', status: 'blocked' }],
  });
});
const cp = (i: number): string => world.chargePoints[i]?.id ?? '';

async function start(i: number, tokenUid: string, more: Parameters<typeof aStart>[0] = {}): Promise<StartReply> {
  const transactionId = await nextTransactionId();
  return (await ingest.submit({
    room: 'tokens',
    type: 'authorize_start',
    chargePointId: cp(i),
    receivedAt: T0,
    start: aStart({ tokenUid, transactionId, sessionId: `ses_${world.organizationId}_${transactionId}`, ...more }),
  })) as StartReply;
}

describe('a session on a real database', () => {
  test('is stored from start to stop with its samples, and found again when its stop is repeated', async () => {
    const { transactionId, sessionId } = await start(0, 'tag ');
    await ingest.submit(
      metered([reading(after(60), 2000, { powerW: 11_000, extra: [{ measurand: 'Temperature', value: 20 }] })], {
        chargePointId: cp(0),
        transactionId,
      }),
    );
    await ingest.submit(metered([reading(after(60), 2000)], { chargePointId: cp(0), transactionId }));
    const stop = stopped({ chargePointId: cp(0), transactionId, rawTransactionId: String(transactionId) });
    await ingest.submit(stop);
    await ingest.submit(stop);
    const row = await db.prisma.session.findUniqueOrThrow({ where: { id: sessionId } });
    expect(row).toMatchObject({
      status: 'ended',
      energyWh: 7000n,
      tokenUid: 'tag ',
      authorization: 'accepted',
      flags: [],
    });
    expect(row.tokenId).not.toBeNull();
    const samples = await db.prisma.meterSample.findMany({ where: { transactionId } });
    expect(samples).toMatchObject([
      { energyWh: 2000n, powerW: 11_000, extra: [{ measurand: 'Temperature', value: 20 }] },
    ]);
    expect(told.map((event) => event.type)).toEqual(['session.started', 'session.ended']);
  });

  test('X1: forty chargers that repeat their start get one session each', async () => {
    const starts = await Promise.all(Array.from({ length: 80 }, (_, n) => start(n % 40, 'FREE')));
    expect(new Set(starts.map((reply) => reply.transactionId)).size).toBe(40);
    expect(await db.prisma.session.count({ where: { organizationId: world.organizationId } })).toBe(40);
  });

  test('a stop never finds the session of another charge point', async () => {
    const { transactionId } = await start(0, 'TAG');
    await ingest.submit(
      stopped({
        chargePointId: cp(1),
        transactionId,
        rawTransactionId: String(transactionId),
        tokenUid: 'TAG',
        spare: { sessionId: `ses_spare_${transactionId}`, transactionId: await nextTransactionId() },
      }),
    );
    const rows = await db.prisma.session.findMany({
      where: { organizationId: world.organizationId },
      orderBy: { id: 'asc' },
    });
    expect(rows.map((row) => [row.chargePointId, row.status])).toEqual([
      [cp(0), 'active'],
      [cp(1), 'ended'],
    ]);
    expect(rows[1]?.flags).toEqual(['orphan_stop']);
  });

  test('X5: a stop without a start costs nothing where charging is free', async () => {
    await db.prisma.chargePoint.update({ where: { id: cp(1) }, data: { authorizationPolicy: 'free' } });
    const spare = async () => ({ sessionId: newId('ses'), transactionId: await nextTransactionId() });
    for (const i of [0, 1]) await ingest.submit(stopped({ chargePointId: cp(i), spare: await spare() }));
    const rows = await db.prisma.session.findMany({ where: { organizationId: world.organizationId } });
    expect(new Map(rows.map((row) => [row.chargePointId, row.freeOfCharge]))).toEqual(
      new Map([
        [cp(0), false],
        [cp(1), true],
      ]),
    );
  });

  test('a token that may charge once is accepted once, however many chargers ask at the same moment', async () => {
    const replies = await Promise.all(Array.from({ length: 40 }, (_, i) => start(i, 'TAG')));
    expect(replies.filter((reply) => reply.authorization === 'accepted')).toHaveLength(1);
    expect(replies.filter((reply) => reply.authorization === 'concurrent_tx')).toHaveLength(39);
    const again = await start(
      replies.findIndex((reply) => reply.authorization === 'accepted'),
      'TAG',
      { at: instant(after(60)) },
    );
    expect(again.authorization).toBe('accepted'); // X6: it only replaces its own session
  });

  test('X7: a session that fell silent is closed and blocks its token no longer', async () => {
    const { sessionId } = await start(0, 'TAG');
    expect((await start(1, 'TAG')).authorization).toBe('concurrent_tx');
    await db.prisma.session.update({
      where: { id: sessionId },
      data: { updatedAt: new Date(Date.now() - 3 * 86_400_000) },
    });
    await reconcileSessions({ db, ingest, now: () => new Date(), silentAfterMs: 2 * 86_400_000, issue: nobody });
    expect(await db.prisma.session.findUniqueOrThrow({ where: { id: sessionId } })).toMatchObject({
      status: 'closed_by_system',
      stopReason: 'silence',
    });
    expect((await start(1, 'TAG', { at: instant(after(90)) })).authorization).toBe('accepted');
  });

  test('a connector that became free long ago has its record closed by the job, one that has just become free has not', async () => {
    const { sessionId } = await start(0, 'TAG');
    const now = new Date();
    await ingest.submit({ ...connectorChanged('available', now), chargePointId: cp(0) });
    const close = (at: Date) => reconcileSessions({ db, ingest, now: () => at, silentAfterMs: 1e12, issue: nobody });
    await close(now);
    expect((await db.prisma.session.findUniqueOrThrow({ where: { id: sessionId } })).status).toBe('active');
    await db.prisma.session.update({ where: { id: sessionId }, data: { reconcileAt: new Date(now.getTime() - 1000) } });
    await close(new Date());
    expect((await db.prisma.session.findUniqueOrThrow({ where: { id: sessionId } })).status).toBe('closed_by_system');
  });

  test('statuses of many chargers are stored in one batch, the newest as the state, all as history', async () => {
    batches.length = 0;
    await Promise.all(
      ['preparing', 'charging', 'finishing'].flatMap((status, k) =>
        world.chargePoints.map(({ id }) =>
          ingest.submit(statusReported(status as 'charging', after(k), { chargePointId: id, errorCode: 'NoError' })),
        ),
      ),
    );
    const connectors = await db.prisma.connector.findMany({ where: { organizationId: world.organizationId } });
    expect(connectors.map((row) => row.status)).toEqual(Array(40).fill('finishing'));
    expect(batches.length).toBeLessThanOrEqual(10);
    expect(told).toHaveLength(120);
  });

  test('authorization answers for unknown, blocked and active tokens', async () => {
    const ask = async (tokenUid: string) =>
      (
        (await ingest.submit({
          room: 'tokens',
          type: 'authorize',
          chargePointId: cp(3),
          receivedAt: T0,
          tokenUid,
        })) as AuthorizeReply
      ).authorization;
    expect(await Promise.all(['nobody', 'BAD', 'tag'].map(ask))).toEqual(['invalid', 'blocked', 'accepted']);
  });

  test('a stop that names a token is answered with what is known of it, and ends the session whatever that is', async () => {
    const { transactionId, sessionId } = await start(0, 'TAG');
    const stop = stopped({
      chargePointId: cp(0),
      transactionId,
      rawTransactionId: String(transactionId),
      tokenUid: 'BAD',
    });
    const reply = await ingest.submit({
      room: 'tokens',
      type: 'authorize_stop',
      chargePointId: cp(0),
      receivedAt: stop.receivedAt,
      tokenUid: 'BAD',
      stop,
    });
    expect(reply).toEqual({ sessionId, authorized: { authorization: 'blocked' } });
    expect(await db.prisma.session.findUniqueOrThrow({ where: { id: sessionId } })).toMatchObject({
      status: 'ended',
      stopTokenUid: 'BAD',
    });
  });

  test('hostile numbers do not stop a batch', async () => {
    const { transactionId } = await start(0, 'TAG', { connectorId: 70_000, evseId: 70_000 });
    await ingest.submit(
      metered([reading(after(60), 1e308, { powerW: 1e300 })], { chargePointId: cp(0), transactionId }),
    );
    expect(await db.prisma.meterSample.findMany({ where: { transactionId } })).toMatchObject([
      { connectorId: 32_767, energyWh: null, powerW: null },
    ]);
    expect(await db.prisma.session.findUniqueOrThrow({ where: { transactionId } })).toMatchObject({
      energyWh: 0n,
      flags: ['meter_implausible'],
    });
  });
});
