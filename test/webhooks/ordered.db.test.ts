import { afterEach, expect, test } from '@jest/globals';
import { createDeliveryStore } from '../../src/webhooks/delivery-store.ts';
import type { Answer, SendRequest } from '../../src/webhooks/sender.ts';
import { testDatabase } from '../support/db.ts';
import { fakeSender, fresh, NEVER, OK, startDispatcher, statuses, stopDispatchers } from './support/dispatcher.ts';
import { until } from './support/receiver.ts';
import {
  aChargePoint,
  after,
  anEndpoint,
  connected,
  deliveries,
  deliveryRows,
  sessionStarted,
  T0,
} from './support/world.ts';

const db = await testDatabase({ poolSize: 12 });
afterEach(stopDispatchers);

const FAILED: Answer = { ...OK, status: 500 };
const dataOf = ({ body }: SendRequest): { charge_point_id: string; sequence: number } => JSON.parse(body).data;
const many = (count: number) => Array.from({ length: count }, () => connected());
/** Sweeps until nothing is pending, as the schedule would. */
const drained = (endpointId: string, sweep: () => Promise<unknown>) =>
  until(
    'all are through',
    async () => {
      await sweep();
      return ((await statuses(db, endpointId))['pending'] ?? 0) === 0;
    },
    30_000,
  );

test('events of a charge point go out one at a time and in order, without waiting for a sweep', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId, { ordered: true });
  let inFlight = 0;
  let most = 0;
  const { sender, sent } = fakeSender(async () => {
    inFlight += 1;
    most = Math.max(most, inFlight);
    await new Promise((resolve) => setImmediate(resolve));
    inFlight -= 1;
    return OK;
  });
  const { emit } = startDispatcher({ on: db, sender });
  await emit(root, many(10));
  await emit(root, many(10));
  await until('all are delivered', async () => (await statuses(db, endpoint))['succeeded'] === 20);
  expect(sent.map((request) => dataOf(request).sequence)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  expect(most).toBe(1);
});

test('two processes, many charge points, random failures: each charge point’s order holds, and nothing is lost', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId, { ordered: true });
  const roots = [root];
  while (roots.length < 12) roots.push(await aChargePoint(db, organizationId));
  let movedMs = 0;
  const now = () => new Date(T0.getTime() + movedMs);
  const begun: SendRequest[] = [];
  const delivered = new Map<string, number[]>();
  const busy = new Set<string>();
  let overlaps = 0;
  let seed = 42;
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  const answer = async (request: SendRequest): Promise<Answer> => {
    begun.push(request);
    const { charge_point_id: key, sequence } = dataOf(request);
    if (busy.has(key)) overlaps += 1;
    busy.add(key);
    await new Promise((resolve) => setTimeout(resolve, random() * 3));
    busy.delete(key);
    if (random() < 0.3) return FAILED;
    delivered.set(key, [...(delivered.get(key) ?? []), sequence]);
    return OK;
  };
  const nodes = [0, 1].map(() => startDispatcher({ on: db, sender: fakeSender(answer).sender, now }));
  for (let i = 0; i < 60; i += 1) {
    const from = roots[i % roots.length] ?? root;
    await nodes[i % 2]?.emit(from, many(4));
  }
  await drained(endpoint, async () => {
    const next = await db.prisma.webhookDelivery.aggregate({
      _min: { nextAttemptAt: true },
      where: { attempts: { gt: 0 } },
    });
    movedMs = Math.max(movedMs, (next._min.nextAttemptAt ?? T0).getTime() - T0.getTime());
    await Promise.all(nodes.map(({ dispatcher }) => dispatcher.sweep()));
  });
  const rows = await deliveryRows(db, endpoint);
  expect(rows).toHaveLength(240);
  expect(overlaps).toBe(0);
  // what failed for good is missing, all others are there, each once, in order
  const failed = new Set(rows.filter(({ status }) => status === 'failed').map(({ id }) => id));
  for (const each of roots) {
    const expected = rows
      .filter(({ orderedKey, id }) => orderedKey === each.chargePointId && !failed.has(id))
      .map(({ sequence }) => Number(sequence))
      .toSorted((a, b) => a - b);
    expect(delivered.get(each.chargePointId)).toEqual(expected);
  }
  // an attempt of a later one never began before the earlier one was through
  const last = new Map<string, number>();
  for (const request of begun) {
    const { charge_point_id: key, sequence } = dataOf(request);
    expect(sequence).toBeGreaterThanOrEqual(last.get(key) ?? 0);
    last.set(key, sequence);
  }
});

