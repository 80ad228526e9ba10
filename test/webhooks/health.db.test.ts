import { afterEach, expect, test } from '@jest/globals';
import { createFlush } from '../../src/webhooks/flush.ts';
import { createHealthStore } from '../../src/webhooks/health-store.ts';
import type { Answer } from '../../src/webhooks/sender.ts';
import { testDatabase } from '../support/db.ts';
import { fakeSender, fresh, OK, startDispatcher, statuses, stopDispatchers } from './support/dispatcher.ts';
import { until } from './support/receiver.ts';
import { after, anEndpoint, connected, deliveries, deliveryRows } from './support/world.ts';

const db = await testDatabase({ poolSize: 8 });
afterEach(stopDispatchers);

const FAILED: Answer = { kind: 'answered', status: 500, retryAfter: undefined };
const DAY = 86_400;
const endpointRow = (id: string) => db.prisma.webhookEndpoint.findUniqueOrThrow({ where: { id } });

async function arrange() {
  const { organizationId, root } = await fresh(db);
  const id = await anEndpoint(db, organizationId);
  const world = { clock: after(0), answer: OK };
  const { sender, sent } = fakeSender(() => world.answer);
  const { emit, dispatcher } = startDispatcher({ on: db, sender, now: () => world.clock });
  let emitted = 0;
  /** One more event at that time, and its first attempt is written. */
  const one = async (at: Date, answer: Answer) => {
    Object.assign(world, { clock: at, answer });
    await emit(root, [connected()]);
    emitted += 1;
    await until(
      'it is written',
      async () => (await deliveryRows(db, id)).filter(({ attempts }) => attempts > 0).length === emitted,
    );
  };
  return { id, organizationId, world, one, sent, dispatcher };
}

test('since when it fails and how often is known, until it succeeds', async () => {
  const { id, one } = await arrange();
  await one(after(0), OK);
  expect(await endpointRow(id)).toMatchObject({ failingSince: null, failures: 0, lastSuccessAt: after(0) });
  await one(after(10), FAILED);
  await one(after(20), FAILED);
  expect(await endpointRow(id)).toMatchObject({ failingSince: after(10), failures: 2, lastSuccessAt: after(0) });
  await one(after(30), OK);
  expect(await endpointRow(id)).toMatchObject({ failingSince: null, failures: 0, lastSuccessAt: after(30) });
});

test('the time of the last success is written once a minute at most', async () => {
  const { id, one } = await arrange();
  await one(after(0), OK);
  await one(after(59), OK);
  expect((await endpointRow(id)).lastSuccessAt).toEqual(after(0));
  await one(after(61), OK);
  expect((await endpointRow(id)).lastSuccessAt).toEqual(after(61));
});

test('five days and twenty failures without a success switch it off; what waits is held', async () => {
  const { organizationId } = await fresh(db);
  const health = createHealthStore(db);
  const like = async (failures: number, lastFailureAt: Date | null) => {
    const id = await anEndpoint(db, organizationId);
    await db.prisma.webhookEndpoint.update({
      where: { id },
      data: { failingSince: after(0), failures, lastFailureAt },
    });
    return id;
  };
  const off = await like(20, after(5 * DAY));
  const on = [
    await like(500, after(5 * DAY - 1)),
    await like(19, after(5 * DAY)),
    await like(20, null), // nothing has failed since that is kept
  ];
  await deliveries(db, organizationId, off, 3);
  const at = after(6 * DAY);
  expect(await health.disableFailing(at)).toEqual([{ id: off, organizationId, failingSince: after(0), failures: 20 }]);
  expect(await health.disableFailing(at)).toEqual([]);
  expect(await endpointRow(off)).toMatchObject({ active: false, disabledReason: 'failing', updatedAt: at });
  for (const id of on) expect(await endpointRow(id)).toMatchObject({ active: true, disabledReason: null });
  const { sender, sent } = fakeSender();
  const { dispatcher } = startDispatcher({ on: db, sender, now: () => at });
  await dispatcher.sweep();
  expect(sent).toEqual([]);
  expect(await statuses(db, off)).toEqual({ pending: 3 });
});

