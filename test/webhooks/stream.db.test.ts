/** GET /webhooks/stream: events as they happen; whoever comes back with Last-Event-ID has no gap and nothing twice. */
import { connect } from 'node:net';
import { afterAll, describe, expect, test } from '@jest/globals';
import { newId } from '../../src/platform/ids.ts';
import { acceleratedClock, createCharger, seededRandom } from '../../src/simulator/index.ts';
import { createEventFeed } from '../../src/webhooks/event-feed.ts';
import { endOfLog, type LoggedEvent } from '../../src/webhooks/event-log-store.ts';
import { startApp } from '../support/app.ts';
import { testDatabase } from '../support/db.ts';
import { quiet } from '../support/quiet-log.ts';
import { createRest } from '../support/rest.ts';
import { listening, readEvents } from '../support/sse.ts';
import { until } from '../support/until.ts';
import { anEvent, inTransaction } from './support/log.ts';
import { counting } from './support/world.ts';

const db = await testDatabase({ poolSize: 15 });
const rest = await createRest(db, { streamLimits: { recheckMs: 100 } });
const { url } = await listening(rest.app);
afterAll(() => rest.stop());

async function customer() {
  const organization = await rest.createOrganization();
  const { key } = await rest.keyOf(organization);
  const stream = async (query = '', headers: Record<string, string> = {}) =>
    readEvents(`${url}/api/v1/webhooks/stream${query}`, { 'X-API-Key': key, ...headers });
  /** Listens live: what is committed from now on comes. */
  const live = async (query = '') => {
    const before = rest.feed.size();
    const reader = await stream(query);
    await until('it listens', () => rest.feed.size() > before);
    return reader;
  };
  /**
   * The log, which shows an event when all transactions that began before it are over, shows this one: whoever listens from now on
   * does not hear of it. Other suites have transactions in the same cluster.
   */
  const settled = (id: string) =>
    until('the log shows it', async () => {
      const answer = await fetch(`${url}/api/v1/webhooks/events`, { headers: { 'X-API-Key': key } });
      const { data } = (await answer.json()) as { data: { id: string }[] };
      return data.some((event) => event.id === id);
    });
  return { organization, key, stream, live, settled };
}

test('an event of another process comes within a moment: its id, its type, and exactly the body that is delivered', async () => {
  const { organization, live, settled } = await customer();
  const early = await anEvent(db, organization);
  await settled(early.id);
  const reader = await live();
  const event = await anEvent(db, organization, { type: 'session.started', data: { token: 'Zähler ⚡' } });
  expect(await reader.take(1)).toEqual([{ id: event.id, event: 'session.started', data: event.body }]);
  await reader.close();
  await until('nobody listens', () => rest.feed.size() === 0);
});

test('what commits later comes later, but comes, and nothing overtakes it', async () => {
  const { organization, live } = await customer();
  const reader = await live();
  const slow = await inTransaction(db, organization);
  const fast = await anEvent(db, organization);
  const witness = await customer();
  const other = await witness.live();
  await slow.commit();
  await anEvent(db, witness.organization);
  await other.take(1);
  expect((await reader.take(2)).map(({ id }) => id)).toEqual([slow.event.id, fast.id]);
  await Promise.all([reader.close(), other.close()]);
});

test('a reader that is interrupted again and again while many write has every event once', async () => {
  const { organization, stream, live } = await customer();
  const TOTAL = 90;
  const steady = await live();
  const seen: string[] = [];
  const writers = Promise.all(
    Array.from({ length: 6 }, async () => {
      for (let i = 0; i < TOTAL / 6; i += 1)
        await (await inTransaction(db, organization, Math.random() * 0.01)).commit();
    }),
  );
  const begin = new Date(Date.now() - 60_000).toISOString();
  while (seen.length < TOTAL) {
    const last = seen.at(-1);
    const reader = await (last === undefined ? stream(`?from=${begin}`) : stream('', { 'Last-Event-ID': last }));
    const some = Math.min(TOTAL - seen.length, 1 + Math.floor(Math.random() * 20));
    seen.push(...(await reader.take(some)).map(({ id = '' }) => id));
    await reader.close();
  }
  await writers;
  expect(new Set(seen).size).toBe(TOTAL);
  expect((await steady.take(TOTAL)).map(({ id }) => id)).toEqual(seen);
  await steady.close();
  expect(steady.events).toHaveLength(TOTAL);
});

