import { expect, test } from '@jest/globals';
import { catalogue } from '../../src/events/index.ts';
import { newId } from '../../src/platform/ids.ts';
import { createEventWriter } from '../../src/webhooks/event-writer.ts';
import type { BornDelivery } from '../../src/webhooks/types.ts';
import { testDatabase } from '../support/db.ts';
import { insertSession } from '../support/rest.ts';
import {
  aChargePoint,
  after,
  anEndpoint,
  anOrganization,
  connected,
  counting,
  deliveryRows,
  sessionStarted,
  T0,
  writeEvents,
} from './support/world.ts';

const db = await testDatabase();

function writerWith(room: (endpointId: string) => number = () => 1000) {
  const accepted: { born: readonly BornDelivery[]; more: string[] }[] = [];
  const writer = createEventWriter({
    dispatcher: {
      room,
      newLease: () => ({ token: `lease-${newId('node')}`, ms: 60_000, untilMs: performance.now() + 60_000 }),
      accept: (born, more = []) => void accepted.push({ born, more: [...more] }),
    },
    now: () => after(1),
  });
  return { writer, accepted };
}

const eventsOf = (chargePointId: string) =>
  db.prisma.domainEvent.findMany({ where: { chargePointId }, orderBy: { sequence: 'asc' } });

test('an event is kept as the exact text that is sent, with a sequence without gaps per charge point', async () => {
  const organizationId = await anOrganization(db);
  const [one, two] = [await aChargePoint(db, organizationId), await aChargePoint(db, organizationId)];
  const { writer } = writerWith();
  for (const round of [0, 1])
    await db.transaction((tx) =>
      writeEvents(writer, tx, [
        { root: two, event: connected(after(round * 10)) },
        { root: one, event: connected(after(round * 10)) },
        { root: one, event: sessionStarted(after(round * 10 + 1), { historical: true }) },
      ]),
    );
  const events = await eventsOf(one.chargePointId);
  expect(events.map(({ sequence, type }) => [Number(sequence), type])).toEqual([
    [1, 'charge_point.connected'],
    [2, 'session.started'],
    [3, 'charge_point.connected'],
    [4, 'session.started'],
  ]);
  expect((await eventsOf(two.chargePointId)).map(({ sequence }) => Number(sequence))).toEqual([1, 2]);
  const started = events[3];
  const body: unknown = JSON.parse(started?.body ?? '');
  expect(body).toEqual({
    id: started?.id,
    event: 'session.started',
    timestamp: after(11).toISOString(),
    data: {
      organization_id: organizationId,
      charge_point_id: one.chargePointId,
      charge_point_identity: one.identity,
      occurred_at: after(11).toISOString(),
      received_at: new Date(after(11).getTime() + 120).toISOString(),
      sequence: 4,
      historical: true,
      ...sessionStarted().data,
    },
  });
  expect(catalogue['session.started'].data.parse((body as { data: unknown }).data)).toBeDefined();
  expect(started).toMatchObject({ organizationId, occurredAt: after(11), createdAt: after(1) });
});

