/** Each rule: the fact in its table → one alert and one event; the fact gone → one end. */
import { expect, test } from '@jest/globals';
import { ruleIds } from '../../src/alerts/rules/index.ts';
import { measureUptimes } from '../../src/alerts/uptime.ts';
import { catalogue } from '../../src/events/index.ts';
import { cutOver } from '../../src/handovers/cutover-store.ts';
import { newId } from '../../src/platform/ids.ts';
import { insertSession } from '../support/rest.ts';
import { DAY, servedWorld } from './support.ts';

const START = new Date('2026-06-01T00:00:00.000Z');
const world = await servedWorld(START);
const { db, certificate } = world;

type State = Parameters<typeof world.chargePoint>[1];
type Case = {
  /** What is known of the charge point at second 0, connected since then. */
  readonly state?: State;
  readonly more?: Parameters<typeof world.chargePoint>[2];
  /** At second 0. */
  readonly fact?: (chargePointId: string, organizationId: string) => Promise<unknown>;
  /** When it is not an alert yet, and when it is. */
  readonly before?: number;
  readonly after: number;
  /** What ends it, at once; then the sweep at `end` finds it gone. */
  readonly undo?: (chargePointId: string, organizationId: string) => Promise<unknown>;
  readonly end?: number;
  readonly expected: object;
};
const change = (data: object) => (chargePointId: string) =>
  db.prisma.chargePointState.update({ where: { chargePointId }, data });
const connector =
  (status: string, more: object = {}) =>
  (chargePointId: string, organizationId: string) =>
    db.prisma.connector.upsert({
      where: { chargePointId_evseId_connectorId: { chargePointId, evseId: 1, connectorId: 1 } },
      create: {
        ...{ chargePointId, organizationId, evseId: 1, connectorId: 1, status, rawStatus: status },
        ...{ statusAt: START, receivedAt: START, statusSince: START, ...more },
      },
      update: { status, statusSince: world.now() },
    });
const session = (more: object) => (chargePointId: string, organizationId: string) =>
  insertSession(
    db,
    { organizationId, chargePointId },
    { startedAt: START, createdAt: START, updatedAt: START, ...more },
  );

async function siteLoad(organizationId: string, state: string): Promise<string> {
  const siteId = await world.site(organizationId);
  await db.prisma.siteLoad.create({
    data: {
      ...{ siteId, organizationId, enabled: true, settings: { unit: 'A' }, updatedBy: 'usr_1', updatedAt: START },
      ...{ state, stateSince: START, cap: 200, capReason: 'meter', ceiling: 355 },
    },
  });
  return siteId;
}
const loadLine = (chargePointId: string, organizationId: string, siteId: string, more: object) =>
  db.prisma.loadLine.create({
    data: {
      ...{
        chargePointId,
        organizationId,
        siteId,
        target: 60,
        ceiling: 60,
        reason: 'shared',
        updatedAt: START,
        ...more,
      },
    },
  });

