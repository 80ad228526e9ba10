/** The migration runner: alone, in a crowd, interrupted, and beside Prisma's own CLI. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import pg from 'pg';
import { installationRoot } from '../../src/config/installation.ts';
import { migrate, migrationStatus, resolveMigration } from '../../src/database/migrate.ts';
import { schemaDrift, writeMigration } from '../../src/database/migration-author.ts';
import { migrationsFolder } from '../../src/database/migration-files.ts';
import { emptyDatabase } from '../support/db.ts';
import { quiet } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';
import { temporaryFolder } from './processes.ts';

const root = installationRoot();

/** A folder of migrations: name to SQL. */
function migrations(files: Record<string, string>, folder = temporaryFolder('migrations')): string {
  for (const [name, sql] of Object.entries(files)) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'migration.sql'), sql);
  }
  return folder;
}

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function collect() {
  const warnings: { fields: object; message: string }[] = [];
  return { warnings, log: { ...quiet, warn: (fields: object, message: string) => warnings.push({ fields, message }) } };
}

const options = (url: string, folder: string) => ({ connection: { connectionString: url }, folder, log: quiet });
const plain = {
  '1_a': 'CREATE TABLE a (id INTEGER);',
  '2_b': 'CREATE TABLE b (id INTEGER); INSERT INTO b VALUES (1);',
};

test('eight starters at once apply each migration once, and all find it applied', async () => {
  const url = await emptyDatabase();
  const folder = migrationsFolder();
  const applied = await Promise.all(Array.from({ length: 8 }, () => migrate(options(url, folder))));
  const status = await migrationStatus(options(url, folder));
  expect(applied.flat()).toEqual([...status.applied]);
  expect(status).toMatchObject({ pending: [], failed: [], edited: [], unknown: [] });
  expect(await ask(url, 'SELECT count(*)::int AS n FROM _prisma_migrations')).toEqual([{ n: status.applied.length }]);
  expect(await migrate(options(url, folder))).toEqual([]);
});

test('a migration that fails leaves nothing behind, says where it failed, and runs once it is repaired', async () => {
  const url = await emptyDatabase();
  const folder = migrations({ ...plain, '3_c': 'CREATE TABLE c (id INTEGER);\nINSERT INTO nowhere VALUES (1);' });
  await expect(migrate(options(url, folder))).rejects.toThrow(/3_c failed at line 2 and was rolled back: .*nowhere/);
  expect(await migrationStatus(options(url, folder))).toMatchObject({
    applied: ['1_a', '2_b'],
    pending: ['3_c'],
    failed: [],
  });
  expect(await ask(url, `SELECT to_regclass('c')::text AS c`)).toEqual([{ c: null }]);
  migrations({ '3_c': 'CREATE TABLE c (id INTEGER);' }, folder);
  expect(await migrate(options(url, folder))).toEqual(['3_c']);
});

test('a migration whose process dies in the middle leaves nothing behind, and the next starter does it', async () => {
  const url = await emptyDatabase();
  const folder = migrations({ ...plain, '3_c': 'CREATE TABLE c (id INTEGER); SELECT pg_sleep(60);' });
  const first = migrate(options(url, folder));
  first.catch(() => undefined); // awaited below
  const victim = await until('it is in the middle', async () => {
    const rows = await ask(
      url,
      `SELECT pid FROM pg_stat_activity WHERE application_name = 'dynamo-migrate' AND query LIKE '%pg_sleep%' AND datname = current_database()`,
    );
    return rows[0]?.['pid'];
  });
  migrations({ '3_c': 'CREATE TABLE c (id INTEGER);' }, folder);
  const second = migrate(options(url, folder)); // waits for the lock
  await ask(url, `SELECT pg_terminate_backend(${Number(victim)})`);
  await expect(first).rejects.toThrow('3_c failed');
  expect(await second).toEqual(['3_c']);
  expect(await ask(url, 'SELECT count(*)::int AS n FROM _prisma_migrations')).toEqual([{ n: 3 }]);
});

test('a file that was changed after it was applied, and a database newer than the program, are warnings', async () => {
  const url = await emptyDatabase();
  const folder = migrations(plain);
  await migrate(options(url, folder));
  const { warnings, log } = collect();
  const windows = migrations({ '1_a': plain['1_a'], '2_b': plain['2_b'].replaceAll('\n', '\r\n') });
  await migrate({ ...options(url, windows), log });
  expect(warnings).toEqual([]);
  const other = migrations({ '1_a': `${plain['1_a']} -- changed` });
  expect(await migrate({ ...options(url, other), log })).toEqual([]);
  expect(warnings.map(({ fields }) => fields)).toEqual([{ migrations: ['1_a'] }, { migrations: ['2_b'] }]);
});

test('a migration that waits too long for a table gives up, so that traffic does not queue behind it', async () => {
  const url = await emptyDatabase();
  const folder = migrations(plain);
  await migrate(options(url, folder));
  const reader = new pg.Client({ connectionString: url });
  await reader.connect();
  await reader.query('BEGIN; SELECT * FROM a');
  migrations({ '3_c': 'ALTER TABLE a ADD COLUMN more TEXT;' }, folder);
  await expect(migrate({ ...options(url, folder), tableLockMs: 100 })).rejects.toThrow('lock timeout');
  await reader.query('COMMIT');
  await reader.end();
  expect(await migrate(options(url, folder))).toEqual(['3_c']);
});

const VALID = `SELECT indisvalid FROM pg_index WHERE indexrelid = 'b_id'::regclass`;
const concurrently = '-- dynamo:no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY b_id ON b (id);';

