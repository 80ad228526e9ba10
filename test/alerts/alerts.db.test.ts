/** What an organization set, maintenance, groups, restarts, several nodes: what is alerted, and how often it is told. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createAlertJobs } from '../../src/alerts/index.ts';
import { nextSpan } from '../../src/alerts/maintenance.ts';
import { forgetCommissioning } from '../../src/commissioning/index.ts';
import type { Database } from '../../src/database/contract.ts';
import { forgetRollouts } from '../../src/firmware-rollouts/index.ts';
import { forgetFirmwareUpdates } from '../../src/firmware-updates/index.ts';
import { nodeStore, servingSince } from '../../src/nodes/index.ts';
import { firstIdAt, newId } from '../../src/platform/ids.ts';
import { createDeliveryStore } from '../../src/webhooks/delivery-store.ts';
import { tellJoined } from '../../src/webhooks/groups.ts';
import { createRecover } from '../../src/webhooks/recovery.ts';
import { testDatabase } from '../support/db.ts';
import { quiet } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';
import { createWorld } from './support.ts';

const db = await testDatabase({ poolSize: 8 });
const START = new Date('2026-06-01T00:00:00.000Z');
const world = createWorld(db, START);
const other = createWorld(db, START);
beforeAll(() => world.node(world.at(-3600)));
afterAll(async () => {
  await Promise.all([world.stop(), other.stop()]);
});

const quietly = { log: quiet, mailer: undefined };
const away = { connected: false, disconnectedAt: START } as const;
const types = async (organizationId: string) => (await world.told(organizationId)).map(({ type }) => type);
const back = (ids: readonly string[]) =>
  db.prisma.chargePointState.updateMany({
    where: { chargePointId: { in: [...ids] } },
    data: { connected: true, connectedAt: world.now() },
  });
const rule = (organizationId: string, scopeId: string, set: object) =>
  db.prisma.alertRule.create({
    data: { organizationId, rule: 'offline', scopeId, updatedAt: START, updatedBy: 'usr_1', ...set },
  });

const soon = () => ({ patienceMs: 10_000 });

/** `first` has told but not committed, and then all others have their turn, as far as they get beside it. */
async function allAtOnce(
  first: (on: Pick<Database, 'transaction'>) => Promise<unknown>,
  ...others: readonly (() => Promise<unknown>)[]
): Promise<void> {
  let done = 0;
  let begun: Promise<unknown> = Promise.resolve();
  const areStuck = async () =>
    (
      await db.pool.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
    ).rows.length;
  await first({
    transaction: (work) =>
      db.transaction((tx) =>
        work({
          async rows(statement, values) {
            const found = await tx.rows<never>(statement, values);
            if (statement.name !== 'webhooks_group_tell') return found;
            begun = Promise.all(others.map((other) => other().finally(() => (done += 1))));
            await until('all others are through or wait', async () => done + (await areStuck()) === others.length);
            return found;
          },
        }),
      ),
  });
  await begun;
}

test('the nearest scope that says something counts: charge point, site, organization, default', async () => {
  world.turn(0);
  const organizationId = await world.organization();
  const siteId = await world.site(organizationId);
  const plain = await world.chargePoint(organizationId, away);
  const sited = await world.chargePoint(organizationId, away, { siteId });
  const own = await world.chargePoint(organizationId, away, { siteId });
  const off = await world.chargePoint(organizationId, away, { siteId });
  await rule(organizationId, '', { forS: 100, severity: 'info' });
  await rule(organizationId, siteId, { forS: 200 });
  await rule(organizationId, own, { severity: 'warning', forS: 10 });
  await rule(organizationId, off, { enabled: false });
  const open = async (seconds: number) => {
    world.turn(seconds);
    await world.sweep(['offline']);
    const rows = await world.alertsOf({ organizationId });
    return new Map(rows.map((row) => [row.chargePointId, row.severity]));
  };
  expect(await open(11)).toEqual(new Map([[own, 'warning']]));
  expect(await open(101)).toEqual(
    new Map([
      [own, 'warning'],
      [plain, 'info'],
    ]),
  );
  expect(await open(201)).toEqual(
    new Map([
      [own, 'warning'],
      [plain, 'info'],
      [sited, 'info'],
    ]),
  );
  // A rule that is switched off ends what it opened.
  await db.prisma.alertRule.updateMany({ where: { organizationId, scopeId: own }, data: { enabled: false } });
  await world.sweep(['offline']);
  expect(await world.alertsOf({ organizationId, chargePointId: own })).toMatchObject([{ resolution: 'auto' }]);
});

