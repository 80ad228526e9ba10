/**
 * The process is killed with SIGKILL while a charger is updated, and while chargers go silent and come back (LIFE_KILLS=all: in every
 * state and at every moment, as npm run chaos does): the update ends as it should, each alert begins and ends once, and a real receiver
 * is told so, with signatures that verify. At last the version before is replaced by this one while a charger charges, and this one is
 * killed while it migrates (UPGRADE_KILLS, UPGRADE_BACK).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { anInstallation, aServerNode, type ServerNode } from '../../scripts/chaos/server-node.ts';
import { migrationsFolder } from '../../src/database/index.ts';
import { readMigrations } from '../../src/database/migration-files.ts';
import { type Charger, createCharger, seededRandom } from '../../src/simulator/index.ts';
import { verifyWebhook } from '../../src/webhooks/index.ts';
import { dialCharger } from '../ocpp/rig.ts';
import { testDatabase } from '../support/db.ts';
import { until } from '../support/until.ts';
import { testCertificate } from '../webhooks/support/certificate.ts';
import { startReceiver } from '../webhooks/support/receiver.ts';
import { versionBefore } from './support/version-before.ts';

const isLarge = process.env['LIFE_KILLS'] === 'all';
const VERSIONS = ['1.6', '2.0.1', '2.1'] as const;
const SECRET = 'a-secret-of-sixteen';

const db = await testDatabase();
const certificate = await testCertificate([], ['127.0.0.1']);
const receiver = await startReceiver(certificate);
const installation = anInstallation(db.url, certificate.caPem);
const server = await aServerNode(installation);
const chargers: Charger[] = [];
let next: ServerNode | undefined;
beforeAll(() => server.start(), 60_000);
afterAll(async () => {
  await Promise.all(chargers.map((charger) => charger.close()));
  server.abandon();
  next?.abandon();
  await receiver.close();
  await db.close();
  installation.remove();
});

async function ask(method: string, path: string, body?: object): Promise<{ status: number; id: string }> {
  const answer = await fetch(`http://127.0.0.1:${server.port}/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${installation.apiKey}`, 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const { id = '' } = (await answer.json()) as { id?: string }; // as: what our own routes answer
  return { status: answer.status, id };
}
async function killed(): Promise<void> {
  await server.kill();
  await server.start();
}

test('killed in states of an update, it goes on, is asked once, and is told once', async () => {
  const told = ['Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'Installed'] as const;
  const killedIn: readonly string[] = isLarge ? ['UpdateFirmware', ...told] : ['Installing'];
  const { id = '', identity = '', key } = await server.api('/charge-points', { identity: 'UPDATED' });
  const dial = () =>
    dialCharger(server.port, identity, {
      protocols: ['ocpp2.0.1'],
      ...(key !== undefined && { password: key }),
    });
  const boot = (firmwareVersion: string) => ({
    reason: 'PowerUp',
    chargingStation: { model: 'M', vendorName: 'V', firmwareVersion },
  });
  let station = await dial();
  await station.call('BootNotification', boot('1.0.0'));
  const { id: imageId = '' } = await server.api('/firmware-images', { version: '2.0.0', url: 'http://127.0.0.1:9/x' });
  const update = await ask('POST', `/charge-points/${id}/firmware-updates`, { image_id: imageId });
  expect(update.status).toBe(202);
  const asked = await station.asked('UpdateFirmware');
  const { requestId } = asked.payload as { requestId: number }; // as: the server's own
  let orders = 0;
  const countOrders = (): void => {
    orders += station.messages.filter((each) => each[2] === 'UpdateFirmware').length;
  };
  const comeBack = async () => {
    await killed();
    countOrders();
    station = await dial();
  };
  if (killedIn.includes('UpdateFirmware')) await comeBack();
  else station.send([3, asked.id, { status: 'Accepted' }]);
  for (const status of told) {
    await station.call('FirmwareStatusNotification', { status, requestId });
    if (killedIn.includes(status)) await comeBack();
  }
  await station.call('BootNotification', boot('2.0.0'));
  countOrders();
  expect(orders).toBe(1);
  expect(await db.prisma.firmwareUpdate.findUniqueOrThrow({ where: { id: update.id } })).toMatchObject({
    ...{ status: 'installed', verified: true, bootedVersion: '2.0.0', attempts: 1, errorCode: null },
  });
  const events = await db.prisma.domainEvent.findMany({
    where: { chargePointId: id, type: { startsWith: 'firmware.' } },
    orderBy: { sequence: 'asc' },
  });
  expect(events.map(({ type }) => type)).toEqual(['firmware.update_started', 'firmware.update_completed']);
  station.socket.terminate();
}, 300_000);

test('killed while chargers go silent and come back: each alert begins and ends once, and the receiver is told', async () => {
  // One that is killed while it sends holds its deliveries for a minute: too long for each run.
  const moments = isLarge ? ['gone', 'triggered', 'delivered', 'back', 'resolved'] : ['gone'];
  const killedAt = async (moment: string) => (moments.includes(moment) ? killed() : undefined);
  await server.api('/webhooks/endpoints', {
    url: `https://127.0.0.1:${receiver.port}/alerts`,
    events: ['alert.triggered', 'alert.resolved'],
    secret: SECRET,
  });
  const made = await Promise.all(
    VERSIONS.map((version) => server.api('/charge-points', { identity: `SILENT-${version}` })),
  );
  const ids = made.map(({ id = '' }) => id);
  const alertAfter = async (for_s: number) => {
    for (const charge_point_id of ids)
      expect((await ask('PUT', '/alert-rules', { rule: 'offline', charge_point_id, for_s })).status).toBe(200);
  };
  await alertAfter(1);
  const start = () =>
    Promise.all(
      VERSIONS.map(async (version, i) => {
        const { identity = '', key: password } = made[i] ?? {};
        const charger = createCharger({
          ...{ url: `ws://127.0.0.1:${server.port}/ocpp`, identity, version, random: seededRandom(i) },
          ...(password !== undefined && { password }),
          behaviour: { reconnect: { minMs: 50, maxMs: 300 } },
        });
        chargers.push(charger);
        charger.start();
        await charger.whenBooted(30_000);
      }),
    );
  const states = () => db.prisma.chargePointState.findMany({ where: { chargePointId: { in: ids } } });
  const alerts = () => db.prisma.alert.findMany({ where: { chargePointId: { in: ids }, rule: 'offline' } });
  const hasHeard = (type: string) =>
    ids.every((id) => receiver.received.some(({ body }) => body.includes(`"${type}"`) && body.includes(id)));
  const LONG = { withinMs: 120_000 };

  await start();
  await Promise.all(chargers.splice(0).map((charger) => charger.close()));
  await until('they are gone', async () => (await states()).every(({ connected }) => !connected), LONG);
  await killedAt('gone');
  const opened = async () => (await alerts()).filter(({ triggeredAt }) => triggeredAt !== null).length === ids.length;
  await until('each is alerted', opened, LONG);
  await killedAt('triggered');
  await until('the receiver is told', () => hasHeard('alert.triggered'), LONG);
  await killedAt('delivered');
  await start();
  await alertAfter(300); // from now on a kill is no reason to alert again
  await killedAt('back');
  const ended = async () => (await alerts()).every(({ resolvedAt }) => resolvedAt !== null);
  await until('each is over', ended, LONG);
  await killedAt('resolved');
  await until('the receiver is told', () => hasHeard('alert.resolved'), LONG);

  for (const id of ids) {
    const events = await db.prisma.domainEvent.findMany({
      where: { chargePointId: id, type: { startsWith: 'alert.' } },
      orderBy: { sequence: 'asc' },
    });
    expect(events.map(({ type }) => type)).toEqual(['alert.triggered', 'alert.resolved']);
    const heard = receiver.received.filter(({ body }) => body.includes(id));
    expect(new Set(heard.map(({ body }) => (JSON.parse(body) as { id: string }).id))).toEqual(
      new Set(events.map((event) => event.id)),
    );
  }
  for (const { body, headers } of receiver.received) expect(verifyWebhook(body, headers, SECRET)).toEqual({ ok: true });
}, 600_000);

type Started = { readonly transactionId: number };
test('killed while a charger charges, and again and again while it migrates the database of the version before: the session goes on', async () => {
  const kills = Number(process.env['UPGRADE_KILLS'] ?? 1);
  await server.api('/tokens', { uid: 'UPGRADER' });
  const { identity = '', key: password = '' } = await server.api('/charge-points', { identity: 'UPGRADED' });
  const dial = ({ port }: ServerNode) => dialCharger(port, identity, { protocols: ['ocpp1.6'], password });
  const began = await dial(server);
  await began.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
  const start = { connectorId: 1, idTag: 'UPGRADER', meterStart: 1000, timestamp: new Date().toISOString() };
  const [, , { transactionId }] = (await began.call('StartTransaction', start)) as [number, string, Started]; // as: the server's own
  await server.kill();
  began.socket.terminate();

  const url = await versionBefore(db.url, Number(process.env['UPGRADE_BACK'] ?? 4));
  const after = await aServerNode({ ...installation, environment: { ...installation.environment, DATABASE_URL: url } });
  next = after;
  const client = new pg.Client(url);
  await client.connect();
  try {
    const migrating = `SELECT FROM pg_stat_activity WHERE application_name = 'dynamo-migrate' AND datname = current_database()`;
    for (let round = 0; round < kills; round += 1) {
      let isReady = false;
      const started = after.start().then(
        () => {
          isReady = true;
        },
        () => undefined, // killed before
      );
      await until('it migrates', async () => isReady || ((await client.query(migrating)).rowCount ?? 0) > 0, {
        everyMs: 1,
      });
      await pause(Math.random() * 60);
      await after.kill();
      await started;
    }
    await after.start();
    const goesOn = await dial(after);
    const reading = { timestamp: new Date().toISOString(), sampledValue: [{ value: '4000' }] };
    await goesOn.call('MeterValues', { connectorId: 1, transactionId, meterValue: [reading] });
    await goesOn.call('StopTransaction', { transactionId, meterStop: 6000, timestamp: new Date().toISOString() });
    goesOn.socket.terminate();
    const sessions = await client.query(
      `SELECT s.status, s.energy_wh::int4 AS energy, s.token_uid AS token FROM sessions s WHERE s.charge_point_identity = $1`,
      [identity],
    );
    expect(sessions.rows).toEqual([{ status: 'ended', energy: 5000, token: 'UPGRADER' }]);
    const told = await client.query<{ type: string }>(
      `SELECT e.type FROM domain_events e JOIN charge_points c ON c.id = e.charge_point_id
        WHERE c.identity = $1 AND e.type IN ('session.started', 'session.ended') ORDER BY e.sequence`,
      [identity],
    );
    expect(told.rows.map(({ type }) => type)).toEqual(['session.started', 'session.ended']);
    const migrations = await client.query(
      `SELECT count(*)::int4 AS rows, count(DISTINCT migration_name)::int4 AS names, count(finished_at)::int4 AS done FROM _prisma_migrations`,
    );
    const all = readMigrations(migrationsFolder()).length;
    expect(migrations.rows).toEqual([{ rows: all, names: all, done: all }]);
  } finally {
    await client.end();
  }
}, 300_000);
