/** A database as the version before left it: its schema without the last migrations, and in it what a whole server has written. */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate, migrationsFolder } from '../../../src/database/index.ts';
import { readMigrations } from '../../../src/database/migration-files.ts';
import { emptyDatabase } from '../../support/db.ts';
import { quiet } from '../../support/quiet-log.ts';

const COLUMNS = `SELECT t.relname AS table, array_agg(a.attname ORDER BY a.attnum)::text[] AS columns
  FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
 WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind = 'r' AND NOT t.relispartition AND t.relname <> '_prisma_migrations'
 GROUP BY t.relname`;
type Table = { readonly table: string; readonly columns: readonly string[] };

/** Rows of all tables but the partitioned ones (frames, samples, readings by time), in the columns that there were. Returns its URL. */
export async function versionBefore(urlOfNow: string, migrationsBack: number): Promise<string> {
  const url = await emptyDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'dynamo-before-'));
  const all = readMigrations(migrationsFolder());
  for (const { name } of all.slice(0, all.length - migrationsBack)) {
    mkdirSync(join(folder, name));
    cpSync(join(migrationsFolder(), name), join(folder, name), { recursive: true });
  }
  await migrate({ connection: { connectionString: url }, folder, log: quiet });
  rmSync(folder, { recursive: true });
  const [now, before] = [new pg.Client(urlOfNow), new pg.Client(url)];
  await Promise.all([now.connect(), before.connect()]);
  try {
    const known = new Map((await now.query<Table>(COLUMNS)).rows.map(({ table, columns }) => [table, columns]));
    // Keys to other tables are not looked at: each table comes whole, in any order.
    await before.query('SET session_replication_role = replica');
    for (const { table, columns } of (await before.query<Table>(COLUMNS)).rows) {
      const both = columns.filter((column) => known.get(table)?.includes(column)).map((column) => `"${column}"`);
      const list = both.join(', ');
      const { rows } = await now.query<{ all: string }>(
        `SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]')::text AS all FROM "${table}" t`,
      );
      await before.query(`DELETE FROM "${table}"`); // what migrations put there comes with the rest
      await before.query(
        `INSERT INTO "${table}" (${list}) OVERRIDING SYSTEM VALUE
         SELECT ${list} FROM jsonb_populate_recordset(NULL::"${table}", $1::jsonb)`,
        [rows[0]?.all],
      );
    }
    const sequences = await now.query<{ name: string; last: string }>(
      `SELECT sequencename AS name, last_value AS last FROM pg_sequences WHERE schemaname = current_schema() AND last_value IS NOT NULL`,
    );
    for (const { name, last } of sequences.rows)
      await before.query(`SELECT setval(c.oid, $2::int8) FROM pg_class c WHERE c.relname = $1 AND c.relkind = 'S'`, [
        name,
        last,
      ]);
    return url;
  } finally {
    await Promise.all([now.end(), before.end()]);
  }
}
