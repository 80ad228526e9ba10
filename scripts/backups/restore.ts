/**
 * Brings a backup back, all or nothing: the archive is verified to its last byte before anything is written, and the database
 * changes in one transaction. Into an empty database, or one that a person has given up by name; never under a running server, and
 * never from a backup that is newer than the program.
 */
import { createHash } from 'node:crypto';
import { lchown, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import type { Migration } from '../../src/database/migration-files.ts';
import { AppError } from '../../src/platform/errors.ts';
import { ownerIn } from '../../src/platform/owner-in.ts';
import { copyIn } from '../kit/copy.ts';
import { itemsOf, type Manifest, verifyArchive } from './archive.ts';
import type { Folders } from './back-up.ts';
import {
  foreignKeysIn,
  liveProcessesIn,
  NO_HURRY,
  objectsIn,
  PLAIN_TEXT,
  partitionsIn,
  sequencesIn,
  tablesIn,
  tooManyLocks,
} from './catalogue.ts';
import { Damaged } from './tar.ts';

export type Restore = {
  readonly connection: pg.ClientConfig;
  readonly folders: Folders;
  readonly path: string;
  /** Of this program. */
  readonly migrations: readonly Migration[];
  /** Name of the database whose content is given up. */
  readonly replace: string | undefined;
};
export type Restored = {
  readonly about: Manifest;
  /** Tables, partitions and sequences of the backup that no migration makes: somebody else's, left out. */
  readonly foreign: readonly string[];
};

const refuse = (message: string): AppError => new AppError('conflict', message);

/** Throws unless it is whole and this program knows all that it has seen. */
export async function judgeArchive(path: string, migrations: readonly Migration[]): Promise<Manifest> {
  const about = await verifyArchive(path).catch((cause: unknown) => {
    if (cause instanceof Damaged)
      throw refuse(`${path} is damaged or no backup: ${cause.message}. Nothing was written.`);
    throw cause;
  });
  const known = new Set(migrations.map(({ name }) => name));
  const newer = about.migrations.filter((name) => !known.has(name));
  if (newer.length > 0)
    throw refuse(
      `${path} comes from a newer version (${about.program}): this one does not know the migration ${newer[0]}. Install that version and restore with it. Nothing was written.`,
    );
  return about;
}

async function requireRoom(client: pg.Client, replace: string | undefined): Promise<void> {
  const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
  const name = rows[0]?.name ?? '';
  if (replace !== undefined && replace !== name)
    throw refuse(`The database is called ${name}, not ${replace}. Nothing was written.`);
  if ((await objectsIn(client)) === 0) return;
  if (replace === undefined)
    throw refuse(
      `The database ${name} is not empty. Restore into a new one, or give up all that is in it: --replace ${name}. Nothing was written.`,
    );
  const [one] = await liveProcessesIn(client);
  if (one !== undefined)
    throw refuse(
      `The server runs on this database (process ${one.pid} on ${one.host}). Stop it, wait a minute if it was killed, then restore. Nothing was written.`,
    );
}

/** In the backup's order; what is said to run outside of a transaction may run inside of one where nobody else is. */
async function makeTables(client: pg.Client, about: Manifest, migrations: readonly Migration[]): Promise<void> {
  const byName = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const name of about.migrations) {
    const { sql = '', alone = false } = byName.get(name) ?? {};
    await client.query(alone ? sql.replaceAll(/\bCONCURRENTLY\b/gi, '') : sql);
  }
  const quoted = (name: string): string => client.escapeIdentifier(name);
  const there = new Set((await partitionsIn(client)).map(({ name }) => name));
  // a migration may make partitions of the time at which it runs
  for (const name of there)
    if (!about.partitions.some((each) => each.name === name)) await client.query(`DROP TABLE ${quoted(name)}`);
  const ours = new Set((await tablesIn(client)).map(({ name }) => name));
  for (const { name, parent, bound, options } of about.partitions) {
    if (there.has(name) || !ours.has(parent)) continue;
    if (
      !/^(DEFAULT|FOR VALUES FROM \('[^']*'\) TO \('[^']*'\))$/.test(bound) ||
      options.some((each) => !/^\w+=[\w.-]+$/.test(each))
    )
      throw refuse(`The partition ${name} of the backup cannot be made again. Nothing was written.`);
    const storage = options.length === 0 ? '' : ` WITH (${options.join(', ')})`;
    await client.query(`CREATE TABLE ${quoted(name)} PARTITION OF ${quoted(parent)} ${bound}${storage}`);
  }
  for (const { name, parent } of about.aside)
    if (ours.has(parent)) await client.query(`CREATE TABLE ${quoted(name)} (LIKE ${quoted(parent)} INCLUDING ALL)`);
}

