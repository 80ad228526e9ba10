/**
 * The process is killed with SIGKILL at random moments under load, again and again; chargers repeat themselves like chargers
 * do. What was acknowledged must be there, once; every event and every delivery must be exactly right (6-reliability-security).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { testDatabase } from '../support/db.ts';
import { until } from '../support/until.ts';
import { testCertificate } from '../webhooks/support/certificate.ts';
import { startReceiver } from '../webhooks/support/receiver.ts';
import { brokenInvariants } from './invariants.ts';
import { retryingCharger } from './retrying-charger.ts';

const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? 20);
const CHARGERS = 30;

const db = await testDatabase();
const certificate = await testCertificate([], ['127.0.0.1']);
const receiver = await startReceiver(certificate);
const folder = mkdtempSync(join(tmpdir(), 'dynamo-kill-'));
writeFileSync(join(folder, 'ca.pem'), certificate.caPem);
const port = await freePort();
const apiKey = `dyn_test_${randomBytes(24).toString('hex')}`;
const environment = {
  PATH: process.env['PATH'],
  NODE_ENV: 'test',
  PORT: String(port),
  HOST: '127.0.0.1',
  DATABASE_URL: db.url,
  DATA_DIR: folder,
  SECRET_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  BOOTSTRAP_API_KEY: apiKey,
  BOOTSTRAP_PASSWORD: 'correct horse battery',
  WEBHOOK_ALLOW_SUBNETS: '127.0.0.0/8',
  WEBHOOK_CA_FILE: join(folder, 'ca.pem'),
  // A killed process leaves leases behind; the sweep takes them over when they have run out.
  LOG_LEVEL: 'warn',
};
let server: ChildProcess | undefined;
let output = '';
const opened: ReturnType<typeof retryingCharger>[] = [];
afterAll(async () => {
  for (const charger of opened) charger.abandon();
  server?.kill('SIGKILL');
  await receiver.close();
  await db.close();
  rmSync(folder, { recursive: true, force: true });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function start(): Promise<void> {
  const child = spawn(process.execPath, ['dist/src/main.js'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  server = child;
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text: Buffer) => {
      output = (output + text.toString()).slice(-20_000);
    });
  await until(
    'the server is ready',
    async () => {
      if (child.exitCode !== null) throw new Error(`the server ended: ${output}`);
      return (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok;
    },
    { withinMs: 20_000, everyMs: 20 },
  );
}

async function kill(): Promise<void> {
  const child = server;
  if (child === undefined || child.exitCode !== null) throw new Error(`the server ended by itself: ${output}`);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

const api = async (path: string, body: unknown): Promise<Record<string, string>> => {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status !== 201) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, string>;
};

test(`killed ${ROUNDS} times under load, nothing that was acknowledged is lost, doubled or told wrongly`, async () => {
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

  for (let round = 1; round <= ROUNDS; round += 1) {
    // At least some messages in each round, then a random moment.
    const before = answered();
    await Promise.race([
      refused,
      until(`round ${round} carries load`, () => answered() > before + 100, { withinMs: 30_000 }),
    ]);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
    await kill();
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
    { withinMs: 60_000, everyMs: 200 },
  );
  const received = receiver.received.map(({ path, body }) => `${path} ${(JSON.parse(body) as { id: string }).id}`);
  const deliveries = await db.prisma.webhookDelivery.count();
  expect(new Set(received).size).toBe(deliveries);
  expect(received.length - deliveries).toBeLessThanOrEqual(ROUNDS * 256); // at most what was in flight at each kill
}, 400_000);
