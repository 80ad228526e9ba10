/**
 * Deliveries without chargers: how fast a prepared backlog is drained to one endpoint and to four, by the server and by job
 * queues from npm that do the same work on the same PostgreSQL; each row a window that ends with the last arrival.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { useEmbeddedServer } from '../../src/database/embedded/server.ts';
import { newId } from '../../src/platform/ids.ts';
import { pause } from '../kit/server-process.ts';
import { cpuSecondsOf, startHelper } from './processes.ts';
import { type Receiver, startReceiver } from './receivers.ts';
import type { RivalName, RivalOrder, RivalReport } from './rival.ts';
import { type Plan, type Row, rounded, STATEMENTS } from './rows.ts';
import { CORES, type Product } from './stage.ts';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const IN_FLIGHT = 16;

type Contest = {
  readonly target: Row['target'];
  readonly scenario: string;
  readonly urls: number;
  readonly jobs: number;
  /** Of a rival; undefined: its own default. */
  readonly atOnce?: number | undefined;
  readonly note?: string;
};
type Reading = { readonly server: number; readonly database: number; readonly statements: number | undefined };

export async function deliveryScenarios(target: Product, plan: Plan, told: (row: Row) => void): Promise<void> {
  const { rest } = target;
  if (rest === undefined) return;
  const receiver = await startReceiver(target.certificate);
  const database = await useEmbeddedServer({ dataDir: target.dataDir, log: quiet, onFatal: () => undefined });
  const pool = new pg.Pool({ ...database.connection, max: 2 });
  const secret = randomBytes(32).toString('hex');
  const scale = (jobs: number): number => Math.ceil(jobs * Math.min(1, plan.seconds / 10));
  const limitMs = Math.max(5000, plan.seconds * 1000);
  try {
    const ours = { receiver, limitMs, read: readerOf(target), told };
    for (const urls of [1, 1, 4]) {
      const jobs = scale(urls * 20_000);
      const endpoints = await Promise.all(
        Array.from({ length: urls }, () =>
          rest.post<{ id: string }>('/webhooks/endpoints', { url: `${receiver.url}/`, events: ['*'], secret }),
        ),
      );
      const ids = endpoints.map(({ id }) => id);
      await Promise.all(ids.map((id) => rest.patch(`/webhooks/endpoints/${id}`, { active: false })));
      await fill(pool, ids, jobs);
      const scenario = `backlog to ${urls === 1 ? 'one endpoint' : `${urls} endpoints`}`;
      await drain({ target: 'server', scenario, urls, jobs }, ours, () =>
        Promise.all(ids.map((id) => rest.patch(`/webhooks/endpoints/${id}`, { active: true }))),
      );
      await Promise.all(ids.map((id) => rest.remove(`/webhooks/endpoints/${id}`)));
    }
    const rivals: readonly (Contest & { readonly rival: RivalName })[] = [
      { rival: 'graphile-worker', target: 'graphile-worker', scenario: 'its defaults', urls: 1, jobs: scale(3000) },
      {
        rival: 'graphile-worker',
        target: 'graphile-worker',
        scenario: '16 at once',
        urls: 1,
        jobs: scale(10_000),
        atOnce: IN_FLIGHT,
      },
      {
        rival: 'graphile-worker, local queue',
        target: 'graphile-worker',
        scenario: 'local queue, 16 at once',
        urls: 1,
        jobs: scale(20_000),
        atOnce: IN_FLIGHT,
      },
      {
        rival: 'graphile-worker, local queue',
        target: 'graphile-worker',
        scenario: 'local queue, 64 at once',
        urls: 4,
        jobs: scale(40_000),
        atOnce: 4 * IN_FLIGHT,
      },
      { rival: 'pg-boss', target: 'pg-boss', scenario: 'its defaults', urls: 1, jobs: 3 },
      {
        rival: 'pg-boss',
        target: 'pg-boss',
        scenario: 'batches of 1,000 every 0.5 s, 16 at once',
        urls: 1,
        jobs: scale(10_000),
        atOnce: IN_FLIGHT,
      },
    ];
    for (const contest of rivals.filter(({ target: name }) => isInstalled(name)))
      await race(contest, { target, secret, connectionString: database.url, receiver, limitMs, told });
  } finally {
    await pool.end();
    await receiver.stop();
  }
}

/** They are there for this comparison only, and not in an installation for production. */
function isInstalled(rival: string): boolean {
  try {
    import.meta.resolve(rival);
    return true;
  } catch {
    console.log(`${rival} is not installed (a development dependency: npm ci): no comparison with it`);
    return false;
  }
}

const readerOf = (target: Product) => async (): Promise<Reading> => ({
  ...target.cpu(),
  statements: await target.counter(STATEMENTS),
});

/** One of ours as it stands in the database: what `bodyOf` of the event writer makes of a session's end. */
const bodyOf = (id: string): string =>
  JSON.stringify({
    id,
    event: 'session.ended',
    timestamp: '2026-11-23T12:00:00.000Z',
    data: {
      organization_id: newId('org'),
      charge_point_id: newId('cp'),
      charge_point_identity: 'BENCH-00001',
      occurred_at: '2026-11-23T12:00:00.000Z',
      received_at: '2026-11-23T12:00:00.120Z',
      sequence: 8,
      session_id: newId('ses'),
      transaction_id: 4711,
      evse_id: 1,
      connector_id: 1,
      token: '04A1B2C3',
      status: 'ended',
      started_at: '2026-11-23T11:00:00.000Z',
      energy_wh: 7400,
      duration_s: 3600,
      stop_reason: 'EVDisconnected',
      cost: null,
      flags: [],
    },
  });