test('deliveries go to the active endpoints of the organization that want the type, and to no other', async () => {
  const organizationId = await anOrganization(db);
  const root = await aChargePoint(db, organizationId);
  const all = await anEndpoint(db, organizationId, { events: ['*'], secret: 'a secret of the customer' });
  const sessions = await anEndpoint(db, organizationId, { events: ['session.ended', 'session.started'] });
  const others = [
    await anEndpoint(db, organizationId, { events: ['alert.triggered'] }),
    await anEndpoint(db, organizationId, { active: false }),
    await anEndpoint(db, organizationId, { active: false, deletedAt: T0 }),
    await anEndpoint(db, await anOrganization(db)),
  ];
  const { writer, accepted } = writerWith();
  const { committed } = await db.transaction((tx) =>
    writeEvents(writer, tx, [
      { root, event: connected() },
      { root, event: sessionStarted() },
    ]),
  );
  const events = await eventsOf(root.chargePointId);
  expect((await deliveryRows(db, all)).map(({ event }) => event)).toEqual([
    'charge_point.connected',
    'session.started',
  ]);
  const [row] = await deliveryRows(db, sessions);
  expect(row).toMatchObject({
    organizationId,
    eventId: events[1]?.id,
    event: 'session.started',
    status: 'pending',
    attempts: 0,
    createdAt: after(1),
    nextAttemptAt: after(1),
    leaseToken: expect.any(String),
  });
  expect(row?.leasedUntil?.getTime()).toBeGreaterThan(Date.now() + 50_000);
  for (const endpointId of others) expect(await deliveryRows(db, endpointId)).toEqual([]);

  expect(accepted).toEqual([]); // nothing before the commit is told
  committed();
  expect(accepted).toHaveLength(1);
  const born = accepted[0]?.born ?? [];
  expect(born).toHaveLength(3);
  expect(born.find(({ endpointId }) => endpointId === sessions)).toMatchObject({
    id: row?.id,
    body: events[1]?.body,
    url: 'https://receiver.test/hook',
    secret: null,
    leaseToken: row?.leaseToken,
  });
  expect(born.find(({ endpointId }) => endpointId === all)?.secret).toBeInstanceOf(Uint8Array);
});

test('what the dispatcher has no room for is born without a lease, to be claimed at once', async () => {
  const organizationId = await anOrganization(db);
  const root = await aChargePoint(db, organizationId);
  const [full, free] = [await anEndpoint(db, organizationId), await anEndpoint(db, organizationId)];
  const { writer, accepted } = writerWith((endpointId) => (endpointId === full ? 1 : 1000));
  const { committed } = await db.transaction((tx) =>
    writeEvents(
      writer,
      tx,
      [0, 1, 2].map((seconds) => ({ root, event: connected(after(seconds)) })),
    ),
  );
  committed();
  expect((await deliveryRows(db, full)).map(({ leaseToken }) => leaseToken !== null)).toEqual([true, false, false]);
  expect((await deliveryRows(db, free)).every(({ leaseToken }) => leaseToken !== null)).toBe(true);
  expect(accepted[0]?.more).toEqual([full]);
  expect(accepted[0]?.born).toHaveLength(4);
});

test('a transaction that is rolled back leaves no event, no delivery and no used sequence', async () => {
  const organizationId = await anOrganization(db);
  const root = await aChargePoint(db, organizationId);
  const endpoint = await anEndpoint(db, organizationId);
  const { writer } = writerWith();
  await expect(
    db.transaction(async (tx) => {
      await writeEvents(writer, tx, [{ root, event: connected() }]);
      throw new Error('something else failed');
    }),
  ).rejects.toThrow('something else failed');
  expect(await eventsOf(root.chargePointId)).toEqual([]);
  expect(await deliveryRows(db, endpoint)).toEqual([]);
  await db.transaction((tx) => writeEvents(writer, tx, [{ root, event: connected() }]));
  expect((await eventsOf(root.chargePointId)).map(({ sequence }) => Number(sequence))).toEqual([1]);
});

test('three hundred events of a hundred charge points to three endpoints are two statements', async () => {
  const organizationId = await anOrganization(db);
  const roots = await Promise.all(Array.from({ length: 100 }, () => aChargePoint(db, organizationId)));
  const endpoints = [await anEndpoint(db, organizationId), await anEndpoint(db, organizationId)];
  const counted = counting(db);
  const { writer } = writerWith();
  await counted.db.transaction((tx) =>
    writeEvents(
      writer,
      tx,
      [0, 1, 2].flatMap((seconds) => roots.map((root) => ({ root, event: connected(after(seconds)) }))),
    ),
  );
  const own = [...counted.statements].filter(([name]) => name.startsWith('webhooks_'));
  expect(own.reduce((sum, [, count]) => sum + count, 0)).toBe(2);
  for (const endpoint of endpoints)
    expect(await db.prisma.webhookDelivery.count({ where: { endpointId: endpoint } })).toBe(300);
});

