#!/usr/bin/env node
// Stands in for Prisma's native schema engine, which the CLI would download from binaries.prisma.sh. The CLI starts what
// PRISMA_SCHEMA_ENGINE_BINARY names and talks JSON-RPC over stdin and stdout with it; this answers with Prisma's own
// WebAssembly build of the same engine on @prisma/adapter-pg, and repairs what that adapter gets wrong as a migration driver.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

const require = createRequire(import.meta.url);
const { default: pg } = await import('pg');
const { parse: parseConnectionString } = createRequire(require.resolve('pg'))('pg-connection-string');

const given = readArguments(process.argv.slice(2));
const url = given.datasource.url ?? process.env.DATABASE_URL ?? '';
if (given.command === 'version') {
  process.stdout.write('schema-engine-cli wasm\n');
  process.exit(0);
}
if (given.command !== undefined) process.exit(await runCommand(given.command));
await serve();

function readArguments(argv) {
  const found = { datamodels: [], datasource: {}, command: undefined };
  for (let i = 0; i < argv.length; i += 1) {
    if (argv[i] === '--datamodels') found.datamodels.push(argv[++i]);
    else if (argv[i] === '--datasource') found.datasource = JSON.parse(argv[++i]);
    else if (argv[i] === '--enabled-preview-features' || argv[i] === '--extension-types') i += 1;
    else if (argv[i] === 'cli') found.command = argv[++i];
    else if (argv[i] === '--version') found.command = 'version';
  }
  return found;
}

/** The engine's log is JSON lines on stderr, each after a line feed; the CLI reads errors from it. */
function log(level, message, errorCode) {
  const fields = { message, error_code: errorCode };
  const line = { timestamp: new Date().toISOString(), level, fields, target: 'schema_engine::logger' };
  process.stderr.write(`\n${JSON.stringify(line)}`);
}

