/**
 * Applies prisma/migrations with Prisma's own book-keeping (table `_prisma_migrations`, checksum, lock), so that the official
 * CLI and this runner agree about one database. Unlike the CLI: a migration and its record are one transaction, starters
 * wait for each other, and a database that is ahead of the program is a warning, so that a rolling deploy works.
 *
 * A file whose first line is `-- dynamo:no-transaction` holds one statement, which runs outside of a transaction. One that builds an index
 * (CREATE INDEX CONCURRENTLY) is run again by the next start where it was interrupted; of any other a person must say what became of it.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from './logger.ts';
import { type Migration, readMigrations } from './migration-files.ts';

/** The key that Prisma's engine takes: the two exclude each other. */
export const migrationLockKey = 72707369;

export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export type MigrationStatus = {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Begun, never finished: only files that run outside of a transaction, or the official CLI, leave such. */
  readonly failed: readonly string[];
  /** The file was changed after it was applied. */
  readonly edited: readonly string[];
  /** In the database, not in the folder: the database is newer than the program. */
  readonly unknown: readonly string[];
};

export type MigrateOptions = {
  readonly connection: pg.ClientConfig;
  readonly folder: string;
  readonly log: Logger;
  /** How long to wait for another process that is migrating. */
  readonly waitMs?: number;
  /** Longest wait for a table lock: beyond, a migration queued behind a long query would block all traffic. */
  readonly tableLockMs?: number;
};

