#!/usr/bin/env node
// The Prisma CLI without any download: its schema engine is scripts/schema-engine.mjs (WebAssembly, from npm). Commands that
// need a database use DATABASE_URL, or a throw-away embedded one when it is unset. In front of the command, --server=URL
// names another server, and --throw-away asks for the throw-away one in any case.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const args = process.argv.slice(2);
const own = /^--(throw-away|server=.+)$/.test(args[0] ?? '') ? args.shift() : undefined;
const givenUrl = own === undefined ? process.env.DATABASE_URL : /^--server=(.+)$/.exec(own)?.[1];

function findCli() {
  try {
    return createRequire(import.meta.url).resolve('prisma/build/index.js');
  } catch {
    console.error('The package "prisma" is not installed; it is a development dependency (npm ci --include=dev).');
    process.exit(1);
  }
}

const cli = findCli();
const env = {
  ...process.env,
  PRISMA_SCHEMA_ENGINE_BINARY: join(root, 'scripts', 'schema-engine.mjs'),
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
  CHECKPOINT_DISABLE: '1', // no telemetry
};

const prisma = (argv, stdio) =>
  spawnSync(process.execPath, [cli, ...argv], { cwd: root, env, stdio, encoding: 'utf8' });

async function startThrowAway() {
  const built = join(root, 'dist', 'src', 'database', 'embedded', 'server.js');
  if (!existsSync(built)) {
    console.error('This command needs a database: set DATABASE_URL, or build first (npm run setup).');
    process.exit(1);
  }
  const { startEmbeddedServer } = await import(pathToFileURL(built).href);
  const dataDir = mkdtempSync(join(tmpdir(), 'dynamo-prisma-'));
  const say = (_fields, message) => console.error(message);
  const server = await startEmbeddedServer({
    dataDir,
    log: { debug: () => {}, info: () => {}, warn: say, error: say },
    onFatal: (why) => {
      console.error(why);
      process.exit(1);
    },
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  });
  return {
    url: server.url,
    async end() {
      await server.stop();
      rmSync(server.dataDir, { recursive: true, force: true });
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function main() {
  const needsDatabase = ['migrate', 'db'].includes(args[0]) && !args.includes('--help') && !args.includes('-h');
  if (own !== undefined) {
    delete env.DIRECT_DATABASE_URL;
    delete env.SHADOW_DATABASE_URL;
  }
  if (givenUrl) env.DATABASE_URL = givenUrl;
  if (!needsDatabase || givenUrl) return prisma(args, 'inherit').status ?? 1;
  const server = await startThrowAway();
  try {
    env.DATABASE_URL = server.url;
    if (args[0] === 'migrate' && (args[1] === 'dev' || args[1] === 'status')) {
      const made = prisma(['migrate', 'deploy'], 'pipe'); // these look at what the database has
      if (made.status !== 0) {
        console.error(made.stdout, made.stderr);
        return made.status ?? 1;
      }
    }
    return prisma(args, 'inherit').status ?? 1;
  } finally {
    await server.end();
  }
}

process.exit(await main());
