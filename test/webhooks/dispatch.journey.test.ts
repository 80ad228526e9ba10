import { afterEach, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import request from 'supertest';
import type { DomainEventInput } from '../../src/events/index.ts';
import type { Root } from '../../src/ingest/contract.ts';
import { newId } from '../../src/platform/ids.ts';
import { createWebhooks, verifyWebhook, type Webhooks } from '../../src/webhooks/index.ts';
import { testDatabase } from '../support/db.ts';
import { quiet } from '../support/quiet-log.ts';
import { testCertificate } from './support/certificate.ts';
import { answer, type Behaviour, hang, type Receiver, startReceiver, until } from './support/receiver.ts';
import { keyOf, restOf } from './support/rest.ts';
import {
  aChargePoint,
  anOrganization,
  connected,
  deliveryRows,
  keyRing,
  noMetrics,
  sessionStarted,
  writeEvents,
} from './support/world.ts';

const db = await testDatabase({ poolSize: 8 });
const certificate = await testCertificate(['receiver.test'], ['127.0.0.1']);
const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close();
});

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const BASE = '/api/v1/webhooks/endpoints';

async function receiver(behaviour?: Behaviour): Promise<Receiver & { url: string }> {
  const started = await startReceiver(certificate, behaviour);
  opened.push(started.close);
  return { ...started, url: `https://receiver.test:${started.port}/hook` };
}

/** The whole room as the application builds it, with a clock that can be moved. */
async function theRoom({ timeoutMs = 60_000 }: { timeoutMs?: number } = {}) {
  const organizationId = await anOrganization(db);
  const root = await aChargePoint(db, organizationId);
  const clock = { now: () => new Date(Date.now() + clock.movedMs), movedMs: 0 };
  const webhooks = createWebhooks({
    db,
    nodeId: newId('node'),
    keyRing,
    clock,
    log: quiet,
    metrics: noMetrics,
    allowSubnets: ['127.0.0.0/8'],
    timeoutMs,
    retryOffsetsS: [60, 390, 2400, 14_400, 86_400],
    caPem: certificate.caPem,
    resolve: async () => ['127.0.0.1'],
  });
  webhooks.dispatcher.start();
  opened.push(() => webhooks.dispatcher.stop(0));
  const app = restOf(webhooks.routes);
  const authorization = `Bearer ${keyOf(organizationId)}`;
  const call = (method: 'get' | 'post' | 'patch' | 'delete', path = '', body?: object) =>
    request(app)[method](`${BASE}${path}`).set('Authorization', authorization).send(body);
  const create = async (url: string, more: object = {}): Promise<string> => {
    const created = await call('post', '', { url, events: ['*'], ...more });
    expect(created.status).toBe(201);
    return created.body.id;
  };
  return { webhooks, clock, root, call, create, emit: emitter(webhooks, root) };
}

const emitter = (webhooks: Webhooks, root: Root) => async (events: readonly DomainEventInput[]) => {
  const { committed } = await db.transaction((tx) =>
    writeEvents(
      webhooks.eventWriter,
      tx,
      events.map((event) => ({ root, event })),
    ),
  );
  committed();
};
const many = (count: number): DomainEventInput[] => Array.from({ length: count }, () => connected(new Date()));
const only = async (endpointId: string) => {
  const [row, ...rest] = await deliveryRows(db, endpointId);
  expect(rest).toEqual([]);
  if (row === undefined) throw new Error('there is no delivery');
  return row;
};

