/** GET /webhooks/events: the log, to poll. Nothing is skipped, whatever commits when. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { newId } from '../../src/platform/ids.ts';
import { BEGINNING, followLog, settleForeignEvents } from '../../src/webhooks/event-log-store.ts';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';
import { until } from '../support/until.ts';
import { anEvent, inTransaction } from './support/log.ts';
import { anEndpoint, deliveries } from './support/world.ts';

const db = await testDatabase({ poolSize: 12 });
const rest = await createRest(db);
afterAll(() => rest.stop());

type Page = { data: { id: string; event: string; created_at: string }[]; next_cursor: string | null; at_end: boolean };

async function reader(organizationId?: string) {
  const organization = organizationId ?? (await rest.createOrganization());
  const { key } = await rest.keyOf(organization);
  const get = (path: string) => rest.as(key).get(`/api/v1/webhooks${path}`);
  const page = async (query = ''): Promise<Page> => {
    const { status, body } = await get(`/events${query}`);
    expect([status, body.error]).toEqual([200, undefined]);
    return body;
  };
  const ids = async (query = '') => (await page(query)).data.map(({ id }) => id);
  /** A poller sees an event when all transactions that began before it are over, those of other suites in the same cluster too. */
  const settled = async (event: { readonly id: string }) => {
    await until('pollers see it', async () => (await ids('?limit=100')).includes(event.id));
    return event;
  };
  return { organization, get, page, ids, settled };
}

test('an event is shown exactly as it is delivered, with the time when it was recorded', async () => {
  const { organization, page, get, settled } = await reader();
  const event = await anEvent(db, organization, { type: 'session.started', data: { sequence: 3, token: 'Zähler ⚡' } });
  await settled(event);
  const { data } = await page();
  expect(data).toEqual([{ ...JSON.parse(event.body), created_at: event.createdAt.toISOString(), trace_id: null }]);
  const one = await get(`/events/${event.id}`);
  expect(one.body).toEqual({ ...data[0], deliveries: [] });
});

test('an event tells its deliveries, newest first', async () => {
  const { organization, get } = await reader();
  const endpoint = await anEndpoint(db, organization);
  const [id] = await deliveries(db, organization, endpoint, 1, { status: 'succeeded', attempts: 2 });
  const delivery = await db.prisma.webhookDelivery.findFirstOrThrow({ where: { id: id ?? '' } });
  const body = { id: delivery.eventId, event: 'session.started', timestamp: '2026-11-23T12:00:00.000Z', data: {} };
  await db.prisma.domainEvent.update({ where: { id: delivery.eventId }, data: { body: JSON.stringify(body) } });
  const again = newId('whd');
  await db.prisma.webhookDelivery.create({ data: { ...delivery, id: again, status: 'pending', origin: 'resend' } });
  const answer = await get(`/events/${delivery.eventId}`);
  expect(answer.body.deliveries.map((each: { id: string; status: string }) => [each.id, each.status])).toEqual([
    [again, 'pending'],
    [id, 'succeeded'],
  ]);
  expect(answer.body.deliveries[1]).toMatchObject({ endpoint_id: endpoint, attempts: 2 });
});

test('what a faster transaction commits waits for the slower one before it, so that polling skips neither', async () => {
  const { organization, page, ids, settled } = await reader();
  const before = await anEvent(db, organization);
  await settled(before);
  const first = await page();
  const slow = await inTransaction(db, organization);
  const fast = await anEvent(db, organization);
  const between = await page(`?cursor=${first.next_cursor}`);
  expect(between.data).toEqual([]);
  expect(await ids('?order=desc')).toEqual([fast.id, before.id]); // for people: what is there now
  await slow.commit();
  await settled(fast);
  expect(await ids(`?cursor=${between.next_cursor}`)).toEqual([slow.event.id, fast.id]);
});

test('while a transaction stays open, what is old enough is shown, but nothing behind what is not', async () => {
  const { organization, page, ids, settled } = await reader();
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  const open = await inTransaction(db, await rest.createOrganization());
  const old = await anEvent(db, organization, { createdAt: ago(30) });
  const young = await anEvent(db, organization, { createdAt: ago(5) });
  const behind = await anEvent(db, organization, { createdAt: ago(20) });
  const first = await page();
  const live = await followLog(db, new Map([[organization, BEGINNING]]), 10);
  await open.commit();
  expect(first.data.map(({ id }) => id)).toEqual([old.id]);
  expect(live.events.get(organization)?.map(({ id }) => id)).toEqual([old.id]);
  await settled(behind);
  expect(await ids(`?cursor=${first.next_cursor}`)).toEqual([young.id, behind.id]);
});

