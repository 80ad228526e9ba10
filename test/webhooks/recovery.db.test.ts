/** 4-webhooks.md: POST …/{id}/recover {since, until, kind: failed|missed, dry_run} as a durable job. */
import { expect, test } from '@jest/globals';
import type { Database, Tx } from '../../src/database/contract.ts';
import { catalogue, eventTypes } from '../../src/events/index.ts';
import { firstIdAt, newId } from '../../src/platform/ids.ts';
import { throttleKey } from '../../src/webhooks/match.ts';
import { createRecover } from '../../src/webhooks/recovery.ts';
import { subject } from '../../src/webhooks/recovery-step-store.ts';
import { claimRecovery, deleteRecoveriesBefore } from '../../src/webhooks/recovery-store.ts';
import type { DeliveryStatus } from '../../src/webhooks/types.ts';
import { testDatabase } from '../support/db.ts';
import { faults, webhookRest } from './support/client.ts';
import { aChargePoint, anEndpoint, anOrganization } from './support/world.ts';

const db = await testDatabase();
const START = new Date('2026-11-23T12:00:00.000Z').getTime();
const at = (seconds: number): Date => new Date(START + seconds * 1000);
let clock = at(7200);
const now = () => clock;
const { as } = webhookRest(db, { now });
const recoverOn = (on: Pick<Database, 'transaction'>) => createRecover({ db: on, now, retentionDays: 30 });
const recover = recoverOn(db);

let random = 0;
const idAt = (prefix: 'evt' | 'whd', seconds: number): string => {
  random += 1;
  return firstIdAt(prefix, at(seconds)).slice(0, -6) + String(random).padStart(6, '0');
};

type EventLike = {
  readonly type?: string;
  readonly siteId?: string;
  readonly isTest?: boolean;
  readonly data?: object;
  readonly sequence?: number;
};

async function aWorld(like: { events?: string[]; active?: boolean } = {}) {
  await db.prisma.webhookRecovery.deleteMany();
  const organizationId = await anOrganization(db);
  const { chargePointId } = await aChargePoint(db, organizationId);
  const endpointId = await anEndpoint(db, organizationId, like);
  let sequence = 0;
  /** One event per second from `from` on. */
  async function events(count: number, from = 0, more: EventLike = {}): Promise<string[]> {
    const { type = 'session.started', siteId = null, isTest = false, data = {} } = more;
    const rows = Array.from({ length: count }, (_, i) => {
      sequence += 1;
      return {
        id: idAt('evt', from + i),
        organizationId,
        type,
        siteId,
        isTest,
        chargePointId,
        sequence: more.sequence ?? sequence,
        occurredAt: at(from + i),
        createdAt: at(from + i),
        body: JSON.stringify({ data }),
      };
    });
    await db.prisma.domainEvent.createMany({ data: rows });
    return rows.map(({ id }) => id);
  }
  async function delivered(eventIds: readonly string[], status: DeliveryStatus, from = 1): Promise<void> {
    const rows = eventIds.map((eventId, i) => ({
      id: idAt('whd', from + i),
      organizationId,
      endpointId,
      eventId,
      event: 'session.started',
      status,
      createdAt: at(from + i),
      nextAttemptAt: status === 'pending' ? at(9000) : null,
    }));
    await db.prisma.webhookDelivery.createMany({ data: rows });
  }
  /** Those that a recovery made, in the order in which they are claimed. */
  const made = async () =>
    db.prisma.webhookDelivery.findMany({
      where: { endpointId, origin: 'recovery' },
      orderBy: [{ nextAttemptAt: 'asc' }, { id: 'asc' }],
    });
  const me = as(organizationId);
  const ask = (body: object) => me.post(`/endpoints/${endpointId}/recover`, { since: at(0).toISOString(), ...body });
  const dryRun = async (body: object) => (await ask({ ...body, dry_run: true })).body;
  return { organizationId, chargePointId, endpointId, events, delivered, made, me, ask, dryRun };
}

