/** X14: while the database is away nothing is acknowledged, sockets stay, and everything goes on when it is back. */
import { afterAll, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { brokenInvariants } from '../../scripts/chaos/invariants.ts';
import { startProxy } from '../../scripts/chaos/proxy.ts';
import { retryingCharger } from '../../scripts/chaos/retrying-charger.ts';
import { anInstallation, aServerNode } from '../../scripts/chaos/server-node.ts';
import { startApp } from '../support/app.ts';
import { testDatabase } from '../support/db.ts';
import { metricsOf } from '../support/metrics.ts';
import { administer, testServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { testCertificate } from '../webhooks/support/certificate.ts';

const app = await startApp();
const name = new URL(app.db.url).pathname.slice(1);
const admin = testServer().url;
const chargers: ReturnType<typeof retryingCharger>[] = [];
afterAll(async () => {
  for (const charger of chargers) charger.abandon();
  await administer(admin, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
  await app.stop();
});

const takeAway = () =>
  administer(
    admin,
    `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
  );
const bringBack = () => administer(admin, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);

test('X14: no message is answered while the database is away, none is lost, and the sockets stay', async () => {
  const connected = await Promise.all(
    Array.from({ length: 10 }, async (_, i) => {
      await app.api('POST', '/tokens', { uid: `AWAY-${i}` });
      const { identity, key } = await app.chargePoint();
      return retryingCharger({ url: app.ocppUrl, identity, password: key, token: `AWAY-${i}` });
    }),
  );
  chargers.push(...connected);
  const answered = () => chargers.reduce((all, charger) => all + charger.answers(), 0);
  await until('they are charging', () => answered() > 200);

  for (let round = 0; round < 3; round += 1) {
    await takeAway();
    await until('readiness says so', async () => (await fetch(`${app.url}/readyz`)).status === 503);
    await Promise.all(chargers.map((charger) => charger.heardAll()));
    const at = answered();
    const refused = await app.api('GET', '/sessions');
    expect(refused.status).toBe(503);
    await until(
      'the metrics tell of it',
      async () => (await metricsOf(app.url)).sum('dynamo_database_silent_seconds') > 1,
    );
    const { sum } = await metricsOf(app.url);
    expect(sum('dynamo_database_faults_total', { kind: 'unreachable' })).toBeGreaterThan(0);
    expect(sum('dynamo_ingest_retries_total')).toBeGreaterThan(0);
    expect(sum('dynamo_http_request_seconds_count', { status: '503' })).toBeGreaterThan(0);
    expect(sum('dynamo_log_lines_total', { level: 'warn' })).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(answered()).toBe(at);
    await bringBack();
    await until('they go on', () => answered() > at + 100);
    await until('the metrics too', async () => (await metricsOf(app.url)).sum('dynamo_database_silent_seconds') < 5);
  }
  await Promise.all(chargers.map((charger) => charger.stop()));
  expect(await brokenInvariants(app.db)).toEqual({});
  for (const { acknowledged } of chargers) {
    const rows = await app.db.prisma.session.findMany({
      where: { chargePointIdentity: acknowledged.identity },
      orderBy: { transactionId: 'asc' },
    });
    expect(rows.map((row) => [row.transactionId, row.status])).toEqual(
      acknowledged.sessions.map((each) => [each.transactionId, 'ended']),
    );
    const state = await app.db.prisma.chargePointState.findFirstOrThrow({
      where: { chargePointId: rows[0]?.chargePointId ?? '' },
    });
    expect(state.generation).toBe(1n); // never reconnected: the socket stayed
  }
});

test('who is stopped while the database hangs tells its chargers to go, and is gone within ten seconds', async () => {
  const db = await testDatabase();
  const at = new URL(db.url);
  const [host, port] = [at.searchParams.get('host') ?? at.hostname, Number(at.port || 5432)];
  const proxy = await startProxy(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { port });
  const url = new URL(`postgresql://${at.username}:${at.password}@127.0.0.1:${proxy.port}${at.pathname}`).href;
  const { caPem } = await testCertificate([], ['127.0.0.1']);
  const installation = anInstallation(url, caPem);
  const node = await aServerNode(installation);
  try {
    await node.start();
    const told = await Promise.all(
      ['IDLE', 'BUSY'].map(async (name) => {
        const { identity, key } = await node.api('/charge-points', { identity: name });
        const socket = new WebSocket(`ws://127.0.0.1:${node.port}/ocpp/${identity}`, ['ocpp1.6'], {
          auth: `${identity}:${key}`,
        });
        await new Promise((resolve) => socket.once('open', resolve));
        const closed = new Promise<number>((resolve) => socket.once('close', resolve));
        return { socket, closed };
      }),
    );
    const boot = { chargePointVendor: 'V', chargePointModel: 'M' };
    const hears = Promise.all(told.map(({ socket }) => new Promise((resolve) => socket.once('message', resolve))));
    for (const { socket } of told) socket.send(JSON.stringify([2, 'boot', 'BootNotification', boot]));
    await hears;
    proxy.swallow();
    told[1]?.socket.send(JSON.stringify([2, 'beat', 'BootNotification', boot]));
    await until('the server notices', async () => (await fetch(`http://127.0.0.1:${node.port}/readyz`)).status === 503);
    const ended = node.end();
    const begun = performance.now();
    expect(await Promise.all(told.map(({ closed }) => closed))).toEqual([1012, 1012]);
    const toldMs = performance.now() - begun;
    const { ms, code } = await ended;
    expect({ code, said: node.output().includes('stopping took too long') }).toEqual({ code: 1, said: true });
    expect(toldMs).toBeLessThan(8_000);
    expect(ms).toBeLessThan(14_000); // 10 s, on a machine that has much else to do
  } finally {
    node.abandon();
    await proxy.close();
    installation.remove();
    await db.close();
  }
});

test('who is stopped while the database is slow writes the last lines of the audit log', async () => {
  const db = await testDatabase();
  const slow = await startApp({ db });
  expect((await fetch(`${slow.url}/api/v1/sessions`)).status).toBe(401); // gathered for seconds
  const holder = await db.pool.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE audit_entries IN EXCLUSIVE MODE');
    const refused = `SELECT operation FROM audit_entries WHERE kind = 'refused'`;
    const written = slow.stop().then(async () => (await db.pool.query(refused)).rows);
    const waits = `SELECT 1 FROM pg_locks WHERE relation = 'audit_entries'::regclass AND NOT granted`;
    await until('it waits for the lock', async () => (await holder.query(waits)).rows.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // as slow as that
    await holder.query('COMMIT');
    expect(await written).toEqual([{ operation: 'listSessions' }]);
  } finally {
    holder.release();
    await db.close();
  }
});