test('what belongs to no charge point waits for nobody, not even for the schedule, whatever of it was replaced or fails', async () => {
  const { organizationId, root } = await fresh(db);
  const { events, ...throttled } = {
    events: ['charge_point.connected'],
    minIntervals: { 'charge_point.connected': 60 },
  };
  const endpoint = await anEndpoint(db, organizationId, { ordered: true });
  const rare = await anEndpoint(db, organizationId, { ordered: true, events, ...throttled, url: 'https://rare.test/' });
  await db.prisma.chargePointSequence.create({ data: { chargePointId: organizationId } });
  const none = { ...root, chargePointId: organizationId };
  let clock = after(0);
  const { sender, sent } = fakeSender(({ url }) => (sent.length === 1 && url !== 'https://rare.test/' ? FAILED : OK));
  const { emit, dispatcher } = startDispatcher({ on: db, sender, now: () => clock });
  await emit(none, [sessionStarted()]);
  await until('the first has failed', async () => (await deliveryRows(db, endpoint))[0]?.attempts === 1);
  await emit(none, many(3));
  await until('all others are through', async () => (await statuses(db, endpoint))['succeeded'] === 3);
  expect(await statuses(db, rare)).toEqual({ succeeded: 1, pending: 1 });
  clock = after(61);
  await dispatcher.sweep();
  await until('the newest of each interval is through', async () => (await statuses(db, rare))['succeeded'] === 2);
  await until('the one that failed is through', async () => (await statuses(db, endpoint))['succeeded'] === 4);
});

test('while the first one waits for its retry the next ones of its charge point wait, others do not; after its end they go', async () => {
  const { organizationId, root } = await fresh(db);
  const other = await aChargePoint(db, organizationId);
  const endpoint = await anEndpoint(db, organizationId, { ordered: true });
  let clock = after(0);
  const { sender, sent } = fakeSender((request) =>
    dataOf(request).charge_point_id === root.chargePointId && dataOf(request).sequence === 1 ? FAILED : OK,
  );
  const { emit, dispatcher } = startDispatcher({ on: db, sender, now: () => clock });
  await emit(root, many(3));
  await emit(other, many(3));
  await until('the other one’s are through', async () => (await statuses(db, endpoint))['succeeded'] === 3);
  await dispatcher.sweep();
  const ofRoot = () => sent.map(dataOf).filter(({ charge_point_id: id }) => id === root.chargePointId);
  expect(ofRoot().map(({ sequence }) => sequence)).toEqual([1]);
  for (let attempt = 2; attempt <= 6; attempt += 1) {
    clock = new Date((await deliveryRows(db, endpoint))[0]?.nextAttemptAt ?? 0);
    await dispatcher.sweep();
    await until(`attempt ${attempt}`, async () => (await deliveryRows(db, endpoint))[0]?.attempts === attempt);
  }
  await until('the rest is through', async () => (await statuses(db, endpoint))['succeeded'] === 5);
  expect(await statuses(db, endpoint)).toEqual({ succeeded: 5, failed: 1 });
  expect(ofRoot().map(({ sequence }) => sequence)).toEqual([1, 1, 1, 1, 1, 1, 2, 3]);
});

const HOUR = 3600;
/** To the next retry, over and over, until nothing waits. */
async function live(endpoint: string, sweep: () => Promise<unknown>, turn: (at: Date) => void): Promise<void> {
  await until(
    'all are at their end',
    async () => {
      const waiting = (await deliveryRows(db, endpoint)).filter(({ status }) => status === 'pending');
      const tried = waiting.filter(({ attempts }) => attempts > 0);
      for (const { nextAttemptAt, leaseToken } of tried) if (leaseToken === null) turn(nextAttemptAt ?? T0);
      await sweep();
      return waiting.length === 0;
    },
    30_000,
  );
}

