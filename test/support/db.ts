/**
 * A fresh, migrated database for a test file. Nothing to close: jest runs `afterAll` hooks in the order they were registered,
 * so a hook of ours would take the database away before what was built on it is stopped. Idle connections go by themselves
 * after a second, and the databases with the next file of this worker, or with the run (global-teardown.ts).
 */
import { randomBytes } from 'node:crypto';
import { connectDatabase, type Database } from '../../src/database/index.ts';
import { migrate } from '../../src/database/migrate.ts';
import { migrationsFolder } from '../../src/database/migration-files.ts';
import { quiet } from './quiet-log.ts';
import { administer, testServer, urlOfDatabase } from './server.ts';

/** Of this file: a worker runs one file after another, and each has modules of its own. */
const mine = `w${process.env['JEST_WORKER_ID'] ?? '0'}_${randomBytes(3).toString('hex')}`;
let isSwept = false;

/** Its URL. */
async function createDatabase(how = ''): Promise<string> {
  const { url, template } = testServer();
  if (!isSwept) await sweep(url, template);
  isSwept = true;
  const name = `${template}_${mine}_${randomBytes(4).toString('hex')}`;
  await administer(url, `CREATE DATABASE ${name} ${how}`);
  return urlOfDatabase(url, name);
}

/** What earlier files of this worker left, unless somebody is still connected: then it is for the next file. */
async function sweep(url: string, template: string): Promise<void> {
  const [prefix] = mine.split('_');
  const left = await administer(
    url,
    `SELECT datname FROM pg_database WHERE starts_with(datname, '${template}_${prefix}_')
        AND datname NOT IN (SELECT datname FROM pg_stat_activity WHERE datname IS NOT NULL)`,
  );
  for (const { datname } of left) await administer(url, `DROP DATABASE IF EXISTS ${datname}`).catch(() => undefined);
}

/** An empty database without any table, for tests of the migrations themselves. */
export const emptyDatabase = (): Promise<string> => createDatabase();

/** A clone of the template. */
export const testDatabase = async ({ poolSize = 5 }: { poolSize?: number } = {}): Promise<Database> =>
  connectTo(await createDatabase(`TEMPLATE ${testServer().template} STRATEGY FILE_COPY`), poolSize);

/** Migrated by itself: text sorts in it as in that language (ICU), as it may in a database that others have made. */
export async function databaseOfLanguage(language: string): Promise<Database> {
  const url = await createDatabase(`LOCALE_PROVIDER icu ICU_LOCALE '${language}' TEMPLATE template0`);
  await migrate({ connection: { connectionString: url }, folder: migrationsFolder(), log: quiet });
  return connectTo(url, 5);
}

const connectTo = (url: string, poolSize: number): Database =>
  connectDatabase({
    connection: { connectionString: url, idleTimeoutMillis: 1_000, allowExitOnIdle: true },
    url,
    poolSize,
    log: quiet,
  });
