/**
 * The embedded PostgreSQL as the rest of the program sees it: one owner per data directory, started, watched, restarted
 * when it dies, stopped last. Without DATABASE_URL this is the production database, not a toy.
 */
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from '../logger.ts';
import { type Cluster, locateCluster, type Place, prepareCluster, superuser } from './cluster.ts';
import { launchServer, refuseServerElsewhere, type ServerProcess, type Settings } from './launch.ts';
import { claimOwnership, liveOwner, readPidFile, releaseOwnership, serverState } from './processes.ts';

const OWNER_TRIES = 15;
const OWNER_PAUSE_MS = 200;

export type Connection = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password?: string;
};

export type EmbeddedServer = {
  readonly connection: Connection;
  /** The same as a URL, for tools. */
  readonly url: string;
  /** Where the data really lies. */
  readonly dataDir: string;
  /** false: the server of another process that is merely used; stop() then leaves it running. */
  readonly owned: boolean;
  /** Of the server process; changes when it was restarted. */
  pid(): number;
  stop(): Promise<void>;
};

export type EmbeddedOptions = {
  readonly dataDir: string;
  readonly log: Logger;
  /** The server died and could not be brought back. */
  onFatal(why: string): void;
  /** Beyond the defaults of launch.ts. */
  readonly settings?: Settings;
};

export const databaseName = 'dynamo';
const restartsAllowed = 5;
const restartsWithinMs = 300_000;

const connectionTo = (server: { host: string; port: number }, password: string | undefined): Connection => ({
  host: server.host,
  port: server.port,
  user: superuser,
  database: databaseName,
  ...(password === undefined ? {} : { password }),
});

function urlOf({ host, port, user, database, password }: Connection): string {
  return password === undefined
    ? `postgresql://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`
    : `postgresql://${user}:${password}@${host}:${port}/${database}`;
}

async function createDatabase(connection: Connection): Promise<void> {
  const client = new pg.Client({ ...connection, database: 'postgres' });
  client.on('error', () => undefined); // the query in hand rejects with it
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [connection.database]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(connection.database)}`);
  } finally {
    await client.end();
  }
}

/** The server of a live owner on this data directory; for admin tools that run beside the app. */
function attach(cluster: Place): EmbeddedServer | undefined {
  const file = readPidFile(cluster.pgdata);
  const owner = liveOwner(cluster.ownerFile);
  if (process.platform === 'win32' || file === undefined || owner === undefined || !file.ready) return undefined;
  if (serverState(file.pid, cluster.pgdata) !== 'server') return undefined;
  const connection = connectionTo({ host: file.socketDir, port: file.port }, undefined);
  return {
    connection,
    url: urlOf(connection),
    dataDir: cluster.dataDir,
    owned: false,
    pid: () => file.pid,
    stop: () => Promise.resolve(),
  };
}

/** Uses the running server of the data directory, or else starts it for as long as the caller needs it. */
export async function useEmbeddedServer(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const place = locateCluster(options.dataDir, options.log);
  return attach(place) ?? startEmbeddedServer(options);
}

/** Throws when another live process owns the data directory. */
export async function startEmbeddedServer(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const { log, onFatal, settings = {} } = options;
  const place = locateCluster(options.dataDir, log);
  mkdirSync(place.dataDir, { recursive: true });
  // a claim would put out whoever owns it in another container, as that one looks dead from here
  if (liveOwner(place.ownerFile) === undefined) await refuseServerElsewhere(place);
  let claim = claimOwnership(place.ownerFile);
  // A process that was killed a moment ago may still be ending.
  for (let tries = 0; claim.owner !== undefined && tries < OWNER_TRIES; tries += 1) {
    await sleep(OWNER_PAUSE_MS);
    claim = claimOwnership(place.ownerFile);
  }
  if (claim.owner !== undefined) {
    throw new Error(
      `The embedded database in ${place.dataDir} is in use by process ${claim.owner}. Stop that one first; for several replicas set DATABASE_URL to a PostgreSQL server.`,
    );
  }
  const { displaced } = claim;

  let stopping = false;
  let server: ServerProcess;
  let restarting: Promise<void> = Promise.resolve();
  const deaths: number[] = [];

  const watch = (cluster: Cluster, watched: ServerProcess): void => {
    // neither promise can reject: `restart` reports through onFatal
    void watched.ended.then((ending) => {
      if (!stopping) restarting = restart(cluster, `${ending.signal ?? `exit code ${ending.code}`}`);
    });
  };

  async function restart(cluster: Cluster, ending: string): Promise<void> {
    const now = performance.now();
    deaths.push(now);
    if (deaths.filter((at) => now - at < restartsWithinMs).length > restartsAllowed) {
      onFatal(`the embedded database ended ${deaths.length} times (last: ${ending}); see ${cluster.logFile}`);
      return;
    }
    log.warn({ ending }, 'the embedded database ended unexpectedly: starting it again');
    try {
      server = await launchServer(cluster, { ...settings, port: `${server.port}` }, log);
      log.info({ pid: server.pid, ms: Math.round(performance.now() - now) }, 'the embedded database is back');
      watch(cluster, server);
    } catch (cause) {
      onFatal(`the embedded database did not start again: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }

  try {
    const cluster = prepareCluster(place, { synced: settings['fsync'] !== 'off' });
    server = await launchServer(cluster, settings, log);
    watch(cluster, server);
    const connection = connectionTo(server, cluster.password);
    let stopped: Promise<void> | undefined;
    const stop = (): Promise<void> => {
      stopped ??= (async () => {
        await restarting; // else it would come up after we have gone
        stopping = true;
        await server.stop();
        releaseOwnership(place.ownerFile);
      })();
      return stopped;
    };
    try {
      await createDatabase(connection);
    } catch (cause) {
      await stop();
      throw cause;
    }
    return { connection, url: urlOf(connection), dataDir: place.dataDir, owned: true, pid: () => server.pid, stop };
  } catch (cause) {
    stopping = true;
    releaseOwnership(place.ownerFile, displaced);
    throw cause;
  }
}
