/** One server process: database → app → listen, until a signal or the first process ends it; then in the opposite order. */
import { join } from 'node:path';
import { createApp } from './app.ts';
import { type Config, installationRoot } from './config/index.ts';
import { endHard, endOf } from './end-of.ts';
import { onHangUp } from './hang-up.ts';
import { openConfigured, prepare } from './prepare.ts';
import { openKeyRing } from './secrets/index.ts';
import { greet } from './start-texts.ts';
import { createLogger } from './telemetry/index.ts';
import type { Line } from './workers/index.ts';

const consoleFolder = join(installationRoot(), 'dist', 'console');

const WITHIN_MS = 10_000;
/** The embedded server has 20 s of its own. */
const EMBEDDED_WITHIN_MS = 30_000;

type Start = { readonly config: Config; readonly version: string };

/** The only process of this start. */
export async function serve({ config, version }: Start): Promise<void> {
  const log = createLogger({ level: config.logLevel });
  onHangUp(() =>
    log.warn({}, 'SIGHUP: nothing happens, as only WORKERS are replaced; new settings and versions want a restart'),
  );
  const db = await openConfigured(config, log);
  try {
    const keyRing = await prepare(config, db, log);
    const app = createApp({ config, db, keyRing, log, version, consoleFolder });
    const { port, tlsPort } = await app.start();
    const url = config.http.publicUrl ?? `http://localhost:${port}`;
    greet({ url, version, tlsPort, databaseIn: db.embeddedIn, workers: 1 });
    log.info({ port, version }, 'serving');
    await endOf(log);
    endHard(log, db.embeddedIn === undefined ? WITHIN_MS : EMBEDDED_WITHIN_MS);
    await app.stop();
  } finally {
    await db.close();
  }
}

/** One of several (src/supervise.ts): what is done once was done by the first process. */
export async function serveAsWorker({ config, version, line }: Start & { readonly line: Line }): Promise<void> {
  process.on('SIGHUP', () => undefined); // meant for the first process; a terminal sends it to all
  const log = createLogger({ level: config.logLevel }).child({ worker: line.number });
  const db = await openConfigured(config, log, { url: line.databaseUrl });
  try {
    const keyRing = openKeyRing({ keys: config.secretKeys, dataDir: config.dataDir });
    const worker = { number: line.number, metricsOfAll: line.measureAll };
    const app = createApp({ config, db, keyRing, log, version, consoleFolder, worker });
    line.measuring(app.metrics);
    await line.prepared();
    const { port, tlsPort } = await app.start();
    line.serving({ port, ...(tlsPort !== undefined && { tlsPort }) });
    log.info({ port, version, pid: process.pid }, 'serving');
    await Promise.race([endOf(log), line.stopAsked]);
    endHard(log, WITHIN_MS);
    await app.stop();
  } finally {
    await db.close();
  }
}
