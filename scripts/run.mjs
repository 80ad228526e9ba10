#!/usr/bin/env node
// node scripts/run.mjs NAME …: sets up what is missing, then becomes the script NAME (scripts/NAME.ts).
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setupOrExit } from './setup.mjs';

await setupOrExit();
process.setSourceMapsEnabled(true);

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist', 'scripts');
const [name = '', ...args] = process.argv.slice(2);
const file = join(folder, `${name}.js`);
if (!/^[a-z][a-z0-9-]*$/.test(name) || !existsSync(file)) {
  const names = readdirSync(folder).flatMap((each) => (each.endsWith('.js') ? [each.slice(0, -3)] : []));
  process.stderr.write(`There is no script ${JSON.stringify(name)}; there are: ${names.join(', ')}\n`);
  process.exit(2);
}
process.argv = [process.argv[0], file, ...args];
try {
  await import(pathToFileURL(file).href);
} catch (cause) {
  // what a person can mend says so itself; anything else is ours to mend
  const isTold = ['AppError', 'ConfigError', 'MigrationError'].includes(cause?.name);
  process.stderr.write(`${isTold ? cause.message : (cause?.stack ?? String(cause))}\n`);
  process.exit(1);
}