// exactly what Prisma makes
const bookkeeping = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             TIMESTAMPTZ,
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          TIMESTAMPTZ,
    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count     INTEGER NOT NULL DEFAULT 0
)`;

type Row = { migration_name: string; checksum: string; finished_at: Date | null };

async function readStatus(client: pg.Client, migrations: readonly Migration[]): Promise<MigrationStatus> {
  const found = await client.query<{ table: string | null }>(`SELECT to_regclass('_prisma_migrations')::text AS table`);
  const rows =
    found.rows[0]?.table == null
      ? []
      : (
          await client.query<Row>(
            'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at',
          )
        ).rows;
  const recorded = new Map(rows.map((row) => [row.migration_name, row]));
  const known = new Set(migrations.map(({ name }) => name));
  const names = (select: (migration: Migration, row: Row | undefined) => boolean): string[] =>
    migrations.filter((migration) => select(migration, recorded.get(migration.name))).map(({ name }) => name);
  return {
    applied: names((_, row) => row?.finished_at != null),
    pending: names((_, row) => row === undefined),
    failed: rows.filter((row) => row.finished_at === null).map((row) => row.migration_name),
    edited: names((migration, row) => row?.finished_at != null && !migration.checksums.includes(row.checksum)),
    unknown: rows.filter((row) => !known.has(row.migration_name)).map((row) => row.migration_name),
  };
}

async function connected<T>(connection: pg.ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ application_name: 'dynamo-migrate', connectionTimeoutMillis: 10_000, ...connection });
  client.on('error', () => undefined); // the statement in hand rejects with it
  await client.connect();
  try {
    await client.query('SET client_min_messages = warning; SET statement_timeout = 0');
    return await work(client);
  } finally {
    await client.end().catch(() => undefined); // broken already: nothing to end
  }
}

export const migrationStatus = ({ connection, folder }: Pick<MigrateOptions, 'connection' | 'folder'>) =>
  connected(connection, (client) => readStatus(client, readMigrations(folder)));

/** What was begun and can be run again. */
const unfinishedIndexes = ({ failed }: MigrationStatus, migrations: readonly Migration[]): Migration[] =>
  migrations.filter(({ name, index }) => index !== undefined && failed.includes(name));

function judge(status: MigrationStatus, migrations: readonly Migration[], log: Logger): void {
  const again = new Set(unfinishedIndexes(status, migrations).map(({ name }) => name));
  const failed = status.failed.filter((name) => !again.has(name));
  if (failed.length > 0) {
    throw new MigrationError(
      `Migration ${failed.join(', ')} failed earlier and may be half applied. Repair the schema by hand, then say so: scripts/migrate resolve NAME --applied (or --rolled-back, to run it again).`,
    );
  }
  if (status.edited.length > 0)
    log.warn({ migrations: status.edited }, 'migration files changed after they were applied');
  if (status.unknown.length > 0) {
    log.warn({ migrations: status.unknown }, 'the database has newer migrations than this version of the program');
  }
}

/**
 * A session lock, by polling: a waiting pg_advisory_lock() would hold a snapshot, which blocks the CREATE INDEX
 * CONCURRENTLY of the process that migrates; a deadlock that PostgreSQL cannot see.
 */
async function lock(client: pg.Client, log: Logger, waitMs: number): Promise<void> {
  const startedAt = performance.now();
  for (let told = false; ; ) {
    const { rows } = await client.query<{ got: boolean }>('SELECT pg_try_advisory_lock($1) AS got', [migrationLockKey]);
    if (rows[0]?.got === true) return;
    if (performance.now() - startedAt > waitMs) {
      throw new MigrationError(
        'Another process holds the lock of the migrations, and for too long; see pg_stat_activity.',
      );
    }
    if (!told) log.info({}, 'another process is migrating this database: waiting');
    told = true;
    await sleep(50 + Math.random() * 100);
  }
}

/** Applies what is pending; returns the names. When there is nothing to do, two reads and no lock. */
export function migrate(options: MigrateOptions): Promise<string[]> {
  const { connection, folder, log, waitMs = 600_000 } = options;
  const migrations = readMigrations(folder);
  return connected(connection, async (client) => {
    const before = await readStatus(client, migrations);
    // "failed" may be another process at work: look again under the lock
    if (before.pending.length === 0 && before.failed.length === 0) {
      judge(before, migrations, log);
      return [];
    }
    await lock(client, log, waitMs);
    try {
      await client.query(bookkeeping);
      const status = await readStatus(client, migrations);
      judge(status, migrations, log);
      const unfinished = unfinishedIndexes(status, migrations);
      const due = migrations.filter((each) => status.pending.includes(each.name) || unfinished.includes(each));
      for (const migration of due) {
        const startedAt = performance.now();
        await apply(client, migration, options.tableLockMs ?? 30_000);
        log.info({ migration: migration.name, ms: Math.round(performance.now() - startedAt) }, 'migration applied');
      }
      return due.map(({ name }) => name);
    } finally {
      // a connection that broke has lost the lock by that
      await client.query('SELECT pg_advisory_unlock($1)', [migrationLockKey]).catch(() => undefined);
    }
  });
}

const begin =
  'INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, applied_steps_count) VALUES ($1, $2, $3, clock_timestamp(), 0)';
const finish = 'UPDATE _prisma_migrations SET finished_at = clock_timestamp(), applied_steps_count = 1 WHERE id = $1';
const textOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

function placeOf(cause: unknown, sql: string): string {
  if (!(cause instanceof pg.DatabaseError) || cause.position === undefined) return '';
  return ` at line ${[...sql].slice(0, Number(cause.position)).join('').split('\n').length}`;
}

async function apply(client: pg.Client, migration: Migration, tableLockMs: number): Promise<void> {
  if (migration.alone) return applyAlone(client, migration);
  const id = randomUUID();
  await client.query('BEGIN');
  try {
    await client.query(`SET LOCAL lock_timeout = ${Math.round(tableLockMs)}`);
    await client.query(begin, [id, migration.checksums[0], migration.name]);
    await client.query(migration.sql);
    await client.query(finish, [id]);
    const { command } = await client.query('COMMIT');
    if (command !== 'COMMIT') throw new Error('its transaction was aborted');
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => undefined); // a broken connection has rolled back by that
    throw new MigrationError(
      `Migration ${migration.name} failed${placeOf(cause, migration.sql)} and was rolled back: ${textOf(cause)}`,
      { cause },
    );
  }
}

const UNFINISHED =
  'SELECT id FROM _prisma_migrations WHERE migration_name = $1 AND finished_at IS NULL AND rolled_back_at IS NULL';
const IS_VALID = 'SELECT i.indisvalid AS valid FROM pg_index i WHERE i.indexrelid = to_regclass($1)';

async function applyAlone(client: pg.Client, migration: Migration): Promise<void> {
  const { name, sql, index } = migration;
  const { rows } = await client.query<{ id: string }>(UNFINISHED, [name]);
  const id = rows[0]?.id ?? randomUUID();
  if (rows.length === 0) await client.query(begin, [id, migration.checksums[0], name]);
  try {
    const built = index === undefined ? [] : (await client.query<{ valid: boolean }>(IS_VALID, [`"${index}"`])).rows;
    // interrupted while it was built: it serves nobody, and is kept up to date all the same
    if (built[0]?.valid === false) await client.query(`DROP INDEX CONCURRENTLY "${index}"`);
    if (built[0]?.valid !== true) await client.query(sql);
  } catch (cause) {
    // the record stays unfinished, which is what the next start looks at; the text in it is only for people
    await client
      .query('UPDATE _prisma_migrations SET logs = $2 WHERE id = $1', [id, textOf(cause)])
      .catch(() => undefined);
    throw new MigrationError(`Migration ${name} failed: ${textOf(cause)}`, { cause });
  }
  await client.query(finish, [id]);
}

/** Records by hand what became of a failed migration, like `prisma migrate resolve`. */
export async function resolveMigration(
  { connection, folder }: Pick<MigrateOptions, 'connection' | 'folder'>,
  name: string,
  as: 'applied' | 'rolled-back',
): Promise<void> {
  const migration = readMigrations(folder).find((candidate) => candidate.name === name);
  if (migration === undefined) throw new MigrationError(`There is no migration ${name} in ${folder}.`);
  await connected(connection, async (client) => {
    await client.query(bookkeeping);
    const status = await readStatus(client, [migration]);
    if (status.applied.includes(name)) throw new MigrationError(`Migration ${name} is applied already.`);
    if (as === 'rolled-back' && !status.failed.includes(name)) {
      throw new MigrationError(`Migration ${name} has not failed: there is nothing to roll back.`);
    }
    await client.query(
      'UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = $1 AND finished_at IS NULL AND rolled_back_at IS NULL',
      [name],
    );
    if (as === 'applied') {
      await client.query(
        'INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count) VALUES ($1, $2, $3, now(), now(), 0)',
        [randomUUID(), migration.checksums[0], name],
      );
    }
  });
}
