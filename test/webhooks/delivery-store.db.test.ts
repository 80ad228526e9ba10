import { expect, test } from '@jest/globals';
import { createDeliveryStore } from '../../src/webhooks/delivery-store.ts';
import { changeEndpoint } from '../../src/webhooks/endpoint-store.ts';
import type { Attempt, Completion, DeliveryState } from '../../src/webhooks/types.ts';
import { testDatabase } from '../support/db.ts';
import { after, anEndpoint, anOrganization, deliveries, deliveryRows, T0 } from './support/world.ts';

const db = await testDatabase();
const store = createDeliveryStore(db);
const noRooms = new Map<string, number>();

type ClaimAll = Parameters<typeof store.claimAll>[0];
let tokens = 0;
const claim = (more: Partial<ClaimAll> = {}) =>
  store.claimAll({
    now: after(0),
    limit: 1000,
    leaseToken: `lease-${tokens++}`,
    leaseMs: 60_000,
    after: '',
    rooms: noRooms,
    roomOfUnknown: 16,
    ...more,
  });

/** Each test with an organization of its own, and nothing waiting from the one before. */
async function fresh(): Promise<string> {
  await db.prisma.webhookDelivery.deleteMany();
  await db.prisma.webhookEndpoint.deleteMany();
  return anOrganization(db);
}
const counts = (rows: readonly { endpointId: string }[]): Record<string, number> => {
  const found: Record<string, number> = {};
  for (const { endpointId } of rows) found[endpointId] = (found[endpointId] ?? 0) + 1;
  return found;
};

test('one endpoint with 5,000 waiting deliveries starves nobody: each gets its share of the claim', async () => {
  const organizationId = await fresh();
  const busy = await anEndpoint(db, organizationId);
  await deliveries(db, organizationId, busy, 5000, { createdAt: after(-3600) });
  const others = await Promise.all(Array.from({ length: 20 }, () => anEndpoint(db, organizationId)));
  for (const endpoint of others) await deliveries(db, organizationId, endpoint, 3);
  const rows = await claim();
  expect(counts(rows)).toEqual({ [busy]: 16, ...Object.fromEntries(others.map((endpoint) => [endpoint, 3])) });
});

test('of one endpoint the longest due come first, and only what is due', async () => {
  const organizationId = await fresh();
  const endpoint = await anEndpoint(db, organizationId);
  const [later = ''] = await deliveries(db, organizationId, endpoint, 1, { nextAttemptAt: after(-1) });
  const [sooner = ''] = await deliveries(db, organizationId, endpoint, 1, { nextAttemptAt: after(-5) });
  await deliveries(db, organizationId, endpoint, 1, { nextAttemptAt: after(1) });
  expect((await claim({ roomOfUnknown: 1 })).map(({ id }) => id)).toEqual([sooner]);
  expect((await claim()).map(({ id }) => id)).toEqual([later]);
  expect(await claim()).toEqual([]);
});

test('a claim brings all that is needed to send, with the URL as it is now', async () => {
  const organizationId = await fresh();
  const endpoint = await anEndpoint(db, organizationId, { secret: 'a secret of the customer' });
  const [id = ''] = await deliveries(db, organizationId, endpoint, 1, { attempts: 2, firstAttemptAt: after(-300) });
  await db.prisma.webhookEndpoint.update({ where: { id: endpoint }, data: { url: 'https://new.test/' } });
  const [row] = await claim({ leaseToken: 'mine' });
  expect(row).toEqual({
    id,
    endpointId: endpoint,
    eventId: expect.stringMatching(/^evt_/),
    event: 'session.started',
    body: `{"id":"${row?.eventId}"}`,
    traceId: null,
    url: 'https://new.test/',
    secret: expect.any(Uint8Array),
    previousSecret: null,
    previousSecretUntil: null,
    orderedKey: null,
    isOrdered: false,
    waitsSince: null,
    attempts: 2,
    firstAttemptAt: after(-300),
    nextAttemptAt: T0,
  });
  expect(await deliveryRows(db, endpoint)).toMatchObject([{ leaseToken: 'mine' }]);
});

test('the room of endpoints that are known counts, and the limit of all', async () => {
  const organizationId = await fresh();
  const [a, b, c] = [
    await anEndpoint(db, organizationId),
    await anEndpoint(db, organizationId),
    await anEndpoint(db, organizationId),
  ];
  for (const endpoint of [a, b, c]) await deliveries(db, organizationId, endpoint, 30);
  const rooms = new Map([
    [a, 0],
    [b, 25],
  ]);
  expect(counts(await claim({ rooms, roomOfUnknown: 4 }))).toEqual({ [b]: 25, [c]: 4 });
  expect(await claim({ limit: 3 })).toHaveLength(3);
});

