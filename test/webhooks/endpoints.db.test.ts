import { expect, test } from '@jest/globals';
import request from 'supertest';
import { eventTypes } from '../../src/events/index.ts';
import { webhookRoutes } from '../../src/webhooks/routes.ts';
import { openSecret } from '../../src/webhooks/secrets.ts';
import { createTargetGuard } from '../../src/webhooks/target-guard.ts';
import { testDatabase } from '../support/db.ts';
import { lockWaiters } from '../support/locks.ts';
import { until } from './support/receiver.ts';
import { keyOf, restOf } from './support/rest.ts';
import { after, anEndpoint, anOrganization, deliveries, deliveryRows, keyRing, T0 } from './support/world.ts';

const db = await testDatabase();
const BASE = '/api/v1/webhooks/endpoints';
const changed: string[] = [];
let clock = T0;
const app = restOf(
  webhookRoutes({
    db,
    keyRing,
    guard: createTargetGuard({
      allowSubnets: [],
      resolve: async (name) => (name.startsWith('inside.') ? ['10.0.0.1'] : ['93.184.215.14']),
    }),
    endpointChanged: async ({ id }) => void changed.push(id),
    wake: () => undefined,
    timeoutMs: 1000,
    retentionDays: 30,
    clock: { now: () => clock },
  }),
);
const organizationId = await anOrganization(db);
const as = (organization: string) => {
  const bearer = `Bearer ${keyOf(organization)}`;
  return {
    create: (body: object) => request(app).post(BASE).set('Authorization', bearer).send(body),
    get: (path = '') => request(app).get(`${BASE}${path}`).set('Authorization', bearer),
    patch: (id: string, body: object) => request(app).patch(`${BASE}/${id}`).set('Authorization', bearer).send(body),
    remove: (id: string) => request(app).delete(`${BASE}/${id}`).set('Authorization', bearer),
  };
};
const me = as(organizationId);
const valid = { url: 'https://example.com/hooks', events: ['session.started', 'session.ended'] };

test('an endpoint is created, shown, listed, changed and deleted', async () => {
  const mine = as(await anOrganization(db));
  const created = await mine.create({ ...valid, description: 'Billing' });
  expect(created.status).toBe(201);
  const id: string = created.body.id;
  const endpoint = {
    id: expect.stringMatching(/^whe_[0-9A-Z]{26}$/),
    ...valid,
    description: 'Billing',
    filters: { site_ids: [], charge_point_ids: [] },
    min_intervals: {},
    ordered: false,
    active: true,
    status: 'active',
    disabled_reason: null,
    failing_since: null,
    failures: 0,
    last_success_at: null,
    has_secret: false,
    previous_secret_valid_until: null,
    created_at: T0.toISOString(),
    updated_at: T0.toISOString(),
  };
  expect(created.body).toEqual(endpoint);
  expect((await mine.get(`/${id}`)).body).toEqual(endpoint);
  expect((await mine.get()).body).toEqual({ data: [endpoint] });

  clock = after(60);
  const patched = await mine.patch(id, { url: 'https://example.com/new', events: ['*'], description: null });
  expect(patched.status).toBe(200);
  const now = { ...endpoint, url: 'https://example.com/new', events: ['*'], description: null };
  expect(patched.body).toEqual({ ...now, updated_at: clock.toISOString() });
  clock = T0;

  const removed = await mine.remove(id);
  expect([removed.status, removed.text]).toEqual([204, '']);
  expect((await mine.get()).body).toEqual({ data: [] });
  for (const answer of [await mine.get(`/${id}`), await mine.patch(id, { active: true }), await mine.remove(id)])
    expect(answer.status).toBe(404);
  expect(changed.filter((each) => each === id)).toHaveLength(2);
});