test('in maintenance nothing opens, what is open may end, and what is still so afterwards is told then', async () => {
  world.turn(0);
  const organizationId = await world.organization();
  const [one, two] = [await world.chargePoint(organizationId, away), await world.chargePoint(organizationId)];
  const window = {
    id: `mtw_${organizationId.slice(4)}`,
    organizationId,
    scopeId: '',
    repeats: 'never',
    timezone: 'UTC',
  };
  await db.prisma.maintenanceWindow.create({
    data: {
      ...window,
      startsAt: world.at(350),
      endsAt: world.at(900),
      createdBy: 'u',
      createdAt: START,
      updatedAt: START,
    },
  });
  world.turn(301);
  await world.sweep(['offline']);
  await db.prisma.chargePointState.update({ where: { chargePointId: two }, data: away });
  world.turn(700);
  await world.sweep(['offline']);
  expect(await types(organizationId)).toEqual(['alert.triggered']);
  await back([one]);
  await world.sweep(['offline']);
  world.turn(901);
  await world.sweep(['offline']);
  expect((await world.told(organizationId)).map(({ type, data }) => [type, data['charge_point_id']])).toEqual([
    ['alert.triggered', one],
    ['alert.resolved', one],
    ['alert.triggered', two],
  ]);
});

test('a window that repeats keeps its time of day over a change of clocks, and skips what was missed', async () => {
  const startsAt = new Date('2026-03-28T01:00:00.000Z');
  const span = { startsAt, anchorAt: startsAt, endsAt: new Date('2026-03-28T03:00:00.000Z') };
  const next = nextSpan(span, 'daily', 'Europe/Berlin', new Date('2026-03-29T10:00:00.000Z'));
  expect(next.startsAt.toISOString()).toBe('2026-03-30T00:00:00.000Z'); // 02:00 in Berlin, before and after
  expect(next.endsAt.getTime() - next.startsAt.getTime()).toBe(2 * 3_600_000);
  expect(nextSpan(span, 'weekly', 'UTC', new Date('2026-03-28T03:00:00.000Z')).startsAt.toISOString()).toBe(
    '2026-04-04T01:00:00.000Z',
  );

  const organizationId = await world.organization();
  const id = `mtw_${organizationId.slice(4)}`;
  await db.prisma.maintenanceWindow.create({
    data: {
      id,
      organizationId,
      scopeId: '',
      repeats: 'daily',
      timezone: 'UTC',
      createdBy: 'u',
      createdAt: START,
      updatedAt: START,
      startsAt: world.at(-7200),
      endsAt: world.at(-3600),
    },
  });
  world.turn(0);
  await createAlertJobs({ db, submit: world.submit, nodeId: 'node_w', now: world.now, ...quietly }).sweepSlow();
  const moved = await db.prisma.maintenanceWindow.findUniqueOrThrow({ where: { id } });
  expect(moved.startsAt).toEqual(world.at(86_400 - 7200));
});

test('charge points that are not in operation are alerted of only where nobody asks for commissioning', async () => {
  world.turn(0);
  const organizationId = await world.organization();
  const registered = await world.chargePoint(organizationId, away);
  await world.chargePoint(organizationId, away, { lifecycle: 'commissioning' });
  await world.chargePoint(organizationId, away, { lifecycle: 'decommissioned' });
  const commissioned = await world.chargePoint(organizationId, away, { lifecycle: 'commissioned' });
  await db.prisma.organization.update({ where: { id: organizationId }, data: { uncommissioned: 'pending' } });
  const alerted = async () => (await world.alertsOf({ organizationId })).map(({ chargePointId }) => chargePointId);
  world.turn(301);
  await world.sweep(['offline']);
  expect(await alerted()).toEqual([commissioned]);
  await db.prisma.organization.update({ where: { id: organizationId }, data: { uncommissioned: 'accepted' } });
  await world.sweep(['offline']);
  expect((await alerted()).sort()).toEqual([registered, commissioned].sort());
});

