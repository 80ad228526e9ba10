import { afterEach, expect, test } from '@jest/globals';
import { createLeaseClock, LEASE_MS } from '../../src/platform/lease.ts';
import { createEventWriter } from '../../src/webhooks/event-writer.ts';
import { defaultLimits } from '../../src/webhooks/lanes.ts';
import type { Answer } from '../../src/webhooks/sender.ts';
import { testDatabase } from '../support/db.ts';
import {
  fakeSender,
  fresh,
  NEVER,
  OK,
  startDispatcher,
  statuses,
  stopDispatchers,
  toward,
} from './support/dispatcher.ts';
import { until } from './support/receiver.ts';
import { anEndpoint, connected, deliveryRows, writeEvents } from './support/world.ts';

const db = await testDatabase({ poolSize: 8 });
afterEach(stopDispatchers);

test('what a process holds when it dies is taken over with the first look after 50 s, and not before', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId);
  const dead = fakeSender(() => NEVER);
  await startDispatcher({ on: db, sender: dead.sender, limits: { ...defaultLimits, perEndpoint: 1 } }).emit(root, [
    connected(), // is on its way
    connected(), // waits in its memory
  ]);
  await until('one is on its way', () => dead.sent.length === 1);
  const { sender, sent } = fakeSender();
  const { dispatcher } = startDispatcher({ on: db, sender });
  /** The leases count by the clock of the database. */
  const pass = (seconds: number) =>
    db.pool.query(
      `UPDATE webhook_deliveries SET leased_until = leased_until - $1 * interval '1 second'
        WHERE endpoint_id = $2 AND leased_until IS NOT NULL`,
      [seconds, endpoint],
    );
  await pass((LEASE_MS - 20_000) / 1000); // this machine may be slow: it must not pass by itself
  await dispatcher.sweep();
  expect(sent).toEqual([]);
  await pass(20);
  await dispatcher.sweep();
  await until('both are delivered', async () => (await statuses(db, endpoint))['succeeded'] === 2);
});

test('what waits in memory while its lease runs out is renewed; what was lost meanwhile is let go', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId);
  const { sender, sent } = fakeSender(() => NEVER);
  let passedMs = 0;
  const renewals: string[][] = [];
  const { emit, dispatcher } = startDispatcher({
    on: db,
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
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId);
  const { sender, sent } = fakeSender();
  let passedMs = 0;
  const { dispatcher } = startDispatcher({ on: db, sender, monotonic: () => performance.now() + passedMs });
  const writer = createEventWriter({ dispatcher, now: () => new Date() });
  const { committed } = await db.transaction((tx) => writeEvents(writer, tx, [{ root, event: connected() }]));
  passedMs = 30_000; // the process stood still between the insert and the commit's answer
  committed();
  await until('it was let go', () => dispatcher.room(endpoint) === 16 && dispatcher.inFlight() === 0);
  expect(sent).toEqual([]);
  expect(await statuses(db, endpoint)).toEqual({ pending: 1 });
});

test.each([
  ['a machine that was suspended, or whose clock was set forward, claims anew what it held', 3_600_000, 0],
  ['a clock that was corrected by a second costs nothing', 1_000, 1],
  ['a clock that was set back costs nothing', -3_600_000, 1],
])('%s', async (_name, wallMs, sentAtOnce) => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId);
  const { sender, sent } = fakeSender();
  let aheadMs = 0;
  const monotonic = createLeaseClock(undefined, () => Date.now() + aheadMs);
  const { dispatcher } = startDispatcher({ on: db, sender, monotonic });
  const writer = createEventWriter({ dispatcher, now: () => new Date() });
  const { committed } = await db.transaction((tx) => writeEvents(writer, tx, [{ root, event: connected() }]));
  aheadMs = wallMs;
  committed();
  await until('it is sent, or let go', () => dispatcher.room(endpoint) >= 16 && dispatcher.inFlight() === 0);
  expect(sent).toHaveLength(sentAtOnce);
  await db.pool.query(`UPDATE webhook_deliveries SET leased_until = leased_until - interval '1 minute'`);
  await dispatcher.sweep();
  await until('it is delivered', async () => (await statuses(db, endpoint))['succeeded'] === 1);
  expect(sent).toHaveLength(1);
});

test('what waits while the machine is suspended is not sent by it when it is back, if another process has taken it', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId);
  let answer: (answer: Answer) => void = () => undefined;
  const first = new Promise<Answer>((resolve) => {
    answer = resolve;
  });
  const asleep = fakeSender(() => first);
  let sleptMs = 0;
  const one = startDispatcher({
    ...{ on: db, sender: asleep.sender },
    monotonic: createLeaseClock(undefined, () => Date.now() + sleptMs),
  });
  for (let i = 0; i < 20; i += 1) await one.emit(root, [connected()]);
  await until('as many as may be are in flight', () => asleep.sent.length === 16);
  await db.pool.query(`UPDATE webhook_deliveries SET leased_until = leased_until - interval '1 minute'`);
  sleptMs = 60_000;
  const awake = fakeSender();
  await startDispatcher({ on: db, sender: awake.sender }).dispatcher.sweep();
  await until('all are delivered', async () => (await statuses(db, endpoint))['succeeded'] === 20);
  answer(OK);
  await until('it holds nothing more', () => one.dispatcher.inFlight() === 0 && one.dispatcher.room(endpoint) >= 16);
  expect(asleep.sent).toHaveLength(16);
});