describe('it begins', () => {
  test('after the event that the header names, or the query where no header can be sent', async () => {
    const { organization, stream } = await customer();
    const [one, two, three] = [
      await anEvent(db, organization),
      await anEvent(db, organization),
      await anEvent(db, organization),
    ];
    const byHeader = await stream(`?last_event_id=${two.id}`, { 'Last-Event-ID': one.id });
    expect((await byHeader.take(2)).map(({ id }) => id)).toEqual([two.id, three.id]);
    const byQuery = await stream(`?last_event_id=${two.id}`, { 'Last-Event-ID': '' });
    expect((await byQuery.take(1)).map(({ id }) => id)).toEqual([three.id]);
    await Promise.all([byHeader.close(), byQuery.close()]);
  });

  test('after one that is gone, by its id', async () => {
    const { organization, stream } = await customer();
    const gone = await anEvent(db, organization);
    await new Promise((resolve) => setTimeout(resolve, 5)); // ids of one millisecond have no order among each other
    const next = await anEvent(db, organization);
    await db.prisma.domainEvent.delete({ where: { id: gone.id } });
    const reader = await stream('', { 'Last-Event-ID': gone.id });
    expect((await reader.take(1)).map(({ id }) => id)).toEqual([next.id]);
    await reader.close();
  });

  test('with what was recorded since `from`, however much that is, and then goes on live', async () => {
    const { organization, stream } = await customer();
    const hour = 3_600_000;
    await anEvent(db, organization, { createdAt: new Date(Date.now() - 2 * hour) });
    const since = new Date(Date.now() - hour);
    const ids: string[] = [];
    for (let i = 0; i < 450; i += 1) {
      const createdAt = new Date(since.getTime() + i);
      ids.push((await anEvent(db, organization, { createdAt })).id);
    }
    const reader = await stream(`?from=${since.toISOString()}`);
    await reader.take(450);
    ids.push((await anEvent(db, organization)).id);
    expect((await reader.take(451)).map(({ id }) => id)).toEqual(ids);
    await reader.close();
  });

  test('never with what is no event: a 400 that names the field', async () => {
    const { stream, key } = await customer();
    const header = await rest.as(key).get('/api/v1/webhooks/stream').set('Last-Event-ID', "x' OR 1=1");
    expect([header.status, header.body.error.details[0].field]).toEqual([400, 'Last-Event-ID']);
    for (const query of ['?last_event_id=7', '?type=session.begun', '?to=2026-01-01T00:00:00Z'])
      expect((await stream(query)).status).toBe(400);
  });
});

test('filters let through what they name, and of this organization only', async () => {
  const [ours, theirs] = [await customer(), await customer()];
  const [chargePointId, siteId] = [newId('cp'), newId('site')];
  const readers = [
    await ours.live('?type=session.started,session.ended'),
    await ours.live(`?charge_point_id=${chargePointId}`),
    await ours.live(`?site_id=${siteId}`),
  ];
  await anEvent(db, theirs.organization, { type: 'session.ended', chargePointId, siteId });
  await anEvent(db, ours.organization);
  const ended = await anEvent(db, ours.organization, { type: 'session.ended', chargePointId, siteId });
  for (const reader of readers) {
    expect((await reader.take(1)).map(({ id }) => id)).toEqual([ended.id]);
    await reader.close();
  }
});

