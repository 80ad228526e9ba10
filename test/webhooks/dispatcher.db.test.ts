import { afterEach, expect, test } from '@jest/globals';
import type { Database } from '../../src/database/contract.ts';
import type { DomainEventInput } from '../../src/events/index.ts';
import type { Root } from '../../src/ingest/contract.ts';
import { createDeliveryStore, type DeliveryStore } from '../../src/webhooks/delivery-store.ts';
import { createDispatcher, type Dispatcher } from '../../src/webhooks/dispatcher.ts';
import { createEventWriter } from '../../src/webhooks/event-writer.ts';
import { defaultLimits, type LaneLimits } from '../../src/webhooks/lanes.ts';
import type { Answer, Sender, SendRequest } from '../../src/webhooks/sender.ts';
import { testDatabase } from '../support/db.ts';
import { quiet } from '../support/quiet-log.ts';
import { until } from './support/receiver.ts';
import {
  aChargePoint,
  after,
  anEndpoint,
  anOrganization,
  connected,
  counting,
  deliveries,
  deliveryRows,
  keyRing,
  noMetrics,
} from './support/world.ts';

const db = await testDatabase({ poolSize: 8 });
const running: Dispatcher[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((dispatcher) => dispatcher.stop(0)));
});

const OK: Answer = { kind: 'answered', status: 200, retryAfter: undefined };
const NEVER = new Promise<Answer>(() => undefined);

/** Answers as told; what is in flight when it is closed comes back aborted. */
function fakeSender(answerTo: (request: SendRequest) => Answer | Promise<Answer> = () => OK) {
  const sent: SendRequest[] = [];
  let abort: (answer: Answer) => void = () => undefined;
  const closed = new Promise<Answer>((resolve) => {
    abort = resolve;
  });
  const sender: Sender = {
    send: (request) => {
      sent.push(request);
      return Promise.race([Promise.resolve(answerTo(request)), closed]);
    },
    close: async () => abort({ kind: 'unanswered', why: 'aborted' }),
  };
  return { sender, sent };
}

type Setup = {
  readonly sender: Sender;
  readonly on?: Database;
  readonly now?: () => Date;
  readonly store?: (store: DeliveryStore) => DeliveryStore;
  readonly limits?: LaneLimits;
  readonly monotonic?: () => number;
};
function start(setup: Setup) {
  const { sender, on = db, now = () => new Date(), store = (same: DeliveryStore) => same } = setup;
  const { limits = defaultLimits, monotonic = () => performance.now() } = setup;
  const dispatcher = createDispatcher({
    store: store(createDeliveryStore(on)),
    sender,
    keyRing,
    now,
    random: () => 0.5,
    log: quiet,
    metrics: noMetrics,
    timeoutMs: 30_000,
    limits,
    monotonic,
  });
  running.push(dispatcher);
  dispatcher.start();
  const writer = createEventWriter({ dispatcher, now });
  const emit = async (root: Root, events: readonly DomainEventInput[]): Promise<void> => {
    const { committed } = await on.transaction((tx) =>
      writer.write(
        tx,
        events.map((event) => ({ root, event })),
      ),
    );
    committed();
  };
  return { dispatcher, emit };
}

async function fresh() {
  await db.prisma.webhookDelivery.deleteMany();
  await db.prisma.webhookEndpoint.deleteMany();
  const organizationId = await anOrganization(db);
  return { organizationId, root: await aChargePoint(db, organizationId) };
}
const statuses = async (endpointId: string): Promise<Record<string, number>> => {
  const found: Record<string, number> = {};
  for (const { status } of await deliveryRows(db, endpointId)) found[status] = (found[status] ?? 0) + 1;
  return found;
};
const toward = (path: string, sent: readonly SendRequest[]) => sent.filter(({ url }) => url.endsWith(path));

test('what is born is sent after the commit without any sweep, and its end is written', async () => {
  const { organizationId, root } = await fresh();
  const endpoint = await anEndpoint(db, organizationId, { secret: 'a secret of the customer' });
  const { sender, sent } = fakeSender();
  const { emit } = start({ sender });
  await emit(root, [connected()]);
  await until('it is delivered', async () => (await statuses(endpoint))['succeeded'] === 1);
  const [row] = await deliveryRows(db, endpoint);
  expect(row).toMatchObject({
    attempts: 1,
    responseStatus: 200,
    lastError: null,
    nextAttemptAt: null,
    leaseToken: null,
  });
  expect(row?.completedAt).toBeInstanceOf(Date);
  expect(sent).toHaveLength(1);
  expect(sent[0]?.headers).toMatchObject({
    'X-Webhook-Delivery': row?.id,
    'X-Webhook-Event': 'charge_point.connected',
    'X-Webhook-Attempt': '1',
    'webhook-id': row?.eventId,
    'X-Webhook-Signature': expect.stringMatching(/^sha256=/),
  });
  expect(sent[0]?.body).toBe((await db.prisma.domainEvent.findFirst({ where: { id: row?.eventId ?? '' } }))?.body);
});