const eventIds = (rows: readonly { eventId: string }[]) => rows.map(({ eventId }) => eventId);

test('"kind: missed": what matches and never had a delivery here, oldest event first, once', async () => {
  const { organizationId, endpointId, events, delivered, made, me, ask, dryRun } = await aWorld({
    events: ['session.started'],
  });
  const before = await events(3, -10);
  const missed = await events(4, 0);
  await events(2, 10, { type: 'session.ended' });
  await events(1, 12, { isTest: true });
  const seen = await events(3, 20);
  await delivered(seen.slice(0, 1), 'succeeded', 20);
  await delivered(seen.slice(1, 2), 'failed', 21);
  await delivered(seen.slice(2), 'pending', 22);
  const late = await events(1, 40);
  const range = { until: at(30).toISOString() };
  expect(await dryRun({ kind: 'missed', ...range })).toEqual({
    dry_run: true,
    endpoint_id: endpointId,
    kind: 'missed',
    since: at(0).toISOString(),
    until: at(30).toISOString(),
    looked: 10,
    deliveries: 4,
    is_complete: true,
  });
  expect(await made()).toEqual([]);
  const asked = await ask({ kind: 'missed', ...range });
  expect(asked.status).toBe(202);
  const job = {
    id: expect.stringMatching(/^whr_[0-9A-Z]{26}$/),
    endpoint_id: endpointId,
    kind: 'missed',
    since: at(0).toISOString(),
    until: at(30).toISOString(),
    created_at: clock.toISOString(),
  };
  expect(asked.body).toEqual({ ...job, status: 'running', looked: 0, created: 0, completed_at: null });
  expect(await recover()).toBe(4);
  const rows = await made();
  expect(eventIds(rows)).toEqual(missed);
  expect(rows[0]).toMatchObject({
    organizationId,
    event: 'session.started',
    status: 'pending',
    attempts: 0,
    createdAt: clock,
    leaseToken: null,
    orderedKey: null,
  });
  const done = { ...job, status: 'completed', looked: 10, created: 4, completed_at: clock.toISOString() };
  expect((await me.get(`/recoveries/${asked.body.id}`)).body).toEqual(done);
  expect((await me.get(`/endpoints/${endpointId}/recoveries`)).body).toEqual({ data: [done], next_cursor: null });
  await ask({ kind: 'missed', ...range });
  expect(await recover()).toBe(0);
  expect([...before, ...late].some((id) => eventIds(rows).includes(id))).toBe(false);
});

test('"kind: failed": what ended failed and has not succeeded, and is not under way, since then', async () => {
  const { events, delivered, made, ask, dryRun } = await aWorld({ events: ['session.ended'] });
  const [failed = '', twice = '', mended = '', underWay = '', good = '', lost = '', before = ''] = [
    ...(await events(6, 0)),
    ...(await events(1, -50)),
  ];
  await events(1, 7);
  await delivered([failed, twice, mended, underWay, before], 'failed', 10);
  await delivered([good, lost], 'succeeded', 10);
  await delivered([twice, lost], 'failed', 20); // a resend that failed too; one that failed after a success
  await delivered([mended], 'succeeded', 20);
  await delivered([underWay], 'pending', 20);
  expect(await dryRun({ kind: 'failed' })).toMatchObject({ deliveries: 3, is_complete: true });
  await ask({ kind: 'failed' });
  expect(await recover()).toBe(3);
  expect(eventIds(await made())).toEqual([failed, twice, lost]);
});

test('"missed" goes by the subscription and the filters of the endpoint as it is now', async () => {
  const { endpointId, events, made, ask } = await aWorld();
  const siteId = newId('site');
  await events(2, 0);
  const there = await events(2, 10, { siteId });
  await events(1, 20, { siteId, type: 'session.ended' });
  const data = { siteIds: [siteId], events: ['session.started'] };
  await db.prisma.webhookEndpoint.update({ where: { id: endpointId }, data });
  await ask({ kind: 'missed' });
  await recover();
  expect(eventIds(await made())).toEqual(there);
});

