/** Endpoints that hang, drip and pour, beside one that answers: by counts and caps, on real connections. */
import { afterAll, expect, test } from '@jest/globals';
import { newId } from '../../src/platform/ids.ts';
import { createWebhooks } from '../../src/webhooks/index.ts';
import { testDatabase } from '../support/db.ts';
import { quiet } from '../support/quiet-log.ts';
import { testCertificate } from './support/certificate.ts';
import { type Behaviour, hang, startReceiver, until } from './support/receiver.ts';
import {
  aChargePoint,
  anEndpoint,
  anOrganization,
  connected,
  deliveryRows,
  keyRing,
  noMetrics,
  writeEvents,
} from './support/world.ts';

const db = await testDatabase({ poolSize: 8 });
const certificate = await testCertificate([], ['127.0.0.1']);
const opened: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of opened.toReversed()) await close();
});

const EVENTS = 150;
const DRIPPING = 50;
const GIGABYTE = 1024 ** 3;

/** How many requests of a path are open, and how many were at most. */
function counted(behaviour: Behaviour) {
  const now = new Map<string, number>();
  const most = new Map<string, number>();
  const behave: Behaviour = (req, res, received) => {
    const { path } = received;
    now.set(path, (now.get(path) ?? 0) + 1);
    most.set(path, Math.max(most.get(path) ?? 0, now.get(path) ?? 0));
    res.on('close', () => now.set(path, (now.get(path) ?? 0) - 1));
    behaviour(req, res, received);
  };
  return { behave, most };
}
const drip: Behaviour = (_req, res) => {
  res.writeHead(200);
  const timer = setInterval(() => res.write('x'), 500);
  res.on('close', () => clearInterval(timer));
};
const pour: Behaviour = (_req, res) => {
  res.writeHead(200, { 'content-length': String(GIGABYTE) });
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const more = (): void => {
    while (!res.destroyed && res.write(chunk));
    if (!res.destroyed) res.once('drain', more);
  };
  more();
};

test('one endpoint that hangs, fifty that drip and one that answers a gigabyte take nothing from one that answers', async () => {
  const well = await startReceiver(certificate);
  const bad = await startReceiver(certificate);
  const pouring = await startReceiver(certificate, pour);
  opened.push(well.close, bad.close, pouring.close);
  const { behave, most } = counted((req, res, received) =>
    (received.path === '/hang' ? hang : drip)(req, res, received),
  );
  bad.behave(behave);

  const webhooks = createWebhooks({
    db,
    nodeId: newId('node'),
    keyRing,
    clock: { now: () => new Date() },
    log: quiet,
    metrics: noMetrics,
    allowSubnets: ['127.0.0.0/8'],
    timeoutMs: 600_000, // longer than the test: who waits for them waits for ever
    retryOffsetsS: [60, 390, 2400, 14_400, 86_400],
    caPem: certificate.caPem,
    resolve: async () => ['127.0.0.1'],
  });
  webhooks.dispatcher.start();
  opened.push(() => webhooks.dispatcher.stop(0));
  const organizationId = await anOrganization(db);
  const root = await aChargePoint(db, organizationId);
  const at = (port: number, path: string) =>
    anEndpoint(db, organizationId, { url: `https://127.0.0.1:${port}${path}` });
  const hanging = await at(bad.port, '/hang');
  const dripping = await Promise.all(Array.from({ length: DRIPPING }, (_, i) => at(bad.port, `/drip-${i}`)));
  const pours = await at(pouring.port, '/pour');
  const wellId = await at(well.port, '/well');

  for (let sent = 0; sent < EVENTS; sent += 15) {
    const { committed } = await db.transaction((tx) =>
      writeEvents(
        webhooks.eventWriter,
        tx,
        Array.from({ length: 15 }, () => ({ root, event: connected(new Date()) })),
      ),
    );
    committed();
  }
  const ended = async (id: string) =>
    (await deliveryRows(db, id)).filter(({ status }) => status === 'succeeded').length;
  await until('the one that answers has all', async () => (await ended(wellId)) === EVENTS, 170_000);
  await until(
    'the one that pours has all too: its status counts',
    async () => (await ended(pours)) === EVENTS,
    170_000,
  );

  // each once, although the others are still open
  expect(well.received).toHaveLength(EVENTS);
  const stillOpen = await db.prisma.webhookDelivery.count({
    where: { endpointId: { in: [hanging, ...dripping] }, status: 'pending' },
  });
  expect(stillOpen).toBe(EVENTS * (DRIPPING + 1));
  // each has its share in flight and no more, all of them three quarters of what may be
  await until('each has been given a chance', () => most.size === DRIPPING + 1);
  expect(Math.max(...most.values())).toBeLessThanOrEqual(16);
  expect([...most.values()].reduce((all, count) => all + count, 0)).toBeLessThanOrEqual(0.75 * 256);
  // what the kernel had taken over before the connection was broken off is not what was read; a gigabyte is far away
  expect(pouring.bytesSent() / EVENTS).toBeLessThan(GIGABYTE / 64);
});
