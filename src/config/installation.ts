/** Where the program lies, and where its `.env` and a relative DATA_DIR are looked for. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, parse, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder above both src and dist. */
export function installationRoot(): string {
  let dir = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(dir, 'package.json'))) {
    if (dir === parse(dir).root)
      throw new Error('The program does not lie inside its package: package.json is missing.');
    dir = dirname(dir);
  }
  return dir;
}

/**
 * A clone is an installation, from wherever a script is called. Installed as a package, the program is replaced with its folder; what is its
 * owner's lies where it is called from.
 */
export function installationHome(root = installationRoot(), calledFrom = process.cwd()): string {
  return root.split(sep).includes('node_modules') ? calledFrom : root;
}

/**
 * Of the program that runs: a build carries the version that it was made of, whatever lies beside it by now. Without one (sources, a build by
 * hand) it is that of package.json.
 */
export function programVersion(root = installationRoot()): string {
  const built = fileURLToPath(new URL('../../version.json', import.meta.url));
  const file = existsSync(built) ? built : join(root, 'package.json');
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}
