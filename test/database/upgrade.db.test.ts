/**
 * An earlier version's database, full of rows, is upgraded while that version goes on writing and whoever migrates is killed again and again
 * (docs/upgrades.md). Larger: UPGRADE_BACK=50 UPGRADE_KILLS=100.
 */
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import pg from 'pg';
import { migrate, migrationStatus, migrationsFolder } from '../../src/database/index.ts';
import { readMigrations } from '../../src/database/migration-files.ts';
import { emptyDatabase } from '../support/db.ts';
import { fillEveryTable } from '../support/every-table.ts';
import { quiet } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';
import { temporaryFolder } from './processes.ts';

const all = readMigrations(migrationsFolder());
const back = Math.min(Number(process.env['UPGRADE_BACK'] ?? 8), all.length - 1);
const kills = Number(process.env['UPGRADE_KILLS'] ?? 4);

/** Columns to which a migration gives another meaning, each for a reason that stands in it. */
const REWRITTEN: Readonly<Record<string, string>> = {
  // names of groups become ids of the groups that it makes of them
  '20261126004134_authorization': 'tokens.group_id',
};
const rewritten = new Set(all.slice(all.length - back).map(({ name }) => REWRITTEN[name]));

/** The version before: the same program without its last migrations. */
function earlierVersion(): string {
  const folder = temporaryFolder('earlier');
  for (const { name } of all.slice(0, all.length - back)) {
    mkdirSync(join(folder, name));
    cpSync(join(migrationsFolder(), name), join(folder, name), { recursive: true });
  }
  return folder;
}

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined); // the statement in hand rejects with it
  await client.connect();
  return client;
}

type Sums = Readonly<Record<string, string>>;

/** Those that there are now. */
async function columnsOf(client: pg.Client, tables: readonly string[]): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const table of tables)
    found[table] = (
      await client.query<{ name: string }>(
        `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
        [table],
      )
    ).rows.flatMap(({ name }) => (rewritten.has(`${table}.${name}`) ? [] : [name]));
  return found;
}

/** Of these columns, without the rows of the writer. */
async function sumsOf(client: pg.Client, columns: Readonly<Record<string, readonly string[]>>): Promise<Sums> {
  const sums: Record<string, string> = {};
  for (const [table, names] of Object.entries(columns)) {
    const list = names.map((name) => `"${name}"`).join(', ');
    const { rows } = await client.query<{ sum: string }>(
      `SELECT count(*) || ' ' || md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) AS sum
         FROM (SELECT ${list} FROM "${table}" o WHERE NOT starts_with(o::text, '(busy')) AS t`,
    );
    sums[table] = rows[0]?.sum ?? '';
  }
  return sums;
}

/** The old version at work: what it was told is stored must be there in the end. */
function writer(url: string): { stop(): Promise<number> } {
  let isOver = false;
  const work = (async () => {
    const client = await connected(url);
    let acknowledged = 0;
    try {
      while (!isOver) {
        await client.query(`BEGIN; INSERT INTO organizations (id, name) VALUES ('busy${acknowledged}', 'x');
          INSERT INTO charge_point_sequences (charge_point_id) VALUES ('busy${acknowledged}'); COMMIT`);
        acknowledged += 1;
      }
      return acknowledged;
    } finally {
      await client.end();
    }
  })();
  work.catch(() => undefined); // told by stop()
  return {
    stop: () => {
      isOver = true;
      return work;
    },
  };
}

test(`${back} migrations on a full database, beside a writer, with ${kills} kills`, async () => {
  const url = await emptyDatabase();
  const connection = { connectionString: url };
  await migrate({ connection, folder: earlierVersion(), log: quiet });
  const client = await connected(url);
  try {
    const columns = await columnsOf(client, await fillEveryTable(client, 3));
    const before = await sumsOf(client, columns);
    expect(Object.values(before).filter((sum) => !sum.startsWith('3 '))).toEqual([]);
    const busy = writer(url);
    const upgrade = () => migrate({ connection, folder: migrationsFolder(), log: quiet });
    let killed = 0;
    const sessions = async (): Promise<number> => {
      const found = await client.query(
        `SELECT FROM pg_stat_activity WHERE application_name = 'dynamo-migrate' AND datname = current_database()`,
      );
      return found.rowCount ?? 0;
    };
    for (let round = 0; round < kills; round += 1) {
      let isOver = false;
      const run = upgrade().finally(() => {
        isOver = true;
      });
      run.catch(() => undefined); // awaited below
      await until('somebody migrates', async () => isOver || (await sessions()) > 0, { everyMs: 1 });
      await pause(Math.random() * 60);
      const { rowCount } = await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dynamo-migrate' AND datname = current_database()`,
      );
      killed += rowCount ?? 0;
      if (rowCount === 0) await run;
      else await run.catch(() => undefined); // whatever a connection says that is cut off
      // the lock of the one that was killed goes with its session
      await until('its session is gone', async () => (await sessions()) === 0);
    }
    await Promise.all([upgrade(), upgrade()]);
    const acknowledged = await busy.stop();
    const status = await migrationStatus({ connection, folder: migrationsFolder() });
    expect(status).toEqual({ applied: all.map(({ name }) => name), pending: [], failed: [], edited: [], unknown: [] });
    const once = await client.query(
      'SELECT count(*)::int AS rows, count(DISTINCT migration_name)::int AS names FROM _prisma_migrations',
    );
    expect(once.rows).toEqual([{ rows: all.length, names: all.length }]);
    expect(await sumsOf(client, columns)).toEqual(before);
    const kept = await client.query(
      `SELECT (SELECT count(*)::int FROM organizations WHERE id LIKE 'busy%') AS a, (SELECT count(*)::int FROM charge_point_sequences WHERE charge_point_id LIKE 'busy%') AS b`,
    );
    expect(kept.rows).toEqual([{ a: acknowledged, b: acknowledged }]);
    expect(acknowledged).toBeGreaterThan(0);
    if (process.env['UPGRADE_KILLS'] !== undefined)
      process.stderr.write(`${killed} of ${kills} kills met a migration; ${acknowledged} writes beside it\n`);
  } finally {
    await client.end();
  }
});