describe('by what its reader may read', () => {
  const read = (credential: string, headers: Record<string, string> = {}) =>
    readEvents(`${url}/api/v1/webhooks/stream`, { Authorization: `Bearer ${credential}`, ...headers });

  test('a key without a scope for what happened is not told of it; with none at all it is refused', async () => {
    const { organization } = await customer();
    const before = await anEvent(db, organization);
    const keyOf = async (...scopes: Parameters<typeof rest.keyOf>[1] & object) =>
      (await rest.keyOf(organization, scopes)).key;
    const [sessions, points, all, none] = [
      await read(await keyOf('read:events', 'read:sessions'), { 'Last-Event-ID': before.id }),
      await read(await keyOf('read:events', 'read:charge_points'), { 'Last-Event-ID': before.id }),
      await read(await keyOf('write:webhooks'), { 'Last-Event-ID': before.id }),
      await read(await keyOf('read:events'), { 'Last-Event-ID': before.id }),
    ];
    const connected = await anEvent(db, organization, { type: 'charge_point.connected' });
    const started = await anEvent(db, organization, { type: 'session.started' });
    const alert = await anEvent(db, organization, { type: 'alert.triggered' });
    expect(none.status).toBe(403);
    expect((await all.take(3)).map(({ id }) => id)).toEqual([connected.id, started.id, alert.id]);
    expect((await points.take(2)).map(({ id }) => id)).toEqual([connected.id, alert.id]);
    expect((await sessions.take(1)).map(({ id }) => id)).toEqual([started.id]);
    for (const each of [sessions, points, all]) await each.close();
    expect(sessions.events).toHaveLength(1);
  });

  test('members of a site and installers are told of their charge points alone, live and from the log', async () => {
    const { organization, key } = await customer();
    const api = rest.as(key);
    const site = async (name: string): Promise<string> => (await api.post('/api/v1/sites').send({ name })).body.id;
    const [north, south] = [await site('North'), await site('South')];
    const point = async (siteId: string): Promise<string> =>
      (await api.post('/api/v1/charge-points').send({ identity: newId('cp').slice(3), site_id: siteId })).body.id;
    const [ours, theirs, job] = [await point(north), await point(south), await point(south)];
    const member = await rest.userOf(organization, 'admin', undefined, [north]);
    const installer = await rest.userOf(organization, 'installer');
    expect((await api.put(`/api/v1/members/${installer.id}/jobs/${job}`).send({})).status).toBeLessThan(300);
    const before = await anEvent(db, organization);
    const started = async (chargePointId: string | undefined, siteId: string) =>
      anEvent(db, organization, {
        type: 'session.started',
        siteId,
        ...(chargePointId !== undefined && { chargePointId }),
      });
    const told = [await started(theirs, south), await started(ours, north), await started(job, south)];
    const since = { 'Last-Event-ID': before.id };
    const [atNorth, onJobs] = [
      await read(rest.accessTokens.issue(member.id), since),
      await read(rest.accessTokens.issue(installer.id), since),
    ];
    expect((await atNorth.take(1)).map(({ id }) => id)).toEqual([told[1]?.id]);
    expect((await onJobs.take(1)).map(({ id }) => id)).toEqual([told[2]?.id]);
    await started(undefined, north);
    await started(theirs, south);
    const [next, nextJob] = [await started(ours, north), await started(job, south)];
    expect((await atNorth.take(2)).map(({ id }) => id)).toEqual([told[1]?.id, next.id]);
    expect((await onJobs.take(2)).map(({ id }) => id)).toEqual([told[2]?.id, nextJob.id]);
    // Another site is another reach: the stream of the old one ends.
    const moved = await api.patch(`/api/v1/members/${member.id}`).send({ site_ids: [south] });
    expect(moved.status).toBe(200);
    await until('it is over', atNorth.isOver);
    expect(onJobs.isOver()).toBe(false);
    await onJobs.close();
  });
});

test('a reader that does not read is cut off, and loses nothing: it goes on where it was', async () => {
  const { organization, key, stream } = await customer();
  const feeds = rest.feed.size();
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined); // cut off
  socket.write(`GET /api/v1/webhooks/stream HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\n\r\n`);
  socket.pause();
  await until('it listens', () => rest.feed.size() === feeds + 1);
  const first = await anEvent(db, organization);
  let count = 0;
  await until('it is cut off', async () => {
    for (let i = 0; i < 5; i += 1) await anEvent(db, organization, { data: { text: 'x'.repeat(200_000) } });
    count += 5;
    return rest.feed.size() === feeds;
  });
  socket.destroy();
  // As a browser does: it may be cut off again, while much comes at once, and comes back.
  const seen: string[] = [first.id];
  while (seen.length <= count) {
    const reader = await stream('', { 'Last-Event-ID': seen.at(-1) ?? '' });
    await until('it is through, or cut off', () => reader.isOver() || reader.events.length > count - seen.length);
    seen.push(...reader.events.map(({ id = '' }) => id));
    await reader.close();
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toHaveLength(count + 1);
});