test('a site that goes dark is one alert, whoever follows joins it, and it ends when nearly all are back', async () => {
  world.turn(0);
  const organizationId = await world.organization();
  const siteId = await world.site(organizationId);
  const early = await world.chargePoint(organizationId, { ...away, disconnectedAt: world.at(-280) }, { siteId });
  const dark = [early];
  for (let i = 0; i < 7; i += 1) dark.push(await world.chargePoint(organizationId, {}, { siteId }));
  for (let i = 0; i < 30; i += 1) await world.chargePoint(organizationId);
  const endpoint = (id: string, siteIds: string[]) =>
    db.prisma.webhookEndpoint.create({
      data: { id, organizationId, url: 'https://a.test', events: ['*'], siteIds, createdAt: START, updatedAt: START },
    });
  await endpoint('whe_here', [siteId]);
  await endpoint('whe_elsewhere', ['site_elsewhere']);
  const ofChargePoint = (id: string, chargePointId: string | undefined, events: string[]) =>
    db.prisma.webhookEndpoint.create({
      data: {
        ...{ id, organizationId, url: 'https://a.test', events, chargePointIds: [chargePointId ?? ''] },
        ...{ createdAt: START, updatedAt: START },
      },
    });
  await ofChargePoint('whe_member', dark[3], ['alert.triggered', 'alert.resolved']);
  await ofChargePoint('whe_late', dark[7], ['*']);
  await db.prisma.webhookEndpoint.update({ where: { id: 'whe_late' }, data: { ordered: true } });
  await ofChargePoint('whe_sessions', dark[3], ['session.started']);
  world.turn(25);
  await world.sweep(['offline']);
  expect(await types(organizationId)).toEqual(['alert.triggered']); // of the first one, by itself
  await db.prisma.chargePointState.updateMany({
    where: { chargePointId: { in: dark.slice(1, 7) } },
    data: { connected: false, disconnectedAt: world.at(30) },
  });
  world.turn(331);
  await world.sweep(['offline']);
  await world.sweep(['offline']);
  const [, group, end, ...more] = await world.told(organizationId);
  expect(more).toEqual([]);
  expect(group).toMatchObject({
    type: 'alert.triggered',
    data: {
      rule: 'fleet_offline',
      severity: 'critical',
      charge_point_id: null,
      sequence: null,
      evidence: { charge_points: 7, of: 8 },
    },
  });
  expect(end).toMatchObject({
    type: 'alert.resolved',
    data: { rule: 'offline', resolution: 'superseded', charge_point_id: early },
  });
  const alert = () => db.prisma.alert.findFirstOrThrow({ where: { organizationId, rule: 'fleet_offline' } });
  expect(await alert()).toMatchObject({ siteId, subject: siteId, members: 7, status: 'triggered' });
  const event = await db.prisma.domainEvent.findFirstOrThrow({
    where: { organizationId, body: { contains: 'fleet_offline' } },
  });
  expect(event).toMatchObject({ siteId, chargePointId: null, sequence: null });
  const deliveriesOf = (endpointId: string) =>
    db.prisma.webhookDelivery.findMany({ where: { organizationId, endpointId }, orderBy: { id: 'asc' } });
  const deliveries = await db.prisma.webhookDelivery.findMany({ where: { organizationId } });
  expect(deliveries.map(({ endpointId }) => endpointId).sort()).toEqual([
    ...['whe_here', 'whe_here', 'whe_here'],
    'whe_member', // which filters by one of those in the group
  ]);
  expect((await deliveriesOf('whe_member')).map(({ eventId }) => eventId)).toEqual([event.id]);
  expect(deliveries.map(({ eventId }) => eventId)).toContain(event.id);

  await db.prisma.chargePointState.update({
    where: { chargePointId: dark[7] ?? '' },
    data: { connected: false, disconnectedAt: world.at(340) },
  });
  world.turn(700);
  await world.sweep(['offline']);
  expect(await alert()).toMatchObject({ members: 8, evidence: { charge_points: 8 } });
  expect(await types(organizationId)).toHaveLength(3);
  // Who filters by the one that joined later hears of the same event then, once.
  expect(await deliveriesOf('whe_late')).toEqual([]);
  await db.prisma.webhookRecovery.create({
    data: {
      ...{
        id: 'whr_late',
        organizationId,
        endpointId: 'whe_late',
        kind: 'missed',
        status: 'running',
        requestedBy: 'usr_1',
      },
      ...{ since: new Date(Date.now() - 3_600_000), until: new Date(), createdAt: START },
    },
  });
  const soon = () => new Date(Date.now() + 60_000); // ids are of the real clock
  await allAtOnce(
    (on) => tellJoined({ db: on, now: world.now }),
    () => tellJoined({ db, now: world.now }),
    createRecover({ db, now: soon, retentionDays: 30 }),
  );
  expect((await deliveriesOf('whe_late')).map(({ eventId }) => eventId)).toEqual([event.id]);
  const lease = { limit: 10, leaseToken: 'a', leaseMs: 1, rooms: new Map([['whe_late', 10]]) };
  const sendable = await createDeliveryStore(db).claimOf({ now: world.now(), ...lease });
  expect(sendable.map(({ eventId }) => eventId)).toEqual([event.id]); // at once, though it is of no charge point
  expect(await deliveriesOf('whe_here')).toHaveLength(3);

  await back(dark.slice(0, 6));
  world.turn(710);
  await world.sweep(['offline']);
  const after = (await world.told(organizationId)).slice(3);
  expect(after[0]).toMatchObject({ type: 'alert.resolved', data: { rule: 'fleet_offline', resolution: 'auto' } });
  // Who is still away is alerted of by itself.
  expect(after.slice(1).map(({ type, data }) => [type, data['rule']])).toEqual([
    ['alert.triggered', 'offline'],
    ['alert.triggered', 'offline'],
  ]);
  expect((await deliveriesOf('whe_member')).map((each) => each.event)).toEqual(['alert.triggered', 'alert.resolved']);
  // Its own is still away.
  expect((await deliveriesOf('whe_late')).map((each) => each.event).sort()).toEqual([
    ...['alert.resolved', 'alert.triggered', 'alert.triggered'],
  ]);
});