/** What the version before cannot live with, in statements of today; bodies of functions are theirs to come. */
function breaking({ sql }: { readonly sql: string }): string[] {
  const plain = sql.replaceAll(/\$\$[\s\S]*?\$\$/g, '').replaceAll(/--.*/g, '');
  const made = new Set([...plain.matchAll(/CREATE TABLE "?(\w+)"?/g)].map(([, name]) => name));
  return plain.split(';').flatMap((statement) => {
    const [, table] = /ALTER TABLE "?(\w+)"?/.exec(statement) ?? [];
    if (made.has(table)) return []; // nobody uses it yet
    const text = statement.replaceAll(/\s+/g, ' ').trim();
    const takesAway =
      /\b(DROP TABLE|DROP COLUMN|RENAME|SET DATA TYPE|SET NOT NULL)\b|ALTER COLUMN "?\w+"? TYPE\b/i.test(text);
    const demands = text
      .split(/,\s*(?=ADD COLUMN)|(?=ADD COLUMN)/)
      .some((part) => /^ADD COLUMN .*\bNOT NULL\b/.test(part) && !part.includes('DEFAULT'));
    return takesAway || demands ? [text.slice(0, 200)] : [];
  });
}

test('every migration expands; one that contracts says that the version before does without it', () => {
  const contracts = all.flatMap((migration) =>
    /^--\s*contract: \S/m.test(migration.sql) ? [] : breaking(migration).map((what) => `${migration.name}: ${what}`),
  );
  expect(contracts).toEqual([]);
  for (const sql of [
    'DROP TABLE "a";',
    'ALTER TABLE "a" DROP COLUMN "b";',
    'ALTER TABLE "a" ADD COLUMN "c" TEXT, ADD COLUMN "b" TEXT NOT NULL;',
    'ALTER TABLE "a" RENAME COLUMN "b" TO "c";',
    'ALTER TABLE "a" ALTER COLUMN "b" SET DATA TYPE BIGINT;',
  ])
    expect(breaking({ sql })).toHaveLength(1);
  for (const sql of [
    'CREATE TABLE "a" ("b" TEXT NOT NULL); ALTER TABLE "a" ALTER COLUMN "b" SET NOT NULL;',
    `ALTER TABLE "a" ADD COLUMN "b" TEXT NOT NULL DEFAULT 'x', ADD COLUMN "c" TEXT;`,
  ])
    expect(breaking({ sql })).toEqual([]);
});
