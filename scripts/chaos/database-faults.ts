/** PostgreSQL that crashes, is away, has no connection left, answers nobody, or has no room: nothing is acknowledged that it does not have. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { pause } from '../kit/server-process.ts';
import { until } from '../kit/until.ts';
import { type Load, startLoad } from './load.ts';
import { above, judged, rounded, type Scenario, type Tools } from './scenario.ts';
import { onStage, type Stage, type StageOptions } from './stage.ts';

const CHARGERS = 30;
const NOT_READY_MS = 2_000;
const READY_MS = 10_000;
const BACK_MS = 3_000;
/** Of what is answered without a fault: so much at most with one that is not at once complete. */
const FEW = 0.01;

async function statusOf({ node }: Stage): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${node.port}/readyz`, { signal: AbortSignal.timeout(10_000) });
  await answer.arrayBuffer();
  return answer.status;
}
const sinceMs = (at: number): number => performance.now() - at;

/** What must be so after every fault of the database, in words. */
const standing = ({ node }: Stage, load: Load): string[] => [
  ...(node.hasEnded() ? [`the process ended: ${node.output()}`] : []),
  ...load.chargers.filter((charger) => charger.connections() !== 1).map(() => 'a socket did not stay'),
];

/** Until chargers are answered again and /readyz says so. */
async function serving(stage: Stage, load: Load): Promise<void> {
  const before = load.answered();
  await load.until('chargers are answered again', () => load.answered() > before);
  await load.until('it is ready', async () => (await statusOf(stage)) === 200);
}

async function backendsOf({ db }: Stage): Promise<number[]> {
  const { rows } = await db.pool.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()`,
  );
  return rows.map(({ pid }) => pid);
}

const crashes: Scenario = {
  name: 'database crashes',
  promise: 'PostgreSQL crashes under load: immediate stops, and backends killed with SIGKILL',
  demanded: '100 stops + 50 kills: 0 lost, the process never exits, serving ≤ 3 s after it is back',
  minutes: { medium: 1.5, full: 10 },
  run: (tools) =>
    onStage(tools, {}, async (stage) => {
      const [stops, kills] = tools.size === 'full' ? [100, 50] : [10, 5];
      await stage.node.start();
      const load = await startLoad(stage, { chargers: CHARGERS });
      const broken: string[] = [];
      let slowest = 0;
      try {
        for (let round = 1; round <= stops + kills && broken.length === 0; round += 1) {
          const before = load.answered();
          await load.until('there is load', () => load.answered() > before + 100);
          await pause(Math.random() * 300);
          if (round <= stops) {
            await stage.postgres.crash();
            await pause(Math.random() * 500);
            await stage.postgres.start();
          } else {
            const pids = await backendsOf(stage);
            const pid = pids[Math.floor(Math.random() * pids.length)];
            if (pid !== undefined) killed(pid);
            await until('it takes connections', () => stage.db.pool.query('SELECT 1').catch(() => undefined));
          }
          const at = performance.now();
          await serving(stage, load);
          slowest = Math.max(slowest, sinceMs(at));
          broken.push(...(await load.faults({ isDeep: round % 10 === 0 })), ...standing(stage, load));
          if (round % 25 === 0) tools.say(`${round} crashes`);
        }
        if (broken.length === 0) broken.push(...(await load.finish()));
        broken.push(...above('serving again', slowest, BACK_MS, 'ms'));
        const figures = `${stops} stops, ${kills} kills of backends, ${load.answered()} acknowledged: 0 lost; serving ${rounded(slowest, 0)} ms after it is back at most`;
        return judged(broken, figures);
      } finally {
        load.abandon();
      }
    }),
};

/** One process of many: the postmaster ends all others and recovers by itself. */
function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it had ended by itself
  }
}

type Fault = {
  begin(): Promise<void> | void;
  end(): Promise<void> | void;
};

/** The database fails for so long: nothing is acknowledged that it does not have, sockets stay, /readyz says so; then everything goes on. */
function failing(
  about: Pick<Scenario, 'name' | 'promise'> & {
    readonly stage?: (tools: Tools) => StageOptions | string;
    readonly faults: (stage: Stage) => readonly Fault[];
    /**
     * The database still reads, and writes where it finds a place in pages and logs that it has already: some are answered, of which it must
     * have each, as `faults` sees; and they are few, or the fault was none.
     */
    readonly isSlowlyFailing?: boolean;
  },
): Scenario {
  return {
    ...about,
    demanded: '60 s: 0 false acknowledgements, sockets stay, /readyz 503 ≤ 2 s, recovery ≤ 10 s',
    minutes: { medium: 0.7, full: 3 },
    run(tools) {
      const options = about.stage?.(tools) ?? {};
      if (typeof options === 'string') return Promise.resolve({ found: options, passed: 'skipped' as const });
      const awayMs = tools.size === 'full' ? 60_000 : 10_000;
      return onStage(tools, options, async (stage) => {
        await stage.node.start();
        const load = await startLoad(stage, { chargers: CHARGERS });
        const broken: string[] = [];
        let [told, recovered, meanwhile] = [0, 0, 0];
        try {
          for (const fault of about.faults(stage)) {
            const before = load.answered();
            const begun = performance.now();
            await load.until('there is load', () => load.answered() > before + 200);
            const few = about.isSlowlyFailing === true ? (FEW * (load.answered() - before)) / sinceMs(begun) : 0;
            await fault.begin();
            if (about.isSlowlyFailing === true)
              await load.until('hardly anybody is answered any more', () => isStill(load, 2_000, few));
            const at = performance.now();
            await load.until('it is not ready', async () => (await statusOf(stage)) === 503, 30_000);
            told = Math.max(told, sinceMs(at));
            await Promise.all(load.chargers.map((charger) => charger.heardAll()));
            const answered = load.answered();
            await pause(awayMs);
            meanwhile += load.answered() - answered;
            if (meanwhile > few * awayMs) broken.push(`${meanwhile} were answered meanwhile`);
            await fault.end();
            const back = performance.now();
            await serving(stage, load);
            recovered = Math.max(recovered, sinceMs(back));
            broken.push(...(await load.faults()), ...standing(stage, load));
          }
          broken.push(...(await load.finish()));
          broken.push(...above('/readyz', told, NOT_READY_MS, 'ms'), ...above('recovery', recovered, READY_MS, 'ms'));
          return judged(
            broken,
            `${awayMs / 1000} s: ${meanwhile} answered${meanwhile > 0 ? ', all of which it has' : ''}, 0 lost, sockets stayed; /readyz 503 after ${rounded(told, 0)} ms, recovered within ${rounded(recovered, 0)} ms`,
          );
        } finally {
          load.abandon();
        }
      });
    },
  };
}

