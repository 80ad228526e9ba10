/** One command to many charge points, over REST, with chargers that are connected by hand. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { claimMembers } from '../../src/commands/bulk-store.ts';
import { commandBulkRoutes, createBulks, forgetCommands } from '../../src/commands/index.ts';
import { isTransient } from '../../src/database/index.ts';
import { createHttpApp, createStreams } from '../../src/http/index.ts';
import { newId } from '../../src/platform/ids.ts';
import { LEASE_MS } from '../../src/platform/lease.ts';
import { testDatabase } from '../support/db.ts';
import { noAudit } from '../support/no-audit.ts';
import { quiet } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';
import { createWorld } from '../support/world.ts';
import { commandWorld } from './world.ts';

const db = await testDatabase();
const { calls, connect, ingest, clock } = commandWorld(db);
const bulks = createBulks({ db, submit: ingest.submit, calls, newId, clock, log: quiet });
const app = createHttpApp({
  routes: commandBulkRoutes({ db, bulks }),
  authenticate: (organizationId) =>
    Promise.resolve({ kind: 'api_key', id: 'key_1', organizationId, scopes: new Set(['write:commands'] as const) }),
  idempotency: { once: async (_request, work) => ({ ...(await work()), replayed: false }) },
  streams: createStreams({ log: quiet }),
  audit: noAudit,
  readiness: () => Promise.resolve({ ready: true, checks: {} }),
  isTransient,
  log: quiet,
  version: '0.0.0',
});

let organizationId = '';
let ids: string[] = [];
beforeEach(async () => {
  const world = await createWorld(db, { chargePoints: 4 });
  organizationId = world.organizationId;
  ids = world.chargePoints.map(({ id }) => id);
});
const post = (body: object, credential = organizationId) =>
  request(app).post('/api/v1/commands/bulk').set('Authorization', `Bearer ${credential}`).send(body);
const get = (rest: string, credential = organizationId) =>
  request(app).get(`/api/v1/commands/bulk/${rest}`).set('Authorization', `Bearer ${credential}`);
const settled = (id: string) =>
  until('nothing is pending', async () => {
    const { body } = await get(id);
    return body.counts.pending === undefined ? body : undefined;
  });
const yes = { outcome: 'result', payload: { status: 'Accepted' }, accepted: true } as const;
const reset = { action: 'Reset', payload: { type: 'Soft' } };

test('each charge point gets a command of its own, and the bulk tells what became of them', async () => {
  const [one, two] = [await connect(ids[0] ?? ''), await connect(ids[1] ?? '')];
  await (await connect(ids[2] ?? '')).disconnect();
  const { status, body } = await post({ filter: { charge_point_ids: ids }, ...reset });
  expect([status, body]).toEqual([
    202,
    { id: expect.stringMatching(/^blk_[0-9A-Z]{26}$/), matched: 4, refused: null, refusals: [] },
  ]);
  const asked = await settled(body.id);
  expect(asked).toMatchObject({ status: 'running', matched: 4, counts: { queued: 2, refused: 2 } });
  expect(asked.data.map((each: { error: { code: string } | null }) => each.error?.code)).toEqual([
    undefined,
    undefined,
    'offline',
    'never_connected',
  ]);
  const sent = await one.next();
  await one.answer(sent?.commandId ?? '', yes);
  await two.next();
  const now = (await get(body.id)).body;
  expect(now.counts).toEqual({ accepted: 1, sent: 1, refused: 2 });
  expect(now.data[0]).toMatchObject({ charge_point_id: ids[0], command_id: sent?.commandId, status: 'accepted' });
  await two.disconnect();
  expect((await get(body.id)).body).toMatchObject({
    status: 'completed',
    counts: { accepted: 1, failed: 1, refused: 2 },
  });
});

test('its members are listed by page and by status', async () => {
  for (const id of ids) await connect(id);
  const { body } = await post({ filter: { connected: true }, command: { do: 'reset' } });
  await settled(body.id);
  const first = (await get(`${body.id}?limit=3`)).body;
  const second = (await get(`${body.id}?limit=3&cursor=${first.next_cursor}`)).body;
  expect([...first.data, ...second.data].map((each) => each.charge_point_id)).toEqual([...ids].sort());
  expect(second.next_cursor).toBeNull();
  expect((await get(`${body.id}?status=refused`)).body.data).toEqual([]);
  expect((await get(`${body.id}?status=queued`)).body.data).toHaveLength(4);
});

test('with queue, charge points that are offline get it when they connect', async () => {
  await (await connect(ids[0] ?? '')).disconnect();
  const { body } = await post({ filter: { charge_point_ids: [ids[0]] }, ...reset, queue: true, expires_in_s: 600 });
  await settled(body.id);
  expect(await (await connect(ids[0] ?? '')).next()).toMatchObject(reset);
});

test('a dry run tells what would happen, and does nothing', async () => {
  const charger = await connect(ids[0] ?? '');
  const filter = { charge_point_ids: ids.slice(0, 2) };
  const { status, body } = await post({ filter, ...reset, dry_run: true });
  expect([status, body]).toMatchObject([200, { id: null, matched: 2, refused: 1 }]);
  expect(body.refusals).toMatchObject([{ charge_point_id: ids[1], code: 'never_connected' }]);
  expect(await charger.next()).toBeNull();
  const wrong = await post({ filter, action: 'Reset', payload: { type: 'Lukewarm' }, dry_run: true });
  expect(wrong.body.refusals[0]).toMatchObject({ code: 'invalid', message: expect.stringContaining('payload.type') });
});

test('what a process left behind is taken over by the next, and asked once', async () => {
  const charger = await connect(ids[0] ?? '');
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const { body } = await post({ filter: { connected: true }, ...reset }).set(
    'traceparent',
    `00-${traceId}-${'1'.repeat(16)}-01`,
  );
  await settled(body.id);
  expect((await get(body.id)).body.trace_id).toBe(traceId);
  await db.prisma.commandBulkMember.updateMany({
    where: { bulkId: body.id },
    data: { state: 'pending', leasedUntil: null },
  });
  const takenAt = clock.now();
  const in50s = new Date(takenAt.getTime() + LEASE_MS);
  expect(await claimMembers(db, takenAt, in50s, 10)).toMatchObject([{ bulkId: body.id }]); // and then it died
  const lookIn = (ms: number) => {
    const later = { now: () => new Date(takenAt.getTime() + ms) };
    return createBulks({ db, submit: ingest.submit, calls, newId, clock: later, log: quiet }).run();
  };
  await lookIn(LEASE_MS - 1);
  expect((await get(body.id)).body.counts).toEqual({ pending: 1 });
  await lookIn(LEASE_MS + 1);
  expect((await get(body.id)).body.counts).toEqual({ queued: 1 });
  // by a clock that was hours ahead
  await db.prisma.commandBulkMember.updateMany({
    where: { bulkId: body.id },
    data: { state: 'pending', leasedUntil: new Date(in50s.getTime() + 8 * 3_600_000) },
  });
  await lookIn(0);
  expect((await get(body.id)).body.counts).toEqual({ queued: 1 });
  expect(await charger.next()).toMatchObject({ ...reset, traceId });
  expect(await db.prisma.command.count({ where: { organizationId } })).toBe(1);
});

test('what was issued by a process that died before it noted that is issued, though its charger is offline since', async () => {
  const [one, two] = [await connect(ids[0] ?? ''), await connect(ids[1] ?? '')];
  const rows: typeof db.rows = (statement, values) =>
    statement.name === 'command_bulk_settle' ? Promise.reject(new Error('killed')) : db.rows(statement, values);
  const dying = createBulks({ db: { ...db, rows }, submit: ingest.submit, calls, newId, clock, log: quiet });
  const request = { organizationId, requestedBy: 'usr_1', command: reset, timeoutS: 30, queueForS: undefined };
  const bulk = await dying.create({ ...request, filter: { chargePointIds: ids.slice(0, 2) } });
  await expect(dying.run()).rejects.toThrow('killed');
  const sent = await one.next();
  await one.answer(sent?.commandId ?? '', yes);
  await one.disconnect(); // it resets, as it was asked to
  await two.disconnect(); // before it was asked
  await db.prisma.commandBulkMember.updateMany({ where: { bulkId: bulk.id }, data: { leasedUntil: null } });
  await bulks.run();
  const { body } = await get(bulk.id);
  expect(body.data).toMatchObject([
    { charge_point_id: ids[0], command_id: sent?.commandId, status: 'accepted', error: null },
    { charge_point_id: ids[1], command_id: expect.stringMatching(/^cmd_/), status: 'failed' },
  ]);
});

test('after three months it is forgotten with its members, but not while somebody is still to be asked; commands stay', async () => {
  await connect(ids[0] ?? '');
  const inDays = (days: number) => new Date(clock.now().getTime() + days * 86_400_000);
  const made: string[] = [];
  for (let i = 0; i < 12; i += 1) {
    const { body } = await post({ filter: { charge_point_ids: ids.slice(0, 2) }, ...reset });
    await settled(body.id);
    made.push(body.id);
  }
  const [first = '', ...others] = made;
  await db.prisma.commandBulkMember.updateMany({
    where: { bulkId: first, chargePointId: ids[0] ?? '' },
    data: { state: 'pending', leasedUntil: inDays(1) },
  });
  await forgetCommands(db, inDays(89), 0);
  expect((await get(first)).status).toBe(200);
  await forgetCommands(db, inDays(91), 0);
  expect((await get(first)).status).toBe(200);
  for (const id of others) expect((await get(id)).status).toBe(404);
  expect(await db.prisma.commandBulkMember.count({ where: { bulkId: { in: made } } })).toBe(2);
  expect(await db.prisma.command.count({ where: { organizationId } })).toBe(12);
  await db.prisma.commandBulkMember.updateMany({ where: { bulkId: first }, data: { state: 'issued' } });
  await forgetCommands(db, inDays(91), 0);
  expect((await get(first)).status).toBe(404);
});

describe('the filter', () => {
  test('matches by what the charger reports, else by what was registered, without regard to case', async () => {
    await db.prisma.chargePoint.update({ where: { id: ids[0] ?? '' }, data: { vendor: 'Acme' } });
    await db.prisma.chargePoint.update({ where: { id: ids[1] ?? '' }, data: { vendor: 'Acme', model: 'Two' } });
    await db.prisma.chargePointState.update({
      where: { chargePointId: ids[1] ?? '' },
      data: { reportedVendor: 'Other', firmwareVersion: '1.2' },
    });
    const matched = async (filter: object) => (await post({ filter, ...reset, dry_run: true })).body.matched;
    expect(await matched({ vendor: 'ACME' })).toBe(1);
    expect(await matched({ vendor: 'other', model: 'two', firmware_version: '1.2' })).toBe(1);
    expect(await matched({ connected: false })).toBe(4);
  });
  test("never reaches another organization's charge points", async () => {
    const refused = await post({ filter: { charge_point_ids: ids }, ...reset }, 'org_other');
    expect(refused.status).toBe(400);
    expect(refused.body.error.details).toMatchObject([{ field: 'filter', message: 'matches no charge point' }]);
    await connect(ids[0] ?? '');
    const { body } = await post({ filter: { connected: true }, ...reset });
    expect((await get(body.id, 'org_other')).status).toBe(404);
  });
  test.each([
    [{ filter: {}, ...reset }, 'filter'],
    [{ filter: { colour: 'red' }, ...reset }, 'filter.colour'],
    [{ filter: { connected: true } }, 'action'],
    [{ filter: { connected: true }, ...reset, command: { do: 'reset' } }, 'action'],
    [{ filter: { connected: true }, command: { do: 'reset' }, payload: {} }, 'payload'],
    [{ filter: { connected: true }, ...reset, expires_in_s: 600 }, 'expires_in_s'],
  ])('%j is refused', async (body, field) => {
    const refused = await post(body);
    expect(refused.status).toBe(400);
    expect(refused.body.error.details[0].field).toBe(field);
  });
});