test('a filter by site keeps out what happens elsewhere, and the event remembers its site', async () => {
  const organizationId = await anOrganization(db);
  const here = { ...(await aChargePoint(db, organizationId)), siteId: 'site_here' };
  const elsewhere = await aChargePoint(db, organizationId);
  const endpoint = await anEndpoint(db, organizationId, { siteIds: ['site_here'] });
  const { writer } = writerWith();
  await db.transaction((tx) =>
    writeEvents(writer, tx, [
      { root: here, event: connected() },
      { root: elsewhere, event: connected() },
    ]),
  );
  const [event] = await eventsOf(here.chargePointId);
  expect(event?.siteId).toBe('site_here');
  expect((await deliveryRows(db, endpoint)).map(({ eventId }) => eventId)).toEqual([event?.id]);
});

test('a minimum interval: the first goes at once, the newest of what follows takes the place of what waits', async () => {
  const organizationId = await anOrganization(db);
  const root = await aChargePoint(db, organizationId);
  const endpoint = await anEndpoint(db, organizationId, { minIntervals: { 'charge_point.connected': 60 } });
  const { writer, accepted } = writerWith();
  for (const seconds of [0, 5, 10]) {
    const { committed } = await db.transaction((tx) =>
      writeEvents(writer, tx, [{ root, event: connected(after(seconds)) }]),
    );
    committed();
  }
  const events = await eventsOf(root.chargePointId);
  const rows = (await deliveryRows(db, endpoint)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  expect(rows.map(({ eventId }) => eventId)).toEqual([events[0]?.id, events[2]?.id]);
  expect(rows.map(({ nextAttemptAt }) => nextAttemptAt)).toEqual([after(1), after(61)]);
  expect(rows.map(({ leaseToken }) => leaseToken !== null)).toEqual([true, false]);
  expect(accepted.flatMap(({ born }) => born.map(({ eventId }) => eventId))).toEqual([events[0]?.id]);
  // another charge point is another subject
  const other = await aChargePoint(db, organizationId);
  await db.transaction((tx) => writeEvents(writer, tx, [{ root: other, event: connected() }]));
  expect(await deliveryRows(db, endpoint)).toHaveLength(3);
});

test('behind an overdue one that somebody is about to send the next waits for the whole interval', async () => {
  const organizationId = await anOrganization(db);
  const root = await aChargePoint(db, organizationId);
  const endpoint = await anEndpoint(db, organizationId, { minIntervals: { 'charge_point.connected': 60 } });
  const { writer } = writerWith();
  const emit = () => db.transaction((tx) => writeEvents(writer, tx, [{ root, event: connected() }]));
  await emit();
  await db.prisma.webhookDelivery.updateMany({ where: { endpointId: endpoint }, data: { nextAttemptAt: after(-300) } });
  await emit();
  const rows = await deliveryRows(db, endpoint);
  expect(rows.map(({ nextAttemptAt }) => nextAttemptAt)).toEqual([after(-300), after(61)]); // it is one second past T0
});

test('three of one subject in one transaction: one goes, the last one waits', async () => {
  const organizationId = await anOrganization(db);
  const root = await aChargePoint(db, organizationId);
  const endpoint = await anEndpoint(db, organizationId, { minIntervals: { 'charge_point.connected': 60 } });
  const { writer } = writerWith();
  await db.transaction((tx) =>
    writeEvents(
      writer,
      tx,
      [0, 1, 2].map((seconds) => ({ root, event: connected(after(seconds)) })),
    ),
  );
  const events = await eventsOf(root.chargePointId);
  const rows = (await deliveryRows(db, endpoint)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  expect(rows.map(({ eventId }) => eventId)).toEqual([events[0]?.id, events[2]?.id]);
});

test('what is overdue keeps its place in the line however often a newer one replaces it, also twice in one transaction', async () => {
  const organizationId = await anOrganization(db);
  const root = await aChargePoint(db, organizationId);
  const endpoint = await anEndpoint(db, organizationId, { minIntervals: { 'charge_point.connected': 60 } });
  const { writer, accepted } = writerWith();
  const emit = (count: number) =>
    db.transaction((tx) =>
      writeEvents(
        writer,
        tx,
        Array.from({ length: count }, () => ({ root, event: connected() })),
      ),
    );
  await emit(1);
  await emit(1);
  // a backlog of ten minutes: it was due long ago, and others stand before it
  await db.prisma.webhookDelivery.updateMany({
    where: { endpointId: endpoint, leaseToken: null },
    data: { nextAttemptAt: after(-600) },
  });
  await emit(1);
  const { committed } = await emit(2);
  committed();
  const rows = await deliveryRows(db, endpoint);
  const events = await eventsOf(root.chargePointId);
  expect(rows.map(({ eventId }) => eventId)).toEqual([events[0]?.id, events[4]?.id]);
  expect(rows[1]?.nextAttemptAt).toEqual(after(-600));
  expect(accepted).toEqual([{ born: [], more: [endpoint] }]);
});

test('an ordered endpoint: deliveries carry charge point and sequence, and wait for a claim that is asked for at once', async () => {
  const organizationId = await anOrganization(db);
  const root = await aChargePoint(db, organizationId);
  const endpoint = await anEndpoint(db, organizationId, { ordered: true });
  const { writer, accepted } = writerWith();
  const { committed } = await db.transaction((tx) =>
    writeEvents(writer, tx, [
      { root, event: connected() },
      { root, event: sessionStarted() },
    ]),
  );
  committed();
  const rows = (await deliveryRows(db, endpoint)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  expect(rows.map(({ orderedKey, sequence, leaseToken }) => [orderedKey, Number(sequence), leaseToken])).toEqual([
    [root.chargePointId, 1, null],
    [root.chargePointId, 2, null],
  ]);
  expect(accepted).toEqual([{ born: [], more: [endpoint] }]);
});

test('after a handover what is told of a session of before is of its owner then, the rest of the owner now', async () => {
  const [former, next] = [await anOrganization(db), await anOrganization(db)];
  const [toFormer, toNext] = [await anEndpoint(db, former), await anEndpoint(db, next)];
  const root = { ...(await aChargePoint(db, next)), handedOver: true };
  const ours = await insertSession(db, { organizationId: former, chargePointId: root.chargePointId });
  const theirs = await insertSession(db, { organizationId: next, chargePointId: root.chargePointId });
  const started = (id: string) => {
    const event = sessionStarted();
    return { ...event, data: { ...event.data, session_id: id } } as typeof event;
  };
  const { writer } = writerWith();
  await db.transaction((tx) =>
    writeEvents(writer, tx, [
      { root, event: started(ours.id) },
      { root, event: started(theirs.id) },
      { root, event: connected() },
    ]),
  );
  const events = await eventsOf(root.chargePointId);
  expect(events.map(({ organizationId }) => organizationId)).toEqual([former, next, next]);
  expect(events[0]?.body).not.toContain(next);
  expect((await deliveryRows(db, toFormer)).map(({ event }) => event)).toEqual(['session.started']);
  expect(await deliveryRows(db, toNext)).toHaveLength(2);
});

test('a former owner with another charge point in the batch gets each event once per endpoint', async () => {
  const [former, next] = [await anOrganization(db), await anOrganization(db)];
  const endpoint = await anEndpoint(db, former);
  const root = { ...(await aChargePoint(db, next)), handedOver: true };
  const kept = await aChargePoint(db, former);
  const session = await insertSession(db, { organizationId: former, chargePointId: root.chargePointId });
  const started = sessionStarted();
  const { writer } = writerWith();
  await db.transaction((tx) =>
    writeEvents(writer, tx, [
      { root, event: { ...started, data: { ...started.data, session_id: session.id } } as typeof started },
      { root: kept, event: connected() },
    ]),
  );
  const told = (await deliveryRows(db, endpoint)).map(({ event }) => event);
  expect(told.toSorted()).toEqual(['charge_point.connected', 'session.started']);
});
