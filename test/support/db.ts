/**
 * A fresh, migrated database for a test file. Nothing to close: jest runs `afterAll` hooks in the order they were registered,
 * so a hook of ours would take the database away before what was built on it is stopped. Idle connections go by themselves
 * after a second, and the databases go with the run (global-teardown.ts).
 */
import { randomBytes } from 'node:crypto';
import { connectDatabase, type Database } from '../../src/database/index.ts';
import { quiet } from './quiet-log.ts';
import { administer, testServer, urlOfDatabase } from './server.ts';

/** An empty database without any table, for tests of the migrations themselves. */
export async function emptyDatabase(): Promise<string> {
  const { url, template } = testServer();
  const name = `${template}_${randomBytes(5).toString('hex')}`;
  await administer(url, `CREATE DATABASE ${name}`);
  return urlOfDatabase(url, name);
}

/** A clone of the template, made in some 25 ms. */
export async function testDatabase({ poolSize = 5 }: { poolSize?: number } = {}): Promise<Database> {
  const { url, template } = testServer();
  const name = `${template}_${randomBytes(5).toString('hex')}`;
  await administer(url, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
  const clone = urlOfDatabase(url, name);
  return connectDatabase({
    connection: { connectionString: clone, idleTimeoutMillis: 1_000, allowExitOnIdle: true },
    url: clone,
    poolSize,
    log: quiet,
  });
}