test('what a receiver always refuses holds up those behind it for 24 hours in all, not for 24 hours each', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId, { ordered: true });
  let clock = after(0);
  const { sender, sent } = fakeSender((request) => (dataOf(request).sequence <= 4 ? FAILED : OK));
  const { emit, dispatcher } = startDispatcher({ on: db, sender, now: () => clock });
  await emit(root, many(3));
  await until('the first has failed', async () => (await deliveryRows(db, endpoint))[0]?.attempts === 1);
  clock = after(HOUR);
  await emit(root, many(2));
  await live(
    endpoint,
    () => dispatcher.sweep(),
    (at) => {
      if (at > clock) clock = at;
    },
  );
  const rows = await deliveryRows(db, endpoint);
  expect(rows.map(({ status }) => status).toSorted()).toEqual(['failed', 'failed', 'failed', 'failed', 'succeeded']);
  const attempts = (sequence: number) => sent.filter((request) => dataOf(request).sequence === sequence).length;
  // The second and third still have the seconds until their own 24 hours are over, the fourth has its last hour.
  expect([attempts(1), attempts(5)]).toEqual([6, 1]);
  expect(clock.getTime()).toBeLessThanOrEqual(after(25 * HOUR).getTime());
});

test('one that has waited 24 hours for its turn gets one attempt', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId, { ordered: true });
  let clock = after(0);
  const { sender, sent } = fakeSender((request) => (dataOf(request).sequence <= 2 ? FAILED : OK));
  const { emit, dispatcher } = startDispatcher({ on: db, sender, now: () => clock });
  await emit(root, many(3));
  await until('the first has failed', async () => (await deliveryRows(db, endpoint))[0]?.attempts === 1);
  clock = after(24 * HOUR + 1); // the server stood still
  await dispatcher.sweep();
  await until('all are at their end', async () => (await statuses(db, endpoint))['succeeded'] === 1);
  expect(sent.map((request) => dataOf(request).sequence)).toEqual([1, 2, 3]);
  const rows = await deliveryRows(db, endpoint);
  expect(rows.map(({ lastError }) => lastError).toSorted()).toEqual(['HTTP 500', 'expired', null]);
});

test('a receiver that is away for 23 hours gets everything in order', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId, { ordered: true });
  let clock = after(0);
  const { sender, sent } = fakeSender(() => (clock < after(23 * HOUR) ? FAILED : OK));
  const { emit, dispatcher } = startDispatcher({ on: db, sender, now: () => clock });
  for (let hour = 0; hour < 24; hour += 1) {
    clock = after(hour * HOUR);
    await emit(root, many(2));
    await dispatcher.sweep();
  }
  const before = sent.length;
  await live(
    endpoint,
    () => dispatcher.sweep(),
    (at) => {
      if (at > clock) clock = at;
    },
  );
  expect(await statuses(db, endpoint)).toEqual({ succeeded: 48 });
  expect(sent.slice(before).map((request) => dataOf(request).sequence)).toEqual(
    Array.from({ length: 48 }, (_, i) => i + 1),
  );
});

test('what only waits for its interval goes as soon as something that is due stands behind it', async () => {
  const { organizationId, root } = await fresh(db);
  const other = await aChargePoint(db, organizationId);
  const minIntervals = { 'charge_point.connected': 60 };
  const endpoint = await anEndpoint(db, organizationId, { ordered: true, minIntervals });
  let isBroken = false;
  const { sender, sent } = fakeSender(() => (isBroken ? FAILED : OK));
  const { emit, dispatcher } = startDispatcher({ on: db, sender, now: () => after(0) });
  for (const from of [root, other]) await emit(from, [connected()]);
  await until('the first of each is through', async () => (await statuses(db, endpoint))['succeeded'] === 2);
  for (const from of [root, root, other]) await emit(from, [connected()]);
  await dispatcher.sweep();
  const ofRoot = () =>
    sent.map(dataOf).flatMap(({ charge_point_id: id, sequence }) => (id === root.chargePointId ? [sequence] : []));
  expect(ofRoot()).toEqual([1]);
  await emit(root, [sessionStarted()]);
  await until('all of this one are through', async () => (await statuses(db, endpoint))['succeeded'] === 4);
  expect(ofRoot()).toEqual([1, 3, 4]); // the newest of the interval
  expect(await statuses(db, endpoint)).toEqual({ succeeded: 4, pending: 1 }); // the other one's waits
  isBroken = true;
  await emit(other, [sessionStarted()]);
  await until('it has failed', () => sent.length === 5);
  await dispatcher.sweep();
  const [head] = (await deliveryRows(db, endpoint)).filter(({ attempts, status }) => status === 'pending' && attempts);
  expect(head?.nextAttemptAt?.getTime()).toBeLessThanOrEqual(after(60).getTime()); // 1 min from when it was tried
});

