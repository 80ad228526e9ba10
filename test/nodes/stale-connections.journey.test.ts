/** What a failover of the database to a replica that lacks the last commits leaves behind, done by SQL behind two processes' backs. */
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { connectDatabase } from '../../src/database/index.ts';
import { type Charger, createCharger, seededRandom } from '../../src/simulator/index.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { quiet } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';

const ocppLimits = { settleMs: 200 }; // who comes back does not boot
const here = await startApp({ ocppLimits });
const connection = { connectionString: here.db.url, idleTimeoutMillis: 1_000, allowExitOnIdle: true };
const second = connectDatabase({ connection, url: here.db.url, poolSize: 5, log: quiet });
const there = await startApp({ db: second, beside: here, ocppLimits });
const chargers: Charger[] = [];
afterEach(async () => {
  await Promise.all(chargers.splice(0).map((charger) => charger.close()));
});
afterAll(async () => {
  await there.stop();
  await second.close();
  await here.stop();
});

type Registered = Awaited<ReturnType<RunningApp['chargePoint']>>;
async function connect(at: RunningApp, { identity, key }: Registered): Promise<Charger> {
  const behaviour = { reconnect: { minMs: 10, maxMs: 50 } };
  const charger = createCharger({ url: at.ocppUrl, identity, password: key, random: seededRandom(5), behaviour });
  chargers.push(charger);
  charger.start();
  await charger.whenBooted();
  return charger;
}
const look = (app: RunningApp): Promise<void> => app.runJob('stale_connections');
const rowOf = (id: string) => here.db.prisma.chargePointState.findUniqueOrThrow({ where: { chargePointId: id } });
const tellings = async (id: string): Promise<string[]> =>
  (await here.db.prisma.domainEvent.findMany({ where: { chargePointId: id }, orderBy: { sequence: 'asc' } }))
    .map(({ type }) => type)
    .filter((type) => /connected$/.test(type));
const behindTheBack = (id: string, change: string, values: readonly unknown[] = []) =>
  here.db.pool.query(`UPDATE charge_point_states SET ${change} WHERE charge_point_id = $1`, [id, ...values]);
const accepts = async (id: string): Promise<void> => {
  const { body } = await here.api('POST', `/charge-points/${id}/trigger?wait=true`, { message: 'heartbeat' });
  expect(body).toMatchObject({ status: 'accepted' });
};

test('a charger that is gone for good, whose end was lost, is told as disconnected once', async () => {
  const point = await here.chargePoint();
  const charger = await connect(here, point);
  const { nodeId } = await rowOf(point.id);
  await charger.close();
  await until('it is gone', async () => !(await rowOf(point.id)).connected);
  await here.db.prisma.domainEvent.deleteMany({
    where: { chargePointId: point.id, type: 'charge_point.disconnected' },
  });
  await behindTheBack(point.id, 'connected = true, node_id = $2, disconnected_at = NULL', [nodeId]);
  for (let looks = 0; looks < 3; looks += 1) for (const app of [there, here]) await look(app);
  await until('it is told', async () => !(await rowOf(point.id)).connected);
  await look(here);
  expect(await tellings(point.id)).toEqual(['charge_point.connected', 'charge_point.disconnected']);
  expect((await here.api('GET', `/charge-points/${point.id}`)).body).toMatchObject({ connected: false });
});

test.each([
  ['the row is of the connection before', 'generation = generation - 1'],
  ['the row says that it is not connected', 'connected = false, node_id = NULL, generation = generation - 1'],
])('a charger whose connection was lost, so that %s, is closed with 1012 and comes back', async (_, change) => {
  const point = await here.chargePoint();
  const charger = await connect(here, point);
  await behindTheBack(point.id, change);
  const gone = charger.next('disconnected');
  const back = charger.next('connected');
  await look(here);
  expect((await gone).code).toBe(1012);
  await back;
  await accepts(point.id);
  for (let looks = 0; looks < 3; looks += 1) for (const app of [here, there]) await look(app);
  expect((await rowOf(point.id)).connected).toBe(true);
  expect(await tellings(point.id)).not.toContain('charge_point.disconnected');
});

test('the late end of a connection there does not end the one here that was given the same generation', async () => {
  const point = await here.chargePoint();
  const old = await connect(there, point);
  const { generation } = await rowOf(point.id);
  await behindTheBack(point.id, 'connected = false, node_id = NULL, generation = generation - 1');
  await connect(here, point);
  const { nodeId, ...row } = await rowOf(point.id);
  expect(row).toMatchObject({ connected: true, generation });
  await old.close();
  await connect(there, await here.chargePoint()); // several transactions there: what its end said is behind us
  await accepts(point.id);
  expect(await rowOf(point.id)).toMatchObject({ connected: true, generation, nodeId });
  expect(await tellings(point.id)).not.toContain('charge_point.disconnected');
});

test('a socket there, of which another process has the same generation, is closed, and the one here stays', async () => {
  const point = await here.chargePoint();
  const old = await connect(there, point);
  await behindTheBack(point.id, 'connected = false, node_id = NULL, generation = generation - 1');
  const behaviour = { reconnect: { minMs: 60_000, maxMs: 60_000 } };
  const { identity, key } = point;
  const fresh = createCharger({ url: here.ocppUrl, identity, password: key, random: seededRandom(6), behaviour });
  chargers.push(fresh);
  fresh.start();
  await fresh.whenBooted();
  const gone = old.next('disconnected');
  await look(here);
  expect((await rowOf(point.id)).connected).toBe(true);
  const closing = gone.then(({ code }) => code);
  await look(there);
  expect(await closing).toBe(1012);
  await old.close();
});
