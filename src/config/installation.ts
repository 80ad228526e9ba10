/** Where this installation lies. `.env` and a relative DATA_DIR are looked for there, from wherever a script is called. */
import { existsSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
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