test('every event type of the catalogue can be subscribed to, and all at once', async () => {
  for (const event of eventTypes) expect((await me.create({ ...valid, events: [event] })).status).toBe(201);
  expect((await me.create({ ...valid, events: [...eventTypes] })).body.events).toEqual(eventTypes);
  expect((await me.create({ ...valid, events: ['*'] })).body.events).toEqual(['*']);
  expect((await me.create({ ...valid, events: ['*', '*'] })).body.events).toEqual(['*']);
});

test.each([
  [{ events: ['*'] }, 'url', 'is required'],
  [{ url: 'https://example.com' }, 'events', 'is required'],
  [{ ...valid, url: 'http://example.com/hooks' }, 'url', 'must begin with https://'],
  [{ ...valid, url: 'not a url' }, 'url', 'must not contain spaces'],
  [{ ...valid, url: 5 }, 'url', 'must be a string, not a number'],
  [{ ...valid, url: 'https://127.0.0.1/' }, 'url', 'must not lead to a private'],
  [{ ...valid, url: 'https://inside.example/' }, 'url', 'must not lead to a private'],
  [{ ...valid, url: 'https://user:word@example.com/' }, 'url', 'must not contain a user name'],
  [{ ...valid, events: [] }, 'events', 'must not be empty'],
  [{ ...valid, events: 'session.started' }, 'events', 'must be an array'],
  [{ ...valid, events: ['session.started', 'session.paused'] }, 'events[1]', 'must be one of charge_point.connected'],
  [{ ...valid, events: ['session.started', 7] }, 'events[1]', 'must be one of'],
  [{ ...valid, secret: 'x'.repeat(15) }, 'secret', 'must have 16 to 256 characters'],
  [{ ...valid, secret: 'x'.repeat(257) }, 'secret', 'must have 16 to 256 characters'],
  [{ ...valid, secret: 'not äscii, but long enough' }, 'secret', 'must be printable ASCII'],
  [{ ...valid, secret: 1234567890123456 }, 'secret', 'must be a string'],
  [{ ...valid, description: 'x'.repeat(501) }, 'description', 'must have at most 500 characters'],
  [{ ...valid, active: false }, 'active', 'is not known here'],
  [{ ...valid, Events: [] }, 'Events', 'is not known here'],
])('creating with %j is a 400 that names %s', async (body, field, message) => {
  const answer = await me.create(body);
  expect(answer.status).toBe(400);
  expect(answer.body.error).toMatchObject({ code: 'validation_failed', details: [{ field }] });
  expect(answer.body.error.details[0].message).toContain(message);
});

test('a change is judged by the same rules, and a secret is refused with a hint', async () => {
  const id: string = (await me.create(valid)).body.id;
  for (const [body, field] of [
    [{ url: 'http://example.com' }, 'url'],
    [{ url: 'https://10.0.0.1/' }, 'url'],
    [{ url: 'https://inside.example/' }, 'url'],
    [{ events: [] }, 'events'],
    [{ events: ['nothing.known'] }, 'events[0]'],
    [{ active: 'false' }, 'active'],
    [{ status: 'paused' }, 'status'],
  ] as const) {
    const answer = await me.patch(id, body);
    expect([answer.status, answer.body.error.details[0].field]).toEqual([400, field]);
  }
  const secret = await me.patch(id, { secret: 'another secret of the customer' });
  expect(secret.status).toBe(400);
  expect(secret.body.error.details).toEqual([{ field: 'secret', message: expect.stringContaining('rotate-secret') }]);
  expect((await me.get(`/${id}`)).body).toMatchObject(valid);
});

test('a secret is kept sealed, for its endpoint only, never shown, and wiped with the endpoint', async () => {
  const secret = 'canary-secret-of-the-customer';
  const created = await me.create({ ...valid, secret });
  const id: string = created.body.id;
  const answers = [created, await me.get(`/${id}`), await me.get(), await me.patch(id, { active: true })];
  for (const answer of answers) expect(JSON.stringify(answer.body)).not.toContain('canary');
  const stored = (await db.prisma.webhookEndpoint.findUnique({ where: { id } }))?.secret;
  const sealed = Buffer.from(stored ?? []);
  expect(sealed.includes('canary')).toBe(false);
  expect(openSecret(keyRing, id, sealed)).toBe(secret);
  expect(() => openSecret(keyRing, 'whe_another', sealed)).toThrow();
  await me.remove(id);
  expect(await db.prisma.webhookEndpoint.findUnique({ where: { id } })).toMatchObject({ secret: null, deletedAt: T0 });
});

