/** Starts the server: configuration → database → first organization → app → listen. Ends it in the opposite order. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApp } from './app.ts';
import { type Bootstrapped, createPasswords, ensureFirstOrganization } from './auth/index.ts';
import { ConfigError, installationRoot, loadConfig } from './config/index.ts';
import { openDatabase } from './database/index.ts';
import { systemClock } from './platform/clock.ts';
import { openKeyRing, warnOfLostKeys } from './secrets/index.ts';
import { createLogger } from './telemetry/index.ts';

async function main(): Promise<void> {
  const root = installationRoot();
  const config = loadConfig(process.env, root);
  const log = createLogger({ level: config.logLevel });
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const db = await openDatabase({
    ...config.database,
    dataDir: config.dataDir,
    log,
    onFatal: (why) => {
      log.error({ why }, 'the database is lost: the process ends');
      process.exit(1);
    },
  });
  try {
    const keyRing = openKeyRing({ keys: config.secretKeys, dataDir: config.dataDir });
    await warnOfLostKeys({ db, keyRing, log });
    const first = await ensureFirstOrganization({
      db,
      config: config.bootstrap,
      peppers: keyRing.peppers('api-key'),
      passwords: createPasswords(),
      clock: systemClock,
    });
    // At once: whatever happens after this, these were seen. They cannot be read again.
    if (first.created) console.log(credentials(first));
    const app = createApp({ config, db, keyRing, log, version });
    const { port, tlsPort } = await app.start();
    const url = config.http.publicUrl ?? `http://localhost:${port}`;
    console.log(
      greeting({
        url,
        version,
        tlsPort,
        where: db.embedded ? `embedded PostgreSQL in ${config.dataDir}` : 'PostgreSQL of DATABASE_URL',
      }),
    );
    log.info({ port, version }, 'serving');
    await endOf(log);
    await app.stop();
  } finally {
    await db.close();
  }
}

/**
 * Resolves at the first SIGTERM or SIGINT; one more ends the process where it stands, which loses nothing either. What comes
 * within the same second is the same one: for one Ctrl-C the terminal and npm each send a signal.
 */
function endOf(log: { info(fields: object, message: string): void }): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    const asked = (signal: NodeJS.Signals): void => {
      if (askedAt !== undefined) {
        if (performance.now() - askedAt > 1_000) process.exit(1);
        return;
      }
      askedAt = performance.now();
      log.info({ signal }, 'stopping: nobody new is let in, what is in hand is finished');
      resolve();
    };
    process.on('SIGTERM', asked);
    process.on('SIGINT', asked);
  });
}

function credentials(first: Extract<Bootstrapped, { created: true }>): string {
  const lines = ['', `Organization "${first.organizationName}" was created. What follows is shown this once:`];
  lines.push(`  owner      ${first.email}`);
  if (first.generatedPassword !== undefined) lines.push(`  password   ${first.generatedPassword}`);
  if (first.generatedApiKey !== undefined) lines.push(`  API key    ${first.generatedApiKey}`);
  return lines.join('\n');
}

function greeting(of: { url: string; version: string; tlsPort: number | undefined; where: string }): string {
  const ws = of.url.replace(/^http/, 'ws');
  const wss = `wss://${new URL(of.url).hostname}:${of.tlsPort}`;
  const lines = [
    '',
    `Dynamo CSMS ${of.version} is running.`,
    `  chargers   ${ws}/ocpp/{identity}   OCPP 1.6J, 2.0.1, 2.1`,
    ...(of.tlsPort === undefined ? [] : [`             ${wss}/ocpp/{identity}   security profiles 2 and 3`]),
    `  REST       ${of.url}/api/v1   documentation: ${of.url}/docs`,
    `  health     ${of.url}/readyz   metrics: ${of.url}/metrics`,
    `  database   ${of.where}`,
  ];
  return `${lines.join('\n')}\n`;
}

main().then(
  () => process.exit(0),
  (cause: unknown) => {
    const code = (cause as { code?: unknown } | undefined)?.code;
    if (cause instanceof ConfigError) console.error(`The configuration is not usable:\n${cause.message}`);
    else if (code === 'EADDRINUSE' || code === 'EACCES') {
      const why = code === 'EACCES' ? 'may not be opened by this user' : 'is used by another program';
      console.error(`Dynamo CSMS could not start: its port ${why}. Choose another one with PORT. (${String(cause)})`);
    } else console.error(cause instanceof Error ? `Dynamo CSMS could not start: ${cause.message}` : cause);
    process.exit(1);
  },
);
