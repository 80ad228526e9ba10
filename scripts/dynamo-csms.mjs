#!/usr/bin/env -S node --max-semi-space-size=32
// The program of the npm package: `npx dynamo-csms` is the server, `npx dynamo-csms SCRIPT …` what lies in scripts of a clone. Installed
// as a package it reads .env, and keeps its data, in the folder from which it is called.
const [name = 'start', ...args] = process.argv.slice(2);
if (name === '--help' || name === '-h' || name === 'help') {
  console.log(`Usage: dynamo-csms              starts the server (configuration: the environment and ./.env; data: ./data)
       dynamo-csms SCRIPT …     an admin's script: doctor, backup, restore, migrate, create-admin, create-api-key,
                                rotate-secret-keys, audit-verify, import, export, simulate, webhook-listen, dev-ca, bench
       dynamo-csms SCRIPT --help`);
} else if (name === 'start') {
  await import('./start.mjs');
} else {
  process.argv = [process.argv[0], process.argv[1], name, ...args];
  await import('./run.mjs');
}
