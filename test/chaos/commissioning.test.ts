/**
 * The process is killed with SIGKILL in phases that a commissioning run waits in (COMMISSIONING_PHASES=all: in every one of them, as
 * npm run chaos does), with a charger of each version: each run goes on where it was, ends as commissioned, and its start and its end are told once.
 */
import { afterAll, expect, test } from '@jest/globals';
import { anInstallation, aServerNode } from '../../scripts/chaos/server-node.ts';
import { type Charger, createCharger, seededRandom } from '../../src/simulator/index.ts';
import { testDatabase } from '../support/db.ts';
import { until } from '../support/until.ts';
import { testCertificate } from '../webhooks/support/certificate.ts';

/** Some are over between two looks; those that wait for a charger are not. */
const WAITING = ['listening', 'applying', 'starting', 'metering', 'stopping'];
const ALL = [...WAITING, 'resetting', 'rebooting', 'verifying'];
const { COMMISSIONING_PHASES = 'metering' } = process.env;
const PHASES = COMMISSIONING_PHASES === 'all' ? ALL : COMMISSIONING_PHASES.split(',');
const VERSIONS = ['1.6', '2.0.1', '2.1'] as const;

const db = await testDatabase();
const installation = anInstallation(db.url, (await testCertificate([], ['127.0.0.1'])).caPem);
const server = await aServerNode(installation);
const chargers: Charger[] = [];
afterAll(async () => {
  await Promise.all(chargers.map((charger) => charger.close()));
  server.abandon();
  await db.close();
  installation.remove();
});

const post = async (path: string, body: object): Promise<number> =>
  (
    await fetch(`http://127.0.0.1:${server.port}/api/v1${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${installation.apiKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
  ).status;

test('killed in each phase, every run ends as commissioned', async () => {
  await server.start();
  const ids = await Promise.all(
    VERSIONS.map(async (version) => {
      const key = version === '1.6' ? 'ConnectionTimeOut' : 'TxCtrlr.EVConnectionTimeOut';
      const { id: template_id = '' } = await server.api('/configuration-templates', {
        name: version,
        vendor: 'x',
        values: { [key]: '77' },
      });
      const {
        id = '',
        identity = '',
        key: password,
      } = await server.api('/charge-points', { identity: `RUN-${version}` });
      const charger = createCharger({
        url: `ws://127.0.0.1:${server.port}/ocpp`,
        identity,
        version,
        random: seededRandom(7),
        ...(password !== undefined && { password }),
        behaviour: {
          misbehave: ['B10'],
          settings: { MeterValueSampleInterval: '2' },
          reconnect: { minMs: 50, maxMs: 300 },
          rebootMs: 500,
          carOnRemoteStartMs: 100,
          callTimeoutMs: 2_000,
        },
      });
      chargers.push(charger);
      charger.start();
      await charger.whenBooted(30_000);
      const wish = { template_id, step_timeout_s: 1200, deadline_s: 3600 };
      expect(await post(`/charge-points/${id}/commissioning`, wish)).toBe(202);
      return id;
    }),
  );
  const runs = () => db.prisma.commissioningRun.findMany({ where: { chargePointId: { in: ids } } });
  const killedIn = new Set<string>();
  for (;;) {
    const news = await until('a phase that it was not killed in, or the end', async () => {
      const all = await runs();
      if (all.every(({ dueAt }) => dueAt === null)) return 'over';
      return all.map(({ phase }) => phase).find((phase) => PHASES.includes(phase) && !killedIn.has(phase));
    });
    if (news === 'over') break;
    killedIn.add(news);
    await server.kill();
    await server.start();
  }
  expect([...killedIn]).toEqual(expect.arrayContaining(WAITING.filter((phase) => PHASES.includes(phase))));
  const all = await runs();
  expect(all.map(({ status, failure }) => ({ status, failure }))).toEqual(
    VERSIONS.map(() => ({ status: 'commissioned', failure: null })),
  );
  for (const id of ids) {
    const told = await db.prisma.domainEvent.findMany({
      where: { chargePointId: id, type: { startsWith: 'commissioning.' } },
      orderBy: { sequence: 'asc' },
    });
    expect(told.map(({ type }) => type)).toEqual(['commissioning.started', 'commissioning.completed']);
    const sessions = await db.prisma.session.findMany({ where: { chargePointId: id } });
    expect(sessions.map(({ isTest, freeOfCharge }) => [isTest, freeOfCharge])).toEqual([[true, true]]);
  }
}, 300_000);