test('410 switches the endpoint off, and what waits for it is held', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId);
  let answers = 0;
  const { sender, sent } = fakeSender(() => (answers++ === 0 ? { ...OK, status: 410 } : NEVER));
  const { emit, dispatcher } = startDispatcher({ on: db, sender, limits: { ...defaultLimits, perEndpoint: 2 } });
  await emit(root, [connected(), connected(), connected(), connected()]);
  await until('it is off', async () => {
    const row = await db.prisma.webhookEndpoint.findUnique({ where: { id: endpoint } });
    return row?.active === false && row.disabledReason === 'gone';
  });
  const before = sent.length;
  await dispatcher.sweep();
  expect(sent).toHaveLength(before);
  expect(await statuses(db, endpoint)).toEqual({ failed: 1, pending: 3 });
  await emit(root, [connected()]);
  expect(await deliveryRows(db, endpoint)).toHaveLength(4); // no delivery for new events
});

test('when an endpoint changes, what waits in memory goes back and is sent to the new URL', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId, { url: 'https://receiver.test/old' });
  let finish: (answer: Answer) => void = () => undefined;
  const held = new Promise<Answer>((resolve) => {
    finish = resolve;
  });
  const { sender, sent } = fakeSender(({ url }) => (url.endsWith('/old') ? held : OK));
  const { emit, dispatcher } = startDispatcher({ on: db, sender });
  await emit(
    root,
    Array.from({ length: 12 }, () => connected()),
  );
  await until('some are in flight', () => sent.length === 12);
  await emit(
    root,
    Array.from({ length: 12 }, () => connected()),
  );
  await until('as many as may be are in flight', () => sent.length === 16);
  await db.prisma.webhookEndpoint.update({ where: { id: endpoint }, data: { url: 'https://receiver.test/new' } });
  await dispatcher.endpointChanged({ id: endpoint, organizationId: root.organizationId });
  finish(OK);
  await dispatcher.sweep();
  await until('all are delivered', async () => (await statuses(db, endpoint))['succeeded'] === 24);
  expect([toward('/old', sent).length, toward('/new', sent).length]).toEqual([16, 8]);
});

test('stop waits for what is in flight, breaks off what hangs, and gives all leases back', async () => {
  const { organizationId, root } = await fresh(db);
  const [slow, hung] = [
    await anEndpoint(db, organizationId, { url: 'https://receiver.test/slow' }),
    await anEndpoint(db, organizationId, { url: 'https://receiver.test/hung' }),
  ];
  let finish: (answer: Answer) => void = () => undefined;
  const slowly = new Promise<Answer>((resolve) => {
    finish = resolve;
  });
  const { sender, sent } = fakeSender(({ url }) => (url.endsWith('/hung') ? NEVER : slowly));
  const { emit, dispatcher } = startDispatcher({ on: db, sender });
  await emit(
    root,
    Array.from({ length: 20 }, () => connected()),
  );
  await until('as many as may be are in flight', () => sent.length === 32);
  const stopped = dispatcher.stop(300);
  finish(OK);
  await stopped;
  expect(await statuses(db, slow)).toEqual({ succeeded: 16, pending: 4 });
  expect(await statuses(db, hung)).toEqual({ pending: 20 });
  const rows = await db.prisma.webhookDelivery.findMany();
  expect(rows.filter(({ leaseToken, leasedUntil }) => leaseToken !== null || leasedUntil !== null)).toEqual([]);
  expect(dispatcher.room(slow)).toBe(0);
});

test('what is committed after the stop goes back at once', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId);
  const { sender, sent } = fakeSender();
  const { dispatcher } = startDispatcher({ on: db, sender });
  const writer = createEventWriter({ dispatcher, now: () => new Date() });
  const { committed } = await db.transaction((tx) => writeEvents(writer, tx, [{ root, event: connected() }]));
  await dispatcher.stop();
  committed();
  await until('the lease is given back', async () => (await deliveryRows(db, endpoint))[0]?.leaseToken === null);
  expect(sent).toEqual([]);
});

test('while results cannot be saved nothing more than the cap is sent', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId);
  const { sender, sent } = fakeSender();
  let away = true;
  const { emit } = startDispatcher({
    on: db,
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
  await until('all are delivered', async () => (await statuses(db, endpoint))['succeeded'] === 200);
  expect(sent).toHaveLength(200);
});
