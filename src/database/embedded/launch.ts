/**
 * Starts the server process on a prepared cluster and waits until it takes connections. The process lives in a session of
 * its own under a small guard shell, so that it neither dies with Ctrl-C before the app has drained nor outlives a killed app.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, fchownSync, fstatSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownerIn } from '../../platform/owner-in.ts';
import type { Logger } from '../logger.ts';
import { identityOf } from './account.ts';
import { type Cluster, type Place, prepareSocketDir, serverEnvironment } from './cluster.ts';
import { readPidFile, serverState, socketState } from './processes.ts';

export type Settings = Readonly<Record<string, string>>;
export type Ending = { readonly code: number | null; readonly signal: NodeJS.Signals | null };
export type ServerProcess = {
  readonly pid: number;
  readonly host: string;
  readonly port: number;
  /** Resolves when the process is gone, for whatever reason. */
  readonly ended: Promise<Ending>;
  /** Ends all sessions, writes a checkpoint, ends. */
  stop(): Promise<void>;
};

const onWindows = process.platform === 'win32';
const socketPort = 5432;
/** A crash recovery may have gigabytes of WAL to replay. */
const readyWithinMs = 600_000;
const fastStopWithinMs = 20_000;
/** The children of a killed server leave within moments. */
const silentWithinMs = 20_000;

/**
 * When our end of its stdin closes, however we died (also kill -9), the shell stops the server cleanly. SIGINT is
 * PostgreSQL's fast shutdown.
 */
const guard = [
  'exec 3<&0',
  '"$@" </dev/null 3<&- & server=$!',
  '(read _ <&3; kill -INT $server 2>/dev/null) & watcher=$!',
  'exec 3<&-',
  'wait $server; code=$?',
  'kill $watcher 2>/dev/null',
  'exit $code',
].join('\n');

/** Everything committed is on disk: fsync and synchronous_commit keep their defaults (on). */
const defaults: Settings = {
  max_connections: '60',
  shared_buffers: '128MB',
  wal_buffers: '16MB',
  max_wal_size: '1GB',
  checkpoint_timeout: '15min',
  commit_delay: '0',
  // hot rows are updated thousands of times a minute: clean up little and often
  autovacuum_naptime: '15s',
  random_page_cost: '1.1',
  jit: 'off',
  io_method: 'sync',
  idle_in_transaction_session_timeout: '60s',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  log_line_prefix: '%m [%p] ',
};

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause; // gone already: what we wanted
  }
}

function stopServer(cluster: Cluster, pid: number): void {
  if (onWindows)
    spawnSync(cluster.runtime.program('pg_ctl'), ['stop', '-D', cluster.pgdata, '-m', 'fast'], { stdio: 'ignore' });
  else signal(pid, 'SIGINT');
}

const usedElsewhere = ({ dataDir }: Place): Error =>
  new Error(
    `The embedded database in ${dataDir} is in use by a server that this process cannot see, probably in another container. For several replicas set DATABASE_URL to a PostgreSQL server.`,
  );

/** Throws when a server answers that is no process of this container. */
export async function refuseServerElsewhere(place: Place): Promise<void> {
  if (onWindows) return;
  const file = readPidFile(place.pgdata);
  if (file !== undefined && serverState(file.pid, place.pgdata) === 'server') return;
  if ((await socketState(place.socketDir, socketPort)) === 'server') throw usedElsewhere(place);
}

/**
 * Ends a server that a crashed owner left behind. Returns the pid in postmaster.pid when it certainly belongs to another
 * process now; PostgreSQL must then be told to pass over it.
 */
async function clearLeftovers(cluster: Cluster, log: Logger): Promise<number | undefined> {
  const startedAt = performance.now();
  for (let asked = false, killed = false; ; ) {
    const file = readPidFile(cluster.pgdata);
    const state = file === undefined ? 'gone' : serverState(file.pid, cluster.pgdata);
    const waitedMs = performance.now() - startedAt;
    if (file === undefined || state !== 'server') {
      const behind = onWindows ? 'nobody' : await socketState(cluster.socketDir, socketPort);
      if (behind === 'nobody') return state === 'another process' ? file?.pid : undefined;
      if (behind === 'server' || waitedMs > silentWithinMs) {
        throw usedElsewhere(cluster);
      }
    } else if (!asked) {
      asked = true;
      log.warn({ pid: file.pid }, 'stopping the database server that a crashed process left behind');
      stopServer(cluster, file.pid);
    } else if (waitedMs > 30_000 && !killed) {
      killed = true;
      if (!onWindows) signal(file.pid, 'SIGQUIT'); // immediate shutdown: the next start recovers from the WAL
    } else if (waitedMs > 60_000) {
      throw new Error(`The database server ${file.pid} on ${cluster.pgdata} does not end. Stop it by hand.`);
    }
    await sleep(50);
  }
}