/** `few`: a millisecond. */
async function isStill(load: Load, ms: number, few: number): Promise<boolean> {
  const before = load.answered();
  await pause(ms);
  return load.answered() - before <= few * ms;
}

const away = failing({
  name: 'database away',
  promise: 'PostgreSQL is away for a minute',
  faults: ({ postgres }) => [{ begin: () => postgres.stop(), end: () => postgres.start() }],
});

const blackHole = failing({
  name: 'database black hole',
  promise:
    'the network to PostgreSQL swallows everything for a minute, then lets it through late, or has cut all connections',
  stage: () => ({ isProxied: true }),
  faults: ({ proxy }) => [
    { begin: () => proxy?.swallow(), end: () => proxy?.pass() },
    { begin: () => proxy?.swallow(), end: () => proxy?.cut() },
  ],
});

const CONNECTIONS = 30;

const exhausted = failing({
  name: 'connections exhausted',
  promise: 'somebody else holds every connection of PostgreSQL',
  stage: () => ({ settings: { max_connections: String(CONNECTIONS), autovacuum: 'off' } }),
  faults({ postgres }) {
    const held: pg.Client[] = [];
    const own = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'dynamo-csms'`;
    const turnOut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dynamo-csms'`;
    /** One more; undefined: there is none left. */
    async function hold(): Promise<pg.Client | undefined> {
      const client = new pg.Client({ connectionString: postgres.url, application_name: 'somebody else' });
      client.on('error', () => undefined); // at the end of the scenario
      try {
        await client.connect();
        held.push(client);
        return client;
      } catch {
        return undefined; // all are taken
      }
    }
    return [
      {
        async begin() {
          const first = await hold();
          await until('all are held', async () => {
            await first?.query(turnOut);
            while ((await hold()) !== undefined);
            return (await first?.query<{ count: number }>(own))?.rows[0]?.count === 0;
          });
        },
        async end() {
          await Promise.all(held.splice(0).map((client) => client.end()));
        },
      },
    ];
  },
});

const DISK_MIB = 400;
const MIB = 1024 ** 2;

/** Root in a mount namespace of its own (scripts/chaos.ts): the file system goes with the process, whatever happens. */
function smallDisk(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m,mode=0755`, 'chaos', folder], {
    encoding: 'utf8',
  });
  return mounted.status === 0 ? '' : `SKIPPED: no small file system could be mounted: ${mounted.stderr.trim()}`;
}

const unmount = (folder: string): void => void spawnSync('umount', [folder], { stdio: 'ignore' });

/** Never a disk but the small one: whose size is looked at first, and nothing is written beyond it. */
function fill(ballast: string): void {
  const { blocks, bsize } = statfsSync(dirname(ballast));
  if (blocks * bsize > (DISK_MIB + 1) * MIB)
    throw new Error(`${dirname(ballast)} does not lie on the small file system: nothing was written`);
  const file = openSync(ballast, 'w');
  const block = Buffer.alloc(MIB, 1);
  try {
    for (let written = 0; written < DISK_MIB; written += 1) writeSync(file, block);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause; // as: errors of the file system are
  } finally {
    closeSync(file);
  }
}

const diskFull = failing({
  name: 'disk full',
  promise: 'there is no room left on the disk of PostgreSQL',
  isSlowlyFailing: true,
  stage(tools) {
    const dataDir = join(tools.folder, 'small-disk');
    const fault = smallDisk(dataDir);
    return fault === ''
      ? { dataDir, release: unmount, settings: { max_wal_size: '64MB', min_wal_size: '32MB', shared_buffers: '32MB' } }
      : fault;
  },
  faults({ postgres }) {
    const ballast = join(dirname(postgres.folder), 'ballast');
    return [
      {
        begin: () => fill(ballast),
        async end() {
          rmSync(ballast);
          // without room for its log it ends itself; whoever administers it starts it again
          if (!(await postgres.isRunning())) await postgres.start();
        },
      },
    ];
  },
});

export const databaseFaults: readonly Scenario[] = [crashes, away, exhausted, blackHole, diskFull];