test('pausing and resuming show in active and status, also after the system had switched it off', async () => {
  const id: string = (await me.create(valid)).body.id;
  expect((await me.patch(id, { active: false })).body).toMatchObject({ active: false, status: 'paused' });
  await db.prisma.webhookEndpoint.update({ where: { id }, data: { disabledReason: 'gone' } });
  expect((await me.get(`/${id}`)).body).toMatchObject({ active: false, status: 'disabled' });
  expect((await me.patch(id, { description: 'x' })).body).toMatchObject({ active: false, status: 'disabled' });
  expect((await me.patch(id, { active: true })).body).toMatchObject({ active: true, status: 'active' });
});

test('deleting ends what waits, and its history is gone with it', async () => {
  const id: string = (await me.create(valid)).body.id;
  const [done = ''] = await deliveries(db, organizationId, id, 1, { status: 'succeeded' });
  const [waiting = '', leased = ''] = await deliveries(db, organizationId, id, 2);
  await db.prisma.webhookDelivery.update({ where: { id: leased }, data: { leaseToken: 'x', leasedUntil: new Date() } });
  expect((await me.remove(id)).status).toBe(204);
  const ended = {
    status: 'failed',
    lastError: 'endpoint_deleted',
    completedAt: T0,
    nextAttemptAt: null,
    leaseToken: null,
  };
  expect(await deliveryRows(db, id)).toMatchObject([
    { id: done, status: 'succeeded' },
    { id: waiting, ...ended },
    { id: leased, ...ended },
  ]);
  expect((await me.get(`/${id}/deliveries`)).status).toBe(404);
});

test('there are at most 100 endpoints, also when many are created at the same moment', async () => {
  const organization = await anOrganization(db);
  const mine = as(organization);
  await Promise.all(Array.from({ length: 90 }, () => anEndpoint(db, organization)));
  await anEndpoint(db, organization, { deletedAt: T0 }); // does not count
  const answers = await Promise.all(Array.from({ length: 20 }, () => mine.create(valid)));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 201)).toHaveLength(10);
  expect(statuses.filter((status) => status === 409)).toHaveLength(10);
  expect(answers.find(({ status }) => status === 409)?.body.error.code).toBe('conflict');
  expect((await mine.get()).body.data).toHaveLength(100);
});

test('who creates the last endpoint makes others of the organization wait for the outcome', async () => {
  const organization = await anOrganization(db);
  await Promise.all(Array.from({ length: 99 }, () => anEndpoint(db, organization)));
  let answered = 0;
  const theirs = await db.transaction(async (tx) => {
    const lock = { name: 'test_lock', text: 'SELECT 1 AS one FROM organizations WHERE id = $1 FOR NO KEY UPDATE' };
    await tx.rows(lock, [organization]);
    const insert = `INSERT INTO webhook_endpoints (id, organization_id, url, events, created_at, updated_at)
                    VALUES ('whe_100', $1, 'https://example.com', '{*}', now(), now())`;
    await tx.rows({ name: 'test_insert', text: insert }, [organization]);
    const mine = as(organization)
      .create(valid)
      .then((answer) => {
        answered = answer.status;
        return answer;
      });
    await until('it waits', async () => answered !== 0 || (await lockWaiters(db)) > 0);
    return { mine };
  });
  expect((await theirs.mine).status).toBe(409);
});