function openLog(file: string): number {
  try {
    const made = openSync(file, 'ax', 0o600);
    const owner = ownerIn(dirname(file));
    if (owner !== undefined) fchownSync(made, owner.uid, owner.gid);
    return made;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    return openSync(file, 'a', 0o600);
  }
}

type Attempt = { child: ChildProcess; ended: Promise<Ending>; logStart: number };

async function spawnServer(cluster: Cluster, args: string[], passOverPid: number | undefined): Promise<Attempt> {
  const { runtime, pgdata, account, logFile } = cluster;
  if (existsSync(logFile) && statSync(logFile).size > 10_000_000) renameSync(logFile, `${logFile}.1`);
  const output = openLog(logFile);
  const logStart = fstatSync(output).size;
  // PostgreSQL skips its kill(pid, 0) test for this pid, and still checks that nobody holds the old shared memory
  const env =
    passOverPid === undefined ? serverEnvironment : { ...serverEnvironment, PG_GRANDPARENT_PID: `${passOverPid}` };
  const child = onWindows
    ? spawn(runtime.program('postgres'), args, { cwd: pgdata, env, stdio: ['pipe', output, output], windowsHide: true })
    : spawn('/bin/sh', ['-c', guard, 'postgres-guard', runtime.program('postgres'), ...args], {
        ...identityOf(account),
        cwd: pgdata,
        env,
        stdio: ['pipe', output, output],
        detached: true,
      });
  closeSync(output);
  const ended = new Promise<Ending>((resolve) => child.once('exit', (code, by) => resolve({ code, signal: by })));
  child.stdin?.on('error', () => undefined); // the other end is gone: 'exit' tells
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  child.unref(); // the server must not keep a process alive that has nothing else to do
  if (child.stdin !== null && 'unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  return { child, ended, logStart };
}

/** The pid of the ready server, or undefined when it ended before. */
async function untilReady(cluster: Cluster, attempt: Attempt, port: number, passOver: number | undefined) {
  let ended = false;
  void attempt.ended.then(() => {
    ended = true; // a promise that cannot reject
  });
  const startedAt = performance.now();
  for (;;) {
    const file = readPidFile(cluster.pgdata);
    if (
      file?.ready &&
      file.port === port &&
      file.pid !== passOver &&
      serverState(file.pid, cluster.pgdata) === 'server'
    ) {
      return file.pid;
    }
    if (ended) return undefined;
    const waitedMs = performance.now() - startedAt;
    if (waitedMs > readyWithinMs) {
      attempt.child.stdin?.end();
      throw new Error(`The embedded database was not ready after ${readyWithinMs / 1000} s; see ${cluster.logFile}.`);
    }
    await sleep(waitedMs < 5_000 ? 5 : 100);
  }
}

/** The caller owns the data directory (claimOwnership). */
export async function launchServer(cluster: Cluster, settings: Settings, log: Logger): Promise<ServerProcess> {
  prepareSocketDir(cluster);
  const port = onWindows ? Number(settings['port'] ?? (await freePort())) : socketPort;
  const place: Settings = onWindows
    ? { listen_addresses: '127.0.0.1', port: `${port}` }
    : {
        listen_addresses: '',
        port: `${port}`,
        unix_socket_directories: cluster.socketDir,
        unix_socket_permissions: '0700',
      };
  const all = { ...defaults, ...settings, ...place };
  const args = ['-D', cluster.pgdata, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];

  for (let tries = 1; ; tries += 1) {
    const passOver = await clearLeftovers(cluster, log);
    const attempt = await spawnServer(cluster, args, passOver);
    const pid = await untilReady(cluster, attempt, port, passOver);
    if (pid !== undefined) {
      return {
        pid,
        host: onWindows ? '127.0.0.1' : cluster.socketDir,
        port,
        ended: attempt.ended,
        stop: async () => {
          attempt.child.ref();
          stopServer(cluster, pid);
          const impatience = setTimeout(() => signal(pid, 'SIGQUIT'), fastStopWithinMs);
          await attempt.ended;
          clearTimeout(impatience);
        },
      };
    }
    const said = readFileSync(cluster.logFile).subarray(attempt.logStart).toString('utf8').trim().slice(-2_000);
    // the processes of a killed server are still leaving, or its pid is not reaped yet
    const passes = /pre-existing shared memory block|lock file ".*" already exists/.test(said);
    if (!passes || tries >= 60)
      throw new Error(`The embedded database did not start: ${said || `see ${cluster.logFile}`}`);
    if (tries === 1) log.info({}, 'waiting for the processes of a killed database server to leave');
    await sleep(500);
  }
}