test('of a type with a minimum interval only the newest event of each session is recovered', async () => {
  const { endpointId, events, made, ask } = await aWorld();
  const minIntervals = { 'session.cost_updated': 60 };
  await db.prisma.webhookEndpoint.update({ where: { id: endpointId }, data: { minIntervals } });
  const cost = (session: string, from: number) =>
    events(1, from, { type: 'session.cost_updated', data: { session_id: session } });
  const [started = ''] = await events(1, 0);
  await cost('ses_a', 1);
  const [lastOfB = ''] = await cost('ses_b', 2);
  const [lastOfA = ''] = await cost('ses_a', 3);
  await ask({ kind: 'missed' });
  await recover();
  expect(eventIds(await made())).toEqual([started, lastOfB, lastOfA]);
});

test('reservations of no session are one each by their connector, as a minimum interval counts them', async () => {
  const { endpointId, events, made, ask } = await aWorld();
  const type = 'reservation.created';
  await db.prisma.webhookEndpoint.update({ where: { id: endpointId }, data: { minIntervals: { [type]: 60 } } });
  const reserved = (connector: number, from: number) =>
    events(1, from, { type, data: { session_id: null, evse_id: connector, connector_id: connector } });
  await reserved(1, 1);
  const [lastOf1 = ''] = await reserved(1, 2);
  const [lastOf2 = ''] = await reserved(2, 3);
  await ask({ kind: 'missed' });
  await recover();
  expect(eventIds(await made())).toEqual([lastOf1, lastOf2]);
});

test.each(eventTypes)('two events %s are one subject to a recovery if they are to a minimum interval', async (type) => {
  const { example } = catalogue[type];
  const variants: Record<string, unknown>[] = [example];
  for (const [field, values] of Object.entries({
    session_id: ['ses_other', null],
    evse_id: [7, null],
    connector_id: [7, null],
  }))
    if (field in example) variants.push(...values.map((value) => ({ ...example, [field]: value })));
  const pairs = variants.flatMap((one) => variants.map((other) => [one, other] as const));
  const text = `SELECT ${subject('n')} = ${subject('v')} AS same FROM unnest($1::text[]) WITH ORDINALITY AS n(body, i)
                  JOIN unnest($2::text[]) WITH ORDINALITY AS v(body, i) USING (i) ORDER BY i`;
  const bodies = (which: 0 | 1) => pairs.map((pair) => JSON.stringify({ data: pair[which] }));
  const { rows } = await db.pool.query<{ same: boolean }>(text, [bodies(0), bodies(1)]);
  const key = (data: Record<string, unknown>): string => throttleKey(type, 'cp_1', data);
  expect(rows.map(({ same }) => same)).toEqual(pairs.map(([one, other]) => key(one) === key(other)));
});

test('with a minimum interval the newest of its own owner counts, whatever the charge point does for the next one', async () => {
  const { endpointId, events, made, ask } = await aWorld();
  const type = 'connector.status_changed';
  await db.prisma.webhookEndpoint.update({ where: { id: endpointId }, data: { minIntervals: { [type]: 60 } } });
  const status = (from: number) => events(1, from, { type, data: { evse_id: 1, connector_id: 1 } });
  await status(0);
  const [last = ''] = await status(1);
  const [ofNext = ''] = await status(2);
  await db.prisma.domainEvent.update({ where: { id: ofNext }, data: { organizationId: await anOrganization(db) } });
  await ask({ kind: 'missed' });
  await recover();
  expect(eventIds(await made())).toEqual([last]);
});