test('the history is newest first, in pages that do not overlap, filtered by status and event', async () => {
  const id: string = (await me.create(valid)).body.id;
  const ids = [
    ...(await deliveries(db, organizationId, id, 60, { status: 'succeeded' })),
    ...(await deliveries(db, organizationId, id, 50, { status: 'failed' })),
    ...(await deliveries(db, organizationId, id, 10)),
  ];
  const newestFirst = ids.toReversed();
  const first = await me.get(`/${id}/deliveries`);
  expect(first.body.data).toHaveLength(50);
  expect(first.body.data[0]).toEqual({
    id: newestFirst[0],
    event_id: expect.stringMatching(/^evt_/),
    event: 'session.started',
    status: 'pending',
    response_status: null,
    attempts: 0,
    created_at: T0.toISOString(),
    next_attempt_at: T0.toISOString(),
    completed_at: null,
    last_error: null,
    origin: 'event',
    trace_id: null,
  });
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await me.get(`/${id}/deliveries?limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`);
    seen.push(...page.body.data.map((row: { id: string }) => row.id));
    cursor = page.body.next_cursor;
  }
  expect(seen).toEqual(newestFirst);
  const count = async (query: string) => (await me.get(`/${id}/deliveries?limit=100&${query}`)).body.data.length;
  expect(await count('status=succeeded')).toBe(60);
  expect(await count('status=failed')).toBe(50);
  expect(await count('status=pending')).toBe(10);
  expect(await count('event=session.ended')).toBe(0);
  expect(await count('event=session.started&status=failed')).toBe(50);
});

test.each([
  ['limit=0', 'limit'],
  ['limit=101', 'limit'],
  ['limit=-1', 'limit'],
  ['limit=ten', 'limit'],
  ['limit=', 'limit'],
  ['status=done', 'status'],
  ['event=session.paused', 'event'],
  ['cursor=%00', 'cursor'],
  ['cursor=bm9wZQ', 'cursor'],
  ['offset=5', 'offset'],
])('the history with ?%s is a 400 that names %s', async (query, field) => {
  const id: string = (await me.create(valid)).body.id;
  const answer = await me.get(`/${id}/deliveries?${query}`);
  expect([answer.status, answer.body.error.details?.[0]?.field]).toEqual([400, field]);
});

test('another organization’s endpoint answers like one that never was, and stays as it is', async () => {
  const id: string = (await me.create(valid)).body.id;
  await deliveries(db, organizationId, id, 1);
  const stranger = as(await anOrganization(db));
  const calls = (endpoint: string) => [
    stranger.get(`/${endpoint}`),
    stranger.patch(endpoint, { active: false }),
    stranger.remove(endpoint),
    stranger.get(`/${endpoint}/deliveries`),
  ];
  const withoutRequest = ({ error: { request_id: _, ...rest } }: { error: Record<string, unknown> }) => rest;
  const [theirs, nobodys] = [await Promise.all(calls(id)), await Promise.all(calls('whe_01KAT3Z6Y8Q0000000000000AA'))];
  for (const [i, answer] of theirs.entries()) {
    expect(answer.status).toBe(404);
    expect(withoutRequest(answer.body)).toEqual(withoutRequest(nobodys[i]?.body));
  }
  expect((await stranger.get()).body).toEqual({ data: [] });
  expect((await me.get(`/${id}`)).body).toMatchObject({ ...valid, active: true });
});

test('a key without write:webhooks is refused everywhere', async () => {
  const id: string = (await me.create(valid)).body.id;
  const bearer = `Bearer ${keyOf(organizationId, 'write:commands')}`;
  for (const [method, path] of [
    ['post', ''],
    ['get', ''],
    ['get', `/${id}`],
    ['patch', `/${id}`],
    ['delete', `/${id}`],
    ['get', `/${id}/deliveries`],
  ] as const) {
    const answer = await request(app)
      [method](`${BASE}${path}`)
      .set('Authorization', bearer)
      .send(method === 'get' ? undefined : valid);
    expect(answer.status).toBe(403);
    expect((await request(app)[method](`${BASE}${path}`)).status).toBe(401);
  }
});
