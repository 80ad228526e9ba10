import { afterEach, expect, test } from '@jest/globals';
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
import { after, anEndpoint, connected, counting, deliveries, deliveryRows } from './support/world.ts';

const db = await testDatabase({ poolSize: 8 });
afterEach(stopDispatchers);

test('what is born is sent after the commit without any sweep, and its end is written', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId, { secret: 'a secret of the customer' });
  const { sender, sent } = fakeSender();
  const { emit } = startDispatcher({ on: db, sender });
  await emit(root, [connected()]);
  await until('it is delivered', async () => (await statuses(db, endpoint))['succeeded'] === 1);
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
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId);
  let clock = after(0);
  const { sender, sent } = fakeSender(() => (clock < after(1) ? { ...OK, status: 500 } : OK));
  const { emit, dispatcher } = startDispatcher({ on: db, sender, now: () => clock });
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
  await until('it is delivered', async () => (await statuses(db, endpoint))['succeeded'] === 1);
  expect(sent[1]?.headers['X-Webhook-Attempt']).toBe('2');
});

test('a receiver that fails for ever gets six attempts within 24 hours, then the delivery has failed', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId);
  let clock = after(0);
  const { sender, sent } = fakeSender(() => ({ kind: 'unanswered', why: 'timeout' }));
  const { emit, dispatcher } = startDispatcher({ on: db, sender, now: () => clock });
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
  const { organizationId } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId);
  await deliveries(db, organizationId, endpoint, 1, { attempts: 3, firstAttemptAt: after(-90_000) });
  const { sender, sent } = fakeSender();
  const { dispatcher } = startDispatcher({ on: db, sender, now: () => after(0) });
  await dispatcher.sweep();
  await until('it has failed', async () => (await statuses(db, endpoint))['failed'] === 1);
  expect(await deliveryRows(db, endpoint)).toMatchObject([{ attempts: 3, lastError: 'expired' }]);
  expect(sent).toEqual([]);
});

test('one endpoint that never answers leaves the others as they are', async () => {
  const { organizationId, root } = await fresh(db);
  const hung = await anEndpoint(db, organizationId, { url: 'https://receiver.test/hung' });
  const well = await anEndpoint(db, organizationId, { url: 'https://receiver.test/well' });
  const { sender, sent } = fakeSender(({ url }) => (url.endsWith('/hung') ? NEVER : OK));
  const { emit } = startDispatcher({ on: db, sender });
  for (let i = 0; i < 20; i += 1)
    await emit(
      root,
      Array.from({ length: 50 }, () => connected()),
    );
  await until('the well one has all', async () => (await statuses(db, well))['succeeded'] === 1000);
  expect(await statuses(db, hung)).toEqual({ pending: 1000 });
  expect(toward('/hung', sent)).toHaveLength(16);
});

test('under load there are at most 0.1 statements per delivery', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoints = await Promise.all(Array.from({ length: 4 }, () => anEndpoint(db, organizationId)));
  const counted = counting(db);
  const { sender } = fakeSender(async () => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    return OK;
  });
  const { emit } = startDispatcher({ sender, on: counted.db });
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
  const { organizationId } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId);
  await deliveries(db, organizationId, endpoint, 3000);
  const { sender } = fakeSender();
  const { dispatcher } = startDispatcher({ on: db, sender, now: () => after(0) });
  await dispatcher.sweep(); // the only one
  await until('all are delivered', async () => (await statuses(db, endpoint))['succeeded'] === 3000);
});

test('a secret that cannot be read any more fails the attempt, not the process', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId);
  await db.prisma.webhookEndpoint.update({ where: { id: endpoint }, data: { secret: new Uint8Array(40) } });
  const { sender, sent } = fakeSender();
  const { emit } = startDispatcher({ on: db, sender });
  await emit(root, [connected()]);
  await until('the attempt is written', async () => (await deliveryRows(db, endpoint))[0]?.attempts === 1);
  expect(await deliveryRows(db, endpoint)).toMatchObject([{ status: 'pending', lastError: 'secret_unreadable' }]);
  expect(sent).toEqual([]);
});
