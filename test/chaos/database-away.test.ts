/** X14: while the database is away nothing is acknowledged, sockets stay, and everything goes on when it is back. */
import { afterAll, expect, test } from '@jest/globals';
import { brokenInvariants } from '../../scripts/chaos/invariants.ts';
import { retryingCharger } from '../../scripts/chaos/retrying-charger.ts';
import { startApp } from '../support/app.ts';
import { metricsOf } from '../support/metrics.ts';
import { administer, testServer } from '../support/server.ts';
import { until } from '../support/until.ts';

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
