/** What becomes of deliveries that have but their last retry left when their receiver is back, is weak still, and relapses. */
import { afterEach, expect, test } from '@jest/globals';
import type { Database } from '../../src/database/contract.ts';
import { newId } from '../../src/platform/ids.ts';
import { createHealthStore } from '../../src/webhooks/health-store.ts';
import { defaultOffsetsS } from '../../src/webhooks/retry.ts';
import type { Answer } from '../../src/webhooks/sender.ts';
import { createWebhooks } from '../../src/webhooks/webhooks.ts';
import { testDatabase } from '../support/db.ts';
import { quiet } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';
import { fakeSender, fresh, OK, startDispatcher, statuses, stopDispatchers } from './support/dispatcher.ts';
import { after, anEndpoint, connected, deliveries, deliveryRows, keyRing, noMetrics, T0 } from './support/world.ts';

const db = await testDatabase({ poolSize: 8 });
afterEach(stopDispatchers);

const MIN = 60;
const HOUR = 3600;
const DOWN: Answer = { ...OK, status: 500 };
const BUSY: Answer = { kind: 'answered', status: 503, retryAfter: '120' };

async function arrange() {
  const { organizationId, root } = await fresh(db);
  const id = await anEndpoint(db, organizationId);
  const world = { clockS: 0, answer: (): Answer => DOWN };
  const { sender } = fakeSender(() => world.answer());
  const now = () => after(world.clockS);
  const { dispatcher, emit, flushed } = startDispatcher({ on: db, sender, now });
  const health = createHealthStore(db);
  const due = () => db.prisma.webhookDelivery.count({ where: { status: 'pending', nextAttemptAt: { lte: now() } } });
  /** All that is due at that time is tried. */
  async function at(clockS: number, answer = world.answer): Promise<void> {
    Object.assign(world, { clockS, answer });
    await until(
      `all that is due at ${clockS} s has been tried`,
      async () => {
        await dispatcher.sweep();
        await flushed();
        return (await due()) === 0;
      },
      { everyMs: 20 },
    );
  }
  return {
    id,
    at,
    fail: (count: number) => deliveries(db, organizationId, id, count),
    /** One more event, which is tried at once. */
    async event(clockS: number, answer = world.answer): Promise<void> {
      Object.assign(world, { clockS, answer });
      await emit(root, [connected(now())]);
      await at(clockS);
    },
    /** From then on with the jobs of the schedule, every 30 s. */
    async live(fromS: number, toS: number, isOver: () => Promise<boolean> = async () => false): Promise<void> {
      for (let clockS = fromS; clockS <= toS && !(await isOver()); clockS += 30) {
        await at(clockS);
        await health.bringLastForward(now());
      }
    },
  };
}
const OUTAGE = [0, MIN, 6.5 * MIN, 40 * MIN, 4 * HOUR];

test('a receiver that is back after five hours, and weak at first, gets everything within the next hour', async () => {
  const { id, at, fail, event, live } = await arrange();
  await fail(150);
  for (const time of OUTAGE) await at(time);
  expect((await deliveryRows(db, id)).every(({ attempts }) => attempts === 5)).toBe(true);
  await event(5 * HOUR, () => OK);
  let answered = 0;
  const weak = () => (answered++ % 2 === 0 ? BUSY : OK);
  for (let minute = 0; minute < 10; minute += 2) {
    await at(5 * HOUR + minute * MIN + 1, weak);
    await live(5 * HOUR + minute * MIN + 30, 5 * HOUR + minute * MIN + 90);
    await event(5 * HOUR + minute * MIN + 100);
  }
  expect((await statuses(db, id))['failed']).toBeUndefined();
  for (const minute of [12, 18]) await event(5 * HOUR + minute * MIN, () => OK);
  await live(5 * HOUR + 18 * MIN, 6 * HOUR, async () => (await statuses(db, id))['pending'] === undefined);
  expect(await statuses(db, id)).toEqual({ succeeded: 150 + 8 });
  expect(Math.max(...(await deliveryRows(db, id)).map(({ attempts }) => attempts))).toBe(6);
});

test('blips do not use up the last retry: what failed in two of them comes when the receiver is well', async () => {
  const { id, at, fail, event, live } = await arrange();
  await fail(1);
  const ours = async () => (await deliveryRows(db, id))[0];
  for (const time of OUTAGE.slice(0, 4)) await at(time);
  for (const [time, attempts] of [
    [2 * HOUR, 5], // brought forward, and fails
    [5 * HOUR, 5], // only its last retry is left
  ] as const) {
    let answered = 0;
    await event(time, () => (answered++ === 0 ? OK : DOWN)); // what is brought forward may be due at once
    await at(time + 1);
    await live(time + 30, time + 5 * MIN);
    expect(await ours()).toMatchObject({ status: 'pending', attempts });
    await live(time + 5 * MIN, time + 9 * MIN);
    await event(time + 9 * MIN);
  }
  await event(5 * HOUR + 10 * MIN, () => OK);
  await event(5 * HOUR + 15 * MIN);
  await live(5 * HOUR + 15 * MIN, 5 * HOUR + 20 * MIN);
  expect(await ours()).toMatchObject({ status: 'succeeded', attempts: 6 });
});