const cases: Record<Exclude<(typeof ruleIds)[number], 'fleet_offline'>, Case> = {
  offline: {
    fact: change({ connected: false, disconnectedAt: START }),
    before: 299,
    after: 301,
    undo: change({ connected: true, connectedAt: START }),
    expected: { severity: 'critical', reason: 'Not connected since 2026-06-01T00:00:00.000Z' },
  },
  heartbeat_overdue: {
    more: { heartbeatIntervalS: 300 },
    state: { lastMessageAt: START, lastSeenAt: new Date(START.getTime() + 3_600_000) },
    before: 890,
    after: 910,
    undo: (id) => change({ lastMessageAt: world.now() })(id),
    expected: { severity: 'warning' },
  },
  boot_loop: {
    state: { quickBoots: 3, bootedAt: START },
    after: 5,
    end: 905,
    expected: { evidence: { quick_boots: 3 } },
  },
  clock_skew: {
    state: { clockOffsetMs: -75_400 },
    after: 5,
    undo: change({ clockOffsetMs: 900 }),
    expected: { evidence: { clock_offset_s: -75.4 }, reason: 'Its clock is -75.4 s off' },
  },
  command_failures: {
    state: { degraded: true, callTimeouts: 3 },
    after: 5,
    undo: change({ degraded: false }),
    expected: { evidence: { call_timeouts: 3 } },
  },
  duplicate_identity: {
    state: { takeovers: 3, takenOverAt: START },
    after: 5,
    end: 1805,
    expected: { severity: 'critical', evidence: { takeovers: 3 } },
  },
  schema_deviations: {
    fact: (chargePointId, organizationId) =>
      db.prisma.schemaDeviation.createMany({
        data: ['a', 'b', 'c', 'd', 'e'].map((field) => ({
          ...{ chargePointId, organizationId, action: 'MeterValues', field, kind: 'missing', count: 2, example: '{}' },
          ...{ firstAt: START, lastAt: START },
        })),
      }),
    after: 5,
    end: DAY + 5,
    expected: { severity: 'info', evidence: { faults: 5, messages: 10, actions: ['MeterValues'] } },
  },
  connector_faulted: {
    fact: connector('faulted', { errorCode: 'GroundFailure', info: 'RCD\nopen' }),
    before: 20,
    after: 31,
    undo: connector('available'),
    expected: {
      connectorId: 1,
      reason: 'Connector 1 is faulted since 2026-06-01T00:00:00.000Z: GroundFailure, RCD open',
    },
  },
  prepared_not_started: {
    fact: connector('preparing'),
    before: 1190,
    after: 1210,
    undo: session({}),
    expected: { connectorId: 1, severity: 'info' },
  },
  silent_session: {
    fact: session({ lastSampleAt: START }),
    before: 1790,
    after: 1810,
    undo: (chargePointId) =>
      db.prisma.session.updateMany({ where: { chargePointId }, data: { lastSampleAt: world.now() } }),
    expected: { severity: 'warning' },
  },
  stalled_charge: {
    fact: session({ powerW: 12, lastSampleAt: new Date(START.getTime() + 5_000_000) }),
    before: 890,
    after: 1810,
    undo: (chargePointId) => db.prisma.session.updateMany({ where: { chargePointId }, data: { powerW: 7000 } }),
    expected: { evidence: { power_w: 12 } },
  },
  no_session: {
    more: { createdAt: START },
    before: 7 * DAY - 10,
    after: 7 * DAY + 10,
    undo: (cp, org) => session({ startedAt: world.now() })(cp, org),
    expected: { severity: 'info', reason: 'No session since 2026-06-01T00:00:00.000Z' },
  },
  unknown_token_burst: {
    fact: (chargePointId, organizationId) =>
      db.prisma.unknownToken.createMany({
        data: Array.from({ length: 10 }, (_, i) => ({
          ...{ id: newId('utk'), organizationId, uidKey: `t${i}`, uid: `T${i}`, lastChargePointId: chargePointId },
          ...{ count: 1, firstSeenAt: START, lastSeenAt: START },
        })),
      }),
    after: 5,
    end: 605,
    expected: { reason: '10 different unknown tokens within 10 minutes' },
  },
  meter_backwards: {
    fact: session({ flags: ['meter_backwards'], endedAt: START, status: 'ended' }),
    after: 5,
    end: DAY + 5,
    expected: { connectorId: 1, evidence: { flags: ['meter_backwards'] } },
  },
  orphan_stop: {
    fact: session({ flags: ['orphan_stop'], endedAt: START, status: 'ended' }),
    after: 5,
    end: DAY + 5,
    expected: { severity: 'info' },
  },
  firmware_failed: {
    fact: (cp, org) => firmware(cp, org, 'InstallationFailed'),
    after: 5,
    undo: (cp, org) => firmware(cp, org, 'Downloading'),
    expected: { evidence: { status: 'InstallationFailed', location: 'https://example.com/fw' } },
  },
  critical_security_event: {
    fact: (chargePointId, organizationId) =>
      db.prisma.securityEvent.create({
        data: {
          ...{ id: newId('sev'), organizationId, chargePointId, type: 'TamperDetectionActivated', critical: true },
          ...{ severity: 'critical', at: START, historical: false, techInfo: 'cover', receivedAt: START },
        },
      }),
    after: 5,
    end: 3605,
    expected: { severity: 'critical', subject: 'TamperDetectionActivated' },
  },
  certificate_expiring: {
    fact: (chargePointId, organizationId) => certificate({ chargePointId, organizationId }, 10 * DAY),
    after: 5,
    undo: (chargePointId, organizationId) => certificate({ chargePointId, organizationId }, 400 * DAY),
    expected: { severity: 'warning', subject: 'charge_point' },
  },
  monitor_condition: {
    fact: (chargePointId, organizationId) =>
      db.prisma.deviceCondition.create({
        data: {
          ...{ chargePointId, organizationId, key: 'Connector@1.2.Temperature', monitorId: 7, state: 'alerting' },
          ...{ severity: 2, origin: 'custom_monitor', openedAt: START, lastAt: START, occurrences: 1, value: '91' },
          eventId: 'dev_1',
        },
      }),
    after: 5,
    undo: (chargePointId) =>
      db.prisma.deviceCondition.updateMany({ where: { chargePointId }, data: { state: 'cleared' } }),
    expected: { severity: 'critical', evseId: 1, connectorId: 2, subject: 'Connector@1.2.Temperature#7' },
  },
  site_load_unmet: {
    fact: async (chargePointId, organizationId) => {
      const siteId = await siteLoad(organizationId, 'unmet');
      await loadLine(chargePointId, organizationId, siteId, { reason: 'offline', ceiling: 320 });
    },
    before: 50,
    after: 65,
    undo: (_cp, organizationId) =>
      db.prisma.siteLoad.updateMany({ where: { organizationId }, data: { state: 'lowering' } }),
    expected: {
      ...{ severity: 'critical', siteId: expect.stringMatching(/^site_/), subject: expect.stringMatching(/^site_/) },
      reason: expect.stringContaining(
        'All together may draw 35.5 A of 20 A (meter); cannot be lowered: [{"reason":"offline"',
      ),
      evidence: { ceiling: 35.5, cap: 20, not_lowered: [{ reason: 'offline', ceiling: 32 }] },
    },
  },
  load_limit_not_taken: {
    fact: async (chargePointId, organizationId) => {
      const siteId = await siteLoad(organizationId, 'met');
      await db.prisma.chargePoint.update({ where: { id: chargePointId }, data: { siteId } });
      await loadLine(chargePointId, organizationId, siteId, { reason: 'refused', failures: 3, ceiling: 320 });
    },
    after: 5,
    undo: (chargePointId) =>
      db.prisma.loadLine.updateMany({ where: { chargePointId }, data: { failures: 0, reason: 'shared' } }),
    expected: {
      ...{ severity: 'warning', evidence: { reason: 'refused', failures: 3, ceiling: 32, target: 6, unit: 'A' } },
      reason: 'It did not take 3 limits in a row; it counts with 32 A, of which it should have 6 A',
    },
  },
  uptime_below_target: {
    // Of 30 days it is known since 20, and of these it was away for the first.
    fact: async (cp, org) => {
      await connector('available')(cp, org);
      await connections(cp, [-20 * DAY, false], [-19 * DAY, true]);
      await measureUptimes(world);
    },
    after: 5,
    undo: async (chargePointId) => {
      await connections(chargePointId, [-25 * DAY, true], [-20 * DAY, true]);
      await db.prisma.connectionHistory.deleteMany({ where: { connected: false } });
      world.turn(3605);
      await measureUptimes(world);
    },
    end: 3605,
    expected: {
      ...{ severity: 'warning', evseId: 1, reason: 'EVSE 1 was up 95 % of the last 30 days' },
      evidence: { uptime_percent: 95, window_days: 30, observed_s: 20 * DAY, offline_s: DAY },
    },
  },
  webhook_failing: {
    fact: (_cp, organizationId) =>
      db.prisma.webhookEndpoint.create({
        data: {
          ...{
            id: newId('whe'),
            organizationId,
            url: 'https://example.com:8443/catch/secret?token=secret',
            events: ['*'],
            active: false,
          },
          ...{ disabledReason: 'failing', failingSince: START, failures: 20, createdAt: START, updatedAt: START },
        },
      }),
    after: 5,
    undo: (_cp, organizationId) =>
      db.prisma.webhookEndpoint.updateMany({ where: { organizationId }, data: { deletedAt: START } }),
    expected: {
      evidence: { url: 'https://example.com:8443', disabled_reason: 'failing' },
      reason: 'Every attempt to deliver to https://example.com:8443 fails since 2026-06-01T00:00:00.000Z',
    },
  },
};