describe('a group that a few keep open', () => {
  const six = async (seconds: number) => {
    world.turn(seconds);
    const organizationId = await world.organization();
    const siteId = await world.site(organizationId);
    const point = (state: object = {}) => world.chargePoint(organizationId, state, { siteId });
    const dead: string[] = [];
    for (let i = 0; i < 6; i += 1) dead.push(await point({ ...away, disconnectedAt: world.at(seconds - 301) }));
    await world.sweep(['offline']);
    const fellAway = (ids: readonly string[], at: number) =>
      db.prisma.chargePointState.updateMany({
        where: { chargePointId: { in: [...ids] } },
        data: { connected: false, disconnectedAt: world.at(at) },
      });
    const told = async () =>
      (await world.told(organizationId)).map(({ type, data }) => [
        type.slice(6),
        data['rule'],
        data['charge_point_id'],
      ]);
    expect(await told()).toEqual([['triggered', 'fleet_offline', null]]);
    return { organizationId, siteId, point, dead, fellAway, told };
  };
  const WEEK = 604_800;

  test('takes in what goes within 15 minutes; what goes weeks later is alerted of by itself, also who was in it and came back', async () => {
    const { organizationId, point, dead, fellAway, told } = await six(200_000);
    const [soonAfter, later] = [await point(), await point()];
    await fellAway([soonAfter], 200_890);
    world.turn(201_200);
    await world.sweep(['offline']);
    expect(await told()).toHaveLength(1);
    await back([soonAfter, ...dead.slice(5)]);
    world.turn(200_000 + WEEK);
    await world.sweep(['offline']);
    expect(await told()).toHaveLength(1);
    const again = dead[5] ?? '';
    await fellAway([later, again], 200_000 + WEEK);
    world.turn(200_301 + WEEK);
    await world.sweep(['offline']);
    await world.sweep(['offline']);
    expect((await told()).slice(1).toSorted()).toEqual(
      [later, again].map((id) => ['triggered', 'offline', id]).toSorted(),
    );
    const open = await db.prisma.alert.findMany({ where: { organizationId, resolvedAt: null } });
    expect(open.map(({ rule: which, members }) => [which, members]).toSorted()).toEqual([
      ['fleet_offline', 7],
      ...[later, again].map(() => ['offline', 0]),
    ]);
  });

  test('stays beside the group of the next outage', async () => {
    const { organizationId, point, fellAway, told } = await six(300_000);
    const next: string[] = [];
    for (let i = 0; i < 8; i += 1) next.push(await point());
    await fellAway(next.slice(0, 7), 300_000 + WEEK);
    world.turn(300_301 + WEEK);
    await world.sweep(['offline']);
    await fellAway(next.slice(7), 300_310 + WEEK);
    world.turn(300_700 + WEEK);
    await world.sweep(['offline']);
    expect((await told()).slice(1)).toEqual([['triggered', 'fleet_offline', null]]);
    const groups = await db.prisma.alert.findMany({ where: { organizationId }, orderBy: { id: 'asc' } });
    expect(groups.map(({ rule: which, members, status }) => [which, members, status])).toEqual([
      ['fleet_offline', 6, 'triggered'],
      ['fleet_offline', 8, 'triggered'],
    ]);
    await back(next);
    world.turn(300_710 + WEEK);
    await world.sweep(['offline']);
    expect((await told()).slice(2)).toEqual([['resolved', 'fleet_offline', null]]);
  });

  test('ends when they are decommissioned', async () => {
    const { dead, told } = await six(400_000);
    await db.prisma.chargePoint.updateMany({
      where: { id: { in: dead.slice(0, 2) } },
      data: { lifecycle: 'decommissioned' },
    });
    world.turn(400_010);
    await world.sweep(['offline']);
    expect((await told()).slice(1, 2)).toEqual([['resolved', 'fleet_offline', null]]);
    expect((await told()).slice(2).map(([, which]) => which)).toEqual(['offline', 'offline', 'offline', 'offline']);
  });
});