async function onDatabase(connection, statement) {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    if (statement !== undefined) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Sub-commands that run once and end. */
async function runCommand(command) {
  const { database } = parseConnectionString(url);
  const main = parseConnectionString(url);
  const name = pg.escapeIdentifier(database ?? 'postgres');
  try {
    if (command === 'can-connect-to-database') await onDatabase(main);
    else if (command === 'create-database')
      await onDatabase({ ...main, database: 'postgres' }, `CREATE DATABASE ${name}`);
    else if (command === 'drop-database') {
      await onDatabase({ ...main, database: 'postgres' }, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    } else throw new Error(`The stand-in for the schema engine does not know the command ${command}.`);
    return 0;
  } catch (cause) {
    const code = { '3D000': 'P1003', '28P01': 'P1000', 28000: 'P1000' }[cause.code] ?? 'P1001';
    log(
      'ERROR',
      code === 'P1003' ? `Database ${name} does not exist` : `Can't reach the database server: ${cause.message}`,
      code,
    );
    return 1;
  }
}

/** PrismaPg as the engine needs it; `disposals` get what must be undone before the process ends. */
async function createAdapterFactory(disposals) {
  const { PrismaPg } = await import('@prisma/adapter-pg');
  const { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } = await import('@prisma/driver-adapter-utils');
  const internalChar = 18; // the catalogue's type "char", which adapter-pg refuses and the engine wants as a character
  const bpchar = 1042;

  function repair(adapter) {
    // it splits scripts at every semicolon, also inside of functions and texts: send them whole
    adapter.executeScript = async (script) => {
      try {
        await adapter.underlyingDriver().query(script);
      } catch (cause) {
        adapter.onError(cause);
      }
    };
    let wereChars = [];
    const performIO = adapter.performIO.bind(adapter);
    adapter.performIO = async (query) => {
      const result = await performIO(query);
      wereChars = (result.fields ?? []).map((field) => field.dataTypeID === internalChar);
      for (const field of result.fields ?? []) if (field.dataTypeID === internalChar) field.dataTypeID = bpchar;
      return result;
    };
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query);
      const chars = wereChars;
      result.columnTypes = result.columnTypes.map((type, i) => (chars[i] ? ColumnTypeEnum.Character : type));
      return result;
    };
    return adapter;
  }

  class Factory extends PrismaPg {
    async connect() {
      return repair(await super.connect());
    }

    // PrismaPg's own opens the MAIN database when it was given a connection string, and the engine would empty it and
    // replay all migrations there
    async connectToShadowDb() {
      if (given.datasource.shadowDatabaseUrl) {
        if (given.datasource.shadowDatabaseUrl === url)
          throw new Error('The shadow database must not be the main one.');
        return repair(await new PrismaPg(given.datasource.shadowDatabaseUrl).connect());
      }
      const main = parseConnectionString(url);
      const name = `prisma_migrate_shadow_db_${randomUUID()}`;
      await onDatabase(main, `CREATE DATABASE "${name}" TEMPLATE template0`);
      const pool = new pg.Pool({ ...main, database: name });
      pool.on('error', () => {}); // the statement in hand rejects with it
      const dispose = async () => {
        await pool.end().catch(() => {}); // ended before
        await onDatabase(main, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`).catch(() => {}); // the server went away
      };
      disposals.push(dispose);
      const { rows } = await pool.query('SELECT current_database() AS name');
      if (rows[0].name !== name) throw new Error('The connection to the shadow database went to another one.');
      const adapter = repair(await new PrismaPg(pool).connect());
      adapter.dispose = dispose;
      return adapter;
    }
  }
  return bindMigrationAwareSqlAdapterFactory(new Factory(url));
}

/** Loads the engine; `panic.text` holds what it said when it died. */
async function loadEngine(panic, disposals) {
  const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    set_message(text) {
      panic.text = text;
    },
  };
  const folder = dirname(require.resolve('@prisma/schema-engine-wasm'));
  const { instance } = await WebAssembly.instantiate(readFileSync(join(folder, 'schema_engine_bg.wasm')), {
    './schema_engine_bg.js': bindings,
  });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  const datamodels = given.datamodels.map((path) => [path, readFileSync(path, 'utf8')]);
  return bindings.SchemaEngine.new(
    { datamodels: datamodels.length > 0 ? datamodels : undefined },
    () => {}, // its debug log
    await createAdapterFactory(disposals),
  );
}

async function serve() {
  const panic = { text: '' };
  const disposals = [];
  let engine;
  let inFlight = 0;
  let closed = false;

  const die = (cause) => {
    log('ERROR', panic.text || String(cause?.stack ?? cause));
    process.exit(101);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);

  const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const endWhenDone = async () => {
    if (!closed || inFlight > 0) return;
    for (const dispose of disposals) await dispose();
    process.exit(0);
  };

  async function answer(method, params, id) {
    if (method === 'createDatabase') return { databaseName: parseConnectionString(url).database };
    engine ??= loadEngine(panic, disposals);
    const result = await (await engine)[method === 'getDatabaseVersion' ? 'version' : method](params);
    if (method !== 'diff' || result?.stdout == null) return result ?? {};
    // the native engine has the CLI print it, and answers with the exit code alone
    send({ id: id + 1_000_000, method: 'print', params: { content: result.stdout } });
    return { exitCode: result.exitCode, stdout: null };
  }

  const lines = createInterface({ input: process.stdin });
  const serve = async (line) => {
    const { id, method, params } = JSON.parse(line);
    if (method === undefined) return; // the CLI's answer to `print`
    inFlight += 1;
    try {
      send({ id, result: await answer(method, params, id) });
    } catch (cause) {
      const data = {
        is_panic: cause instanceof WebAssembly.RuntimeError,
        message: panic.text || String(cause?.message ?? cause),
        error_code: cause?.code,
        meta: null,
      };
      send({ id, error: { code: 4466, message: 'An error happened. Check the data field for details.', data } });
    } finally {
      inFlight -= 1;
      await endWhenDone();
    }
  };
  lines.on('line', (line) => void serve(line)); // a fault outside of the answer ends the process, and the CLI says so
  lines.on('close', () => {
    closed = true;
    void endWhenDone();
  });
}
