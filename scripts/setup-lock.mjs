// A lock between processes of one machine, as a file that names its owner. An owner that was killed does not keep it.
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 100;
/** What removing a dead owner's lock takes at the very most. */
const stealMs = 10_000;

function create(file, content) {
  try {
    writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (cause) {
    if (cause.code === 'EEXIST') return false;
    rmSync(file, { force: true }); // a full disk leaves it empty
    throw cause;
  }
}

function content(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}

const lives = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause.code !== 'ESRCH';
  }
};

const ageMs = (file) => Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());

/** Of another machine (a shared folder) nobody can tell whether it lives; a file that has just been made has no owner yet. */
function isOwnerDead(file) {
  const text = content(file);
  if (text === undefined) return false;
  if (text === '') return ageMs(file) > stealMs; // whoever made it died within it
  const [host, , ...pids] = text.split(' ');
  return pids.length > 0 && host === hostname() && !pids.some((pid) => lives(Number(pid)));
}

/** Of several that find a dead owner one at a time looks again and removes its lock; a new owner's lock is never touched. */
function removeDead(file) {
  const right = `${file}.steal`;
  if (!create(right, '')) {
    if (ageMs(right) > stealMs) rmSync(right, { force: true });
    return;
  }
  try {
    if (isOwnerDead(file)) rmSync(file, { force: true });
  } finally {
    rmSync(right, { force: true });
  }
}

/**
 * Runs `work` while no other process does. `waiting` is called once when somebody else is at work. `work` gets a function to
 * name a process that works for it and may outlive it: the lock is held until that one is gone too.
 */
export async function withLock(file, work, { waiting, isCancelled }) {
  const mine = `${hostname()} ${randomBytes(8).toString('hex')} ${process.pid}`;
  let told = false;
  while (!create(file, mine)) {
    if (isCancelled()) return;
    if (isOwnerDead(file)) removeDead(file);
    else {
      if (!told) waiting();
      told = true;
      await sleep(pollMs);
    }
  }
  try {
    await work((pid) => writeFileSync(file, `${mine} ${pid}`));
  } finally {
    if (content(file)?.startsWith(mine)) rmSync(file, { force: true });
  }
}
