/**
 * The key ring of an installation without SECRET_KEYS: a file in the data directory, made once and never overwritten. Whoever
 * loses it loses every API key, charger key and webhook secret.
 */
import {
  closeSync,
  fchownSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import { ownerIn } from '../platform/owner-in.ts';
import { newKeyText } from './key-text.ts';

export const keyFileIn = (dataDir: string): string => join(dataDir, 'secret-keys');

const HEAD =
  '# Keys of this installation (docs/security.md): keep a copy apart from the database. The first one is current.\n';

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // cannot open a folder, and needs no such thing
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** Complete and on disk before it gets its name; of two processes that make it at once, both use the first one's. */
export function makeKeyFile(dataDir: string): void {
  const file = keyFileIn(dataDir);
  mkdirSync(dataDir, { recursive: true });
  const draft = `${file}.${process.pid}`;
  rmSync(draft, { force: true });
  const handle = openSync(draft, 'wx', 0o600);
  try {
    const owner = ownerIn(dataDir);
    if (owner !== undefined) fchownSync(handle, owner.uid, owner.gid);
    writeSync(handle, `${HEAD}${newKeyText()}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    linkSync(draft, file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause; // another process was first
  } finally {
    rmSync(draft, { force: true });
  }
  syncFolder(dataDir);
}

/** The text of the key file, made now if there is none. */
export function readKeyFile(dataDir: string): string {
  const file = keyFileIn(dataDir);
  try {
    if (statSync(file, { throwIfNoEntry: false }) === undefined) makeKeyFile(dataDir);
    const { mode } = statSync(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new ConfigError([`${file} can be read by others: chmod 600 ${JSON.stringify(file)}`]);
    }
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError([
      `${file} cannot be read or made (${(cause as NodeJS.ErrnoException).code}): start as the user who owns DATA_DIR, or set SECRET_KEYS`,
    ]);
  }
}
