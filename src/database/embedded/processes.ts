/**
 * Who is alive: the process of PostgreSQL's postmaster.pid, and the owner of a data directory. A pid alone proves nothing:
 * in containers pids are reused at once and dead ones linger as zombies.
 */
import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { basename, join } from 'node:path';

/** What PostgreSQL wrote about itself into its data directory. */
export type PidFile = {
  readonly pid: number;
  readonly port: number;
  readonly socketDir: string;
  readonly ready: boolean;
};

export function readPidFile(pgdata: string): PidFile | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(pgdata, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined; // no file: no server
  }
  const pid = Math.abs(Number(lines[0]));
  if (!Number.isInteger(pid) || pid === 0) return undefined; // still being written
  return {
    pid,
    port: Number(lines[3]),
    socketDir: (lines[4] ?? '').trim(),
    ready: (lines[7] ?? '').trim() === 'ready',
  };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Fields of /proc/PID/stat from the third (state) on; the second, the name, may hold blanks and brackets. */
function procStat(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/**
 * What the pid in postmaster.pid is now. PostgreSQL itself only asks kill(pid, 0), so a zombie or a reused pid would make
 * it refuse to start for ever.
 */
export function serverState(pid: number, pgdata: string): 'gone' | 'server' | 'another process' {
  if (!isAlive(pid)) return 'gone';
  if (process.platform !== 'linux') return 'server';
  try {
    if (procStat(pid)[0] === 'Z') return 'another process';
    const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return argv.includes(pgdata) && basename(argv[0] ?? '').startsWith('postgres') ? 'server' : 'another process';
  } catch {
    return isAlive(pid) ? 'server' : 'gone'; // it ended while we looked
  }
}

/** It has ended, and nobody has asked for its exit code yet: for ever, under a first process that never does. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return ['Z', 'X'].includes(procStat(pid)[0] ?? '');
  } catch {
    return true; // it is gone by now
  }
}

/** The pid with its start time, so that a reused pid is not taken for the process that had it before. */
function identity(pid: number): string {
  try {
    if (process.platform === 'linux') return `${pid} ${procStat(pid)[19]}`;
    if (process.platform === 'win32') return `${pid}`;
    return `${pid} ${execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()}`;
  } catch {
    return `${pid}`; // it ended
  }
}

function textIn(ownerFile: string): string {
  try {
    return readFileSync(ownerFile, 'utf8').trim();
  } catch {
    return ''; // nobody
  }
}

/** The live process that holds the owner file; undefined when there is none, or one that has ended. */
export function liveOwner(ownerFile: string): number | undefined {
  const text = textIn(ownerFile);
  const pid = Number(text.split(' ')[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid) || isZombie(pid)) return undefined;
  return identity(pid) === text ? pid : undefined;
}

/** Who is the owner already, or else that this process is now; `displaced` is what the file said of an owner that looks dead. */
export type Claim = { readonly owner: number } | { readonly owner: undefined; readonly displaced: string };

/** Makes this process the owner, unless a live one is. */
export function claimOwnership(ownerFile: string): Claim {
  const mine = `${ownerFile}.${process.pid}`;
  let displaced = '';
  writeFileSync(mine, identity(process.pid), { mode: 0o644 });
  try {
    for (;;) {
      try {
        linkSync(mine, ownerFile); // atomic: of several starters one succeeds
        return { owner: undefined, displaced };
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
      }
      const owner = liveOwner(ownerFile);
      if (owner !== undefined) return { owner };
      displaced = removeStale(ownerFile);
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/**
 * Only of what is this process's own: starters in two containers do not see each other alive. With `displaced` that comes back: its
 * process may well live in another container, and whoever finds no owner there stops its server.
 */
export function releaseOwnership(ownerFile: string, displaced = ''): void {
  if (textIn(ownerFile) !== identity(process.pid)) return;
  if (displaced === '') {
    rmSync(ownerFile, { force: true });
    return;
  }
  const theirs = `${ownerFile}.${process.pid}`;
  writeFileSync(theirs, displaced, { mode: 0o644 });
  renameSync(theirs, ownerFile);
}

/** Takes the file of a dead owner away and says what it said; one that another starter has put there meanwhile is put back. */
function removeStale(ownerFile: string): string {
  const aside = `${ownerFile}.stale-${process.pid}`;
  try {
    renameSync(ownerFile, aside);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return ''; // another starter took it away
    throw cause;
  }
  const said = textIn(aside);
  if (liveOwner(aside) !== undefined) linkSync(aside, ownerFile);
  rmSync(aside, { force: true });
  return said;
}

/** PostgreSQL's SSLRequest, which a server answers with one byte before anything else. */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/**
 * Who is behind the socket. Sockets in a shared volume reach across containers, where pids do not: this is what keeps two
 * containers from opening one data directory. `silent`: somebody holds the socket and does not answer, like the children
 * of a killed server for a moment.
 */
export function socketState(socketDir: string, port: number): Promise<'nobody' | 'silent' | 'server'> {
  return new Promise((resolve) => {
    const socket = createConnection(join(socketDir, `.s.PGSQL.${port}`));
    let connected = false;
    const done = (state: 'nobody' | 'silent' | 'server'): void => {
      socket.destroy();
      resolve(state);
    };
    socket.setTimeout(1_000, () => done('silent'));
    socket.once('connect', () => {
      connected = true;
      socket.write(sslRequest);
    });
    socket.once('data', () => done('server'));
    socket.once('error', () => done(connected ? 'silent' : 'nobody'));
    socket.once('end', () => done('silent'));
  });
}