test('an event reaches its receiver, which verifies it in three ways, and stands in the history', async () => {
  const { emit, create, call } = await theRoom();
  const to = await receiver();
  const id = await create(to.url, { secret: SECRET, events: ['session.started'] });
  await emit([connected(new Date()), sessionStarted(new Date())]);
  await until('it has arrived', () => to.received.length === 1);
  const [got] = to.received;
  if (got === undefined) throw new Error('nothing was received');
  expect(verifyWebhook(got.body, got.headers, SECRET)).toEqual({ ok: true });
  expect(new Webhook(SECRET).verify(got.body, got.headers as Record<string, string>)).toEqual(JSON.parse(got.body));
  expect(got.headers).toMatchObject({
    'content-type': 'application/json',
    'x-webhook-event': 'session.started',
    'x-webhook-attempt': '1',
    'webhook-id': JSON.parse(got.body).id,
    'user-agent': expect.stringMatching(/^DynamoCSMS-Webhooks\//),
  });
  await until('it is written down', async () => (await only(id)).status === 'succeeded');
  expect((await call('get', `/${id}/deliveries`)).body).toEqual({
    data: [
      {
        id: got.headers['x-webhook-delivery'],
        event_id: got.headers['webhook-id'],
        event: 'session.started',
        status: 'succeeded',
        response_status: 200,
        attempts: 1,
        created_at: expect.any(String),
        next_attempt_at: null,
        completed_at: expect.any(String),
        last_error: null,
        origin: 'event',
        trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    ],
    next_cursor: null,
  });
});

test('whatever a receiver does wrong, the others get theirs, and each failure is told as what it was', async () => {
  const { emit, create } = await theRoom({ timeoutMs: 5000 });
  const inside = await receiver();
  const drip: Behaviour = (_req, res) => {
    res.writeHead(200);
    const timer = setInterval(() => res.write('x'), 20);
    res.on('close', () => clearInterval(timer));
  };
  const gigabyte: Behaviour = (_req, res) => {
    res.writeHead(500, { 'Content-Length': String(1024 ** 3) });
    const chunk = Buffer.alloc(65_536);
    const pour = (): void => {
      while (!res.destroyed && res.write(chunk));
      if (!res.destroyed) res.once('drain', pour);
    };
    pour();
  };
  const hostile: [Behaviour, { lastError: unknown; responseStatus: number | null }][] = [
    [hang, { lastError: 'timeout', responseStatus: null }],
    [drip, { lastError: 'timeout', responseStatus: 200 }],
    [gigabyte, { lastError: 'HTTP 500', responseStatus: 500 }],
    [
      (_req, res) => res.socket?.destroy(),
      { lastError: expect.stringMatching(/^connection_failed/), responseStatus: null },
    ],
    [answer(302, { Location: inside.url }), { lastError: 'HTTP 302', responseStatus: 302 }],
    [answer(500), { lastError: 'HTTP 500', responseStatus: 500 }],
    [answer(404), { lastError: 'HTTP 404', responseStatus: 404 }],
  ];
  const endpoints: [string, object][] = [];
  for (const [behaviour, expected] of hostile)
    endpoints.push([await create((await receiver(behaviour)).url), expected]);
  const well = await receiver();
  const wellId = await create(well.url);
  await emit([connected(new Date())]);
  await until('the well one has it', async () => (await only(wellId)).status === 'succeeded');
  for (const [id, expected] of endpoints) {
    await until('the attempt is written', async () => (await only(id)).attempts === 1);
    expect(await only(id)).toMatchObject({ status: 'pending', ...expected });
  }
  expect(inside.connections()).toBe(0);
});

test('429 with Retry-After moves the retry, 410 ends the endpoint, and a receiver that recovers gets its retry', async () => {
  const { emit, create, call, clock, webhooks } = await theRoom();
  const [busy, gone] = [await receiver(answer(429, { 'Retry-After': '3600' })), await receiver(answer(410))];
  const [busyId, goneId] = [await create(busy.url), await create(gone.url)];
  await emit([connected(new Date())]);
  await until(
    'both are written',
    async () => (await only(busyId)).attempts === 1 && (await only(goneId)).attempts === 1,
  );
  const row = await only(busyId);
  const waits = ((row.nextAttemptAt?.getTime() ?? 0) - (row.firstAttemptAt?.getTime() ?? 0)) / 1000;
  expect(waits).toBeGreaterThanOrEqual(3600);
  expect(waits).toBeLessThan(3700);
  expect(await only(goneId)).toMatchObject({ status: 'failed', responseStatus: 410, lastError: 'HTTP 410' });
  expect((await call('get', `/${goneId}`)).body).toMatchObject({ active: false, status: 'disabled' });

  busy.behave(answer(204));
  clock.movedMs = 3_599_000;
  await webhooks.dispatcher.sweep();
  expect(busy.received).toHaveLength(1);
  clock.movedMs = 3_611_000;
  await webhooks.dispatcher.sweep();
  await until('it is delivered', async () => (await only(busyId)).status === 'succeeded');
  expect(busy.received.map(({ headers }) => headers['x-webhook-attempt'])).toEqual(['1', '2']);
  const [first, second] = busy.received.map(({ headers }) => headers['webhook-id']);
  expect(first).toBe(second);
});

test('pausing holds what waits and makes nothing new; resuming delivers it; past 24 hours it fails', async () => {
  const { emit, create, call, clock, webhooks } = await theRoom();
  const to = await receiver(answer(503));
  const [resumed, left] = [await create(to.url), await create(to.url)];
  await emit([connected(new Date())]);
  await until(
    'both have failed once',
    async () => (await only(resumed)).attempts === 1 && (await only(left)).attempts === 1,
  );
  for (const id of [resumed, left])
    expect((await call('patch', `/${id}`, { active: false })).body.status).toBe('paused');
  await emit([connected(new Date())]);
  clock.movedMs = 3600_000;
  await webhooks.dispatcher.sweep();
  expect(await webhooks.endHeld()).toBe(0);
  expect(to.received).toHaveLength(2);

  to.behave(answer(200));
  await call('patch', `/${resumed}`, { active: true });
  await webhooks.dispatcher.sweep();
  await until('it is delivered', async () => (await only(resumed)).status === 'succeeded');
  clock.movedMs = 86_401_000 + 5000 + 60_000; // since when its retry was due
  expect(await webhooks.endHeld()).toBe(1);
  expect(await only(left)).toMatchObject({ status: 'failed', lastError: 'expired_while_paused', attempts: 1 });
});

test('a changed URL serves waiting retries too', async () => {
  const { emit, create, call, clock, webhooks } = await theRoom();
  const [old, next] = [await receiver(answer(500)), await receiver()];
  const id = await create(old.url);
  await emit([connected(new Date())]);
  await until('it has failed once', async () => (await only(id)).attempts === 1);
  await call('patch', `/${id}`, { url: next.url });
  clock.movedMs = 61_000;
  await webhooks.dispatcher.sweep();
  await until('it is delivered', async () => (await only(id)).status === 'succeeded');
  expect([old.received.length, next.received.length]).toEqual([1, 1]);
});

test('when `ordered` is switched on, what waits in memory takes its place at once: nothing overtakes it, and nothing stands still', async () => {
  const { emit, create, call } = await theRoom();
  const held: (() => void)[] = [];
  let isHeld = true;
  const to = await receiver((_req, res) => {
    if (isHeld) held.push(() => res.end());
    else res.end();
  });
  const id = await create(to.url);
  await emit(many(12));
  await until('the first are in flight', () => to.received.length === 12);
  await emit(many(12));
  await until('as many as may be are in flight', () => to.received.length === 16);
  expect((await call('patch', `/${id}`, { ordered: true })).status).toBe(200);
  await emit(many(3));
  isHeld = false;
  for (const end of held) end();
  // no sweep of the schedule, and none of the job that looks after what was left
  await until('all are delivered', async () =>
    (await deliveryRows(db, id)).every(({ status }) => status === 'succeeded'),
  );
  const sequences = to.received.map(({ body }) => JSON.parse(body).data.sequence);
  expect(sequences.slice(16)).toEqual(Array.from({ length: 11 }, (_, i) => i + 17));
});

test('after a deletion nothing is sent any more, not even what was waiting in memory', async () => {
  const { emit, create, call, clock, webhooks } = await theRoom();
  const held: (() => void)[] = [];
  const to = await receiver((_req, res) => void held.push(() => res.end()));
  const id = await create(to.url);
  await emit(many(12));
  await until('some have arrived', () => to.received.length === 12);
  await emit(many(28));
  await until('as many as may be have arrived', () => to.received.length === 16);
  expect((await call('delete', `/${id}`)).status).toBe(204);
  for (const end of held) end();
  await until('nothing is in flight', () => webhooks.dispatcher.inFlight() === 0);
  clock.movedMs = 120_000;
  await webhooks.dispatcher.sweep();
  expect(to.received).toHaveLength(16);
  const rows = await deliveryRows(db, id);
  expect(rows.map(({ status, lastError }) => [status, lastError])).toEqual(
    rows.map(() => ['failed', 'endpoint_deleted']),
  );
  expect(rows).toHaveLength(40);
});

test('fifty endpoints that hang do not hold up one that answers', async () => {
  const { emit, create } = await theRoom();
  const dead = await receiver(hang);
  const well = await receiver();
  const hung = await Promise.all(Array.from({ length: 50 }, () => create(dead.url)));
  const wellId = await create(well.url);
  for (let i = 0; i < 20; i += 1) await emit(many(10));
  await until('all have arrived where they are answered', () => well.received.length === 200);
  await until('and are written', async () =>
    (await deliveryRows(db, wellId)).every(({ status }) => status === 'succeeded'),
  );
  await until('each of the others hangs', () => dead.received.length >= 50);
  expect(await db.prisma.webhookDelivery.count({ where: { endpointId: { in: hung }, attempts: { gt: 0 } } })).toBe(0);
});

test('a process that dies with everything in flight loses nothing: the next one sends it when the leases are over', async () => {
  const first = await theRoom();
  const to = await receiver(hang);
  const id = await first.create(to.url);
  await first.emit(many(30));
  await until('some are in flight', () => to.received.length === 16);
  // killed: nothing of it writes again, and its leases run out
  await db.pool.query(
    `UPDATE webhook_deliveries SET leased_until = now() - interval '1 second', lease_token = 'the dead'`,
  );
  to.behave(answer(200));
  const second = await theRoom();
  await second.webhooks.dispatcher.sweep();
  await until('all are delivered', async () =>
    (await deliveryRows(db, id)).every(({ status }) => status === 'succeeded'),
  );
  const arrived = new Set(to.received.map(({ headers }) => headers['x-webhook-delivery']));
  expect(arrived.size).toBe(30);
  expect(to.received.length).toBeLessThanOrEqual(30 + 16); // twice: at most what was in flight
});
