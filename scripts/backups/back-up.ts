/**
 * Writes a backup: every table as it was at one instant (one REPEATABLE READ transaction), then the files that lay beside it. Files are
 * only ever added whole and removed, so the folders, read after the snapshot, hold each file that its rows name but for those that
 * were removed meanwhile. It must never hold a key of the key ring.
 */
import { createReadStream } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { AppError } from '../../src/platform/errors.ts';
import { copyOut } from '../kit/copy.ts';
import { FORMAT, type Manifest, type Writing, writeArchive } from './archive.ts';
import {
  asideIn,
  NO_HURRY,
  PLAIN_TEXT,
  partitionsIn,
  sequencesIn,
  type Table,
  tablesIn,
  tooManyLocks,
} from './catalogue.ts';

export type Folders = Readonly<Record<Manifest['files'][number]['folder'], string>>;

export type BackUp = {
  readonly connection: pg.ClientConfig;
  readonly folders: Folders;
  readonly path: string;
  readonly program: string;
  readonly keyIds: readonly string[];
  readonly now: Date;
  /** Aborted: it gives up, nothing of it stays, and the reason is thrown. */
  readonly signal?: AbortSignal;
};

/** Sequences move on outside of any transaction: read after the rows, they are never behind them. */
async function saveTables(
  client: pg.Client,
  writing: Writing,
): Promise<Omit<Manifest, 'files' | 'format' | 'created_at' | 'program' | 'key_ids'>> {
  const quoted = (name: string): string => client.escapeIdentifier(name);
  // the locks come before the snapshot, so that no partition of it is dropped before it has been read
  const before = await tablesIn(client);
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await client.query(PLAIN_TEXT);
  if (before.length > 0)
    await client.query(`LOCK TABLE ${before.map(({ name }) => quoted(name)).join(', ')} IN ACCESS SHARE MODE`);
  const { rows: versions } = await client.query<{ server_version: string }>('SHOW server_version');
  const tables: Manifest['tables'] = [];
  const save = async ({ name, columns }: Table): Promise<void> => {
    const list = columns.map(quoted).join(', ');
    const { chunks, rows } = copyOut(client, `COPY (SELECT ${list} FROM ${quoted(name)}) TO STDOUT`);
    const item = await writing.add(`tables/${tables.length + 1}`, chunks);
    tables.push({ name, columns: [...columns], rows: rows(), ...item });
  };
  for (const table of await tablesIn(client)) await save(table);
  const { rows: applied } = await client.query<{ name: string }>(
    'SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY started_at',
  );
  const rest = { partitions: await partitionsIn(client), aside: await asideIn(client) };
  await client.query('COMMIT');
  return {
    server_version: versions[0]?.server_version ?? '',
    migrations: applied.map(({ name }) => name),
    tables,
    sequences: await sequencesIn(client),
    ...rest,
  };
}

/** Whole files under names of ours; half ones (…​.part) and what somebody else put there stay out. */
const STORED = /^[a-z]{3}_[0-9A-Z]{26}\.[0-9a-f]{16}$/;

async function saveFiles(
  folders: Folders,
  writing: Writing,
  signal: AbortSignal | undefined,
): Promise<Manifest['files']> {
  const files: Manifest['files'] = [];
  for (const folder of ['uploads', 'firmware', 'exports'] as const) {
    const entries = await opendir(folders[folder]).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return undefined;
      throw cause;
    });
    if (entries === undefined) continue;
    for await (const { name } of entries) {
      if (!STORED.test(name)) continue;
      try {
        const content = createReadStream(join(folders[folder], name), { signal });
        const item = await writing.add(`files/${files.length + 1}`, content);
        files.push({ folder, name, ...item });
      } catch (cause) {
        // removed since the folder was listed; nothing of it was written yet
        if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
      }
    }
  }
  return files;
}

/** An empty database is none that somebody wants back: most likely the settings lead to another one than the server's. */
async function requireInstallation(client: pg.Client): Promise<void> {
  const { rows: found } = await client.query<{ has: boolean }>(
    `SELECT to_regclass('organizations') IS NOT NULL AS has`,
  );
  if (found[0]?.has === true && ((await client.query('SELECT FROM organizations LIMIT 1')).rowCount ?? 0) > 0) return;
  throw new AppError(
    'not_found',
    'There is no organization in this database, so there is nothing to back up: nothing was written. Are these the settings of the server (DATA_DIR, DATABASE_URL)?',
  );
}

export async function backUp(options: BackUp): Promise<Manifest> {
  const { connection, folders, path, program, keyIds, now, signal } = options;
  const client = new pg.Client({ application_name: 'dynamo-backup', connectionTimeoutMillis: 10_000, ...connection });
  client.on('error', () => undefined); // the statement in hand rejects with it
  await client.connect();
  // the statement in hand rejects with it, however long it would wait
  const cut = (): void => void client.end().catch(() => undefined);
  signal?.addEventListener('abort', cut);
  try {
    signal?.throwIfAborted();
    await client.query(NO_HURRY);
    await requireInstallation(client);
    const writing = await writeArchive(path, now);
    try {
      const saved = await saveTables(client, writing);
      const files = await saveFiles(folders, writing, signal);
      const about = { format: FORMAT, created_at: now.toISOString(), program, ...saved, files, key_ids: [...keyIds] };
      signal?.throwIfAborted();
      await writing.finish(about);
      return about;
    } catch (cause) {
      await writing.giveUp();
      throw cause;
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw tooManyLocks(cause) ?? cause;
  } finally {
    signal?.removeEventListener('abort', cut);
    await client.end().catch(() => undefined); // broken already
  }
}
