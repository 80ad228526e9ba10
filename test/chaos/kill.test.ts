/**
 * The process is killed with SIGKILL at random moments under load, again and again; chargers repeat themselves like chargers
 * do. What was acknowledged must be there, once; every event and every delivery must be exactly right (6-reliability-security).
 */
import { afterAll, expect, test } from '@jest/globals';
import { testDatabase } from '../support/db.ts';
import { until } from '../support/until.ts';
import { testCertificate } from '../webhooks/support/certificate.ts';
import { startReceiver } from '../webhooks/support/receiver.ts';
import { brokenInvariants } from './invariants.ts';
import { retryingCharger } from './retrying-charger.ts';
import { anInstallation, aServerNode } from './server-node.ts';

const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? 5);
const CHARGERS = 30;

const db = await testDatabase();
const certificate = await testCertificate([], ['127.0.0.1']);
const receiver = await startReceiver(certificate);
const installation = anInstallation(db.url, certificate.caPem);
const server = await aServerNode(installation);
const { port, api, start, kill } = server;
const opened: ReturnType<typeof retryingCharger>[] = [];
afterAll(async () => {
  for (const charger of opened) charger.abandon();
  server.abandon();
  await receiver.close();
  await db.close();
  installation.remove();
});

let heardBefore = 0;
/**
 * What the receiver has, but the server does not know that it has: at a kill, the requests in flight. Of earlier kills some are
 * still leased to the dead; only what was heard since the last one was in flight now.
 */
async function inFlightAtKill(): Promise<string[]> {
  await until('what was under way when it was killed has arrived', () => receiver.open() === 0);
  const heard = receiver.received.slice(heardBefore);
  heardBefore = receiver.received.length;
  const { rows } = await db.pool.query<{ id: string }>(`SELECT id FROM webhook_deliveries WHERE status = 'pending'`);
  const unknown = new Set(rows.map(({ id }) => id));
  return [...new Set(heard.map(({ headers }) => String(headers['x-webhook-delivery'])))].filter((id) =>
    unknown.has(id),
  );
}

test(
  `killed ${ROUNDS} times under load, nothing that was acknowledged is lost, doubled or told wrongly`,
  async () => {
    await start();
    await api('/webhooks/endpoints', {
      url: `https://127.0.0.1:${receiver.port}/all`,
      events: ['*'],
      secret: 'a-secret-of-sixteen',
    });
    await api('/webhooks/endpoints', { url: `https://127.0.0.1:${receiver.port}/ends`, events: ['session.ended'] });
    const chargers = await Promise.all(
      Array.from({ length: CHARGERS }, async (_, i) => {
        const token = `TAG-${i}`;
        await api('/tokens', { uid: token });
        const { identity = '', key = '' } = await api('/charge-points', { identity: `KILL-${i}` });
        return retryingCharger({ url: `ws://127.0.0.1:${port}/ocpp`, identity, password: key, token });
      }),
    );
    opened.push(...chargers);
    const refused = Promise.race(chargers.map(({ running }) => running.then(() => new Promise<never>(() => {}))));
    const answered = () => chargers.reduce((all, charger) => all + charger.answers(), 0);

    /** How often a delivery may arrive more than once. */
    const owed = new Map<string, number>();
    let most = 0;
    for (let round = 1; round <= ROUNDS; round += 1) {
      // At least some messages in each round, then a random moment.
      const before = answered();
      await Promise.race([refused, until(`round ${round} carries load`, () => answered() > before + 100)]);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
      await kill();
      const inFlight = await inFlightAtKill();
      most = Math.max(most, inFlight.length);
      for (const id of inFlight) owed.set(id, (owed.get(id) ?? 0) + 1);
      expect({ round, broken: await brokenInvariants(db) }).toEqual({ round, broken: {} });
      await start();
    }
    await Promise.race([refused, Promise.all(chargers.map((charger) => charger.stop()))]);

    for (const { acknowledged } of chargers) {
      const rows = await db.prisma.session.findMany({ where: { chargePointIdentity: acknowledged.identity } });
      const byTransaction = new Map(rows.map((row) => [row.transactionId, row]));
      expect(rows).toHaveLength(acknowledged.sessions.length);
      for (const session of acknowledged.sessions) {
        const row = byTransaction.get(session.transactionId);
        expect(row).toMatchObject({ meterStartWh: BigInt(session.meterStart), startedAt: new Date(session.startedAt) });
        expect(row).toMatchObject({ status: 'ended', meterStopWh: BigInt(session.meterStop ?? -1) });
        const samples = await db.prisma.meterSample.findMany({
          where: { transactionId: session.transactionId },
          orderBy: { at: 'asc' },
        });
        expect(samples.map((sample) => sample.at.toISOString())).toEqual(session.samples);
      }
      const history = await db.prisma.statusHistory.findMany({
        where: {
          chargePointNumber: (
            await db.prisma.chargePoint.findUniqueOrThrow({ where: { identity: acknowledged.identity } })
          ).number,
        },
      });
      const kept = new Set(history.map((row) => `${row.at.toISOString()} ${row.rawStatus}`));
      for (const { status, at } of acknowledged.statuses) expect(kept).toContain(`${at} ${status}`);
    }
    expect(await brokenInvariants(db)).toEqual({});

    // What the killed processes had leased is taken over, and every event arrives; a killed sender may have been heard twice.
    await db.pool.query(
      `UPDATE webhook_deliveries SET leased_until = now() WHERE status = 'pending' AND leased_until > now()`,
    );
    await until(
      'all is delivered',
      async () => (await db.prisma.webhookDelivery.count({ where: { status: { not: 'succeeded' } } })) === 0,
      { everyMs: 200 },
    );
    const received = receiver.received.map(({ path, body }) => `${path} ${(JSON.parse(body) as { id: string }).id}`);
    const deliveries = await db.prisma.webhookDelivery.count();
    expect(new Set(received).size).toBe(deliveries);
    // twice came only what was in flight at a kill, and never more than may be in flight at once
    const times = new Map<string, number>();
    for (const { headers } of receiver.received) {
      const id = String(headers['x-webhook-delivery']);
      times.set(id, (times.get(id) ?? 0) + 1);
    }
    expect([...times].filter(([id, count]) => count > 1 + (owed.get(id) ?? 0))).toEqual([]);
    expect(most).toBeLessThanOrEqual(256);
    const allOwed = [...owed.values()].reduce((all, count) => all + count, 0);
    const sessions = chargers.reduce((all, charger) => all + charger.acknowledged.sessions.length, 0);
    process.stderr.write(
      `KILL: ${ROUNDS} rounds, ${answered()} acknowledged messages, ${sessions} sessions, ${deliveries} deliveries: 0 lost, ` +
        `${receiver.received.length - deliveries} came twice of ${allOwed} in flight at the kills (at most ${most} at one)\n`,
    );
  },
  120_000 + ROUNDS * 20_000,
);
