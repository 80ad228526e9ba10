/** Several processes on one database. */
import { afterEach, expect, test } from '@jest/globals';
import { newId } from '../../src/platform/ids.ts';
import { createDeliveryStore } from '../../src/webhooks/delivery-store.ts';
import type { Answer } from '../../src/webhooks/sender.ts';
import { testDatabase } from '../support/db.ts';
import { fakeSender, fresh, OK, startDispatcher, statuses, stopDispatchers } from './support/dispatcher.ts';
import { until } from './support/receiver.ts';
import { after, anEndpoint, connected, deliveries, deliveryRows, T0 } from './support/world.ts';

const db = await testDatabase({ poolSize: 10 });
afterEach(stopDispatchers);

test('while both live no delivery is sent twice, however often both look', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoints = await Promise.all([0, 1, 2].map(() => anEndpoint(db, organizationId)));
  await deliveries(db, organizationId, endpoints[0] ?? '', 300);
  const nodes = [0, 1].map(() => {
    const { sender, sent } = fakeSender(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return OK;
    });
    return { ...startDispatcher({ on: db, sender }), sent };
  });
  for (let i = 0; i < 20; i += 1) {
    await nodes[i % 2]?.emit(
      root,
      Array.from({ length: 10 }, () => connected()),
    );
    await Promise.all(nodes.map(({ dispatcher }) => dispatcher.sweep()));
  }
  const expected = 300 + 3 * 200;
  await until('all are delivered', async () => {
    await Promise.all(nodes.map(({ dispatcher }) => dispatcher.sweep()));
    return (await db.prisma.webhookDelivery.count({ where: { status: 'succeeded' } })) === expected;
  });
  const sent = nodes.flatMap((node) => node.sent.map(({ headers }) => headers['X-Webhook-Delivery']));
  expect(sent).toHaveLength(expected);
  expect(new Set(sent).size).toBe(expected);
  expect(nodes.every((node) => node.sent.length > 0)).toBe(true);
});

test('what a killed process held is taken over when 60 seconds are over, and its late results do not count', async () => {
  const { organizationId, root } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId);
  let answer: (answer: Answer) => void = () => undefined;
  const never = new Promise<Answer>((resolve) => {
    answer = resolve;
  });
  const killed = fakeSender(() => never);
  const dead = startDispatcher({ on: db, sender: killed.sender });
  for (let i = 0; i < 2; i += 1)
    await dead.emit(
      root,
      Array.from({ length: 10 }, () => connected()),
    );
  await until('some are in flight, some wait', () => killed.sent.length === 16);
  const { sender, sent } = fakeSender(() => ({ ...OK, status: 202 }));
  const { dispatcher } = startDispatcher({ on: db, sender });
  const pass = (seconds: number) =>
    db.pool.query(`UPDATE webhook_deliveries SET leased_until = leased_until - $1::int * interval '1 second'`, [
      seconds,
    ]);
  await pass(50);
  await dispatcher.sweep();
  expect(sent).toEqual([]);
  await pass(10);
  await dispatcher.sweep();
  await until('all are delivered', async () => (await statuses(db, endpoint))['succeeded'] === 20);
  answer(OK);
  await until('the late results were refused', () => dead.dispatcher.inFlight() <= 4);
  const rows = await deliveryRows(db, endpoint);
  expect(rows.every(({ responseStatus, attempts }) => responseStatus === 202 && attempts === 1)).toBe(true);
  expect(await db.prisma.webhookAttempt.count({ where: { deliveryId: { in: rows.map(({ id }) => id) } } })).toBe(20);
});

test('an event that takes the place of a waiting one is sent instead of it, never the old one after that', async () => {
  const { organizationId } = await fresh(db);
  const endpoint = await anEndpoint(db, organizationId);
  const store = createDeliveryStore(db);
  const claim = (leaseToken: string) =>
    store.claimOf({ now: after(0), limit: 10, leaseToken, leaseMs: 60_000, rooms: new Map([[endpoint, 10]]) });
  let replacedFirst = 0;
  for (let i = 0; i < 60; i += 1) {
    const [id = ''] = await deliveries(db, organizationId, endpoint, 1);
    const next = newId('evt');
    const replace = db.transaction(async (tx) => {
      await tx.rows(
        {
          name: 'test_event',
          text: `INSERT INTO domain_events (id, organization_id, type, occurred_at, created_at, body)
        VALUES ($1, $2, 'session.cost_updated', $3, $3, $1)`,
        },
        [next, organizationId, T0],
      );
      // as event-store.ts does it: locked, looked at, replaced
      const [row] = await tx.rows<{ free: boolean }>(
        {
          name: 'test_lock',
          text: 'SELECT lease_token IS NULL AS free FROM webhook_deliveries WHERE id = $1 FOR UPDATE',
        },
        [id],
      );
      if (row?.free === true)
        await tx.rows({ name: 'test_replace', text: 'UPDATE webhook_deliveries SET event_id = $2 WHERE id = $1' }, [
          id,
          next,
        ]);
      return row?.free === true;
    });
    const raced = claim(`race ${i}`);
    const isReplaced = await replace;
    const rows = [...(await raced), ...(await claim(`after ${i}`))];
    expect(rows).toHaveLength(1);
    expect(rows[0]?.eventId === next).toBe(isReplaced);
    expect(rows[0]?.body).toContain(rows[0]?.eventId);
    if (isReplaced) replacedFirst += 1;
    await db.prisma.webhookDelivery.deleteMany({ where: { id } });
  }
  expect(replacedFirst).toBeGreaterThan(0);
});