test('a failed attempt waits for its retry, which a sweep claims when it is due', async () => {
  const { organizationId, root } = await fresh();
  const endpoint = await anEndpoint(db, organizationId);
  let clock = after(0);
  const { sender, sent } = fakeSender(() => (clock < after(1) ? { ...OK, status: 500 } : OK));
  const { emit, dispatcher } = start({ sender, now: () => clock });
  await emit(root, [connected()]);
  await until('the first attempt is written', async () => (await deliveryRows(db, endpoint))[0]?.attempts === 1);
  expect(await deliveryRows(db, endpoint)).toMatchObject([
    {
      status: 'pending',
      responseStatus: 500,
      lastError: 'HTTP 500',
      firstAttemptAt: after(0),
      nextAttemptAt: after(57),
      leaseToken: null,
    },
  ]);
  clock = after(56);
  await dispatcher.sweep();
  expect(sent).toHaveLength(1);
  clock = after(58);
  await dispatcher.sweep();
  await until('it is delivered', async () => (await statuses(endpoint))['succeeded'] === 1);
  expect(sent[1]?.headers['X-Webhook-Attempt']).toBe('2');
});

test('a receiver that fails for ever gets six attempts within 24 hours, then the delivery has failed', async () => {
  const { organizationId, root } = await fresh();
  const endpoint = await anEndpoint(db, organizationId);
  let clock = after(0);
  const { sender, sent } = fakeSender(() => ({ kind: 'unanswered', why: 'timeout' }));
  const { emit, dispatcher } = start({ sender, now: () => clock });
  await emit(root, [connected()]);
  for (let attempts = 1; attempts <= 6; attempts += 1) {
    await until(
      `attempt ${attempts} is written`,
      async () => (await deliveryRows(db, endpoint))[0]?.attempts === attempts,
    );
    const [row] = await deliveryRows(db, endpoint);
    if (row?.nextAttemptAt != null) clock = row.nextAttemptAt;
    await dispatcher.sweep();
  }
  const [row] = await deliveryRows(db, endpoint);
  expect(row).toMatchObject({ status: 'failed', attempts: 6, lastError: 'timeout', nextAttemptAt: null });
  expect(sent).toHaveLength(6);
  expect(row?.completedAt?.getTime()).toBeLessThanOrEqual(after(86_400).getTime());
});

test('a retry that is found more than 24 hours after the first attempt is not made any more', async () => {
  const { organizationId } = await fresh();
  const endpoint = await anEndpoint(db, organizationId);
  await deliveries(db, organizationId, endpoint, 1, { attempts: 3, firstAttemptAt: after(-90_000) });
  const { sender, sent } = fakeSender();
  const { dispatcher } = start({ sender, now: () => after(0) });
  await dispatcher.sweep();
  await until('it has failed', async () => (await statuses(endpoint))['failed'] === 1);
  expect(await deliveryRows(db, endpoint)).toMatchObject([{ attempts: 3, lastError: 'expired' }]);
  expect(sent).toEqual([]);
});

test('one endpoint that never answers leaves the others as they are', async () => {
  const { organizationId, root } = await fresh();
  const hung = await anEndpoint(db, organizationId, { url: 'https://receiver.test/hung' });
  const well = await anEndpoint(db, organizationId, { url: 'https://receiver.test/well' });
  const { sender, sent } = fakeSender(({ url }) => (url.endsWith('/hung') ? NEVER : OK));
  const { emit } = start({ sender });
  for (let i = 0; i < 20; i += 1)
    await emit(
      root,
      Array.from({ length: 50 }, () => connected()),
    );
  await until('the well one has all', async () => (await statuses(well))['succeeded'] === 1000);
  expect(await statuses(hung)).toEqual({ pending: 1000 });
  expect(toward('/hung', sent)).toHaveLength(16);
});

test('under load there are at most 0.1 statements per delivery', async () => {
  const { organizationId, root } = await fresh();
  const endpoints = await Promise.all(Array.from({ length: 4 }, () => anEndpoint(db, organizationId)));
  const counted = counting(db);
  const { sender } = fakeSender(async () => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    return OK;
  });
  const { emit } = start({ sender, on: counted.db });
  for (let i = 0; i < 20; i += 1)
    await emit(
      root,
      Array.from({ length: 100 }, () => connected()),
    );
  await until(
    'all are delivered',
    async () => (await db.prisma.webhookDelivery.count({ where: { status: 'succeeded' } })) === 8000,
    25_000,
  );
  expect(endpoints).toHaveLength(4);
  const all = [...counted.statements.values()].reduce((sum, count) => sum + count, 0);
  expect(all / 8000).toBeLessThanOrEqual(0.1);
});