test('a relapse costs no more last retries than it was well for minutes; the others come at the end of the 24 hours', async () => {
  const { id, at, fail, event, live } = await arrange();
  await fail(100);
  for (const time of OUTAGE) await at(time);
  await event(5 * HOUR, () => OK);
  await live(5 * HOUR, 5 * HOUR + 4 * MIN);
  await event(5 * HOUR + 5 * MIN);
  await live(5 * HOUR + 5 * MIN, 5 * HOUR + 5 * MIN);
  const relapse = 5 * HOUR + 5 * MIN + 30;
  await at(relapse, () => DOWN);
  await live(relapse, relapse + 10 * MIN);
  const { failed = 0, pending } = await statuses(db, id);
  expect(failed).toBeGreaterThan(0);
  expect(failed).toBeLessThanOrEqual(5);
  expect(pending).toBe(100 - failed);
  await at(24 * HOUR - MIN, () => OK);
  expect(await statuses(db, id)).toEqual({ failed, succeeded: 102 - failed });
});

test('in order, one that waits behind another of its charge point is not brought forward, and holds up nobody', async () => {
  const { organizationId } = await fresh(db);
  const id = await anEndpoint(db, organizationId, { ordered: true });
  const [first = '', second = '', other = ''] = await deliveries(db, organizationId, id, 3, { attempts: 5 });
  // They failed before their endpoint was ordered, so that the second of a charge point may be planned before the first.
  for (const [row, orderedKey, sequence, minutes] of [
    [first, 'cp_1', 1, 40],
    [second, 'cp_1', 2, 20],
    [other, 'cp_2', 1, 30],
  ] as const)
    await db.prisma.webhookDelivery.update({
      where: { id: row },
      data: { orderedKey, sequence, mayComeEarly: true, nextAttemptAt: after(minutes * MIN) },
    });
  await db.prisma.webhookEndpoint.update({ where: { id }, data: { wellSince: after(-5 * MIN), lastSuccessAt: T0 } });
  const health = createHealthStore(db);
  const due = async () =>
    (await deliveryRows(db, id))
      .filter(({ nextAttemptAt }) => (nextAttemptAt ?? T0) <= after(MIN))
      .map((row) => row.id);
  expect(await health.bringLastForward(T0)).toBe(2);
  expect(await due()).toEqual([first, other]);
  expect(await health.bringLastForward(after(30))).toBe(0); // those two are under way
  // One that is due, behind one that is not.
  await db.prisma.webhookDelivery.update({ where: { id: second }, data: { nextAttemptAt: T0 } });
  await db.prisma.webhookDelivery.updateMany({
    where: { id: { in: [first, other] } },
    data: { nextAttemptAt: after(40 * MIN) },
  });
  expect(await health.bringLastForward(after(30))).toBe(2);
});

test('two processes whose schedules strike at once bring forward what one would', async () => {
  const { organizationId } = await fresh(db);
  const id = await anEndpoint(db, organizationId);
  await deliveries(db, organizationId, id, 100, { attempts: 5, nextAttemptAt: after(10 * HOUR) });
  await db.prisma.webhookDelivery.updateMany({ where: { endpointId: id }, data: { mayComeEarly: true } });
  await db.prisma.webhookEndpoint.update({ where: { id }, data: { wellSince: after(-5 * MIN), lastSuccessAt: T0 } });
  const processOn = (on: Database) =>
    createWebhooks({
      ...{ db: on, nodeId: newId('node'), keyRing, clock: { now: () => T0 }, log: quiet, metrics: noMetrics },
      ...{ allowSubnets: [], timeoutMs: 30_000, retryOffsetsS: defaultOffsetsS },
    });
  const there = processOn(db);
  let foundThere = 0;
  const here = processOn({
    ...db,
    rows: (statement, values) =>
      statement.name !== 'webhooks_bring_last_forward'
        ? db.rows(statement, values)
        : db.transaction(async (tx) => {
            const found = await tx.rows<never>(statement, values);
            foundThere = await there.bringLastForward(); // before what was found here is committed
            return found;
          }),
  });
  expect(await here.bringLastForward()).toBe(5);
  expect(foundThere).toBe(0);
  const rows = await deliveryRows(db, id);
  expect(rows.filter(({ nextAttemptAt }) => (nextAttemptAt ?? T0) <= after(MIN))).toHaveLength(5);
});
