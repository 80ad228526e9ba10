/** scripts/backup and scripts/restore: what comes back is what was there, and what is damaged changes nothing. */
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { backUp } from '../../scripts/backups/back-up.ts';
import { restore } from '../../scripts/backups/restore.ts';
import { useEmbeddedServer } from '../../src/database/embedded/server.ts';
import { maintainPartitions, migrationsFolder } from '../../src/database/index.ts';
import { readMigrations } from '../../src/database/migration-files.ts';
import { installation, isRoot, nobody, run, temporaryFolder } from '../database/processes.ts';
import { emptyDatabase, testDatabase } from '../support/db.ts';
import { contentOf, fillEveryTable } from '../support/every-table.ts';
import { quiet } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';

const folder = temporaryFolder('backup');
const foldersIn = (name: string) => ({
  uploads: join(folder, name, 'uploads'),
  firmware: join(folder, name, 'firmware'),
  exports: join(folder, name, 'exports'),
});
const FILE = 'upl_01J00000000000000000000000.0123456789abcdef';
const LARGE = Buffer.alloc(9 * 1_048_576 + 17, 'a firmware image of more than two parts ');
const migrations = readMigrations(migrationsFolder());
const db = await testDatabase();
const source = { connectionString: db.url };
const path = join(folder, 'whole.tar.gz');
let before: Record<string, string> = {};

async function on<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
const into = (url: string, from = path, more: object = {}) =>
  restore({
    connection: { connectionString: url },
    folders: foldersIn('restored'),
    path: from,
    migrations,
    replace: undefined,
    ...more,
  });
const nameIn = (url: string): string => new URL(url).pathname.slice(1);

beforeAll(async () => {
  const now = new Date();
  await maintainPartitions(db, { now, meterMonths: 0, statusMonths: 0, frameDays: 0 });
  await on(db.url, async (client) => {
    const tables = await fillEveryTable(client, 3);
    expect(tables.length).toBeGreaterThan(90);
    // as a server leaves it that made no partitions for long
    await client.query(
      `INSERT INTO frames SELECT f.* FROM frames f LIMIT 0; SELECT put_default_partition_aside('frames')`,
    );
    await client.query(`INSERT INTO frames_overflow SELECT * FROM frames LIMIT 2`);
    await client.query(`UPDATE nodes SET stopped_at = now(), seen_at = now() - interval '1 hour'`);
    before = await contentOf(client);
    const kinds = Array.from({ length: 300 }, (_, number) => `'kind ${number}'`).join(', ');
    await client.query(`CREATE TABLE somebody_elses (id SERIAL); INSERT INTO somebody_elses VALUES (DEFAULT);
      CREATE TABLE somebody_elses_log (kind TEXT) PARTITION BY LIST (kind);
      CREATE TABLE somebody_elses_part PARTITION OF somebody_elses_log FOR VALUES IN (${kinds});
      INSERT INTO somebody_elses_log VALUES ('kind 7'); CREATE TABLE somebody_elses_log_overflow (kind TEXT)`);
  });
  const { uploads, firmware } = foldersIn('data');
  for (const each of [uploads, firmware]) mkdirSync(each, { recursive: true });
  writeFileSync(join(uploads, FILE), 'a log of a charger\n');
  writeFileSync(join(uploads, `${FILE}.part`), 'half of one');
  writeFileSync(join(uploads, 'somebody-elses.txt'), 'not ours');
  writeFileSync(join(firmware, FILE.replace('upl', 'fwi')), LARGE);
  const made = { connection: source, folders: foldersIn('data'), path, program: 'dynamo-csms 0', keyIds: ['k1'], now };
  await backUp(made);
});

/** What was put aside keeps the names of its indexes; made anew, it has its own. */
const namesAside = (content: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(content).map(([name, text]) => [
      name,
      text
        .replaceAll(/frames_(default|overflow)_pkey1?/g, 'its_pkey')
        .split('\n')
        .sort()
        .join('\n'),
    ]),
  );