/** Events and their deliveries as they would stand there after a while, with fresh statistics. */
async function fill(pool: pg.Pool, endpointIds: readonly string[], jobs: number): Promise<void> {
  const made = Array.from({ length: jobs }, (_, n) => {
    const eventId = newId('evt');
    return { id: newId('whd'), endpointId: endpointIds[n % endpointIds.length] ?? '', eventId, body: bodyOf(eventId) };
  });
  for (let from = 0; from < made.length; from += 5000) {
    const some = made.slice(from, from + 5000);
    await pool.query(
      `WITH events AS (
         INSERT INTO domain_events (id, organization_id, type, occurred_at, created_at, body)
         SELECT e.id, o.id, 'session.ended', now(), now(), e.body
           FROM unnest($1::text[], $2::text[]) AS e(id, body), (SELECT id FROM organizations LIMIT 1) o)
       INSERT INTO webhook_deliveries (id, organization_id, endpoint_id, event_id, event, status, created_at, next_attempt_at)
       SELECT d.id, o.id, d.endpoint_id, d.event_id, 'session.ended', 'pending', now(), now()
         FROM unnest($3::text[], $4::text[], $1::text[]) AS d(id, endpoint_id, event_id), (SELECT id FROM organizations LIMIT 1) o`,
      [
        some.map(({ eventId }) => eventId),
        some.map(({ body }) => body),
        some.map(({ id }) => id),
        some.map(({ endpointId }) => endpointId),
      ],
    );
  }
  await pool.query('VACUUM ANALYZE webhook_deliveries, domain_events');
  await pool.query('CHECKPOINT');
}

type Drain = {
  readonly receiver: Receiver;
  readonly limitMs: number;
  read(): Promise<Reading>;
  told(row: Row): void;
};

/** From the first arrival to the last one, or to the end of the time. */
async function drain(
  contest: Contest,
  { receiver, limitMs, read, told }: Drain,
  begin: () => Promise<unknown>,
): Promise<void> {
  const { target, scenario, jobs, note } = contest;
  const already = (await receiver.counted()).total;
  receiver.begin();
  const before = await read();
  await begin();
  const deadline = performance.now() + limitMs + 5000;
  let now = await receiver.counted();
  while (now.total - already < jobs && performance.now() < deadline) {
    await pause(20);
    now = await receiver.counted();
  }
  const after = await read();
  const arrived = now.total - already;
  const seconds = Math.max(0.001, (now.lastAt - now.firstAt) / 1000);
  const [serverCpuS, databaseCpuS] = [after.server - before.server, after.database - before.database];
  const hasStatements = before.statements !== undefined && after.statements !== undefined;
  const timeIsUp = arrived < jobs ? `time was up after ${arrived} of ${jobs}` : undefined;
  told({
    scenario,
    target,
    chargers: 0,
    messages: arrived,
    // the first one came at the beginning of the window
    perS: rounded((arrived - 1) / seconds, arrived < 100 ? 1 : 0),
    errors: target === 'server' ? jobs - arrived : 0,
    serverCpuS: rounded(serverCpuS, 2),
    databaseCpuS: rounded(databaseCpuS, 2),
    ...(serverCpuS + databaseCpuS < 0.05 ? {} : { perCpuS: rounded(arrived / (serverCpuS + databaseCpuS)) }),
    ...(hasStatements && { sqlPerMessage: rounded(((after.statements ?? 0) - (before.statements ?? 0)) / arrived, 3) }),
    note: [note, timeIsUp].filter((each) => each !== undefined).join('; '),
  });
}

async function race(
  contest: Contest & { readonly rival: RivalName },
  stage: {
    readonly target: Product;
    readonly secret: string;
    readonly connectionString: string;
    readonly receiver: Receiver;
    readonly limitMs: number;
    told(row: Row): void;
  },
): Promise<void> {
  const { target, receiver, secret, connectionString, limitMs, told } = stage;
  const helper = startHelper<RivalOrder, RivalReport>('./rival.js', CORES.server);
  const heard = async (tell: 'prepared' | 'working'): Promise<void> => {
    const report = await helper.hear(
      (each): each is RivalReport => each.tell === tell || each.tell === 'failed',
      120_000,
    );
    if (report.tell === 'failed') throw new Error(`${contest.rival}: ${report.why}`);
  };
  try {
    helper.tell({
      do: 'prepare',
      rival: contest.rival,
      connectionString,
      caPem: target.certificate.ca,
      secret,
      urls: Array.from({ length: contest.urls }, () => `${receiver.url}/`),
      body: bodyOf(newId('evt')),
      jobs: contest.jobs,
    });
    await heard('prepared');
    const read = async (): Promise<Reading> => ({
      server: cpuSecondsOf(helper.pid),
      database: target.cpu().database,
      statements: undefined,
    });
    await drain(contest, { receiver, limitMs, read, told }, async () => {
      helper.tell({ do: 'work', atOnce: contest.atOnce });
      await heard('working');
    });
  } finally {
    await helper.stop();
  }
}
