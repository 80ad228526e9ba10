/** Whether what lies in dist was built from the sources beside it; setup.mjs knows, in its newest version, so it is asked as a program. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installationRoot } from './config/index.ts';

/** Exit code of setup.mjs --check where something has to be done. */
const STALE = 3;
const WITHIN_MS = 60_000;

/** With the remedy; undefined: it is up to date, or there are no sources (an image, the package). Never rejects. */
export function whyBuildIsStale(root = installationRoot()): Promise<string | undefined> {
  const script = join(root, 'scripts', 'setup.mjs');
  if (!existsSync(script)) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    execFile(process.execPath, [script, '--check'], { timeout: WITHIN_MS }, (cause, _out, said) => {
      if (cause === null) resolve(undefined);
      else if (cause.code === STALE)
        resolve(`${root} is not built from its sources: npm run setup there, then SIGHUP again`);
      else resolve(`whether ${root} is built from its sources could not be told: ${said.trim() || cause.message}`);
    });
  });
}