test('every table, partition, sequence and file is as it was', async () => {
  const url = await emptyDatabase();
  const home = join(folder, 'restored');
  mkdirSync(home);
  if (isRoot) chownSync(home, nobody.uid, nobody.gid);
  const { about, foreign } = await into(url);
  const tables = ['somebody_elses', 'somebody_elses_log', 'somebody_elses_log_overflow'];
  expect(foreign).toEqual([...tables, 'somebody_elses_part', 'somebody_elses_id_seq']);
  expect(about.key_ids).toEqual(['k1']);
  const after = await on(url, contentOf);
  expect(namesAside(after)).toEqual(namesAside(before));
  expect(before['frames_overflow']).toMatch(/^2 rows /);
  const { uploads, firmware } = foldersIn('restored');
  expect(readdirSync(uploads)).toEqual([FILE]);
  expect(readFileSync(join(uploads, FILE), 'utf8')).toBe('a log of a charger\n');
  expect(readFileSync(join(firmware, FILE.replace('upl', 'fwi'))).equals(LARGE)).toBe(true);
  // what root restores is for whom the folder belongs to
  for (const made of [uploads, join(uploads, FILE)]) expect(statSync(made).uid).toBe(statSync(home).uid);
  // nobody can log in as somebody else, and no key is in it
  expect(about.files.map(({ folder: where }) => where)).toEqual(['uploads', 'firmware']);
});

test.each([
  ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 400)],
  ['one bit of it turned', (bytes: Buffer) => turned(bytes, Math.floor(bytes.length / 2))],
  ['its last byte turned', (bytes: Buffer) => turned(bytes, bytes.length - 6)],
  ['something behind it', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('more')])],
  ['empty', () => Buffer.alloc(0)],
  ['no archive at all', () => Buffer.from('CREATE TABLE users (id INTEGER);')],
])('a backup that is damaged (%s) changes nothing', async (_name, damage) => {
  const url = await emptyDatabase();
  const damaged = join(folder, `damaged-${Math.random()}.tar.gz`);
  writeFileSync(damaged, damage(readFileSync(path)));
  await expect(into(url, damaged, { folders: foldersIn('damaged') })).rejects.toThrow(
    /damaged or no backup.*Nothing was written/,
  );
  expect(
    Object.keys(await on(url, contentOf)).filter((name) => !['indexes', 'constraints', 'partitions'].includes(name)),
  ).toEqual([]);
  expect(existsSync(join(folder, 'damaged'))).toBe(false);
});

function turned(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}

test('a backup of a newer version, and a database that holds something, are refused with the remedy', async () => {
  const url = await emptyDatabase();
  const older = migrations.slice(0, -1);
  await expect(into(url, path, { migrations: older })).rejects.toThrow(
    `does not know the migration ${migrations.at(-1)?.name}`,
  );
  await on(url, (client) => client.query('CREATE TABLE mine (id INTEGER); INSERT INTO mine VALUES (7)'));
  await expect(into(url)).rejects.toThrow(
    `is not empty. Restore into a new one, or give up all that is in it: --replace ${nameIn(url)}`,
  );
  await expect(into(url, path, { replace: 'another' })).rejects.toThrow('not another. Nothing was written.');
  expect(await on(url, (client) => client.query('SELECT * FROM mine'))).toMatchObject({ rows: [{ id: 7 }] });
  await into(url, path, { replace: nameIn(url) });
  expect(await on(url, (client) => client.query(`SELECT to_regclass('mine')::text AS mine`))).toMatchObject({
    rows: [{ mine: null }],
  });
});

test('a server that runs on the database is not robbed of it', async () => {
  const busy = await testDatabase();
  await on(busy.url, (client) =>
    client.query(`INSERT INTO nodes (id, host, pid, started_at, seen_at) VALUES ('n', 'here', 42, now(), now())`),
  );
  await expect(into(busy.url, path, { replace: nameIn(busy.url) })).rejects.toThrow('process 42 on here');
});