const connections = async (chargePointId: string, ...told: [seconds: number, connected: boolean][]) => {
  const { number } = await db.prisma.chargePoint.findUniqueOrThrow({ where: { id: chargePointId } });
  await db.prisma.connectionHistory.createMany({
    data: told.map(([seconds, connected]) => ({ chargePointNumber: number, at: world.at(seconds), connected })),
  });
};
const firmware = (chargePointId: string, organizationId: string, status: string) =>
  db.prisma.firmwareRequest.create({
    data: {
      ...{ id: newId('fwr'), organizationId, chargePointId, kind: 'update', commandId: newId('cmd'), signed: false },
      ...{ location: 'https://example.com/fw', outcome: 'accepted', status, statusAt: world.now() },
      ...{ createdAt: world.now(), updatedAt: world.now() },
    },
  });
/** One of ours, which failed by what no charger says. */
const update = (
  chargePointId: string,
  organizationId: string,
  more: { status: string; failedAt?: Date; errorCode?: string; errorMessage?: string },
) =>
  db.prisma.firmwareUpdate.create({
    data: {
      ...{
        id: newId('fwu'),
        organizationId,
        chargePointId,
        imageId: newId('fwi'),
        targetVersion: '2.0',
        signed: false,
      },
      ...{ maxAttempts: 3, retryDelayS: 60, stageTimeoutS: 600, waitUntilIdle: false, expiresAt: world.at(DAY) },
      ...{ attempts: 1, requestedBy: 'system', createdAt: world.now(), updatedAt: world.now() },
      ...more,
    },
  });
