/**
 * The data directory of the embedded server: where it lies, who may read it, and its first creation. Nothing here starts
 * a server, and an existing cluster is never changed.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Logger } from '../logger.ts';
import { type Account, canReach, identityOf, serverAccount } from './account.ts';
import { bind, elsewhereFor, shortHash, whereDatabaseLies } from './place.ts';
import { type Runtime, resolveRuntime } from './runtime.ts';

export type Place = {
  /** Holds pg/ (the cluster), run/ (the socket), postgres.log and owner.pid; mostly DATA_DIR (place.ts). */
  readonly dataDir: string;
  readonly pgdata: string;
  readonly socketDir: string;
  readonly ownerFile: string;
  readonly logFile: string;
  readonly account: Account | undefined;
};

export type Cluster = Place & {
  readonly runtime: Runtime;
  /** Only on Windows, where there is no private socket. */
  readonly password: string | undefined;
};

export const superuser = 'dynamo';
/** Nothing of our own environment (secrets!) reaches the server, whose account may be another. */
export const serverEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};
const onWindows = process.platform === 'win32';
/** sun_path holds 108 bytes on Linux, 104 on macOS; the server appends `/.s.PGSQL.5432` and a suffix. */
const longestSocketDir = 85;

/** Whether there is a database already; creates nothing. Throws as whereDatabaseLies does. */
export const clusterExists = (wantedDir: string): boolean => existsSync(join(whereDatabaseLies(wantedDir).dir, 'pg'));

/** Where everything lies and who runs it. As root a place that the server's account cannot reach is replaced, and that is said. */
export function locateCluster(wantedDir: string, log: Logger): Place {
  const wanted = resolve(wantedDir);
  const found = whereDatabaseLies(wanted);
  let dataDir = found.dir;
  const account = serverAccount([join(dataDir, 'pg'), dataDir]);
  mkdirSync(wanted, { recursive: true });
  if (found.at === 'unbound') {
    bind(wanted, dataDir);
    log.warn({ dataDir }, `the database that is kept in ${dataDir} is that of ${wanted} from now on`);
  } else if (found.at === 'here' && account !== undefined) {
    // the server must pass through, and nobody needs to list it
    if (statSync(dataDir).uid === 0) chmodSync(dataDir, 0o711);
    if (!canReach(dataDir, account)) {
      dataDir = elsewhereFor(wanted);
      bind(wanted, dataDir);
      log.warn({ dataDir }, `user ${account.name} cannot reach ${wanted}: the database is kept in ${dataDir}`);
    }
  }
  const beside = join(dataDir, 'run');
  return {
    dataDir,
    pgdata: join(dataDir, 'pg'),
    socketDir:
      Buffer.byteLength(beside) > longestSocketDir ? join(tmpdir(), `dynamo-csms-${shortHash(dataDir)}`) : beside,
    ownerFile: join(dataDir, 'owner.pid'),
    logFile: join(dataDir, 'postgres.log'),
    account,
  };
}

function refuseForeignCluster(pgdata: string, account: Account | undefined): void {
  if (onWindows || !existsSync(pgdata)) return;
  const { uid } = statSync(pgdata);
  const mine = account?.uid ?? process.getuid?.();
  if (uid !== mine) {
    throw new Error(
      `The database in ${pgdata} belongs to user id ${uid}. Start as that user (or as root), or set DATABASE_URL or another DATA_DIR.`,
    );
  }
}

/** Into a temporary folder first: a crash half-way leaves nothing half-made. */
function initialize({ dataDir, pgdata, account }: Place, runtime: Runtime, secretFile: string, synced: boolean): void {
  for (const name of readdirSync(dataDir)) {
    if (name.startsWith('pg.init-')) rmSync(join(dataDir, name), { recursive: true, force: true });
  }
  const draft = join(dataDir, `pg.init-${process.pid}`);
  mkdirSync(draft, { mode: 0o700 });
  if (account !== undefined) chownSync(draft, account.uid, account.gid);
  if (onWindows && !existsSync(secretFile)) {
    writeFileSync(secretFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  }
  const access = onWindows
    ? ['--auth=scram-sha-256', `--pwfile=${secretFile}`]
    : ['--auth-local=trust', '--auth-host=reject'];
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const made = spawnSync(
    runtime.program('initdb'),
    ['-D', draft, '-U', superuser, ...access, ...locale, '--data-checksums', ...(synced ? [] : ['--no-sync'])],
    { ...identityOf(account), cwd: draft, encoding: 'utf8', env: serverEnvironment },
  );
  if (made.status !== 0) {
    rmSync(draft, { recursive: true, force: true });
    throw new Error(
      `The embedded database could not be created in ${dataDir}: ${made.stderr?.trim() || made.error} Remedy that or set DATABASE_URL.`,
    );
  }
  renameSync(draft, pgdata);
  if (onWindows) return;
  const folder = openSync(dataDir, 'r');
  fsyncSync(folder); // the rename survives a power cut
  closeSync(folder);
}

/** Must be called by the owner of the data directory only. Not `synced`: a throw-away cluster, that no power cut may hit. */
export function prepareCluster(place: Place, { synced }: { synced: boolean }): Cluster {
  const { dataDir, pgdata, account } = place;
  refuseForeignCluster(pgdata, account);
  const runtime = resolveRuntime(dataDir, account);
  const secretFile = join(dataDir, 'pg.secret');
  if (!existsSync(join(pgdata, 'PG_VERSION'))) initialize(place, runtime, secretFile, synced);
  const major = readFileSync(join(pgdata, 'PG_VERSION'), 'utf8').trim();
  if (runtime.version.split('.')[0] !== major) {
    throw new Error(
      `The database in ${pgdata} was made by PostgreSQL ${major}; this version embeds ${runtime.version}. Export it with the version that made it, import it into a new DATA_DIR.`,
    );
  }
  return { ...place, runtime, password: onWindows ? readFileSync(secretFile, 'utf8').trim() : undefined };
}

/** The folder of the Unix socket: open to the server's account and root only, as connections need no password. */
export function prepareSocketDir({ socketDir, account }: Pick<Cluster, 'socketDir' | 'account'>): void {
  if (onWindows) return;
  mkdirSync(socketDir, { recursive: true, mode: 0o700 });
  const found = lstatSync(socketDir); // it may lie in a temporary folder where others can plant links
  if (!found.isDirectory() || (found.uid !== process.getuid?.() && found.uid !== account?.uid)) {
    throw new Error(`${socketDir} belongs to somebody else; remove it.`);
  }
  if (account !== undefined) chownSync(socketDir, account.uid, account.gid);
  chmodSync(socketDir, 0o700);
}
