/** The server as a process: why a start fails, and what SIGHUP does to one that runs. */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { canReach } from '../../src/database/embedded/account.ts';
import { closeAtEnd, installation, isRoot, nobody, type Program, run, temporaryFolder } from '../database/processes.ts';
import { emptyDatabase } from '../support/db.ts';
import { until } from '../support/until.ts';

const folder = await installation('src/main.ts', 'src/serve.ts', 'src/supervise.ts');
const main = join(folder, 'src', 'main.js');
const asRoot = isRoot && canReach(folder, { ...nobody, name: 'nobody' }) ? test : test.skip;
const SECRET_KEYS = `k1:${randomBytes(32).toString('base64')}`;

const BUILT = '0.0.1-built';
writeFileSync(join(folder, 'version.json'), JSON.stringify({ version: BUILT }));
mkdirSync(join(folder, 'scripts'));
/** Stands for the one that compares sources and build. */
const buildIs = (code: number): void => writeFileSync(join(folder, 'scripts', 'setup.mjs'), `process.exit(${code});`);

const start = async (more: Record<string, string> = {}): Promise<Program> =>
  run(main, [], { env: { SECRET_KEYS, DATABASE_URL: await emptyDatabase(), PORT: '0', HOST: '127.0.0.1', ...more } });
const logged = (server: Program, message: string): string[] => server.lines().filter((line) => line.includes(message));
async function isReady(server: Program): Promise<boolean> {
  const base = /http:\S+(?=\/api)/.exec(await server.line('  REST', 120_000))?.[0] ?? '';
  return (await fetch(`${base}/readyz`)).ok;
}

asRoot('a DATA_DIR that this user may not write is named with its owner, and no port is blamed', async () => {
  const DATA_DIR = join(temporaryFolder('roots'), 'data');
  const server = run(main, [], { env: { DATA_DIR, PORT: '0' }, ...nobody });
  expect((await server.ended).code).toBe(1);
  expect(server.errors()).toMatch(
    new RegExp(`could not start: ${DATA_DIR} cannot be .* belongs to user id 0, .* user id ${nobody.uid}.* DATA_DIR`),
  );
  expect(server.errors()).not.toContain('PORT');
});

asRoot('the greeting names the folder that the database is in, also where that is not DATA_DIR', async () => {
  const closed = temporaryFolder('closed');
  chmodSync(closed, 0o700);
  const DATA_DIR = join(closed, 'data');
  const server = run(main, [], { env: { DATA_DIR, PORT: '0', HOST: '127.0.0.1' } });
  const told = await server.line('  database', 120_000);
  server.kill('SIGTERM');
  await server.ended;
  const [, place = ''] = readFileSync(join(DATA_DIR, 'database-elsewhere'), 'utf8').split('\n');
  rmSync(place, { recursive: true });
  expect(told).toBe(`  database   embedded PostgreSQL in ${place}`);
});

test('of two ports the one that is occupied is named', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  closeAtEnd({ stop: () => new Promise<void>((resolve) => void other.close(() => resolve())) });
  await until('it listens', () => other.listening);
  const taken = String((other.address() as { port: number }).port);
  const server = await start({ OCPP_TLS_PORT: taken, OCPP_TLS_CERTS: 'dev-ca', CERTIFICATE_SIGNER: 'dev-ca' });
  expect((await server.ended).code).toBe(1);
  expect(server.errors()).toContain('is used by another program. Choose another one with OCPP_TLS_PORT.');
});

test('SIGHUP does nothing to a server that is one process, and that is said', async () => {
  const server = await start();
  expect(await isReady(server)).toBe(true);
  server.kill('SIGHUP');
  await until('it says so', () => logged(server, 'SIGHUP: nothing happens').length > 0);
  expect(await isReady(server)).toBe(true);
  server.kill('SIGTERM');
  expect(await server.ended).toEqual({ code: 0, signal: null });
});

test('SIGHUP replaces workers, but by no build of other sources; the version is that of the build', async () => {
  buildIs(3);
  const server = await start({ WORKERS: '2' });
  expect(await isReady(server)).toBe(true);
  expect(await server.line('Dynamo CSMS')).toBe(`Dynamo CSMS ${BUILT} is running.`);
  // as git pull leaves it
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'dynamo-csms', version: '9.9.9', type: 'module' }),
  );
  server.kill('SIGHUP');
  await until('it refuses', () => logged(server, 'SIGHUP: refused').length > 0);
  expect(logged(server, 'SIGHUP: refused')[0]).toContain('npm run setup');
  buildIs(0);
  server.kill('SIGHUP');
  await until('both are replaced', () => logged(server, 'all workers were replaced').length > 0);
  const versions = logged(server, '"serving"').map((line) => (JSON.parse(line) as { version: string }).version);
  expect(versions).toEqual(Array.from({ length: 5 }, () => BUILT));
  server.kill('SIGTERM');
  expect(await server.ended).toEqual({ code: 0, signal: null });
});
