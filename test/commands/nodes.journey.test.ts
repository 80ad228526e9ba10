/** Two processes on one database: REST is asked at the one, the charger is connected to the other. */
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { connectDatabase, type Database } from '../../src/database/index.ts';
import { listen } from '../../src/database/listen.ts';
import { createLostConnections, nodeStore } from '../../src/nodes/index.ts';
import { LEASE_MS } from '../../src/platform/lease.ts';
import { type Charger, createCharger, seededRandom } from '../../src/simulator/index.ts';
import { startApp } from '../support/app.ts';
import { jobsAtOnce } from '../support/jobs-at-once.ts';
import { quiet } from '../support/quiet-log.ts';
import { readEvents } from '../support/sse.ts';
import { until } from '../support/until.ts';

const here = await startApp();
const connection = { connectionString: here.db.url, idleTimeoutMillis: 1_000, allowExitOnIdle: true };
const second = connectDatabase({ connection, url: here.db.url, poolSize: 5, log: quiet });
/** While true, nothing that the process there has in hand reaches the database: to everybody else it is dead. */
let isDead = false;
const alive = (): void => {
  if (isDead) throw Object.assign(new Error('cut off'), { code: 'ECONNREFUSED' });
};
const secondDb: Database = {
  ...second,
  rows: async (...asked) => {
    alive();
    return second.rows(...asked);
  },
  transaction: async (work) => {
    alive();
    return second.transaction(work);
  },
};
const there = await startApp({ db: secondDb, beside: here });
const chargers: Charger[] = [];
afterEach(async () => {
  await Promise.all(chargers.splice(0).map((charger) => charger.close()));
});
afterAll(async () => {
  isDead = false;
  await wakes.stop();
  await there.stop();
  await second.close();
  await here.stop();
});

const heard: string[][] = [];
const wakes = listen({
  url: here.db.url,
  channels: { dynamo_wake: (payload) => void heard.push((payload ?? '').split(' ')) },
  log: quiet,
});
await wakes.ready;

type Command = { id: string; status: string; error: { code: string } | null };

async function connectedThere(misbehave: string[] = []) {
  const { id, identity, key } = await here.chargePoint();
  const behaviour = { reconnect: { minMs: 10, maxMs: 50 }, misbehave };
  const charger = createCharger({ url: there.ocppUrl, identity, password: key, random: seededRandom(5), behaviour });
  chargers.push(charger);
  charger.start();
  await charger.whenBooted();
  return { id, charger };
}

test('a command that is asked for here reaches the charger there, and its answer whoever waits here, each by one wake', async () => {
  const { id } = await connectedThere();
  heard.splice(0);
  const { body } = await here.api<Command>('POST', `/charge-points/${id}/trigger?wait=true`, { message: 'heartbeat' });
  expect(body.status).toBe('accepted');
  const between = heard.filter(([, , , about]) => about === id);
  expect(between).toHaveLength(2);
  const [[hereId, thereId] = []] = between;
  expect(between).toEqual([
    [hereId, thereId, 'commands', id],
    [thereId, hereId, 'commands', id],
  ]);
});

test('a process that was forgotten while it slept is known again with its next sign of life, and its chargers were never gone', async () => {
  await connectedThere();
  const rows = () => here.db.prisma.node.findMany({ orderBy: { id: 'asc' }, omit: { seenAt: true } });
  const before = await rows();
  expect(before).toHaveLength(2);
  await here.db.prisma.node.deleteMany();
  for (const app of [here, there]) await app.runJob('node_heartbeat');
  expect(await rows()).toEqual(before);
  const lookOfSomebodyNew = createLostConnections({
    ...{ nodes: nodeStore(here.db), nodeId: 'node_new', now: () => new Date(), monotonic: () => performance.now() },
    ingest: { submit: () => Promise.resolve() },
  });
  expect(await lookOfSomebodyNew()).toBe(0);
});

test('a command for a charger of this process wakes no other one', async () => {
  const { id, identity, key } = await here.chargePoint();
  const charger = createCharger({ url: here.ocppUrl, identity, password: key, random: seededRandom(5) });
  chargers.push(charger);
  charger.start();
  await charger.whenBooted();
  heard.splice(0);
  await here.api<Command>('POST', `/charge-points/${id}/trigger?wait=true`, { message: 'heartbeat' });
  expect(heard.filter(([, , , about]) => about === id)).toEqual([]);
});

test('a charge point that is deleted here is cut off there', async () => {
  const { id, charger } = await connectedThere();
  const gone = charger.next('disconnected');
  expect((await here.api('DELETE', `/charge-points/${id}`)).status).toBe(204);
  expect((await gone).code).toBe(1008);
});

test('a charger that connects here is cut off there, though its old socket lives; nobody is told that it went', async () => {
  const { id, identity, key } = await here.chargePoint();
  const aCharger = (url: string) => {
    const behaviour = { reconnect: { minMs: 60_000, maxMs: 60_000 } };
    const made = createCharger({ url, identity, password: key, random: seededRandom(5), behaviour });
    chargers.push(made);
    return made;
  };
  const old = aCharger(there.ocppUrl);
  old.start();
  await old.whenBooted();
  const gone = old.next('disconnected', { timeoutMs: 30_000 });
  const fresh = aCharger(here.ocppUrl);
  fresh.start();
  await fresh.whenBooted();
  expect((await gone).code).toBe(1006);
  const { body } = await here.api<Command>('POST', `/charge-points/${id}/trigger?wait=true`, { message: 'heartbeat' });
  expect(body.status).toBe('accepted');
  const events = await here.db.prisma.domainEvent.findMany({
    where: { chargePointId: id },
    orderBy: { sequence: 'asc' },
  });
  expect(events.map(({ type }) => type).filter((type) => /connected$/.test(type))).toEqual(['charge_point.connected']);
});