test('a poller beside many writers sees every event once, in an order that holds', async () => {
  const { organization, page, ids } = await reader();
  const seen: string[] = [];
  let cursor: string | null = null;
  const poll = async () => {
    const { data, next_cursor } = await page(cursor === null ? '?limit=7' : `?limit=7&cursor=${cursor}`);
    cursor = next_cursor;
    seen.push(...data.map(({ id }) => id));
  };
  let isWriting = true;
  const writers = Promise.all(
    Array.from({ length: 6 }, async () => {
      for (let i = 0; i < 15; i += 1) await (await inTransaction(db, organization, Math.random() * 0.01)).commit();
    }),
  ).finally(() => {
    isWriting = false;
  });
  while (isWriting) await poll();
  await writers;
  await until('it has seen as many as there are', async () => {
    await poll();
    return seen.length >= 90;
  });
  for (let i = 0; i < 3; i += 1) await poll();
  expect(seen).toHaveLength(90);
  expect(new Set(seen).size).toBe(90);
  expect(seen).toEqual(await ids('?limit=100'));
});

/** Ids of one millisecond have no order among each other. */
const laterId = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('the cursor', () => {
  test('is null while there has never been anything, and there on every page after that', async () => {
    const { organization, page, settled } = await reader();
    expect(await page()).toEqual({ data: [], next_cursor: null, at_end: true });
    const one = await settled(await anEvent(db, organization));
    const first = await page();
    expect(first.next_cursor).not.toBeNull();
    const empty = await page(`?cursor=${first.next_cursor}`);
    expect(empty).toEqual({ data: [], next_cursor: first.next_cursor, at_end: true });
    await laterId();
    const two = await settled(await anEvent(db, organization));
    expect((await page(`?cursor=${empty.next_cursor}`)).data.map(({ id }) => id)).toEqual([two.id]);
    const newestFirst = await page('?order=desc&limit=1');
    expect(newestFirst.data.map(({ id }) => id)).toEqual([two.id]);
    const last = await page(`?order=desc&limit=1&cursor=${newestFirst.next_cursor}`);
    expect([last.data.map(({ id }) => id), last.next_cursor]).toEqual([[one.id], null]);
  });

  test('stands beside what says whether this was all that there is now', async () => {
    const { organization, page, ids, settled } = await reader();
    for (let i = 0; i < 3; i += 1) await settled(await anEvent(db, organization));
    for (const order of ['asc', 'desc']) {
      const first = await page(`?limit=2&order=${order}`);
      expect([first.data.length, first.at_end]).toEqual([2, false]);
      const second = await page(`?limit=2&order=${order}&cursor=${first.next_cursor}`);
      expect([second.data.length, second.at_end]).toEqual([1, true]);
      expect(await page(`?limit=3&order=${order}`)).toMatchObject({ at_end: true });
    }
    // A full page that is the last one says so too; of the next there is nothing.
    await settled(await anEvent(db, organization, { type: 'session.ended' }));
    expect(await page('?limit=1&type=session.ended')).toMatchObject({ data: [{}], at_end: true });
    expect((await ids('?limit=100')).length).toBe(4);
  });

  test('moves on although nothing matches, so that a rare type does not read everything again', async () => {
    const { organization, page, settled } = await reader();
    await settled(await anEvent(db, organization, { type: 'session.started' }));
    const none = await page('?type=session.ended');
    expect(none.data).toEqual([]);
    await settled(await anEvent(db, organization, { type: 'session.started' }));
    const still = await page(`?type=session.ended&cursor=${none.next_cursor}`);
    expect(still.next_cursor).not.toBe(none.next_cursor);
    const ended = await settled(await anEvent(db, organization, { type: 'session.ended' }));
    const { data } = await page(`?type=session.ended&cursor=${still.next_cursor}`);
    expect(data.map(({ id }) => id)).toEqual([ended.id]);
  });

  test('of an event that is gone goes on by id', async () => {
    const { organization, page, ids, settled } = await reader();
    const gone = await settled(await anEvent(db, organization));
    await laterId();
    const next = await settled(await anEvent(db, organization));
    const { next_cursor: cursor } = await page('?limit=1');
    await db.prisma.domainEvent.delete({ where: { id: gone.id } });
    expect(await ids(`?cursor=${cursor}`)).toEqual([next.id]);
  });

  test("of another organization's event shows nothing of it", async () => {
    const [ours, theirs] = [await reader(), await reader()];
    await theirs.settled(await anEvent(db, theirs.organization));
    const { next_cursor: cursor } = await theirs.page();
    await laterId();
    const mine = await ours.settled(await anEvent(db, ours.organization));
    expect(await ours.ids(`?cursor=${cursor}`)).toEqual([mine.id]);
  });

  test('that is none is a 400', async () => {
    const { get } = await reader();
    for (const cursor of ['x', '%00', Buffer.from('7').toString('base64url')])
      expect((await get(`/events?cursor=${cursor}`)).status).toBe(400);
  });
});