test('a backup beside a writer holds one instant, and never takes the place of another file', async () => {
  const busy = await testDatabase();
  const file = join(folder, 'busy.tar.gz');
  let stop = false;
  let written = 0;
  const writer = on(busy.url, async (client) => {
    while (!stop) {
      // two tables that are never of different length for anybody else
      await client.query(`BEGIN; INSERT INTO organizations (id, name) VALUES ('org_${written}', 'x');
        INSERT INTO charge_point_sequences (charge_point_id) VALUES ('cp_${written}'); COMMIT`);
      written += 1;
    }
  });
  const made = {
    connection: { connectionString: busy.url },
    folders: foldersIn('none'),
    path: file,
    program: 'x',
    keyIds: [],
    now: new Date(),
  };
  try {
    await until('the writer writes', () => written > 20);
    await backUp(made);
  } finally {
    stop = true;
    await writer;
  }
  await expect(backUp(made)).rejects.toThrow('exists already');
  const url = await emptyDatabase();
  await into(url, file);
  const { rows } = await on(url, (client) =>
    client.query(
      'SELECT (SELECT count(*)::int FROM organizations) AS a, (SELECT count(*)::int FROM charge_point_sequences) AS b',
    ),
  );
  expect(rows[0].a).toBe(rows[0].b);
  expect(rows[0].a).toBeGreaterThan(20);
});

test('what the server ends by the clock ends neither a backup nor a restore', async () => {
  const hurried = async (url: string): Promise<string> => {
    await on(url, (client) =>
      client.query(`ALTER DATABASE ${nameIn(url)} SET statement_timeout = '1ms';
        ALTER DATABASE ${nameIn(url)} SET idle_in_transaction_session_timeout = '1ms'`),
    );
    return url;
  };
  const file = join(folder, 'hurried.tar.gz');
  const about = { folders: foldersIn('none'), path: file, program: 'x', keyIds: [], now: new Date() };
  const begun = await testDatabase();
  await begun.prisma.organization.create({ data: { id: 'org_1', name: 'Test' } });
  await backUp({ connection: { connectionString: await hurried(begun.url) }, ...about });
  const url = await hurried(await emptyDatabase());
  const { about: restored } = await into(url, file);
  expect(restored.migrations).toEqual(migrations.map(({ name }) => name));
});

test('years of daily partitions come back, also in the place of others; a server with too few locks is told of', async () => {
  const busy = await testDatabase();
  await busy.prisma.organization.create({ data: { id: 'org_1', name: 'Test' } });
  await on(busy.url, async (client) => {
    for (let day = 0; day < 1000; day += 1)
      await client.query(`CREATE TABLE frames_old_${day} PARTITION OF frames
        FOR VALUES FROM ('2020-01-01'::timestamptz + interval '${day} days') TO ('2020-01-01'::timestamptz + interval '${day + 1} days')`);
  });
  const file = join(folder, 'year.tar.gz');
  const about = { folders: foldersIn('none'), path: file, program: 'x', keyIds: [], now: new Date() };
  await backUp({ connection: { connectionString: busy.url }, ...about });

  const DATA_DIR = temporaryFolder('year');
  const settings = { max_locks_per_transaction: '10', max_connections: '10' };
  const small = await useEmbeddedServer({ dataDir: DATA_DIR, log: quiet, onFatal: () => undefined, settings });
  try {
    await expect(into(small.url, file)).rejects.toThrow(/Raise max_locks_per_transaction .* Nothing was changed\.$/);
  } finally {
    await small.stop();
  }
  const program = join(await installation('scripts/restore.ts'), 'scripts/restore.js');
  for (const args of [[file], [file, '--replace', 'dynamo']]) {
    const script = run(program, args, { env: { DATA_DIR } });
    expect({ ...(await script.ended), err: script.errors() }).toEqual({ code: 0, signal: null, err: '' });
    expect(script.lines()[0]).toMatch(/^Restored as of /);
  }
}, 240_000);
