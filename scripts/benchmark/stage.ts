/** What a scenario plays on: the server (pinned, with its PostgreSQL, chargers registered over REST), the bare server, the generator. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLocalCertificate, type LocalCertificate } from '../kit/certificate.ts';
import { createRest, type Rest } from '../kit/rest.ts';
import { freePort, pause, startServer, sweepRuns } from '../kit/server-process.ts';
import type { PeerSpec } from './peers.ts';
import {
  cpuSecondsOf,
  cpuSecondsOfTree,
  type Memory,
  memoryOf,
  pinAll,
  pinTo,
  postgresUnder,
  startHelper,
} from './processes.ts';

/** Server on the one, generator on the other, PostgreSQL on both. */
export const CORES = { server: 0, generator: 1, both: '0,1' } as const;

export type CpuReading = { readonly server: number; readonly database: number };
export type Target = {
  readonly kind: 'server' | 'bare';
  /** Without the identity. */
  readonly url: string;
  readonly specs: readonly PeerSpec[];
  readonly rest: Rest | undefined;
  cpu(): CpuReading;
  memory(): Memory;
  /** A counter of GET /metrics, all labels together; undefined: there is none. */
  counter(name: string): Promise<number | undefined>;
  stop(): Promise<void>;
};

const REGISTRATIONS_AT_ONCE = 8;

async function inParallel<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane));
}

