/**
 * Opens the database: the server of DATABASE_URL or the embedded one; brings its schema up to date; gives out the pool,
 * Prisma and the hot path on it. Whoever opens it closes it, last of all.
 */
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { PrismaClient } from '../generated/prisma/client.ts';
import type { Database } from './contract.ts';
import type { Settings } from './embedded/launch.ts';
import { startEmbeddedServer } from './embedded/server.ts';
import { openLine } from './line.ts';
import type { Logger } from './logger.ts';
import { migrate } from './migrate.ts';
import { migrationsFolder } from './migration-files.ts';
import { countStatements, createPool, rowsOn, transactionOn } from './pool.ts';
import { refusePoolers } from './pooler.ts';

export type OpenOptions = {
  /** DATABASE_URL; without it the embedded server runs on `dataDir`. */
  readonly url?: string | undefined;
  /** Past a connection pooler, for migrations; without it `url`. */
  readonly directUrl?: string | undefined;
  readonly dataDir: string;
  readonly poolSize?: number;
  readonly log: Logger;
  /** The embedded server died and cannot be brought back: the process should end. */
  onFatal(why: string): void;
  /** false: somebody else migrates (scripts/migrate deploy). */
  readonly migrate?: boolean;
  /** Of the embedded server, beyond its defaults. */
  readonly settings?: Settings;
};

export type OpenDatabase = Database & {
  /** Where the embedded server keeps its data, not always DATA_DIR; undefined: the server is another one. */
  readonly embeddedIn: string | undefined;
};

/**
 * Stable names for the statements of Prisma, so that the server parses and plans each once per connection. Past the limit
 * (statements with lists of every length) they stay nameless.
 */
export function statementNames(limit = 500): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= limit) return '';
    const name = `prisma_${names.size}`;
    names.set(sql, name);
    return name;
  };
}

/** The database behind a connection that is there already: what is left is the pool and Prisma. */
export function connectDatabase(options: {
  connection: pg.PoolConfig;
  url: string;
  poolSize: number;
  log: Logger;
  /** A connection pooler is in front of the server. */
  pooled?: boolean;
}): Database {
  const { connection, poolSize, log, pooled = false } = options;
  const pool = createPool({ connection, size: poolSize, log, pooled });
  const statements = countStatements(pool);
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { statementNameGenerator: statementNames() }) });
  let closed: Promise<void> | undefined;
  return {
    prisma,
    pool,
    url: options.url,
    statements,
    rows: rowsOn(pool),
    transaction: transactionOn(pool),
    close: () => {
      closed ??= (async () => {
        await prisma.$disconnect();
        await pool.end();
      })();
      return closed;
    },
  };
}

export async function openDatabase(options: OpenOptions): Promise<OpenDatabase> {
  const { url, dataDir, log, onFatal, poolSize = 10, settings = {} } = options;
  const server = url === undefined ? await startEmbeddedServer({ dataDir, log, onFatal, settings }) : undefined;
  try {
    if (url !== undefined) {
      for (const why of new Set([url, options.directUrl ?? url].map(openLine)))
        if (why !== undefined) log.warn({}, `the database at ${why}`);
      await refusePoolers({ url, directUrl: options.directUrl });
    }
    const connection = server?.connection ?? { connectionString: url };
    if (options.migrate !== false) {
      const direct = options.directUrl === undefined ? connection : { connectionString: options.directUrl };
      await migrate({ connection: direct, folder: migrationsFolder(), log });
    }
    const pooled = options.directUrl !== undefined;
    const at = server?.url ?? options.directUrl ?? url ?? '';
    const database = connectDatabase({ connection, url: at, poolSize, log, pooled });
    return {
      ...database,
      embeddedIn: server?.dataDir,
      close: async () => {
        await database.close();
        await server?.stop();
      },
    };
  } catch (cause) {
    await server?.stop();
    throw cause;
  }
}