test('filters: types, charge point, site, times', async () => {
  const { organization, ids, get } = await reader();
  const [chargePointId, other] = [newId('cp'), newId('cp')];
  const siteId = newId('site');
  const hour = (n: number) => new Date(Date.UTC(2026, 0, 1, n));
  const a = await anEvent(db, organization, { chargePointId, siteId, type: 'session.started', createdAt: hour(1) });
  const b = await anEvent(db, organization, { chargePointId, type: 'session.ended', createdAt: hour(2) });
  const c = await anEvent(db, organization, { chargePointId: other, siteId, createdAt: hour(3) });
  expect(await ids('?type=session.started,session.ended')).toEqual([a.id, b.id]);
  expect(await ids(`?charge_point_id=${chargePointId}`)).toEqual([a.id, b.id]);
  expect(await ids(`?charge_point_id=${chargePointId}&order=desc&limit=1`)).toEqual([b.id]);
  expect(await ids(`?site_id=${siteId}`)).toEqual([a.id, c.id]);
  expect(await ids(`?from=${hour(2).toISOString()}`)).toEqual([b.id, c.id]);
  expect(await ids(`?to=${hour(2).toISOString()}&order=desc`)).toEqual([a.id]);
  for (const [query, field] of [
    ['type=session.begun', 'type'],
    ['charge_point_id=7', 'charge_point_id'],
    ['site_id=7', 'site_id'],
    ['from=yesterday', 'from'],
    ['order=up', 'order'],
    ['limit=101', 'limit'],
    ['status=failed', 'status'],
  ] as const) {
    const { status, body } = await get(`/events?${query}`);
    expect([query, status, body.error.details[0].field]).toEqual([query, 400, field]);
  }
});

test('`from` misses nothing that a slow transaction recorded, although it looks up where to begin', async () => {
  const { organization, ids, settled } = await reader();
  const day = 86_400_000;
  const at = (ms: number) => new Date(Date.now() + ms);
  const old = await anEvent(db, organization, { createdAt: at(-2 * day) });
  const slow = await inTransaction(db, organization);
  const fast = await anEvent(db, organization);
  await slow.commit();
  await settled(fast);
  expect(await ids(`?from=${at(-60_000).toISOString()}`)).toEqual([slow.event.id, fast.id]);
  expect(await ids()).toEqual([old.id, slow.event.id, fast.id]);
});

describe('a database that was restored into another cluster', () => {
  const FAR = 4_000_000_000_000n;

  test('shows its old events, and goes on with the new ones, each once', async () => {
    const { organization, page, ids, settled } = await reader();
    const old = [];
    for (const [i, tx] of [FAR, 5n, FAR + 7n].entries())
      old.push(await anEvent(db, organization, { tx, createdAt: new Date(Date.UTC(2026, 0, 1, i)) }));
    const { next_cursor: heldByAClient } = await page('?limit=2&order=desc');
    expect(heldByAClient).not.toBeNull();
    expect(await settleForeignEvents(db, 2)).toBe(3);
    expect(await settleForeignEvents(db, 2)).toBe(0);
    const fresh = await settled(await anEvent(db, organization));
    const all = [...old.map(({ id }) => id), fresh.id];
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let i = 0; i < 5; i += 1) {
      const got: Page = await page(cursor === null ? '?limit=1' : `?limit=1&cursor=${cursor}`);
      cursor = got.next_cursor;
      seen.push(...got.data.map(({ id }) => id));
    }
    expect(seen).toEqual(all);
    expect(await ids()).toEqual(all);
  });

  test('goes on by id from a cursor whose number is beyond all of this cluster', async () => {
    const { organization, page, ids, settled } = await reader();
    const old = await anEvent(db, organization, { tx: FAR, createdAt: new Date(Date.UTC(2026, 0, 1)) });
    const { next_cursor: cursor } = await page();
    const fresh = await settled(await anEvent(db, organization));
    expect(await ids(`?cursor=${cursor}`)).toEqual([fresh.id]);
    expect(old.id < fresh.id).toBe(true);
  });
});

test('an unknown event is a 404', async () => {
  const { get } = await reader();
  expect((await get('/events/evt_01KAT3Z6Y8Q0000000000000AA')).status).toBe(404);
});