test('time without a server does not count as time offline', async () => {
  const organizationId = await world.organization();
  await world.chargePoint(organizationId, away);
  await db.prisma.node.updateMany({ data: { startedAt: world.at(10_000) } });
  world.turn(10_299);
  await world.sweep(['offline']);
  expect(await types(organizationId)).toEqual([]);
  world.turn(10_301);
  await world.sweep(['offline']);
  expect(await types(organizationId)).toEqual(['alert.triggered']);
  await db.prisma.node.updateMany({ data: { startedAt: START } });
});

test('a restart of the whole installation ends no alert, tells none again, makes no group of them and leaves quiet what was ended by hand', async () => {
  const organizationId = await world.organization();
  const siteId = await world.site(organizationId);
  const ids: string[] = [];
  // one by one, far too slowly for a group
  for (let i = 0; i < 6; i += 1)
    ids.push(
      await world.chargePoint(organizationId, { ...away, disconnectedAt: world.at(-7200 * (i + 1)) }, { siteId }),
    );
  const sweepAt = async (second: number) => {
    world.turn(second);
    await world.sweep(['offline']);
  };
  await db.prisma.node.updateMany({ data: { startedAt: world.at(-86_400) } });
  await sweepAt(0);
  const opened = await world.alertsOf({ organizationId });
  expect(opened.map(({ rule: which, status }) => [which, status])).toEqual(ids.map(() => ['offline', 'triggered']));
  const by = (alertId = '', chargePointId = '') => ({
    ...({ room: 'alerts', alertId, chargePointId, receivedAt: world.now() } as const),
    note: { commentId: newId('alc'), author: 'usr_1', text: null },
  });
  const [cared, ended] = opened;
  await world.submit({ ...by(cared?.id, cared?.chargePointId), type: 'acknowledged' }, soon());
  await world.submit({ ...by(ended?.id, ended?.chargePointId), type: 'resolved' }, soon());
  const told = await world.told(organizationId);

  await db.prisma.node.updateMany({ data: { startedAt: world.at(100_000) } });
  for (const second of [100_001, 100_299, 100_301, 100_600]) await sweepAt(second);
  expect(await world.told(organizationId)).toEqual(told);
  const after = await world.alertsOf({ organizationId });
  expect(after.map(({ status }) => status).sort()).toEqual([
    'acknowledged',
    'resolved',
    'triggered',
    'triggered',
    'triggered',
    'triggered',
  ]);
  // and each ends as ever
  await back(ids);
  await sweepAt(100_610);
  expect((await types(organizationId)).filter((type) => type === 'alert.resolved')).toHaveLength(6);
  await db.prisma.node.updateMany({ data: { startedAt: START } });
});

