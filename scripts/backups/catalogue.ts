/** What PostgreSQL says of the tables of an installation. All of it is asked in the schema that the connection works in. */
import pg from 'pg';
import { AppError } from '../../src/platform/errors.ts';
import type { Manifest } from './archive.ts';

type Named = { readonly name: string };
export type Table = { readonly name: string; readonly columns: readonly string[] };

const TABLES = `SELECT c.relname AS name,
       ARRAY(SELECT a.attname::text FROM pg_attribute a
              WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum) AS columns
  FROM pg_class c
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
 ORDER BY c.relname`;

const PARTITIONS = `SELECT c.relname AS name, p.relname AS parent, pg_get_expr(c.relpartbound, c.oid) AS bound,
       coalesce(c.reloptions, '{}') AS options
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relispartition AND c.relkind = 'r'
 ORDER BY c.relname`;

const ASIDE = `SELECT c.relname AS name, p.relname AS parent
  FROM pg_class c JOIN pg_class p ON p.relnamespace = c.relnamespace AND c.relname = p.relname || '_overflow' AND p.relkind = 'p'
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND NOT c.relispartition
 ORDER BY c.relname`;

const SEQUENCES = `SELECT c.relname AS name FROM pg_class c
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'S' ORDER BY c.relname`;

const FOREIGN_KEYS = `SELECT c.conname AS name, t.relname AS table, pg_get_constraintdef(c.oid) AS definition
  FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
 WHERE c.contype = 'f' AND c.conparentid = 0 AND t.relnamespace = current_schema()::regnamespace
 ORDER BY t.relname, c.conname`;

const OBJECTS = `SELECT count(*)::int AS count FROM pg_class c
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'S', 'v', 'm')`;

const rowsOf = async <Row extends object>(client: pg.Client, sql: string): Promise<Row[]> =>
  (await client.query<Row>(sql)).rows;

export const tablesIn = (client: pg.Client): Promise<Table[]> => rowsOf<Table>(client, TABLES);
export const partitionsIn = (client: pg.Client): Promise<Manifest['partitions']> => rowsOf(client, PARTITIONS);
export const asideIn = (client: pg.Client): Promise<Manifest['aside']> => rowsOf(client, ASIDE);
export const foreignKeysIn = (client: pg.Client): Promise<(Named & { table: string; definition: string })[]> =>
  rowsOf(client, FOREIGN_KEYS);
export const objectsIn = async (client: pg.Client): Promise<number> =>
  (await rowsOf<{ count: number }>(client, OBJECTS))[0]?.count ?? 0;

export async function sequencesIn(client: pg.Client): Promise<Manifest['sequences']> {
  const found: Manifest['sequences'] = [];
  for (const { name } of await rowsOf<Named>(client, SEQUENCES))
    found.push({
      name,
      ...(
        await rowsOf<{ last_value: string; is_called: boolean }>(
          client,
          `SELECT last_value::text, is_called FROM ${client.escapeIdentifier(name)}`,
        )
      )[0]!,
    }); // a sequence is always one row
  return found;
}

/** Processes of the server that gave a sign of life within the last half minute. */
export async function liveProcessesIn(client: pg.Client): Promise<{ host: string; pid: number }[]> {
  const [has] = await rowsOf<{ nodes: boolean }>(client, `SELECT to_regclass('nodes') IS NOT NULL AS nodes`);
  if (has?.nodes !== true) return [];
  return rowsOf(
    client,
    `SELECT host, pid FROM nodes WHERE stopped_at IS NULL AND seen_at > now() - interval '30 seconds'`,
  );
}

/** What a server may end by the clock is no measure of how long all of its data takes, or a disk between two tables: of the whole session. */
export const NO_HURRY = 'SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0';

/** Text that any version reads the same, whatever the role's own settings are. */
export const PLAIN_TEXT = `SET LOCAL client_encoding = 'UTF8'; SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'postgres';
  SET LOCAL timezone = 'UTC'; SET LOCAL extra_float_digits = 3; SET LOCAL bytea_output = 'hex'`;

/** Each partition and each of its indexes takes a lock; there are max_locks_per_transaction × max_connections of them. undefined: another fault. */
export function tooManyLocks(cause: unknown, otherwise = ''): AppError | undefined {
  if (!(cause instanceof pg.DatabaseError) || cause.code !== '53200') return undefined;
  return new AppError(
    'conflict',
    `PostgreSQL ran out of shared memory for locks (${cause.message}). Raise max_locks_per_transaction of that server (1024 or more) and restart it${otherwise}. Nothing was changed.`,
    { cause },
  );
}