const bookkeeping = `CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ, started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

async function emptySchema(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>('SELECT current_schema() AS name');
  const name = client.escapeIdentifier(rows[0]?.name ?? 'public');
  if ((await objectsIn(client)) > 0) await client.query(`DROP SCHEMA ${name} CASCADE; CREATE SCHEMA ${name}`);
  await client.query(bookkeeping);
}

async function fill(client: pg.Client, { path, folders }: Restore, about: Manifest): Promise<readonly string[]> {
  const quoted = (name: string): string => client.escapeIdentifier(name);
  const keys = await foreignKeysIn(client);
  for (const { name, table } of keys)
    await client.query(`ALTER TABLE ${quoted(table)} DROP CONSTRAINT ${quoted(name)}`);
  const known = new Map((await tablesIn(client)).map((table) => [table.name, table]));
  // a migration may fill tables: what counts is the backup
  if (known.size > 0) await client.query(`TRUNCATE ${[...known.keys()].map(quoted).join(', ')}`);
  // what triggers would write is in the backup
  const triggered = await triggeredTables(client);
  for (const table of triggered) await client.query(`ALTER TABLE ${quoted(table)} DISABLE TRIGGER USER`);
  const tables = new Map(about.tables.map((table) => [table.place, table]));
  const files = new Map(about.files.map((file) => [file.place, file]));
  for await (const { place, content } of itemsOf(path)) {
    const table = tables.get(place);
    const file = files.get(place);
    if (file !== undefined) await writeFile(folders[file.folder], file, content);
    if (table === undefined || !known.has(table.name)) continue;
    const list = table.columns.map(quoted).join(', ');
    const rows = await copyIn(client, `COPY ${quoted(table.name)} (${list}) FROM STDIN`, content);
    if (rows !== table.rows) throw refuse(`${table.name} took ${rows} rows of ${table.rows}. Nothing was changed.`);
  }
  const sequences = new Set((await sequencesIn(client)).map(({ name }) => name));
  for (const { name, last_value, is_called } of about.sequences.filter((each) => sequences.has(each.name)))
    await client.query('SELECT setval($1::regclass, $2::bigint, $3)', [quoted(name), last_value, is_called]);
  for (const table of triggered) await client.query(`ALTER TABLE ${quoted(table)} ENABLE TRIGGER USER`);
  for (const { name, table, definition } of keys)
    await client.query(`ALTER TABLE ${quoted(table)} ADD CONSTRAINT ${quoted(name)} ${definition}`);
  const foreign = [
    ...about.tables.filter(({ name }) => !known.has(name)),
    ...about.partitions.filter(({ parent }) => !known.has(parent)),
    ...about.sequences.filter(({ name }) => !sequences.has(name)),
  ];
  return foreign.map(({ name }) => name);
}

async function triggeredTables(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT DISTINCT c.relname AS name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
      WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace`,
  );
  return rows.map(({ name }) => name);
}

/** What is made of it belongs to whom the folder above belongs. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return; // it was there
  const owner = ownerIn(dirname(first));
  if (owner === undefined) return;
  for (let made = folder; ; made = dirname(made)) {
    await lchown(made, owner.uid, owner.gid);
    if (made === first) return;
  }
}

/** Names carry 64 random bits: a file of that name is this file. Written beside and renamed, like those that chargers send. */
async function writeFile(
  folder: string,
  { name, sha256 }: Manifest['files'][number],
  content: AsyncIterable<Buffer>,
): Promise<void> {
  await makeFolder(folder);
  const hash = createHash('sha256');
  const part = join(folder, `${name}.part`);
  const measured = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of content) {
      hash.update(chunk);
      yield chunk;
    }
  };
  try {
    await rm(part, { force: true });
    const file = await open(part, 'wx', 0o600);
    const owner = ownerIn(folder);
    if (owner !== undefined) await file.chown(owner.uid, owner.gid);
    await pipeline(Readable.from(measured()), file.createWriteStream({ flush: true }));
    if (hash.digest('hex') !== sha256) throw new Damaged(`${name} changed while it was read`);
    await rename(part, join(folder, name));
  } catch (cause) {
    await rm(part, { force: true });
    throw cause;
  }
}

export async function restore(options: Restore): Promise<Restored> {
  const about = await judgeArchive(options.path, options.migrations);
  const client = new pg.Client({
    application_name: 'dynamo-restore',
    connectionTimeoutMillis: 10_000,
    ...options.connection,
  });
  client.on('error', () => undefined); // the statement in hand rejects with it
  await client.connect();
  try {
    await client.query(`SET client_min_messages = warning; ${NO_HURRY}`);
    await requireRoom(client, options.replace);
    await client.query('BEGIN');
    await client.query(PLAIN_TEXT);
    await emptySchema(client);
    await makeTables(client, about, options.migrations);
    const foreign = await fill(client, options, about);
    const { command } = await client.query('COMMIT');
    if (command !== 'COMMIT') throw new Error('The transaction was aborted. Nothing was changed.');
    await client.query('ANALYZE');
    return { about, foreign };
  } catch (cause) {
    throw tooManyLocks(cause, ', or restore into a new, empty database') ?? cause;
  } finally {
    // without COMMIT the server takes it all back
    await client.end().catch(() => undefined);
  }
}