test('for an ordered endpoint the deliveries have their place in the order of their charge point', async () => {
  const { chargePointId, endpointId, events, made, ask } = await aWorld();
  await db.prisma.webhookEndpoint.update({ where: { id: endpointId }, data: { ordered: true } });
  await events(3, 0);
  await ask({ kind: 'missed' });
  await recover();
  expect(await made()).toMatchObject([1n, 2n, 3n].map((sequence) => ({ orderedKey: chargePointId, sequence })));
});

test('killed at any point of any step it goes on without making one twice', async () => {
  const { events, made, ask, me } = await aWorld();
  const all = await events(2500, 0);
  const { body: job } = await ask({ kind: 'missed', until: at(7000).toISOString() });
  let statements = 0;
  /** The connection is lost before the n-th statement of all, the last of each transaction being its COMMIT. */
  const dyingAt = (fatal: number): Pick<Database, 'transaction'> => ({
    transaction: (work) =>
      db.transaction(async (tx: Tx) => {
        const count = (): void => {
          statements += 1;
          if (statements === fatal) throw new Error('killed');
        };
        const result = await work({
          rows: async (statement, values) => {
            count();
            return tx.rows(statement, values);
          },
        });
        count();
        return result;
      }),
  });
  let deaths = 0;
  for (let fatal = 1; ; fatal += 1) {
    statements = 0;
    try {
      await recoverOn(dyingAt(fatal))();
      break;
    } catch (cause) {
      expect(cause).toMatchObject({ message: 'killed' });
      deaths += 1;
    }
  }
  expect(deaths).toBeGreaterThanOrEqual(6); // at each statement of a step, and at its COMMIT
  expect(eventIds(await made())).toEqual(all);
  const { body } = await me.get(`/recoveries/${job.id}`);
  expect(body).toMatchObject({ status: 'completed', looked: 2500, created: 2500 });
});

test('two processes step the same job without making one twice', async () => {
  const { events, made, ask } = await aWorld();
  const all = await events(3000, 0);
  await ask({ kind: 'missed' });
  await Promise.all([recover(), recover(), recover()]);
  await recover();
  expect(eventIds(await made())).toEqual(all);
});

test('a job whose step is in hand elsewhere is left alone', async () => {
  const { events, ask } = await aWorld();
  await events(1, 0);
  await ask({ kind: 'missed' });
  await db.transaction(async (tx) => {
    expect(await claimRecovery(tx, clock)).toBeDefined();
    expect(await recover()).toBe(0);
  });
  expect(await recover()).toBe(1);
});

test('events that are younger than their transactions may be are left for a later step', async () => {
  const { events, made, ask } = await aWorld();
  clock = at(10);
  const all = await events(10, 0);
  const { body: job } = await ask({ kind: 'missed' });
  expect(job.until).toBe(at(10).toISOString());
  await recover();
  expect(eventIds(await made())).toEqual(all.slice(0, 5));
  clock = at(16);
  const [late = ''] = await events(1, 9);
  await recover();
  expect(eventIds(await made())).toEqual([...all, late]);
  clock = at(7200);
});

test('while so many deliveries of the endpoint wait it makes no more, and goes on afterwards', async () => {
  const { endpointId, events, delivered, made, ask } = await aWorld();
  await delivered(await events(10, 0), 'pending');
  await events(3, 10);
  await ask({ kind: 'missed' });
  const patient = createRecover({ db, now, retentionDays: 30, maxWaiting: 10 });
  expect(await patient()).toBe(0);
  await db.prisma.webhookDelivery.updateMany({ where: { endpointId }, data: { status: 'succeeded' } });
  expect(await patient()).toBe(0); // it is looked at again a moment later
  clock = at(7206);
  expect(await patient()).toBe(3);
  expect(await made()).toHaveLength(3);
  clock = at(7200);
});