test('what happens there is in the stream of events here, at once and in order', async () => {
  const { id, charger } = await connectedThere();
  const headers = { Authorization: `Bearer ${here.apiKey}` };
  const query = `charge_point_id=${id}&type=charge_point.status_changed`;
  const stream = await readEvents(`${here.url}/api/v1/webhooks/stream?${query}`, headers);
  expect(stream.status).toBe(200);
  charger.plug(1);
  const told = () => stream.events.map(({ data }) => (JSON.parse(data) as { data: { status: string } }).data.status);
  await until('it is told', () => told().includes('preparing'));
  await stream.close();
});

test('a command that waits is found by looking when nobody was woken for it', async () => {
  const { id } = await connectedThere();
  const { rows } = await here.db.pool.query('SELECT organization_id AS org FROM charge_points WHERE id = $1', [id]);
  await here.db.pool.query(
    `INSERT INTO commands (id, organization_id, charge_point_id, action, payload, status, timeout_s, requested_by, created_at, due_at)
     VALUES ('cmd_01KAT3Z6Y8Q0000000000000AA', $1, $2, 'ClearCache', '{}', 'queued', 30, 'key_1', now() - interval '3 s', now() + interval '60 s')`,
    [rows[0].org, id],
  );
  await until(
    'it is sent and answered',
    async () => (await here.api<Command>('GET', '/commands/cmd_01KAT3Z6Y8Q0000000000000AA')).body.status === 'accepted',
  );
});

test('when the process there dies, the command fails by its deadline and does not hang', async () => {
  const { id, charger } = await connectedThere(['T5']);
  const reaches = charger.next('asked', { where: ({ action }) => action === 'Reset' }); // perhaps before POST is answered
  const asked = await here.api<Command>('POST', `/charge-points/${id}/reset`, { timeout_s: 1 });
  await reaches;
  isDead = true;
  const command = await until(
    'it has ended',
    async () => {
      const { body } = await here.api<Command>('GET', `/commands/${asked.body.id}`);
      return ['queued', 'sent'].includes(body.status) ? undefined : body;
    },
    { everyMs: 100 },
  );
  expect(command).toMatchObject({ status: 'timed_out', error: { code: 'no_answer' } });
});

test('what REST asks of a charger is of the trace of the request, whichever room asks', async () => {
  isDead = false;
  const { id } = await connectedThere();
  await here.api('POST', '/tokens', { uid: 'TRACED' });
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
  const asked: readonly (readonly [path: string, body: object])[] = [
    [`/charge-points/${id}/diagnostics`, {}],
    [`/charge-points/${id}/reservations`, { connector_id: 1, token: 'TRACED', expires_at: inAnHour }],
    [`/charge-points/${id}/charging-limit`, { limit: 16 }],
  ];
  for (const [path, body] of asked) {
    const answer = await here.api('POST', path, body);
    expect([path, answer.status]).toEqual([path, 202]);
    const traceId = answer.headers.get('x-trace-id');
    const { body: list } = await here.api<{ data: { trace_id: string }[] }>(
      'GET',
      `/charge-points/${id}/commands?limit=20`,
    );
    expect([path, list.data.filter((each) => each.trace_id === traceId).length]).toEqual([path, 1]);
  }
});

test('what a dead process had taken is looked for so often that with its lease it is within 60 s', () => {
  for (const name of ['webhook_retries', 'command_bulks', 'firmware_updates', 'firmware_rollouts', 'export_files']) {
    const seconds = here.jobs.find((job) => job.name === name)?.cron.split(' ')[0] ?? '';
    const everyS = seconds === '*' ? 1 : Number(/\/(\d+)$/.exec(seconds)?.[1]);
    expect([name, LEASE_MS / 1000 + everyS <= 60]).toEqual([name, true]);
  }
});

test('whatever is due is done once when both run the same job at once, whichever job', async () => {
  isDead = false;
  expect(Object.keys(jobsAtOnce).sort()).toEqual(here.jobs.map(({ name }) => name).sort());
  const { id: organizationId } = await here.db.prisma.organization.findFirstOrThrow();
  const counts = new Map<string, { readonly count: () => Promise<number>; readonly wanted: number }>();
  for (const [name, row] of Object.entries(jobsAtOnce))
    if ('arrange' in row) {
      const count = await row.arrange({ app: here, db: here.db, organizationId });
      counts.set(name, { count, wanted: row.is === 'once' ? 1 : 0 });
    }
  const runAll = async (): Promise<void> => {
    for (const { name, run } of here.jobs)
      await Promise.all([run(), there.jobs.find((each) => each.name === name)?.run()]);
  };
  await runAll();
  for (const [name, { count, wanted }] of counts)
    await until(`${name} is done`, async () => (wanted === 0 ? (await count()) === 0 : (await count()) >= wanted));
  await runAll();
  for (const [name, { count, wanted }] of counts) expect([name, await count()]).toEqual([name, wanted]);
});
