/** Two processes on one database under load: no delivery is sent by both at once, and what one held when it was killed the other sends. */
import { afterAll, expect, test } from '@jest/globals';
import { testDatabase } from '../support/db.ts';
import { until } from '../support/until.ts';
import { testCertificate } from '../webhooks/support/certificate.ts';
import { type Behaviour, hang, startReceiver } from '../webhooks/support/receiver.ts';
import { brokenInvariants } from './invariants.ts';
import { retryingCharger } from './retrying-charger.ts';
import { anInstallation, aServerNode } from './server-node.ts';

const CHARGERS = 24;
const db = await testDatabase();
const certificate = await testCertificate([], ['127.0.0.1']);
const receiver = await startReceiver(certificate);
const installation = anInstallation(db.url, certificate.caPem);
const nodes = [await aServerNode(installation), await aServerNode(installation)] as const;
const opened: ReturnType<typeof retryingCharger>[] = [];
afterAll(async () => {
  for (const charger of opened) charger.abandon();
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
async function aCharger(port: number): Promise<ReturnType<typeof retryingCharger>> {
  const [, second] = nodes;
  const number = ++chargersMade;
  await second.api('/tokens', { uid: `TAG-${number}` });
  const { identity = '', key = '' } = await second.api('/charge-points', { identity: `NODE-${number}` });
  const charger = retryingCharger({
    url: `ws://127.0.0.1:${port}/ocpp`,
    identity,
    password: key,
    token: `TAG-${number}`,
  });
  opened.push(charger);
  return charger;
}

test('two processes under load never send the same delivery at once; what one held when it was killed the other sends', async () => {
  const [first, second] = nodes;
  await first.start();
  await second.start();
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
  const chargers = await Promise.all(
    Array.from({ length: CHARGERS }, (_, i) => aCharger(nodes[i % 2 === 0 ? 0 : 1].port)),
  );
  await until('both have sent much', () => receiver.received.length > 1500, { withinMs: 120_000, everyMs: 100 });
  await Promise.all(chargers.map((charger) => charger.stop()));
  await until('all is delivered', isAllDelivered, { withinMs: 120_000, everyMs: 200 });
  expect(together).toEqual([]);
  expect([...timesOf()].filter(([, count]) => count > 1)).toEqual([]);
  expect(timesOf().size).toBe(await db.prisma.webhookDelivery.count());

  // a few events of the first process, which all hang when it is killed
  receiver.behave(hang);
  const before = receiver.received.length;
  const last = await aCharger(first.port);
  await until('it charges', () => last.answers() > 3);
  await last.stop();
  await until('its requests hang', () => receiver.received.length >= before + 5);
  await first.kill();
  await until('what was under way has arrived', () => receiver.open() === 0);
  const left = await held();
  expect(left).toBeGreaterThanOrEqual(5);
  receiver.behave(slow);
  // its leases end by themselves after 60 s; so long nobody else touches what it may still be sending
  await db.pool.query(
    `UPDATE webhook_deliveries SET leased_until = now() WHERE status = 'pending' AND leased_until > now()`,
  );
  await until('the other one has sent it', isAllDelivered, { everyMs: 100 });
  expect(receiver.received.length).toBeGreaterThanOrEqual(before + left);
  expect(timesOf().size).toBe(await db.prisma.webhookDelivery.count());
  expect([...timesOf().values()].filter((count) => count > 2)).toEqual([]);
  expect(await brokenInvariants(db)).toEqual({});
}, 600_000);

const held = () => db.prisma.webhookDelivery.count({ where: { status: 'pending', leaseToken: { not: null } } });