const also: [string, Case][] = [
  [
    'firmware_failed',
    {
      fact: (cp, org) =>
        update(cp, org, {
          ...{
            status: 'installed',
            failedAt: START,
            errorCode: 'version_unchanged',
            errorMessage: 'It booted with 1.0',
          },
        }),
      after: 5,
      undo: (cp, org) => update(cp, org, { status: 'downloading' }),
      expected: {
        reason: 'version_unchanged for version 2.0',
        evidence: { status: 'version_unchanged', message: 'It booted with 1.0' },
      },
    },
  ],
];

test('a root that a charge point does not list any more expires without an alert, one that it lists with one', async () => {
  world.turn(0);
  const organizationId = await world.organization();
  const chargePointId = await world.chargePoint(organizationId);
  const root = await certificate({ organizationId, chargePointId }, 3600, { type: 'v2g_root', reportedAt: null });
  const alerts = async () => {
    await world.sweep(['certificate_expiring']);
    await world.sweep(['certificate_expiring']);
    return world.alertsOf({ organizationId, rule: 'certificate_expiring' });
  };
  expect(await alerts()).toEqual([]);
  await db.prisma.installedCertificate.update({ where: { id: root.id }, data: { reportedAt: START } });
  expect(await alerts()).toMatchObject([{ status: 'triggered', subject: 'v2g_root' }]);
});

test.each([...Object.entries(cases), ...also])('%s', async (rule, each) => {
  const id = ruleIds.find((known) => known === rule) ?? 'offline';
  world.turn(0);
  const organizationId = await world.organization();
  const chargePointId = await world.chargePoint(organizationId, each.state, each.more);
  await each.fact?.(chargePointId, organizationId);
  const alerts = () => world.alertsOf({ organizationId, rule });
  if (each.before !== undefined) {
    world.turn(each.before);
    await world.sweep([id]);
    expect((await alerts()).filter(({ status }) => status !== 'pending')).toEqual([]);
  }
  world.turn(each.after);
  await world.sweep([id]);
  await world.sweep([id]);
  expect(await alerts()).toMatchObject([{ status: 'triggered', occurrences: 1, ...each.expected }]);

  const end = each.end ?? each.after + 1;
  world.turn(end);
  await each.undo?.(chargePointId, organizationId);
  await world.sweep([id]);
  await world.sweep([id]);
  const [alert, ...more] = await alerts();
  expect(more).toEqual([]);
  expect(alert).toMatchObject({ status: 'resolved', resolution: 'auto', holds: false });
  const told = (await world.told(organizationId)).filter(({ data }) => data['rule'] === rule);
  expect(told).toMatchObject([
    { type: 'alert.triggered', data: { alert_id: alert?.id, severity: alert?.severity, reason: alert?.reason } },
    { type: 'alert.resolved', data: { alert_id: alert?.id, resolution: 'auto', duration_s: end - each.after } },
  ]);
  for (const { type, data } of told) {
    if (type === 'alert.triggered') expect(catalogue['alert.triggered'].data.parse(data)).toBeDefined();
    else expect(catalogue['alert.resolved'].data.parse(data)).toBeDefined();
  }
});