test('an endpoint that is told little is not switched off for failures of days ago, but when the next one comes', async () => {
  const { id, one } = await arrange();
  const health = createHealthStore(db);
  for (let i = 0; i < 24; i += 1) await one(after(i * 3600), FAILED);
  // mended since; nothing has happened that it could have been told
  expect(await health.disableFailing(after(5 * DAY))).toEqual([]);
  expect(await health.disableFailing(after(9 * DAY))).toEqual([]);
  expect(await endpointRow(id)).toMatchObject({ active: true, failures: 24, failingSince: after(0) });
  await one(after(9 * DAY), FAILED);
  expect(await health.disableFailing(after(9 * DAY))).toMatchObject([{ id, failures: 25 }]);
});

test('the first success after failures brings the waiting retries forward, spread out, but not before Retry-After', async () => {
  const { id, world, one, dispatcher, sent } = await arrange();
  for (let i = 0; i < 10; i += 1) await one(after(i), FAILED);
  await one(after(10), { kind: 'answered', status: 503, retryAfter: '3600' });
  world.answer = FAILED;
  world.clock = after(100);
  await dispatcher.sweep();
  await until(
    'all have failed twice',
    async () => (await deliveryRows(db, id)).filter((row) => row.attempts === 2).length === 10,
  );
  const asked = (await deliveryRows(db, id)).at(-1)?.nextAttemptAt;
  expect(asked).toEqual(after(3610));

  await one(after(200), OK);
  await until(
    'they are brought forward',
    async () =>
      (await deliveryRows(db, id)).filter(({ nextAttemptAt }) => nextAttemptAt !== null && nextAttemptAt < after(201))
        .length === 10,
  );
  const planned = (await deliveryRows(db, id)).flatMap(({ nextAttemptAt }) => nextAttemptAt ?? []);
  expect(planned.filter((at) => at >= after(200) && at <= after(200.04))).toHaveLength(10);
  expect(planned.at(-1)).toEqual(asked);
  world.clock = after(201);
  await dispatcher.sweep();
  await until('they are delivered', async () => (await statuses(db, id))['succeeded'] === 11);
  expect(sent.filter(({ headers }) => headers['X-Webhook-Attempt'] === '3')).toHaveLength(10);
});

test('a recovery goes in batches, and never later than planned', async () => {
  const { organizationId } = await fresh(db);
  const id = await anEndpoint(db, organizationId);
  const soon = await deliveries(db, organizationId, id, 50, { attempts: 1, nextAttemptAt: after(1) });
  await deliveries(db, organizationId, id, 2500, {
    attempts: 3,
    firstAttemptAt: after(-2000),
    nextAttemptAt: after(5000),
  });
  await db.pool.query(`UPDATE webhook_deliveries SET next_attempt_at = next_attempt_at + (random() * 1000) * interval '1 second'
    WHERE attempts = 3`);
  const flush = createFlush({
    store: createHealthStore(db),
    now: () => after(0),
    retries: 5,
    log: { warn: () => undefined },
    batch: 1000,
  });
  expect(await flush({ endpointId: id, failingSince: after(-2000) })).toBe(2550);
  const rows = await deliveryRows(db, id);
  const times = rows.map(({ nextAttemptAt }) => nextAttemptAt?.getTime() ?? 0);
  expect(Math.max(...times)).toBeLessThanOrEqual(after(2550 * 0.004).getTime());
  for (const row of rows.filter(({ id: each }) => soon.includes(each)))
    expect(row.nextAttemptAt?.getTime()).toBeLessThanOrEqual(after(1).getTime());
  const perSecond = new Map<number, number>();
  for (const time of times) perSecond.set(Math.floor(time / 1000), (perSecond.get(Math.floor(time / 1000)) ?? 0) + 1);
  expect(Math.max(...perSecond.values())).toBeLessThanOrEqual(252);
});
