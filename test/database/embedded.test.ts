/** The embedded database: who runs it, who may own it, what it recovers from. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type EmbeddedServer, startEmbeddedServer, useEmbeddedServer } from '../../src/database/embedded/server.ts';
import { connectDatabase, isTransient, openDatabase } from '../../src/database/index.ts';
import { quiet } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';
import { closeAtEnd, isDown, isRoot, postmasterOf, temporaryFolder } from './processes.ts';

const fatal: string[] = [];
const options = (dataDir: string) => ({
  dataDir,
  log: quiet,
  onFatal: (why: string) => {
    fatal.push(why);
  },
});

const start = async (dataDir: string): Promise<EmbeddedServer> =>
  closeAtEnd(await startEmbeddedServer(options(dataDir)));

const open = async (dataDir: string) => closeAtEnd(await openDatabase({ ...options(dataDir), poolSize: 2 }));

const one = { name: 'one', text: 'SELECT 1 AS one' };

test('it is a full database on a private socket, migrated, and neither root nor our environment is in its process', async () => {
  const dataDir = temporaryFolder('plain');
  const db = await open(dataDir);
  expect(db.embeddedIn).toBe(dataDir);
  expect(await db.prisma.organization.count()).toBe(0);
  const rows = await db.rows<{ setting: string }>(
    {
      name: 'settings',
      text: `SELECT setting FROM pg_settings WHERE name IN ('data_checksums', 'fsync', 'listen_addresses', 'synchronous_commit') ORDER BY name`,
    },
    [],
  );
  expect(rows.map(({ setting }) => setting)).toEqual(['on', 'on', '', 'on']);
  expect(statSync(join(dataDir, 'run')).mode & 0o777).toBe(0o700);
  const pid = postmasterOf(dataDir);
  if (process.platform === 'linux') {
    const uid = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    expect(uid).not.toBe('0');
    if (isRoot) expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('DYNAMO_TEST_SERVER');
  }
  await db.close();
  await db.close(); // twice is once
  expect(isDown(dataDir)).toBe(true);
});

test('a second owner in the same process is refused as well, and the first goes on', async () => {
  const dataDir = temporaryFolder('twice');
  const db = await open(dataDir);
  await expect(startEmbeddedServer(options(dataDir))).rejects.toThrow(`in use by process ${process.pid}`);
  expect(await db.rows(one, [])).toEqual([{ one: 1 }]);
});

test('an admin tool uses the running server and leaves it running; alone it starts one for itself', async () => {
  const dataDir = temporaryFolder('attach');
  const alone = await useEmbeddedServer(options(dataDir));
  expect(alone.owned).toBe(true);
  await alone.stop();
  expect(isDown(dataDir)).toBe(true);

  const owner = await start(dataDir);
  const guest = await useEmbeddedServer(options(dataDir));
  expect([guest.owned, guest.url, guest.pid()]).toEqual([false, owner.url, owner.pid()]);
  await guest.stop();
  const db = connectDatabase({ connection: owner.connection, url: owner.url, poolSize: 1, log: quiet });
  expect(await db.rows(one, [])).toEqual([{ one: 1 }]);
  await db.close();
});

test('a server that dies is started again on the same socket, work fails as transient meanwhile, and nothing committed is lost', async () => {
  const dataDir = temporaryFolder('restart');
  const db = await open(dataDir);
  await db.rows({ name: 'create', text: 'CREATE TABLE kept (n INTEGER)' }, []);
  await db.transaction((tx) => tx.rows({ name: 'insert', text: 'INSERT INTO kept VALUES (7)' }, []));
  const before = postmasterOf(dataDir) ?? 0;
  process.kill(before, 'SIGKILL');
  const failures: unknown[] = [];
  // for a moment the orphans of the dead server still answer
  await until('a new server answers', async () => {
    try {
      await db.rows({ name: 'kept', text: 'SELECT n FROM kept' }, []);
      return postmasterOf(dataDir) !== before;
    } catch (cause) {
      failures.push(cause);
      return false;
    }
  });
  expect(failures.length).toBeGreaterThan(0);
  expect(failures.filter((cause) => !isTransient(cause))).toEqual([]);
  expect(await db.rows({ name: 'kept', text: 'SELECT n FROM kept' }, [])).toEqual([{ n: 7 }]);
  expect(await db.prisma.organization.count()).toBe(0);
  expect(postmasterOf(dataDir)).not.toBe(before);
  expect(fatal).toEqual([]);
});

test('a server that keeps dying is given up, with a reason', async () => {
  const dataDir = temporaryFolder('dying');
  const reasons: string[] = [];
  const server = closeAtEnd(await startEmbeddedServer({ ...options(dataDir), onFatal: (why) => reasons.push(why) }));
  for (let death = 1; death <= 6; death += 1) {
    const pid = server.pid();
    expect({ death, reasons }).toEqual({ death, reasons: [] });
    process.kill(pid, 'SIGKILL');
    await until('it is back or given up', () => server.pid() !== pid || reasons.length > 0);
  }
  expect(reasons).toEqual([expect.stringContaining('ended 6 times')]);
  await server.stop();
});

test('stopping while the server is being restarted leaves nothing running', async () => {
  const dataDir = temporaryFolder('stop-restart');
  const server = await start(dataDir);
  process.kill(server.pid(), 'SIGKILL');
  await until('the death is noticed', () => postmasterOf(dataDir) !== server.pid() || isDown(dataDir));
  await server.stop();
  expect(isDown(dataDir)).toBe(true);
  expect(existsSync(join(dataDir, 'owner.pid'))).toBe(false);
});

test('a server that is out of sight, as in another container on the same volume, keeps its folder and its owner', async () => {
  const dataDir = temporaryFolder('volume');
  await start(dataDir);
  const file = join(dataDir, 'pg', 'postmaster.pid');
  const truth = readFileSync(file, 'utf8');
  const owner = readFileSync(join(dataDir, 'owner.pid'), 'utf8');
  try {
    writeFileSync(file, truth.replace(/^\d+/, '4194304')); // no such pid here
    writeFileSync(join(dataDir, 'owner.pid'), '4194304 1');
    await expect(startEmbeddedServer(options(dataDir))).rejects.toThrow('probably in another container');
    // whoever finds no owner there takes its server for a left-over, and stops it
    expect(readFileSync(join(dataDir, 'owner.pid'), 'utf8')).toBe('4194304 1');
  } finally {
    writeFileSync(file, truth);
    writeFileSync(join(dataDir, 'owner.pid'), owner);
  }
});

test('a creation that broke off is done again from the start', async () => {
  const dataDir = temporaryFolder('broken');
  mkdirSync(join(dataDir, 'pg.init-123', 'base'), { recursive: true });
  writeFileSync(join(dataDir, 'pg.init-123', 'PG_VERSION'), '18\n');
  const server = await start(dataDir);
  expect(readdirSync(dataDir).filter((name) => name.startsWith('pg.init-'))).toEqual([]);
  await server.stop();
});

test('a path too long for a socket gets a socket elsewhere', async () => {
  const dataDir = join(temporaryFolder('long'), 'a'.repeat(60), 'b'.repeat(60));
  const server = await start(dataDir);
  const db = connectDatabase({
    connection: { connectionString: server.url },
    url: server.url,
    poolSize: 1,
    log: quiet,
  });
  expect(await db.rows(one, [])).toEqual([{ one: 1 }]);
  expect(server.connection.host.length).toBeLessThan(86);
  await db.close();
  await server.stop();
  rmSync(server.connection.host, { recursive: true });
});

test('data of another major version is refused and left alone, and so is who owned it', async () => {
  const dataDir = temporaryFolder('version');
  await (await start(dataDir)).stop();
  writeFileSync(join(dataDir, 'pg', 'PG_VERSION'), '14\n');
  await expect(startEmbeddedServer(options(dataDir))).rejects.toThrow(/made by PostgreSQL 14.*Export/);
  expect(existsSync(join(dataDir, 'owner.pid'))).toBe(false);
  writeFileSync(join(dataDir, 'owner.pid'), '4194304 1');
  await expect(startEmbeddedServer(options(dataDir))).rejects.toThrow(/made by PostgreSQL 14.*Export/);
  expect(readFileSync(join(dataDir, 'owner.pid'), 'utf8')).toBe('4194304 1');
});