test.each([...Object.entries(cases), ...also])(
  '%s: a restart of the whole installation neither ends what is open nor tells it again, whatever others set',
  async (rule, each) => {
    const id = ruleIds.find((known) => known === rule) ?? 'offline';
    world.turn(0);
    // what others want to know at once is looked at for everybody
    const stranger = { organizationId: await world.organization(), scopeId: '', updatedAt: START, updatedBy: 'usr_1' };
    await db.prisma.alertRule.create({ data: { ...stranger, rule, forS: 0 } });
    const organizationId = await world.organization();
    const chargePointId = await world.chargePoint(organizationId, each.state, each.more);
    await each.fact?.(chargePointId, organizationId);
    const alerts = () => world.alertsOf({ organizationId, rule });
    for (const seconds of [0, each.after]) {
      world.turn(seconds); // those that have no instant of their own wait from the first look on
      await world.sweep([id]);
    }
    const before = await alerts();
    expect(before).toMatchObject([{ status: 'triggered' }]);

    world.turn(each.after + 1);
    await db.prisma.node.updateMany({ data: { startedAt: world.now() } });
    const reconnected = { connectedAt: world.now() };
    await db.prisma.chargePointState.updateMany({ where: { chargePointId, connected: true }, data: reconnected });
    await world.sweep([id]);
    await world.sweep([id]);
    expect(await alerts()).toEqual(before);

    world.turn(each.end ?? each.after + 2);
    await each.undo?.(chargePointId, organizationId);
    await world.sweep([id]);
    expect(await alerts()).toMatchObject([{ id: before[0]?.id, status: 'resolved', resolution: 'auto' }]);
    await db.prisma.node.updateMany({ data: { startedAt: START } });
    await db.prisma.alertRule.deleteMany({ where: { organizationId: stranger.organizationId } });
  },
);

/** What goes with the device (src/handovers/fates.ts) is told by the rules of whoever holds it. */
const ofTheDevice: readonly string[] = [
  ...['offline', 'heartbeat_overdue', 'boot_loop', 'clock_skew', 'command_failures', 'duplicate_identity'],
  ...['connector_faulted', 'prepared_not_started', 'certificate_expiring', 'monitor_condition'],
];
test.each([...Object.entries(cases), ...also])(
  '%s: no record that stays with the organization before a handover is an alert of the next one',
  async (rule, each) => {
    const id = ruleIds.find((known) => known === rule) ?? 'offline';
    world.turn(0);
    const former = await world.organization();
    const next = await world.organization();
    const chargePointId = await world.chargePoint(former, each.state, each.more);
    await each.fact?.(chargePointId, former);
    world.turn(each.after);
    await handOver(chargePointId, { from: former, to: next });
    await world.sweep([id]);
    await world.sweep([id]);
    const alerts = await world.alertsOf({ chargePointId, rule });
    expect(alerts.map(({ organizationId }) => organizationId)).toEqual(ofTheDevice.includes(rule) ? [next] : []);
  },
);
const handOver = async (chargePointId: string, { from, to }: { from: string; to: string }) => {
  const at = world.now();
  await db.transaction((tx) =>
    cutOver(tx, [{ chargePointId, cutover: { from, to, siteId: null, name: null, hasKey: true, at } }]),
  );
  await db.prisma.handover.create({
    data: {
      ...{ id: newId('hnd'), organizationId: from, toOrganizationId: to, named: true, chargePointId },
      ...{ chargePointIdentity: chargePointId, mode: 'ownership_transfer', status: 'completed', initiatedBy: 'usr_1' },
      ...{ tokenHash: Buffer.from(chargePointId), expiresAt: at, endedAt: at, createdAt: at, updatedAt: at },
    },
  });
};

test('a charge point without a session counts from the handover, whoever charged there before', async () => {
  world.turn(0);
  const former = await world.organization();
  const next = await world.organization();
  const chargePointId = await world.chargePoint(former, {}, { createdAt: START });
  await session({ startedAt: world.at(DAY), endedAt: world.at(DAY), status: 'ended' })(chargePointId, former);
  world.turn(2 * DAY);
  await handOver(chargePointId, { from: former, to: next });
  world.turn(9 * DAY - 10);
  await world.sweep(['no_session']);
  expect(await world.alertsOf({ chargePointId })).toEqual([]);
  world.turn(9 * DAY + 10);
  await world.sweep(['no_session']);
  expect(await world.alertsOf({ chargePointId })).toMatchObject([
    { organizationId: next, reason: 'No session since 2026-06-03T00:00:00.000Z', evidence: { last_session_at: null } },
  ]);
});