test('what was replaced by newer events for 24 hours, behind one that is refused, has the retries of the newest', async () => {
  const { organizationId, root } = await fresh(db);
  const minIntervals = { 'charge_point.connected': 60 };
  const endpoint = await anEndpoint(db, organizationId, { ordered: true, minIntervals });
  let clock = after(0);
  const { sender, sent } = fakeSender(() => (clock < after(25 * HOUR) ? FAILED : OK));
  const { emit, dispatcher } = startDispatcher({ on: db, sender, now: () => clock });
  await emit(root, [sessionStarted()]);
  await until('the first has failed', async () => (await deliveryRows(db, endpoint))[0]?.attempts === 1);
  let told = after(1);
  const writer = startDispatcher({ on: db, sender, now: () => told });
  await writer.dispatcher.stop(0); // it claims nothing
  for (const seconds of [1, 12 * HOUR, 24 * HOUR - 10]) {
    told = after(seconds);
    await writer.emit(root, [connected(told)]);
  }
  clock = told; // who sends has stood still meanwhile
  await live(
    endpoint,
    () => dispatcher.sweep(),
    (at) => {
      if (at > clock) clock = at;
    },
  );
  expect(await statuses(db, endpoint)).toEqual({ failed: 1, succeeded: 1 });
  expect(sent.map((request) => dataOf(request).sequence).at(-1)).toBe(4); // the last state
});

test('more charge points than there is room for all get their turn', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId, { ordered: true });
  const roots = [root];
  while (roots.length < 30) roots.push(await aChargePoint(db, organizationId));
  const { sender, sent } = fakeSender();
  const { emit } = startDispatcher({ on: db, sender, limits: { perEndpoint: 1, inFlight: 8, waiting: 100 } });
  for (const each of roots) await emit(each, many(20));
  await until('half is delivered', async () => sent.length >= 300);
  const served = new Set(sent.slice(0, 300).map((request) => dataOf(request).charge_point_id));
  expect(served.size).toBe(30);
  await until('all are delivered', async () => (await statuses(db, endpoint))['succeeded'] === 600);
});

test('switched off, what waits goes out as soon as it is due; switched on again, one of a charge point at a time', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId, { ordered: true });
  const { sender, sent } = fakeSender((request) => (dataOf(request).sequence === 1 ? FAILED : NEVER));
  const { emit, dispatcher } = startDispatcher({ on: db, sender, now: () => after(0) });
  await emit(root, many(4));
  await until('the first has failed', async () => (await deliveryRows(db, endpoint))[0]?.attempts === 1);
  await dispatcher.sweep();
  expect(sent).toHaveLength(1);
  await db.prisma.webhookEndpoint.update({ where: { id: endpoint }, data: { ordered: false } });
  await dispatcher.sweep();
  await until('the others are in flight', () => sent.length === 4);
  await db.prisma.webhookEndpoint.update({ where: { id: endpoint }, data: { ordered: true } });
  await emit(root, many(2));
  const claimed = await createDeliveryStore(db).claimAll({
    now: after(3600),
    limit: 10,
    leaseToken: 'x',
    leaseMs: 1000,
    after: '',
    rooms: new Map(),
    roomOfUnknown: 10,
  });
  expect(claimed).toEqual([]); // some of this charge point are on their way still
});