describe('the reader of the database', () => {
  const stream = () => {
    const abort = new AbortController();
    return { signal: abort.signal, cutOff: () => abort.abort(), stop: () => abort.abort() };
  };

  test('asks nothing while nobody listens, and one statement for all who do', async () => {
    const counted = counting(db);
    const organizations = await Promise.all([rest.createOrganization(), rest.createOrganization()]);
    const feed = createEventFeed({ db: counted.db, log: quiet, pollMs: 60_000 });
    feed.wake();
    expect(counted.statements.size).toBe(0);
    const got: LoggedEvent[] = [];
    const open = [stream(), stream(), stream(), stream()];
    const start = await endOfLog(db);
    const over = open.map(async (each, i) => {
      for await (const event of feed.follow(organizations[i % 2] ?? '', {}, start, each)) got.push(event);
    });
    await until('all listen', () => feed.size() === 4);
    const before = counted.statements.get('webhooks_log_follow') ?? 0;
    for (const organization of organizations) await anEvent(db, organization);
    // Woken once only: until then, transactions of other suites that are older must be over.
    await until('what was written is settled', async () => {
      const { rows } = await db.pool.query<{ settled: boolean }>(
        `SELECT bool_and(tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint) AS settled
           FROM domain_events WHERE organization_id = ANY($1)`,
        [organizations],
      );
      return rows[0]?.settled;
    });
    feed.wake();
    await until('all have it', () => got.length === 4);
    expect((counted.statements.get('webhooks_log_follow') ?? 0) - before).toBeLessThanOrEqual(2);
    for (const each of open) each.stop();
    await Promise.all(over);
    expect(feed.size()).toBe(0);
  });

  test('waits while the database is away, and then misses nothing', async () => {
    const organization = await rest.createOrganization();
    let isAway = false;
    const flaky: typeof db = {
      ...db,
      rows: (statement, values) => (isAway ? Promise.reject(new Error('away')) : db.rows(statement, values)),
    };
    const warnings: string[] = [];
    const feed = createEventFeed({
      db: flaky,
      log: { warn: (_fields, message) => void warnings.push(message) },
      pollMs: 5,
    });
    const open = stream();
    const got: string[] = [];
    const over = (async () => {
      for await (const { id } of feed.follow(organization, {}, await endOfLog(db), open)) got.push(id);
    })();
    await until('it listens', () => feed.size() === 1);
    isAway = true;
    const meanwhile = await anEvent(db, organization);
    await until('it has noticed', () => warnings.length > 0);
    isAway = false;
    await until('it has come', () => got.length === 1);
    expect(got).toEqual([meanwhile.id]);
    expect(warnings).toHaveLength(1);
    open.stop();
    await over;
  });
});

test('in the whole server a charger that connects is told at once, as it is delivered, and stopping ends the stream', async () => {
  const app = await startApp();
  const reader = await readEvents(`${app.url}/api/v1/webhooks/stream`, { 'X-API-Key': app.apiKey });
  const { identity, key } = await app.chargePoint();
  const charger = createCharger({
    url: app.ocppUrl,
    identity,
    password: key,
    connectors: 1,
    clock: acceleratedClock(200),
    random: seededRandom(3),
  });
  try {
    charger.start();
    const [told] = await reader.take(1);
    expect(told?.event).toBe('charge_point.connected');
    const logged = await app.api('GET', `/webhooks/events/${told?.id}`);
    const { created_at, trace_id, deliveries, ...body } = logged.body;
    expect(JSON.parse(told?.data ?? '')).toEqual(body);
    expect([typeof created_at, typeof trace_id, deliveries]).toEqual(['string', 'string', []]);
  } finally {
    await charger.close();
    await app.stop();
  }
  await until('it is over', reader.isOver);
});