test('a claim can begin behind an endpoint, so that those at the end get their turn', async () => {
  const organizationId = await fresh();
  const endpoints = (await Promise.all(Array.from({ length: 4 }, () => anEndpoint(db, organizationId)))).toSorted();
  for (const endpoint of endpoints) await deliveries(db, organizationId, endpoint, 2);
  const [, second = '', third = '', fourth = ''] = endpoints;
  expect(counts(await claim({ after: second }))).toEqual({ [third]: 2, [fourth]: 2 });
});

test('single endpoints can be asked', async () => {
  const organizationId = await fresh();
  const [a, b] = [await anEndpoint(db, organizationId), await anEndpoint(db, organizationId)];
  for (const endpoint of [a, b]) await deliveries(db, organizationId, endpoint, 5);
  const rows = await store.claimOf({
    now: after(0),
    limit: 100,
    leaseToken: 'x',
    leaseMs: 60_000,
    rooms: new Map([[b, 3]]),
  });
  expect(counts(rows)).toEqual({ [b]: 3 });
});

test('what is paused, deleted, ended or leased to somebody is not claimed; a lease that ran out is', async () => {
  const organizationId = await fresh();
  await deliveries(db, organizationId, await anEndpoint(db, organizationId, { active: false }), 2);
  await deliveries(db, organizationId, await anEndpoint(db, organizationId, { deletedAt: T0, active: false }), 2);
  const endpoint = await anEndpoint(db, organizationId);
  await deliveries(db, organizationId, endpoint, 1, { status: 'succeeded' });
  const [mine = ''] = await deliveries(db, organizationId, endpoint, 1);
  expect(await claim()).toHaveLength(1);
  expect(await claim()).toEqual([]);
  await db.prisma.webhookDelivery.update({ where: { id: mine }, data: { leasedUntil: new Date(Date.now() - 1000) } });
  expect((await claim({ leaseToken: 'next' })).map(({ id }) => id)).toEqual([mine]);
});

test('two processes that claim at the same moment never get the same row', async () => {
  const organizationId = await fresh();
  for (let i = 0; i < 10; i += 1) await deliveries(db, organizationId, await anEndpoint(db, organizationId), 40);
  const claims = await Promise.all(Array.from({ length: 4 }, () => claim()));
  const ids = claims.flat().map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThanOrEqual(160);
});

const completionOf = (
  id: string,
  leaseToken: string,
  state: DeliveryState,
  endpointId = '',
  more: Partial<Completion> = {},
): Completion => ({
  id,
  endpointId,
  leaseToken,
  leasedUntilMs: Number.POSITIVE_INFINITY,
  state,
  attempt: undefined,
  disable: undefined,
  ...more,
});
const succeeded: DeliveryState = {
  status: 'succeeded',
  attempts: 1,
  firstAttemptAt: after(1),
  completedAt: after(2),
  responseStatus: 204,
};

test('results are written for many at once, only under the lease that is still held', async () => {
  const organizationId = await fresh();
  const endpoint = await anEndpoint(db, organizationId);
  const [ok = '', retry = '', end = '', lost = ''] = await deliveries(db, organizationId, endpoint, 4);
  await claim({ leaseToken: 'mine' });
  await db.prisma.webhookDelivery.update({ where: { id: lost }, data: { leaseToken: 'somebody' } });
  const { saved } = await store.complete(
    [
      completionOf(ok, 'mine', succeeded),
      completionOf(retry, 'mine', {
        status: 'pending',
        attempts: 1,
        firstAttemptAt: after(1),
        nextAttemptAt: after(58),
        notBefore: null,
        responseStatus: null,
        lastError: 'timeout',
      }),
      completionOf(end, 'mine', {
        status: 'failed',
        attempts: 6,
        firstAttemptAt: after(1),
        completedAt: after(9),
        responseStatus: 500,
        lastError: 'HTTP 500',
      }),
      completionOf(lost, 'mine', succeeded),
    ],
    after(3),
  );
  expect(saved).toEqual(new Set([ok, retry, end]));
  const free = { leaseToken: null, leasedUntil: null };
  expect(await deliveryRows(db, endpoint)).toMatchObject([
    {
      id: ok,
      status: 'succeeded',
      attempts: 1,
      responseStatus: 204,
      nextAttemptAt: null,
      completedAt: after(2),
      ...free,
    },
    { id: retry, status: 'pending', lastError: 'timeout', firstAttemptAt: after(1), nextAttemptAt: after(58), ...free },
    {
      id: end,
      status: 'failed',
      attempts: 6,
      lastError: 'HTTP 500',
      completedAt: after(9),
      nextAttemptAt: null,
      ...free,
    },
    { id: lost, status: 'pending', attempts: 0, leaseToken: 'somebody' },
  ]);
});