test('switched on, what waits from before takes its place in the order, and what belongs to no charge point goes at once', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId);
  const { sender, sent } = fakeSender((request) => (dataOf(request)?.sequence === 2 ? FAILED : OK));
  const { emit, dispatcher } = startDispatcher({ on: db, sender, now: () => after(0) });
  await emit(root, many(1));
  await until('the first is through', async () => (await statuses(db, endpoint))['succeeded'] === 1);
  await emit(root, many(1));
  await until('the second has failed', async () => (await deliveryRows(db, endpoint))[1]?.attempts === 1);
  await db.prisma.webhookEndpoint.update({ where: { id: endpoint }, data: { ordered: true } });
  const [test_ = ''] = await deliveries(db, organizationId, endpoint, 1);
  await db.prisma.webhookDelivery.update({ where: { id: test_ }, data: { origin: 'test' } });
  expect(await createDeliveryStore(db).adoptOrder(after(0), 100)).toBe(1);
  await emit(root, many(1));
  await dispatcher.sweep();
  await until('the test is through', async () => (await statuses(db, endpoint))['succeeded'] === 2);
  const rows = await deliveryRows(db, endpoint);
  expect(rows.map(({ orderedKey, sequence }) => [orderedKey, sequence === null ? null : Number(sequence)])).toEqual([
    [null, 1],
    [root.chargePointId, 2],
    [null, null],
    [root.chargePointId, 3],
  ]);
  expect(sent.map((request) => dataOf(request)?.sequence)).toEqual([1, 2, undefined]);
});

const oneAtATime = { perEndpoint: 1, inFlight: 64, waiting: 100 };
/** The first one is answered when it is told. */
function hangingFirst() {
  let finish: (answer: Answer) => void = () => undefined;
  const first = new Promise<Answer>((resolve) => {
    finish = resolve;
  });
  const { sender, sent } = fakeSender(() => (sent.length === 1 ? first : OK));
  return { sender, sent, finish: () => finish(OK) };
}

test('switched on by another process, what waits in the memory of this one goes before what happens after its next sweep', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId);
  const { sender, sent, finish } = hangingFirst();
  const here = startDispatcher({ on: db, sender, limits: oneAtATime, now: () => after(0) });
  const there = startDispatcher({ on: db, sender, limits: oneAtATime, now: () => after(0) });
  await here.emit(root, many(1));
  await until('the first is in flight', () => sent.length === 1);
  for (let i = 0; i < 2; i += 1) await here.emit(root, many(1));
  expect((await deliveryRows(db, endpoint)).map(({ leaseToken }) => leaseToken !== null)).toEqual([true, true, false]);
  await db.prisma.webhookEndpoint.update({ where: { id: endpoint }, data: { ordered: true } });
  expect(await createDeliveryStore(db).adoptOrderOf({ id: endpoint, organizationId }, 100)).toBe(1);
  await here.dispatcher.sweep();
  await there.emit(root, many(1));
  await there.dispatcher.sweep();
  finish();
  await drained(endpoint, () => Promise.all([here, there].map(({ dispatcher }) => dispatcher.sweep())));
  expect(sent.map((request) => dataOf(request).sequence)).toEqual([1, 2, 3, 4]);
});

test('tests wait in the memory of a process also where their endpoint is in order: they are not given back at each sweep', async () => {
  const { organizationId } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId, { ordered: true });
  await deliveries(db, organizationId, endpoint, 2);
  await db.prisma.webhookDelivery.updateMany({ where: { endpointId: endpoint }, data: { origin: 'test' } });
  const { sender, sent, finish } = hangingFirst();
  let released = 0;
  const { dispatcher } = startDispatcher({
    ...{ on: db, sender, limits: oneAtATime, now: () => after(0) },
    store: (store) => ({
      ...store,
      release(held) {
        released += held.length;
        return store.release(held);
      },
    }),
  });
  await dispatcher.sweep();
  await until('the first is in flight', () => sent.length === 1);
  for (let i = 0; i < 3; i += 1) await dispatcher.sweep();
  expect((await deliveryRows(db, endpoint)).every(({ leaseToken }) => leaseToken !== null)).toBe(true);
  expect([sent.length, released]).toEqual([1, 0]);
  finish();
  await drained(endpoint, () => dispatcher.sweep());
});
