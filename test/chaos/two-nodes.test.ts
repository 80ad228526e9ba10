/**
 * Two processes on one database under load: no delivery is sent by both at once, what one held when it was killed the other sends, and a
 * key that one revokes opens nothing at the other any more, and the chargers of a site keep to its cap wherever they are connected.
 */
import { get } from 'node:http';
import { afterAll, expect, test } from '@jest/globals';
import { brokenInvariants } from '../../scripts/chaos/invariants.ts';
import { retryingCharger } from '../../scripts/chaos/retrying-charger.ts';
import { anInstallation, aServerNode, type ServerNode } from '../../scripts/chaos/server-node.ts';
import { testDatabase } from '../support/db.ts';
import { until } from '../support/until.ts';
import { testCertificate } from '../webhooks/support/certificate.ts';
import { type Behaviour, hang, startReceiver } from '../webhooks/support/receiver.ts';
import { type SharedSite, sharedSite } from './support/shared-site.ts';

const CHARGERS = 24;
/** A machine that has much else to do. */
const LONG = { withinMs: 180_000 };
/** Of the installation with workers; npm run chaos has more. */
const WORKER_CHARGERS = Number(process.env['WORKER_CHARGERS'] ?? 6);
const WORKER_ROUNDS = Number(process.env['WORKER_ROUNDS'] ?? 1);
const db = await testDatabase();
const certificate = await testCertificate([], ['127.0.0.1']);
const receiver = await startReceiver(certificate);
const installation = anInstallation(db.url, certificate.caPem);
const pair = [await aServerNode(installation), await aServerNode(installation)] as const;
const nodes: ServerNode[] = [...pair];
const opened: ReturnType<typeof retryingCharger>[] = [];
let site: SharedSite | undefined;
afterAll(async () => {
  for (const charger of opened) charger.abandon();
  site?.abandon();
  for (const node of nodes) node.abandon();
  await receiver.close();
  await db.close();
  installation.remove();
});

const idOf = (headers: Record<string, unknown>): string => String(headers['x-webhook-delivery']);
const timesOf = (): Map<string, number> => {
  const times = new Map<string, number>();
  for (const { headers } of receiver.received) times.set(idOf(headers), (times.get(idOf(headers)) ?? 0) + 1);
  return times;
};
const isAllDelivered = async () =>
  (await db.prisma.webhookDelivery.count({ where: { status: { not: 'succeeded' } } })) === 0;

let chargersMade = 0;
async function aCharger(
  { port }: ServerNode,
  { api }: ServerNode = pair[1],
): Promise<ReturnType<typeof retryingCharger>> {
  const number = ++chargersMade;
  await api('/tokens', { uid: `TAG-${number}` });
  const { identity = '', key = '' } = await api('/charge-points', { identity: `NODE-${number}` });
  const charger = retryingCharger({
    url: `ws://127.0.0.1:${port}/ocpp`,
    identity,
    password: key,
    token: `TAG-${number}`,
  });
  opened.push(charger);
  return charger;
}

/** Each time on a connection of its own, which any worker may take. */
const statusesOf = (key: string, ports: readonly number[]) =>
  Promise.all(
    Array.from({ length: 12 }, (_, i) => {
      const at = {
        host: '127.0.0.1',
        port: ports[i % ports.length],
        path: '/api/v1/charge-points?limit=1',
        agent: false,
      };
      return new Promise<number | undefined>((resolve, reject) => {
        get({ ...at, headers: { authorization: `Bearer ${key}` } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        }).on('error', reject);
      });
    }),
  );
/** A key that all of them have looked at is refused by all from the moment on in which one is told. */
async function revokesEverywhere(servers: readonly ServerNode[]): Promise<void> {
  const [teller] = servers;
  const ports = servers.map(({ port }) => port);
  const made = await teller?.api('/api-keys', { name: 'Short-lived', scopes: ['read:charge_points'] });
  const { id = '', key = '' } = made ?? {};
  expect(new Set(await statusesOf(key, ports))).toEqual(new Set([200]));
  const headers = { authorization: `Bearer ${installation.apiKey}` };
  const revoked = await fetch(`http://127.0.0.1:${teller?.port}/api/v1/api-keys/${id}`, { method: 'DELETE', headers });
  expect(revoked.status).toBe(204);
  expect(new Set(await statusesOf(key, ports))).toEqual(new Set([401]));
}