test('what a clock skipped, or a machine slept through, counts neither as time offline nor as silence', async () => {
  await db.prisma.node.deleteMany();
  const node = { id: newId('node'), host: 'test', pid: 1, startedAt: world.at(0) };
  const signs = nodeStore(db);
  await signs.seen(node, world.at(20_000));
  const organizationId = await world.organization();
  await world.chargePoint(organizationId, { connected: true, connectedAt: START, lastMessageAt: world.at(19_990) });
  await world.chargePoint(organizationId, { connected: false, disconnectedAt: world.at(19_990) });
  const sweepAt = async (second: number) => {
    world.turn(second);
    await world.sweep(['heartbeat_overdue', 'offline']);
    return types(organizationId);
  };
  const DAY_LATER = 20_000 + 86_400;
  expect(await sweepAt(DAY_LATER)).toEqual([]);
  for (let second = DAY_LATER; second < DAY_LATER + 250; second += 50) {
    await signs.seen(node, world.at(second));
    expect(await sweepAt(second + 5)).toEqual([]);
  }
  // and from then on as ever
  for (let second = DAY_LATER + 250; second < DAY_LATER + 4000; second += 50) await signs.seen(node, world.at(second));
  expect(await sweepAt(DAY_LATER + 4000)).toEqual(['alert.triggered', 'alert.triggered']);
  // as of a process whose row others had forgotten meanwhile
  await db.prisma.node.deleteMany();
  await signs.seen(node, world.at(300_000));
  expect(await servingSince(db, world.at(300_005))).toEqual(world.at(300_000));
  await db.prisma.node.deleteMany();
  await world.node(world.at(-3600));
});

test('two nodes that sweep at once, again and again, tell each opening and each end once', async () => {
  world.turn(0);
  const organizationId = await world.organization();
  await db.prisma.alertRule.create({
    data: { organizationId, rule: 'fleet_offline', scopeId: '', enabled: false, updatedAt: START, updatedBy: 'u' },
  });
  const ids: string[] = [];
  for (let i = 0; i < 12; i += 1) ids.push(await world.chargePoint(organizationId, away));
  const both = async (seconds: number) => {
    world.turn(seconds);
    other.turn(seconds);
    await Promise.all([world.sweep(['offline']), other.sweep(['offline']), world.sweep(['offline'])]);
  };
  await both(301);
  await both(302);
  await back(ids);
  await both(400);
  await both(401);
  const told = await world.told(organizationId);
  for (const type of ['alert.triggered', 'alert.resolved']) {
    const whose = told.filter((each) => each.type === type).map(({ data }) => data['charge_point_id']);
    expect(whose.sort()).toEqual([...ids].sort());
  }
  const sequences = await db.prisma.domainEvent.findMany({ where: { organizationId }, select: { sequence: true } });
  expect(sequences.map(({ sequence }) => Number(sequence)).sort()).toEqual([...ids.map(() => 1), ...ids.map(() => 2)]);
});

test('only one process has the job, until it is gone', async () => {
  world.turn(20_000);
  other.turn(20_000);
  const organizationId = await world.organization();
  const first = createAlertJobs({ db, submit: world.submit, nodeId: 'node_1', now: world.now, ...quietly });
  const second = createAlertJobs({ db, submit: other.submit, nodeId: 'node_2', now: other.now, ...quietly });
  await first.sweep();
  await world.chargePoint(organizationId, away);
  await second.sweep();
  expect(await types(organizationId)).toEqual([]);
  other.turn(20_016);
  await second.sweep();
  expect(await types(organizationId)).toEqual(['alert.triggered']);
});

