/** Where the program lies, and where its `.env` and a relative DATA_DIR are looked for. */
import { existsSync } from 'node:fs';
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
