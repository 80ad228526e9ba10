/**
 * Where the database of a DATA_DIR lies: in it, or, where root runs us and the server's account cannot reach it, in a folder elsewhere.
 * Two files bind these two, so that neither a folder that was moved nor a copy of it silently begins with an empty database.
 */
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AppError } from '../../platform/errors.ts';

/** In DATA_DIR: names the folder that holds pg/. */
export const POINTER = 'database-elsewhere';
/** In that folder: names the DATA_DIR that it belongs to. */
const BELONGS_TO = 'data-dir';
const ELSEWHERE = '/var/lib/dynamo-csms';

export const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

export type Whereabouts = {
  /** Holds pg/, or will. */
  readonly dir: string;
  /** `unbound`: elsewhere, and the two files do not say so yet, or name a DATA_DIR that is gone. */
  readonly at: 'here' | 'elsewhere' | 'unbound';
};

const hasCluster = (dir: string): boolean => existsSync(join(dir, 'pg'));
const usualPlace = (dataDir: string): string => join(ELSEWHERE, shortHash(dataDir));

/** Its line that is no comment. */
function lineIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .find((line) => line !== '' && !line.startsWith('#'));
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw cause;
  }
}

function isSameFolder(one: string, other: string): boolean {
  const [a, b] = [one, other].map((dir) => statSync(dir, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

/** Creates nothing. Throws where what the files say cannot be followed without a person. */
export function whereDatabaseLies(wantedDir: string): Whereabouts {
  const dataDir = resolve(wantedDir);
  const pointer = join(dataDir, POINTER);
  const dir = lineIn(pointer);
  if (dir === undefined) {
    // made before there were pointers; one that says whose it is has lost its pointer with that folder's content
    const usual = usualPlace(dataDir);
    return !hasCluster(dataDir) && hasCluster(usual) && lineIn(join(usual, BELONGS_TO)) === undefined
      ? { dir: usual, at: 'unbound' }
      : { dir: dataDir, at: 'here' };
  }
  if (hasCluster(dataDir))
    throw refused(
      `${dataDir} holds a database (pg), and ${pointer} names another one, in ${dir}. Remove the one that is not meant.`,
    );
  if (!existsSync(dir))
    throw refused(
      `The database of ${dataDir} is kept in ${dir}, as ${pointer} says, and that folder is not there. Bring it back; or remove ${pointer} to begin with an empty database, into which scripts/restore brings a backup.`,
    );
  const owner = lineIn(join(dir, BELONGS_TO));
  if (owner === undefined) return { dir, at: 'unbound' };
  if (owner === dataDir || isSameFolder(owner, dataDir)) return { dir, at: 'elsewhere' };
  if (lineIn(join(owner, POINTER)) !== dir) return { dir, at: 'unbound' }; // it was moved here
  throw refused(
    `${dataDir} is a copy of ${owner}, whose database is kept in ${dir} and was not copied with it. Start in ${owner}; or remove ${pointer} to begin with an empty database, into which scripts/restore brings a backup of the other.`,
  );
}

const refused = (message: string): AppError => new AppError('conflict', message);

/** A folder for the database of this DATA_DIR that is nobody else's. */
export function elsewhereFor(dataDir: string): string {
  const usual = usualPlace(dataDir);
  return hasCluster(usual) ? `${usual}-${randomBytes(4).toString('hex')}` : usual;
}

export function bind(dataDir: string, dir: string): void {
  mkdirSync(dir, { recursive: true });
  // its account must pass through, whatever our umask is
  for (const each of [ELSEWHERE, dir]) if (statSync(each, { throwIfNoEntry: false })?.uid === 0) chmodSync(each, 0o711);
  writeFileSync(
    join(dir, BELONGS_TO),
    `# The folder whose database this is: its secret-keys and files belong together with it.\n${dataDir}\n`,
  );
  writeFileSync(
    join(dataDir, POINTER),
    `# The database of this folder is kept there, as its account cannot reach this folder. A copy of this folder holds no database.\n${dir}\n`,
  );
}