test('of a charge point, site or organization the nearest target and window hold, and only what is half observed counts', async () => {
  world.turn(0);
  const organizationId = await world.organization();
  const siteId = await world.site(organizationId);
  const rule = { organizationId, rule: 'uptime_below_target', updatedAt: START, updatedBy: 'usr_1' };
  const add = async (more: { siteId?: string }, ...told: [number, boolean][]): Promise<string> => {
    const id = await world.chargePoint(organizationId, {}, more);
    await connector('available')(id, organizationId);
    await connections(id, ...told);
    return id;
  };
  const lately: [number, boolean][] = [
    [-40 * DAY, true],
    [-3 * DAY, false],
    [-2 * DAY, true],
  ];
  const plain = await add({}, ...lately); // 29 of 30 days: 96.67 %
  const placed = await add({ siteId }, ...lately); // The site is content with 90 %.
  const own = await add({ siteId }, ...lately); // 3 of 4 days: 75 %
  await add({}, [-14 * DAY, false]); // Not half of the window is known.
  await db.prisma.alertRule.createMany({
    data: [
      { ...rule, scopeId: siteId, threshold: 90 },
      { ...rule, scopeId: own, windowDays: 4 },
    ],
  });
  const alerts = async () => {
    await measureUptimes(world);
    await world.sweep(['uptime_below_target']);
    return (await world.alertsOf({ organizationId })).map(({ chargePointId, resolvedAt, evidence }) => ({
      ...{ chargePointId, isOpen: resolvedAt === null },
      uptime: (evidence as { uptime_percent: number }).uptime_percent, // as: what the rule says
    }));
  };
  const first = [
    { chargePointId: plain, isOpen: true, uptime: 96.67 },
    { chargePointId: own, isOpen: true, uptime: 75 },
  ];
  const sorted = (all: { chargePointId: string }[]) => all.map(({ chargePointId }) => chargePointId).sort();
  const found = await alerts();
  expect(sorted(found)).toEqual(sorted(first));
  expect(found).toEqual(expect.arrayContaining(first));

  // Another window: measured at once, not after the hour.
  await db.prisma.alertRule.createMany({ data: [{ ...rule, scopeId: placed, threshold: 99, windowDays: 10 }] });
  await db.prisma.alertRule.updateMany({ where: { organizationId, scopeId: own }, data: { windowDays: 2 } });
  expect(await alerts()).toEqual(
    expect.arrayContaining([
      { chargePointId: placed, isOpen: true, uptime: 90 },
      { chargePointId: own, isOpen: false, uptime: 75 },
    ]),
  );
});

/** Design, 5-machines.md, "Alert", and what one outage is. */
const PROMISED = {
  offline: 'offline > 5 min',
  connector_faulted: 'connector faulted',
  heartbeat_overdue: 'heartbeat overdue',
  boot_loop: 'boot loop',
  silent_session: 'silent session',
  stalled_charge: 'stalled charge',
  prepared_not_started: 'prepared but not started',
  no_session: 'no session for N days',
  unknown_token_burst: 'unknown-token burst',
  firmware_failed: 'firmware failed',
  critical_security_event: 'critical security event',
  certificate_expiring: 'certificate expiring',
  clock_skew: 'clock skew',
  schema_deviations: 'schema deviations',
  meter_backwards: 'meter backwards',
  orphan_stop: 'orphan stop',
  command_failures: 'command failures (degraded)',
  uptime_below_target: 'uptime below target',
  monitor_condition: 'NotifyEvent monitors',
  webhook_failing: 'webhook endpoint failing',
  duplicate_identity: 'duplicate identity',
  fleet_offline: 'fleet storm grouping',
  // beside them
  site_load_unmet: 'a site may draw more than its cap',
  load_limit_not_taken: 'a charger does not take its limit',
};
test('the rules are those that were promised', () => {
  expect([...ruleIds].sort()).toEqual(Object.keys(PROMISED).sort());
});

test('every rule has its case here', () => {
  expect(Object.keys(cases).sort()).toEqual(ruleIds.filter((id) => id !== 'fleet_offline').sort());
});
