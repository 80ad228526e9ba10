/**
 * The first process of WORKERS=2 and more: it keeps the embedded database and the workers, and serves nobody itself. SIGHUP replaces
 * the workers one after another; SIGTERM ends them all, then the database.
 */
import { fileURLToPath } from 'node:url';
import type { Config } from './config/index.ts';
import { ConfigError } from './config/index.ts';
import type { OpenDatabase } from './database/index.ts';
import { endOf } from './end-of.ts';
import { onHangUp } from './hang-up.ts';
import { openConfigured, prepare } from './prepare.ts';
import { whyBuildIsStale } from './stale-build.ts';
import { greet } from './start-texts.ts';
import { createLogger, createMetrics, type Logger } from './telemetry/index.ts';
import {
  connectionsAllowed,
  createSupervisor,
  forkingOf,
  type Supervisor,
  tooFewConnections,
} from './workers/index.ts';

export async function supervise({ config, version }: { config: Config; version: string }): Promise<void> {
  const log = createLogger({ level: config.logLevel });
  const db = await openConfigured(config, log);
  try {
    await refuseTooFew(config, db);
    await prepare(config, db, log);
    await keep({ config, version, log, db });
  } finally {
    await db.close();
  }
}

/** Behind a connection pooler only the listeners reach the server itself. */
async function refuseTooFew({ workers, database }: Config, db: OpenDatabase): Promise<void> {
  if (database.directUrl !== undefined) return;
  const { poolSize } = database;
  const why = tooFewConnections({ workers, poolSize, allowed: await connectionsAllowed(db) });
  if (why !== undefined) throw new ConfigError([why]);
}

type Kept = { readonly config: Config; readonly version: string; readonly log: Logger; readonly db: OpenDatabase };

async function keep({ config, version, log, db }: Kept): Promise<void> {
  const metrics = createMetrics({ labels: { worker: 'first' } });
  const starts = metrics.counter('worker_starts_total', 'Workers that were started, again or for the first time', [
    'worker',
  ]);
  const supervisor = createSupervisor({
    count: config.workers,
    fork: forkingOf(
      fileURLToPath(new URL(`./main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)),
    ),
    databaseUrl: db.embeddedIn === undefined ? undefined : db.url,
    log,
    monotonic: () => performance.now(),
    ownMetrics: metrics.metrics,
    onStart: (number) => starts.inc({ worker: String(number) }),
  });
  metrics.gauges('worker_up', 'Whether the worker serves', 'worker', () => {
    const serving = new Set(supervisor.serving());
    return Array.from({ length: config.workers }, (_, i) => [String(i + 1), serving.has(i + 1) ? 1 : 0] as const);
  });
  let hangUp = (): void => log.warn({}, 'SIGHUP: nothing happens, as the workers do not serve yet');
  onHangUp(() => hangUp());
  const end = endOf(log);
  const ports = await Promise.race([supervisor.start(), end]);
  if (ports !== undefined) {
    const url = config.http.publicUrl ?? `http://localhost:${ports.port}`;
    greet({ url, version, tlsPort: ports.tlsPort, databaseIn: db.embeddedIn, workers: config.workers });
    log.info({ port: ports.port, version, pid: process.pid, workers: config.workers }, 'serving');
    hangUp = () => void replaceWorkers(supervisor, log); // it never rejects
    await end;
  }
  await supervisor.stop();
}

/** A rolling restart each time, of workers of this build: one that is half old and half new must never serve. */
async function replaceWorkers(supervisor: Supervisor, log: Logger): Promise<void> {
  const why = await whyBuildIsStale();
  if (why !== undefined) {
    log.error({ why }, 'SIGHUP: refused, no worker was replaced');
    return;
  }
  log.info({}, 'SIGHUP: the workers are replaced one after another');
  if (await supervisor.replaceAll()) log.info({}, 'all workers were replaced');
}