test('a statement that no transaction can hold runs alone, also with others waiting', async () => {
  const url = await emptyDatabase();
  const folder = migrations({ ...plain, '3_index': concurrently });
  const applied = await Promise.all([1, 2, 3].map(() => migrate(options(url, folder))));
  expect(applied.flat()).toEqual(['1_a', '2_b', '3_index']);
  expect(await ask(url, VALID)).toEqual([{ indisvalid: true }]);
});

test('an index whose building was interrupted is built by the next start, and one that was built is not built again', async () => {
  const url = await emptyDatabase();
  const duplicates = 'CREATE TABLE b (id INTEGER); INSERT INTO b VALUES (1), (1);';
  const folder = migrations({ '1_b': duplicates, '2_index': concurrently });
  // as after a kill in the middle: an index that is invalid, and a record that is not finished
  await expect(migrate(options(url, folder))).rejects.toThrow(/2_index failed: .*could not create unique index/);
  await expect(migrate(options(url, folder))).rejects.toThrow(/2_index failed: .*could not create unique index/);
  await ask(url, 'DELETE FROM b');
  expect(await migrate(options(url, folder))).toEqual(['2_index']);
  expect(await ask(url, VALID)).toEqual([{ indisvalid: true }]);
  // as after a kill between the index and its record
  await ask(url, `UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '2_index'`);
  const [before] = await ask(url, `SELECT 'b_id'::regclass::oid::int AS oid`);
  expect(await migrate(options(url, folder))).toEqual(['2_index']);
  expect(await ask(url, `SELECT 'b_id'::regclass::oid::int AS oid`)).toEqual([before]);
  expect(await ask(url, 'SELECT count(*)::int AS n FROM _prisma_migrations')).toEqual([{ n: 2 }]);
  expect(await migrate(options(url, folder))).toEqual([]);
});

test('when another such statement fails, nothing goes on until a person has said what became of it', async () => {
  const url = await emptyDatabase();
  const folder = migrations({ '1_b': plain['2_b'], '2_alone': '-- dynamo:no-transaction\nVACUUM c;' });
  await expect(migrate(options(url, folder))).rejects.toThrow(/2_alone failed: .*"c" does not exist/);
  await expect(migrate(options(url, folder))).rejects.toThrow(/half applied.*scripts\/migrate resolve/);
  await expect(resolveMigration(options(url, folder), '1_b', 'applied')).rejects.toThrow('applied already');
  await expect(resolveMigration(options(url, folder), '3_x', 'applied')).rejects.toThrow('no migration');
  await ask(url, 'CREATE TABLE c ()');
  await resolveMigration(options(url, folder), '2_alone', 'rolled-back');
  expect(await migrate(options(url, folder))).toEqual(['2_alone']);

  const again = await emptyDatabase();
  await expect(migrate(options(again, folder))).rejects.toThrow('2_alone failed');
  await resolveMigration(options(again, folder), '2_alone', 'applied');
  expect(await migrationStatus(options(again, folder))).toMatchObject({ applied: ['1_b', '2_alone'], failed: [] });
});

/** Prisma's own CLI through our stand-in for its engine. */
async function prisma(...args: string[]): Promise<{ code: number; output: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(root, 'scripts/prisma.mjs'), ...args]);
    return { code: 0, output: stdout + stderr };
  } catch (cause) {
    const { code, stdout, stderr } = cause as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

test('Prisma’s own CLI agrees with what the runner did, and the runner with what the CLI did', async () => {
  const [ours, theirs] = [await emptyDatabase(), await emptyDatabase()];
  await migrate(options(ours, migrationsFolder()));
  const [status, deploy] = await Promise.all([
    prisma(`--server=${ours}`, 'migrate', 'status'),
    prisma(`--server=${theirs}`, 'migrate', 'deploy'),
  ]);
  expect(status).toEqual({ code: 0, output: expect.stringContaining('Database schema is up to date') });
  expect(deploy).toEqual({ code: 0, output: expect.stringContaining('successfully applied') });
  const { warnings, log } = collect();
  expect(await migrate({ ...options(theirs, migrationsFolder()), log })).toEqual([]);
  expect(warnings).toEqual([]);
  const columns = `SELECT table_name, column_name, data_type, column_default FROM information_schema.columns
    WHERE table_schema = 'public' ORDER BY 1, 2`;
  expect(await ask(theirs, columns)).toEqual(await ask(ours, columns));
});

test('schema and migrations describe the same database', async () => {
  expect(schemaDrift({ server: await emptyDatabase() })).toBeUndefined();
});

test('a column that only the schema knows is drift, and `new` writes it as a migration that closes the gap', async () => {
  const copy = temporaryFolder('drift');
  for (const part of ['prisma', 'scripts', '.config', 'package.json']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const schema = join(copy, 'prisma', 'schema.prisma');
  writeFileSync(schema, readFileSync(schema, 'utf8').replace('model Site {', 'model Site {\n  floor Int?'));
  const server = await emptyDatabase();
  const sql = schemaDrift({ root: copy, server });
  expect(sql).toMatch(/ALTER TABLE "sites" ADD COLUMN +"floor" INTEGER;/);
  const path = writeMigration(sql ?? '', 'Add the floor!', { root: copy, now: new Date('2030-01-02T03:04:05Z') });
  expect(path).toBe(join(copy, 'prisma/migrations/20300102030405_add_the_floor/migration.sql'));
  expect(schemaDrift({ root: copy, server })).toBeUndefined();

  // a clock behind that of the last author does not put the new one before it
  const next = writeMigration('SELECT 1;\n', 'next', { root: copy, now: new Date('2029-01-01T00:00:00Z') });
  expect(next).toContain('/20300102030406_next/');
  writeFileSync(schema, `${readFileSync(schema, 'utf8')}\nmodel Broken {`);
  expect(() => schemaDrift({ root: copy, server })).toThrow(/could not be compared: .*Broken|P1012/s);
});