test('two processes under load never send the same delivery at once, refuse a revoked key at once, and what one held when it was killed the other sends', async () => {
  const [first, second] = pair;
  await first.start();
  await second.start();
  await revokesEverywhere(pair);
  for (const path of ['/a', '/b'])
    await first.api('/webhooks/endpoints', {
      url: `https://127.0.0.1:${receiver.port}${path}`,
      events: ['*'],
      secret: 'a-secret-of-sixteen',
    });
  const underWay = new Set<string>();
  const together: string[] = [];
  /** Slow enough that more is made than each process holds in memory, so that both claim from the same backlog all the time. */
  const slow: Behaviour = (_req, res, { headers }) => {
    const id = idOf(headers);
    if (underWay.has(id)) together.push(id);
    underWay.add(id);
    setTimeout(() => {
      underWay.delete(id);
      res.writeHead(204).end();
    }, 100);
  };
  receiver.behave(slow);
  const chargers = await Promise.all(Array.from({ length: CHARGERS }, (_, i) => aCharger(pair[i % 2 === 0 ? 0 : 1])));
  await until('both have sent much', () => receiver.received.length > 1500, { withinMs: 120_000, everyMs: 100 });
  await Promise.all(chargers.map((charger) => charger.stop()));
  await until('all is delivered', isAllDelivered, { withinMs: 120_000, everyMs: 200 });
  expect(together).toEqual([]);
  expect([...timesOf()].filter(([, count]) => count > 1)).toEqual([]);
  expect(timesOf().size).toBe(await db.prisma.webhookDelivery.count());

  // a few events of the first process, which all hang when it is killed
  receiver.behave(hang);
  const before = receiver.received.length;
  const last = await aCharger(first);
  await until('it charges', () => last.answers() > 3);
  await last.stop();
  await until('its requests hang', () => receiver.received.length >= before + 5);
  await first.kill();
  await until('what was under way has arrived', () => receiver.open() === 0);
  const left = await held();
  expect(left).toBeGreaterThanOrEqual(5);
  receiver.behave(slow);
  // its leases end by themselves after 50 s; so long nobody else touches what it may still be sending
  await db.pool.query(
    `UPDATE webhook_deliveries SET leased_until = now() WHERE status = 'pending' AND leased_until > now()`,
  );
  await until('the other one has sent it', isAllDelivered, { everyMs: 100 });
  expect(receiver.received.length).toBeGreaterThanOrEqual(before + left);
  expect(timesOf().size).toBe(await db.prisma.webhookDelivery.count());
  expect([...timesOf().values()].filter((count) => count > 2)).toEqual([]);
  expect(await brokenInvariants(db)).toEqual({});
}, 600_000);

test('workers share one port, and refuse a revoked key at once: one that is killed is started again, all are replaced, nothing that was acknowledged is lost, and a site never passes its cap', async () => {
  const server = await aServerNode({ ...installation, environment: { ...installation.environment, WORKERS: '2' } });
  nodes.push(server);
  const livingPids = async () => {
    const { rows } = await db.pool.query<{ pid: number }>(
      `SELECT pid FROM nodes WHERE stopped_at IS NULL AND seen_at > now() - interval '30 s' ORDER BY id`,
    );
    return rows.map(({ pid }) => pid).filter(lives);
  };
  // of the test before
  for (const node of pair) node.abandon();
  await until('the others are gone', async () => (await livingPids()).length === 0);
  await server.start();
  await until('both workers run', async () => (await livingPids()).length === 2);
  await revokesEverywhere([server]);
  const chargers = await Promise.all(Array.from({ length: WORKER_CHARGERS }, () => aCharger(server, server)));
  const answered = () => chargers.reduce((all, charger) => all + charger.answers(), 0);
  const carriesLoad = async (when: string) => {
    const before = answered();
    await until(`load ${when}`, () => answered() > before + 20 * chargers.length);
  };
  await carriesLoad('before');
  const shared = await sharedSite(db, server, installation);
  site = shared;
  for (let round = 0; round < WORKER_ROUNDS; round += 1) {
    const [victim = 0, ...rest] = await livingPids();
    await shared.isSpreadOver([victim, ...rest]);
    await shared.outlives(victim, () => process.kill(victim, 'SIGKILL'));
    await until('there are two again', async () => (await livingPids()).length === 2, LONG);
    await carriesLoad(`after kill ${round}`);
    const before = await livingPids();
    server.signal('SIGHUP');
    await until(
      'all are others',
      async () => {
        const after = await livingPids();
        return after.length === 2 && !after.some((pid) => before.includes(pid));
      },
      LONG,
    );
    await carriesLoad(`after replacement ${round}`);
  }

  expect(await shared.settle()).toEqual([]);
  await Promise.all(chargers.map((charger) => charger.stop()));
  for (const { acknowledged } of chargers) {
    const rows = await db.prisma.session.findMany({
      where: { chargePointIdentity: acknowledged.identity },
      orderBy: { startedAt: 'asc' },
    });
    const kept = rows.map(({ transactionId, status, meterStopWh }) => [transactionId, status, Number(meterStopWh)]);
    expect(kept).toEqual(acknowledged.sessions.map((each) => [each.transactionId, 'ended', each.meterStop]));
    const samples = await db.prisma.meterSample.count({
      where: { transactionId: { in: rows.map(({ transactionId }) => transactionId) } },
    });
    expect(samples).toBe(acknowledged.sessions.flatMap((each) => each.samples).length);
  }
  expect(await brokenInvariants(db)).toEqual({});
  const metrics = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  for (const worker of [1, 2]) {
    expect(metrics).toContain(`dynamo_worker_up{worker="${worker}"} 1`);
    expect(metrics).toMatch(new RegExp(`^dynamo_ocpp_connections\\{worker="${worker}"\\} \\d+$`, 'm'));
  }
  expect((await server.end()).code).toBe(0);
  expect(await livingPids()).toEqual([]);
}, 600_000);

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const held = () => db.prisma.webhookDelivery.count({ where: { status: 'pending', leaseToken: { not: null } } });
