/** A PostgreSQL of the suite's own that can be crashed and started again at will; nobody watches over it but the scenario. */
import pg from 'pg';
import { locateCluster, prepareCluster, superuser } from '../../src/database/embedded/cluster.ts';
import { launchServer, type ServerProcess, type Settings } from '../../src/database/embedded/launch.ts';
import type { Logger } from '../../src/database/logger.ts';

const nothing = (): void => undefined;
export const quiet: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const DATABASE = 'dynamo';

export type Postgres = {
  readonly url: string;
  /** The folder of its socket, for a proxy in front of it. */
  readonly socket: string;
  /** Where its files lie. */
  readonly folder: string;
  pid(): number;
  /** It takes connections, or will when it has recovered by itself. */
  isRunning(): Promise<boolean>;
  /** Immediate shutdown (SIGQUIT): nothing is written any more, the next start recovers from the log. */
  crash(): Promise<void>;
  /** Fast shutdown: every session is ended, a checkpoint is written. */
  stop(): Promise<void>;
  start(): Promise<void>;
};

export async function startPostgres(dataDir: string, settings: Settings = {}): Promise<Postgres> {
  const place = locateCluster(dataDir, quiet);
  const cluster = prepareCluster(place, { synced: false });
  let server: ServerProcess | undefined = await launchServer(cluster, settings, quiet);
  const { host, port } = server;
  const client = new pg.Client({ host, port, user: superuser, database: 'postgres' });
  await client.connect();
  await client.query(`CREATE DATABASE ${DATABASE}`);
  await client.end();
  const ended = async (): Promise<void> => {
    const last = server;
    server = undefined;
    await last?.ended;
  };
  return {
    url: `postgresql://${superuser}@localhost:${port}/${DATABASE}?host=${encodeURIComponent(host)}`,
    socket: `${host}/.s.PGSQL.${port}`,
    folder: cluster.pgdata,
    pid: () => server?.pid ?? 0,
    isRunning: async () => {
      const gone = server?.ended.then(() => false) ?? false;
      return Promise.race([gone, new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 500))]);
    },
    async crash() {
      if (server !== undefined) process.kill(server.pid, 'SIGQUIT');
      await ended();
    },
    async stop() {
      await server?.stop();
      await ended();
    },
    async start() {
      server = await launchServer(cluster, settings, quiet);
    },
  };
}