test('while the endpoint is paused a job waits, and when it is deleted the job is over', async () => {
  const { endpointId, events, made, ask, me } = await aWorld();
  await events(1, 0);
  const { body: job } = await ask({ kind: 'missed' });
  await me.patch(`/endpoints/${endpointId}`, { active: false });
  expect(await recover()).toBe(0);
  expect((await me.get(`/recoveries/${job.id}`)).body.status).toBe('running');
  await me.remove(`/endpoints/${endpointId}`);
  expect(await recover()).toBe(0);
  expect((await me.get(`/recoveries/${job.id}`)).body).toMatchObject({ status: 'cancelled', created: 0 });
  expect(await made()).toEqual([]);
});

test('a job is cancelled for good, and one at a time runs per endpoint', async () => {
  const { events, made, ask, me } = await aWorld();
  await events(1, 0);
  const answers = await Promise.all([ask({ kind: 'missed' }), ask({ kind: 'failed' })]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 409]);
  const job = answers.find(({ status }) => status === 202)?.body;
  expect(answers.find(({ status }) => status === 409)?.body.error.message).toContain(`recoveries/${job.id}/cancel`);
  for (let i = 0; i < 2; i += 1) {
    const cancelled = await me.post(`/recoveries/${job.id}/cancel`);
    expect([cancelled.status, cancelled.body.status]).toEqual([200, 'cancelled']);
  }
  expect(await recover()).toBe(0);
  expect(await made()).toEqual([]);
  const { body: next } = await ask({ kind: 'missed', until: at(7000).toISOString() });
  await recover();
  const late = await me.post(`/recoveries/${next.id}/cancel`);
  expect([late.status, late.body.error.message]).toEqual([409, 'The recovery has completed; it made 1 deliveries']);
});

test('what cannot be recovered is refused with the field and the remedy', async () => {
  const { ask, endpointId, me } = await aWorld();
  const day = 86_400;
  for (const [body, fault] of [
    [{ kind: 'all' }, 'kind must be one of failed, missed'],
    [{}, 'kind is required'],
    [{ kind: 'missed', since: 'yesterday' }, 'since must be an RFC 3339 timestamp'],
    [{ kind: 'missed', since: at(-30 * day).toISOString() }, 'or later: events are kept for 30 days'],
    [{ kind: 'missed', until: at(8000).toISOString() }, 'until must not lie in the future'],
    [{ kind: 'missed', since: at(100).toISOString(), until: at(100).toISOString() }, 'since must be before until'],
    [{ kind: 'missed', since: at(7200).toISOString() }, 'since must be before until'],
    [{ kind: 'missed', limit: 5 }, 'limit is not known here'],
  ] as const) {
    const answer = await ask(body);
    expect(answer.status).toBe(400);
    expect(faults(answer)[0]).toContain(fault);
  }
  await me.patch(`/endpoints/${endpointId}`, { active: false });
  const paused = await ask({ kind: 'missed' });
  expect([paused.status, paused.body.error.message]).toEqual([409, expect.stringContaining('"active": true')]);
  expect((await ask({ kind: 'missed', dry_run: true })).status).toBe(200);
});

test('jobs that ended before the retention are deleted, those that run stay', async () => {
  const { ask, me } = await aWorld();
  const { body: job } = await ask({ kind: 'missed', until: at(7000).toISOString() });
  expect(await deleteRecoveriesBefore(db, at(9000), 10)).toBe(0);
  await recover();
  expect(await deleteRecoveriesBefore(db, at(7000), 10)).toBe(0);
  expect(await deleteRecoveriesBefore(db, at(9000), 10)).toBe(1);
  expect((await me.get(`/recoveries/${job.id}`)).status).toBe(404);
});

test("another organization's recoveries are not to be had", async () => {
  const { ask, endpointId } = await aWorld();
  const { body: job } = await ask({ kind: 'missed' });
  const stranger = as(await anOrganization(db));
  const answers = [
    await stranger.get(`/recoveries/${job.id}`),
    await stranger.post(`/recoveries/${job.id}/cancel`),
    await stranger.get(`/endpoints/${endpointId}/recoveries`),
    await stranger.post(`/endpoints/${endpointId}/recover`, { since: at(0).toISOString(), kind: 'missed' }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
});