/** Sums the lines `name{…} value` and `name value` of the Prometheus text format. */
export function counterIn(text: string, name: string): number | undefined {
  const lines = text.split('\n').filter((line) => line.startsWith(name) && /^[{ ]/.test(line.slice(name.length)));
  if (lines.length === 0) return undefined;
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

async function registerChargers(
  rest: Rest,
  options: { readonly chargers: number; readonly tokens: number; readonly say: (text: string) => void },
): Promise<PeerSpec[]> {
  const specs: PeerSpec[] = [];
  const begun = performance.now();
  await inParallel(
    Array.from({ length: options.chargers }, (_, index) => String(index + 1).padStart(5, '0')),
    REGISTRATIONS_AT_ONCE,
    async (digits) => {
      const identity = `BENCH-${digits}`;
      const token = `BT${digits}`;
      const [{ key }] = await Promise.all([
        rest.post<{ key: string }>('/charge-points', { identity }),
        Number(digits) > options.tokens ? undefined : rest.post('/tokens', { uid: token }),
      ]);
      specs.push({ identity, key, token });
    },
  );
  options.say(`${specs.length} chargers registered over REST in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  return specs.sort((a, b) => (a.identity < b.identity ? -1 : 1));
}

/** A database that another process keeps, and how many server processes are on it. */
export type Shared = { readonly url: string; readonly keeper: number; readonly workers: number };

/** The server on its core, with its PostgreSQL on both. With a shared database the server is on both as well: one core holds one process. */
async function launch(env: Readonly<Record<string, string>>, profile: string | undefined, shared: Shared | undefined) {
  const nodeOptions = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const server = await startServer({
    port: await freePort(),
    wrap: shared === undefined ? pinTo(CORES.server) : [],
    env,
    nodeOptions,
  });
  const postgres = postgresUnder(shared?.keeper ?? server.pid);
  if (postgres.pids.length === 0) {
    await server.stop();
    throw new Error(`The PostgreSQL of the server was not found among the processes.\n${server.output()}`);
  }
  pinAll(postgres.pids, CORES.both);
  return { server, postgres };
}

export async function startProduct(options: {
  readonly folder: string;
  readonly chargers: number;
  /** The first so many chargers get a token of their own. */
  readonly tokens: number;
  /** The measured process is another one than the one that registered the chargers: memory tells of the chargers only. */
  readonly afresh: boolean;
  /** While no server runs, before that other process: what else lies in its database. */
  readonly prepare?: (dataDir: string) => Promise<unknown>;
  /** Where all of it is left for a later run, which then neither registers nor prepares anything. */
  readonly keep?: string | undefined;
  /** Until autovacuum (every 15 s) has counted what was just registered: the planner knows nothing of it before. */
  readonly settleMs: number;
  /** Where its CPU profile goes; undefined: none. */
  readonly profile: string | undefined;
  /** Absent: one process with its own. */
  readonly shared?: Shared;
  readonly say: (text: string) => void;
}): Promise<Target & Readonly<{ certificate: LocalCertificate; dataDir: string; base: string; apiKey: string }>> {
  const { shared } = options;
  mkdirSync(options.folder, { recursive: true });
  sweepRuns(options.folder);
  const { keep } = options;
  if (keep !== undefined) mkdirSync(keep, { recursive: true });
  const dataDir = keep ?? mkdtempSync(join(options.folder, 'run-'));
  const kept = join(dataDir, 'bench.json');
  const known = existsSync(kept) ? (JSON.parse(readFileSync(kept, 'utf8')) as Kept) : undefined; // as: written below
  const apiKey = known?.apiKey ?? `bench-${randomBytes(24).toString('hex')}`;
  const metricsToken = randomBytes(16).toString('hex');
  const certificate = await createLocalCertificate(7);
  const caFile = join(dataDir, 'receiver-ca.pem');
  writeFileSync(caFile, certificate.ca);
  const env = {
    DATA_DIR: dataDir,
    DATABASE_URL: '',
    DIRECT_DATABASE_URL: '',
    SECRET_KEYS: '',
    PUBLIC_URL: '',
    BOOTSTRAP_API_KEY: apiKey,
    METRICS_TOKEN: metricsToken,
    WEBHOOK_ALLOW_SUBNETS: '127.0.0.0/8',
    WEBHOOK_CA_FILE: caFile,
    LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
    ...(shared !== undefined && {
      DATABASE_URL: shared.url,
      SECRET_KEYS: `bench:${randomBytes(32).toString('base64')}`,
      WORKERS: String(shared.workers),
    }),
  };
  let running: Awaited<ReturnType<typeof launch>> | undefined;
  const stop = async () => {
    await running?.server.stop();
    if (keep === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    running = await launch(env, options.profile, shared);
    const specs = known?.specs ?? (await registerChargers(createRest({ base: running.server.base, apiKey }), options));
    await pause(options.settleMs);
    if (options.afresh && known === undefined) {
      await running.server.stop();
      await options.prepare?.(dataDir);
      if (keep !== undefined) writeFileSync(kept, JSON.stringify({ apiKey, specs } satisfies Kept));
      running = await launch(env, options.profile, shared);
    }
    const { server, postgres } = running;
    return {
      kind: 'server',
      url: `${server.base.replace('http', 'ws')}/ocpp`,
      specs,
      rest: createRest({ base: server.base, apiKey }),
      certificate,
      dataDir,
      base: server.base,
      apiKey,
      cpu: () => ({ server: cpuSecondsOfTree(server.pid), database: postgres.cpuSeconds() }),
      memory: () => memoryOf(server.pid),
      async counter(name) {
        const response = await fetch(`${server.base}/metrics`, {
          headers: { authorization: `Bearer ${metricsToken}` },
        });
        return counterIn(await response.text(), name);
      },
      stop,
    };
  } catch (cause) {
    const words = running?.server.output() ?? '';
    await stop();
    throw new Error(`The server could not be prepared: ${String(cause)}\n${words}`, { cause });
  }
}

export type Product = Awaited<ReturnType<typeof startProduct>>;

type Kept = { readonly apiKey: string; readonly specs: readonly PeerSpec[] };
type Listening = { readonly port: number };

export async function startBare(chargers: number): Promise<Target> {
  const helper = startHelper<object, Listening>('./bare-server.js', CORES.server);
  const { port } = await helper.hear((report): report is Listening => 'port' in report, 10_000);
  return {
    kind: 'bare',
    url: `ws://127.0.0.1:${port}`,
    specs: Array.from({ length: chargers }, (_, index) => ({
      identity: `B-${index}`,
      key: 'none',
      token: `BT${index}`,
    })),
    rest: undefined,
    cpu: () => ({ server: cpuSecondsOf(helper.pid), database: 0 }),
    memory: () => memoryOf(helper.pid),
    counter: async () => undefined,
    stop: helper.stop,
  };
}