test('a backlog is fetched as fast as it is sent, without waiting for the next sweep', async () => {
  const { organizationId } = await fresh();
  const endpoint = await anEndpoint(db, organizationId);
  await deliveries(db, organizationId, endpoint, 3000);
  const { sender } = fakeSender();
  const { dispatcher } = start({ sender, now: () => after(0) });
  await dispatcher.sweep(); // the only one
  await until('all are delivered', async () => (await statuses(endpoint))['succeeded'] === 3000, 25_000);
});

test('what another process holds is taken over when its lease is over', async () => {
  const { organizationId } = await fresh();
  const endpoint = await anEndpoint(db, organizationId);
  const [id = ''] = await deliveries(db, organizationId, endpoint, 1);
  const lease = { leaseToken: 'dead process', leasedUntil: new Date(Date.now() + 60_000) };
  await db.prisma.webhookDelivery.update({ where: { id }, data: lease });
  const { sender, sent } = fakeSender();
  const { dispatcher } = start({ sender, now: () => after(0) });
  await dispatcher.sweep();
  expect(sent).toEqual([]);
  await db.prisma.webhookDelivery.update({ where: { id }, data: { leasedUntil: new Date(Date.now() - 1) } });
  await dispatcher.sweep();
  await until('it is delivered', async () => (await statuses(endpoint))['succeeded'] === 1);
});

test('what waits in memory while its lease runs out is renewed; what was lost meanwhile is let go', async () => {
  const { organizationId, root } = await fresh();
  const endpoint = await anEndpoint(db, organizationId);
  const { sender, sent } = fakeSender(() => NEVER);
  let passedMs = 0;
  const renewals: string[][] = [];
  const { emit, dispatcher } = start({
    sender,
    monotonic: () => performance.now() + passedMs,
    store: (store) => ({
      ...store,
      renew: async (leased, ms) => {
        const renewed = await store.renew(leased, ms);
        renewals.push(leased.filter(({ id }) => renewed.has(id)).map(({ id }) => id));
        return renewed;
      },
    }),
  });
  const emitTen = () =>
    emit(
      root,
      Array.from({ length: 10 }, () => connected()),
    );
  await emitTen();
  await emitTen();
  await until('as many as may be are in flight', () => sent.length === 16);
  await dispatcher.sweep();
  expect(renewals).toEqual([]); // the leases are young
  const waiting = (await deliveryRows(db, endpoint)).map(({ id }) => id).slice(16);
  const [lost = '', ...kept] = waiting;
  await db.prisma.webhookDelivery.update({ where: { id: lost }, data: { leaseToken: 'somebody else' } });
  passedMs = 20_000;
  await dispatcher.sweep();
  passedMs = 40_000;
  await dispatcher.sweep();
  expect(renewals).toEqual([kept, kept]);
});

test('a lease that is too short for an attempt is not used: the row may be another process’s by then', async () => {
  const { organizationId, root } = await fresh();
  const endpoint = await anEndpoint(db, organizationId);
  const { sender, sent } = fakeSender();
  let passedMs = 0;
  const { dispatcher } = start({ sender, monotonic: () => performance.now() + passedMs });
  const writer = createEventWriter({ dispatcher, now: () => new Date() });
  const { committed } = await db.transaction((tx) => writer.write(tx, [{ root, event: connected() }]));
  passedMs = 30_000; // the process stood still between the insert and the commit's answer
  committed();
  await until('it was let go', () => dispatcher.room(endpoint) === 16 && dispatcher.inFlight() === 0);
  expect(sent).toEqual([]);
  expect(await statuses(endpoint)).toEqual({ pending: 1 });
});

test('410 switches the endpoint off, and what waits for it is held', async () => {
  const { organizationId, root } = await fresh();
  const endpoint = await anEndpoint(db, organizationId);
  let answers = 0;
  const { sender, sent } = fakeSender(() => (answers++ === 0 ? { ...OK, status: 410 } : NEVER));
  const { emit, dispatcher } = start({ sender, limits: { ...defaultLimits, perEndpoint: 2 } });
  await emit(root, [connected(), connected(), connected(), connected()]);
  await until('it is off', async () => {
    const row = await db.prisma.webhookEndpoint.findUnique({ where: { id: endpoint } });
    return row?.active === false && row.disabledReason === 'gone';
  });
  const before = sent.length;
  await dispatcher.sweep();
  expect(sent).toHaveLength(before);
  expect(await statuses(endpoint)).toEqual({ failed: 1, pending: 3 });
  await emit(root, [connected()]);
  expect(await deliveryRows(db, endpoint)).toHaveLength(4); // no delivery for new events
});