test('alerts of a charge point that was deleted end without a word; ended ones are forgotten with what was said of them', async () => {
  world.turn(0);
  const organizationId = await world.organization();
  const chargePointId = await world.chargePoint(organizationId, away);
  world.turn(301);
  await world.sweep(['offline']);
  await db.prisma.chargePointState.delete({ where: { chargePointId } });
  await db.prisma.chargePoint.delete({ where: { id: chargePointId } });
  await world.sweep(['offline']);
  expect(await types(organizationId)).toEqual(['alert.triggered']);
  expect(await world.alertsOf({ organizationId })).toMatchObject([
    { status: 'resolved', resolution: 'superseded', holds: false },
  ]);
  world.turn(401 * 86_400);
  await createAlertJobs({ db, submit: world.submit, nodeId: 'node_1', now: world.now, ...quietly }).forget();
  expect(await world.alertsOf({ organizationId })).toEqual([]);
});

test('what ended more than 400 days ago is forgotten, but the last of each charge point, and what a running rollout counts', async () => {
  const organizationId = await world.organization();
  const [one, two] = [await world.chargePoint(organizationId), await world.chargePoint(organizationId)];
  const now = new Date();
  const old = new Date(now.getTime() - 401 * 86_400_000);
  const id = (prefix: 'fwu' | 'rol' | 'com', at: Date, n: number) =>
    `${firstIdAt(prefix, at).slice(0, -3)}${organizationId.slice(-2)}${n}`;
  const rollout = (n: number, endedAt: Date | null) => ({
    ...{ id: id('rol', old, n), organizationId, name: 'R', imageId: 'fwi_1', targetVersion: '2', signed: false },
    ...{ strategy: 'rolling', stageSizes: [1], maxFailedPercent: 1, filter: {}, options: {}, status: 'completed' },
    ...{ requestedBy: 'u', createdAt: old, endedAt, updatedAt: old },
  });
  await db.prisma.firmwareRollout.createMany({ data: [rollout(1, old), rollout(2, null)] });
  const member = { chargePointId: one, stage: 0, updateId: 'fwu_1' };
  await db.prisma.firmwareRolloutMember.createMany({
    data: [1, 2].map((n) => ({ ...member, rolloutId: id('rol', old, n) })),
  });
  const update = (n: number, chargePointId: string, rolloutId: string | null) => ({
    ...{ id: id('fwu', old, n), organizationId, chargePointId, rolloutId, imageId: 'fwi_1', targetVersion: '2' },
    ...{ signed: false, maxAttempts: 1, retryDelayS: 1, stageTimeoutS: 1, waitUntilIdle: false, expiresAt: old },
    ...{ status: 'installed', attempts: 1, endedAt: old, requestedBy: 'u', createdAt: old, updatedAt: old },
  });
  await db.prisma.firmwareUpdate.createMany({
    data: [update(1, one, null), update(2, one, id('rol', old, 2)), update(3, one, null), update(4, two, null)],
  });
  const run = (n: number, chargePointId: string) => ({
    ...{ id: id('com', old, n), organizationId, chargePointId, status: 'passed', phase: 'done', skipTest: true },
    ...{
      stepTimeoutS: 1,
      testToken: `T${n}`,
      testTokenKey: `t${n}`,
      phaseAt: old,
      steps: [],
      lifecycleBefore: 'registered',
    },
    ...{ requestedBy: 'u', createdAt: old, deadlineAt: old, completedAt: old },
  });
  await db.prisma.commissioningRun.createMany({ data: [run(1, one), run(2, one), run(3, two)] });
  await forgetRollouts(db, now);
  await forgetFirmwareUpdates(db, now);
  await forgetCommissioning(db, now);
  const where = { organizationId };
  const [rollouts, members, updates, runs] = [
    await db.prisma.firmwareRollout.findMany({ where }),
    await db.prisma.firmwareRolloutMember.findMany({ where: { chargePointId: one } }),
    await db.prisma.firmwareUpdate.findMany({ where, orderBy: { id: 'asc' } }),
    await db.prisma.commissioningRun.findMany({ where, orderBy: { id: 'asc' } }),
  ];
  const numbers = (rows: { id: string }[]) => rows.map((row) => Number(row.id.slice(-1)));
  expect([numbers(rollouts), members.length]).toEqual([[2], 1]);
  expect([numbers(updates), numbers(runs)]).toEqual([
    [2, 3, 4],
    [2, 3],
  ]);
});