const attemptOf = (more: Partial<Attempt> = {}): Attempt => ({
  number: 1,
  startedAt: after(1),
  finishedAt: after(2),
  durationMs: 12,
  url: 'https://receiver.test/hook',
  responseStatus: 410,
  error: 'HTTP 410',
  reply: undefined,
  signatures: undefined,
  ...more,
});

test('410 switches the endpoint off, unless it has another URL by now', async () => {
  const organizationId = await fresh();
  const [gone, moved] = [await anEndpoint(db, organizationId), await anEndpoint(db, organizationId)];
  const ids = [...(await deliveries(db, organizationId, gone, 1)), ...(await deliveries(db, organizationId, moved, 1))];
  const rows = await claim({ leaseToken: 'mine' });
  await db.prisma.webhookEndpoint.update({ where: { id: moved }, data: { url: 'https://new.test/' } });
  const failed: DeliveryState = {
    status: 'failed',
    attempts: 1,
    firstAttemptAt: after(1),
    completedAt: after(2),
    responseStatus: 410,
    lastError: 'HTTP 410',
  };
  const more = { attempt: attemptOf(), disable: { url: 'https://receiver.test/hook' } };
  await store.complete(
    rows.map(({ id, endpointId }) => completionOf(id, 'mine', failed, endpointId, more)),
    after(3),
  );
  expect(rows.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect(await db.prisma.webhookEndpoint.findUnique({ where: { id: gone } })).toMatchObject({
    active: false,
    disabledReason: 'gone',
    updatedAt: after(3),
  });
  expect(await db.prisma.webhookEndpoint.findUnique({ where: { id: moved } })).toMatchObject({
    active: true,
    disabledReason: null,
  });
});

test('leases are renewed and given back only by who holds them, and not for a paused endpoint', async () => {
  const organizationId = await fresh();
  const [endpoint, paused] = [await anEndpoint(db, organizationId), await anEndpoint(db, organizationId)];
  const [one = '', two = ''] = await deliveries(db, organizationId, endpoint, 2);
  const [three = ''] = await deliveries(db, organizationId, paused, 1);
  await claim({ leaseToken: 'mine', leaseMs: 1000 });
  await db.prisma.webhookEndpoint.update({ where: { id: paused }, data: { active: false } });
  const renewed = await store.renew(
    [
      { id: one, leaseToken: 'mine' },
      { id: two, leaseToken: 'other' },
      { id: three, leaseToken: 'mine' },
    ],
    60_000,
  );
  expect(renewed).toEqual(new Set([one]));
  await store.release([
    { id: one, leaseToken: 'mine' },
    { id: two, leaseToken: 'other' },
  ]);
  expect(await deliveryRows(db, endpoint)).toMatchObject([
    { id: one, leaseToken: null, leasedUntil: null, status: 'pending' },
    { id: two, leaseToken: 'mine' },
  ]);
});

test('while an endpoint is paused its deliveries are held, and past 24 hours they fail', async () => {
  const organizationId = await fresh();
  const [paused, active] = [
    await anEndpoint(db, organizationId, { active: false }),
    await anEndpoint(db, organizationId),
  ];
  const day = 86_400;
  const [never = '', waits = ''] = [
    ...(await deliveries(db, organizationId, paused, 1, { createdAt: after(-day - 1) })),
    ...(await deliveries(db, organizationId, paused, 1, { createdAt: after(-day + 1) })),
  ];
  const [tried = ''] = await deliveries(db, organizationId, paused, 1, {
    createdAt: after(-day - 3600),
    firstAttemptAt: after(-day - 3600),
    nextAttemptAt: after(-day + 1), // since when it was to be tried again
    attempts: 1,
  });
  await deliveries(db, organizationId, active, 1, { createdAt: after(-2 * day) });
  expect(await store.endHeld(T0, 100)).toBe(1);
  expect(await deliveryRows(db, paused)).toMatchObject([
    { id: never, status: 'failed', lastError: 'expired_while_paused', completedAt: T0, nextAttemptAt: null },
    { id: waits, status: 'pending' },
    { id: tried, status: 'pending' },
  ]);
  expect(await deliveryRows(db, active)).toMatchObject([{ status: 'pending' }]);
  expect(await store.endHeld(after(2), 100)).toBe(2);
});

test('what was overdue when its endpoint was paused, and told of something newer by then, has its 24 hours from that', async () => {
  const organizationId = await fresh();
  const endpoint = await anEndpoint(db, organizationId, { active: false });
  const overdue = { createdAt: after(-4 * 3600), nextAttemptAt: after(-86_401) };
  const [id = ''] = await deliveries(db, organizationId, endpoint, 1, overdue);
  await db.prisma.webhookDelivery.update({ where: { id }, data: { throttleKey: 'session.cost_updated ses_1' } });
  expect(await store.endHeld(T0, 100)).toBe(0);
  expect(await store.endHeld(after(20 * 3600 + 1), 100)).toBe(1);
  const deleted = await anEndpoint(db, organizationId, { active: false, deletedAt: T0 });
  const [left = ''] = await deliveries(db, organizationId, deleted, 1, overdue);
  await db.prisma.webhookDelivery.update({ where: { id: left }, data: { throttleKey: 'session.cost_updated ses_1' } });
  expect(await store.endHeld(T0, 100)).toBe(1);
});

test('what waits for an endpoint that has become ordered gets its place, also what was on its way or was written late', async () => {
  const organizationId = await fresh();
  const endpoint = await anEndpoint(db, organizationId);
  const first = await deliveries(db, organizationId, endpoint, 2);
  const [sent = ''] = await deliveries(db, organizationId, endpoint, 1);
  const lease = (leasedUntil: Date | null) =>
    db.prisma.webhookDelivery.update({ where: { id: sent }, data: { leaseToken: leasedUntil && 'x', leasedUntil } });
  await lease(new Date(Date.now() + 60_000));
  await changeEndpoint(db, organizationId, endpoint, { ordered: true, now: after(0) });
  const placed = async () =>
    (await deliveryRows(db, endpoint)).flatMap(({ id, orderedKey }) => (orderedKey === id ? [id] : []));
  const job = async (seconds: number) => {
    const adopted = await store.adoptOrder(after(seconds), 100);
    await store.settleOrder(after(seconds));
    return adopted;
  };
  expect(await store.adoptOrderOf({ id: endpoint, organizationId: 'org_other' }, 100)).toBe(0);
  expect(await store.adoptOrderOf({ id: endpoint, organizationId }, 100)).toBe(2);
  expect(await placed()).toEqual(first);
  expect(await job(90)).toBe(0); // one is on its way still
  await lease(null);
  expect(await job(120)).toBe(1);
  await deliveries(db, organizationId, endpoint, 1);
  expect(await job(150)).toBe(0); // it was known that there are none, and is for an hour
  expect(await job(120 + 3601)).toBe(1);
  expect(await placed()).toHaveLength(4);
  await changeEndpoint(db, organizationId, endpoint, { ordered: false, now: after(4000) });
  await deliveries(db, organizationId, endpoint, 1);
  await changeEndpoint(db, organizationId, endpoint, { ordered: true, now: after(4010) });
  expect(await job(4030)).toBe(1);
  await deliveries(db, organizationId, endpoint, 1); // by who had read it before it was changed
  expect(await job(4060)).toBe(1);
});

test('what waits for an endpoint that is gone ends, in batches', async () => {
  const organizationId = await fresh();
  const gone = await anEndpoint(db, organizationId, { active: false, deletedAt: T0 });
  await deliveries(db, organizationId, gone, 7);
  await deliveries(db, organizationId, 'whe_never_was', 1);
  const ended = [await store.endHeld(T0, 5), await store.endHeld(T0, 5), await store.endHeld(T0, 5)];
  expect(ended).toEqual([5, 3, 0]);
  expect((await deliveryRows(db, gone)).every(({ lastError }) => lastError === 'endpoint_deleted')).toBe(true);
});

test('the most overdue delivery of an active endpoint is known', async () => {
  const organizationId = await fresh();
  expect(await store.oldestDue(T0)).toBeUndefined();
  await deliveries(db, organizationId, await anEndpoint(db, organizationId, { active: false }), 1, {
    createdAt: after(-99),
  });
  const endpoint = await anEndpoint(db, organizationId);
  await deliveries(db, organizationId, endpoint, 1, { createdAt: after(-20) });
  await deliveries(db, organizationId, endpoint, 1, { createdAt: after(-30) });
  expect(await store.oldestDue(T0)).toEqual(after(-30));
});

test('in order only the first of a charge point can be late: those behind it wait for it', async () => {
  const organizationId = await fresh();
  const endpoint = await anEndpoint(db, organizationId, { ordered: true });
  const late = await store.oldestDue(T0);
  const [head = '', behind = ''] = await deliveries(db, organizationId, endpoint, 2, { createdAt: after(-900) });
  const place = (id: string, sequence: number, nextAttemptAt: Date) =>
    db.prisma.webhookDelivery.update({ where: { id }, data: { orderedKey: 'cp_1', sequence, nextAttemptAt } });
  await place(behind, 2, after(-900));
  await place(head, 1, after(600)); // its receiver is down: it is tried again later
  expect(await store.oldestDue(T0)).toEqual(late);
  await place(head, 1, after(-600));
  expect(await store.oldestDue(T0)).toEqual(after(-600));
});