test('when an endpoint changes, what waits in memory goes back and is claimed with the new URL', async () => {
  const { organizationId, root } = await fresh();
  const endpoint = await anEndpoint(db, organizationId, { url: 'https://receiver.test/old' });
  const { sender, sent } = fakeSender(({ url }) => (url.endsWith('/old') ? NEVER : OK));
  const { emit, dispatcher } = start({ sender });
  await emit(
    root,
    Array.from({ length: 20 }, () => connected()),
  );
  await until('as many as may be are in flight', () => sent.length === 16);
  await db.prisma.webhookEndpoint.update({ where: { id: endpoint }, data: { url: 'https://receiver.test/new' } });
  await dispatcher.endpointChanged(endpoint);
  await dispatcher.sweep();
  expect(
    (await deliveryRows(db, endpoint)).filter(({ leaseToken }) => leaseToken !== null).length,
  ).toBeGreaterThanOrEqual(16);
  expect(toward('/old', sent)).toHaveLength(16);
});

test('stop waits for what is in flight, breaks off what hangs, and gives all leases back', async () => {
  const { organizationId, root } = await fresh();
  const [slow, hung] = [
    await anEndpoint(db, organizationId, { url: 'https://receiver.test/slow' }),
    await anEndpoint(db, organizationId, { url: 'https://receiver.test/hung' }),
  ];
  let finish: (answer: Answer) => void = () => undefined;
  const slowly = new Promise<Answer>((resolve) => {
    finish = resolve;
  });
  const { sender, sent } = fakeSender(({ url }) => (url.endsWith('/hung') ? NEVER : slowly));
  const { emit, dispatcher } = start({ sender });
  await emit(
    root,
    Array.from({ length: 20 }, () => connected()),
  );
  await until('as many as may be are in flight', () => sent.length === 32);
  const stopped = dispatcher.stop(300);
  finish(OK);
  await stopped;
  expect(await statuses(slow)).toEqual({ succeeded: 16, pending: 4 });
  expect(await statuses(hung)).toEqual({ pending: 20 });
  const rows = await db.prisma.webhookDelivery.findMany();
  expect(rows.filter(({ leaseToken, leasedUntil }) => leaseToken !== null || leasedUntil !== null)).toEqual([]);
  expect(dispatcher.room(slow)).toBe(0);
});

test('what is committed after the stop goes back at once', async () => {
  const { organizationId, root } = await fresh();
  const endpoint = await anEndpoint(db, organizationId);
  const { sender, sent } = fakeSender();
  const { dispatcher } = start({ sender });
  const writer = createEventWriter({ dispatcher, now: () => new Date() });
  const { committed } = await db.transaction((tx) => writer.write(tx, [{ root, event: connected() }]));
  await dispatcher.stop();
  committed();
  await until('the lease is given back', async () => (await deliveryRows(db, endpoint))[0]?.leaseToken === null);
  expect(sent).toEqual([]);
});

test('while results cannot be saved nothing more than the cap is sent', async () => {
  const { organizationId, root } = await fresh();
  const endpoint = await anEndpoint(db, organizationId);
  const { sender, sent } = fakeSender();
  let away = true;
  const { emit } = start({
    sender,
    limits: { perEndpoint: 16, inFlight: 24, waiting: 1000 },
    store: (store) => ({
      ...store,
      complete: (completions, now) =>
        away ? Promise.reject(new Error('the database is away')) : store.complete(completions, now),
    }),
  });
  for (let i = 0; i < 10; i += 1)
    await emit(
      root,
      Array.from({ length: 20 }, () => connected()),
    );
  await until('the cap is reached', () => sent.length >= 24);
  expect(sent).toHaveLength(24);
  away = false;
  await until('all are delivered', async () => (await statuses(endpoint))['succeeded'] === 200);
  expect(sent).toHaveLength(200);
});

test('a secret that cannot be read any more fails the attempt, not the process', async () => {
  const { organizationId, root } = await fresh();
  const endpoint = await anEndpoint(db, organizationId);
  await db.prisma.webhookEndpoint.update({ where: { id: endpoint }, data: { secret: new Uint8Array(40) } });
  const { sender, sent } = fakeSender();
  const { emit } = start({ sender });
  await emit(root, [connected()]);
  await until('the attempt is written', async () => (await deliveryRows(db, endpoint))[0]?.attempts === 1);
  expect(await deliveryRows(db, endpoint)).toMatchObject([{ status: 'pending', lastError: 'secret_unreadable' }]);
  expect(sent).toEqual([]);
});
