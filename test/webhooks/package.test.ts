/** The package that `npm run package` makes, installed in an empty folder: verifyWebhook for receivers, the client for callers, the server for all. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { installationRoot } from '../../src/config/index.ts';
import { deliveryHeaders } from '../../src/webhooks/delivery-headers.ts';
import { run } from '../database/processes.ts';
import { emptyDatabase } from '../support/db.ts';

const root = installationRoot();
type Packages = Readonly<Record<string, object>>;
const { productionPlaces } = (await import(pathToFileURL(join(root, 'scripts', 'production-tree.mjs')).href)) as {
  productionPlaces: (packages: Packages) => Set<string>;
};
const folder = mkdtempSync(join(tmpdir(), 'dynamo-package-'));
afterAll(() => rmSync(folder, { recursive: true }));

const source = join(folder, 'source');
const receiver = join(folder, 'receiver');
const installed = join(receiver, 'node_modules', 'dynamo-csms');

/** In a place of its own: a build of the server that runs meanwhile is not touched. What was built of the same sources is not built again. */
function pack(): string {
  mkdirSync(source);
  const files = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'tsconfig.package.json'];
  for (const name of [...files, 'README.md', 'CHANGELOG.md', 'LICENSE', '.env.example', '.npmrc'])
    cpSync(join(root, name), join(source, name));
  for (const name of ['src', 'scripts', 'docs', 'prisma', 'dist'])
    if (existsSync(join(root, name))) cpSync(join(root, name), join(source, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(source, 'node_modules'));
  execFileSync('npm', ['run', '--silent', 'package', '--', '--offline'], { cwd: source, stdio: 'pipe' });
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return join(source, `dynamo-csms-${version}.tgz`);
}

/** As npm would put them there: what the server runs with, and no tool. */
function linkDependencies(): void {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Packages };
  for (const place of productionPlaces(packages)) {
    if (place.indexOf('node_modules/') !== place.lastIndexOf('node_modules/') || !existsSync(join(root, place)))
      continue;
    mkdirSync(dirname(join(receiver, place)), { recursive: true });
    symlinkSync(join(root, place), join(receiver, place));
  }
}

const tarball = pack();
const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n');
beforeAll(() => {
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
  writeFileSync(join(receiver, 'package.json'), '{"type":"module"}');
});

test("it holds what is run, and neither sources nor what is somebody's own", () => {
  const has = files.map((name) => name.replace('package/', ''));
  for (const name of [
    'LICENSE',
    'README.md',
    'CHANGELOG.md',
    '.env.example',
    'docs/operations.md',
    'dist/src/main.js',
    'dist/console/index.html',
  ])
    expect(has).toContain(name);
  expect(has.filter((name) => /^prisma\/migrations\/.*\.sql$/.test(name)).length).toBeGreaterThan(50);
  const types = has.filter((name) => name.endsWith('.ts')).map((name) => name.replace('dist/src/', ''));
  const compiled = ['client/index', 'client/schema', 'webhooks/receiving', 'webhooks/sign', 'webhooks/verify'];
  expect(types.sort()).toEqual(compiled.map((name) => `${name}.d.ts`));
  expect(has.filter((name) => /\.map$|(^|\/)\.env$|^(src|test|data|node_modules)\//.test(name))).toEqual([]);
});

test('a receiver imports verifyWebhook from it, by either name, with types, and needs no other package', () => {
  const secret = 'a-secret-of-yours';
  const body = '{"id":"evt_1"}';
  const signed = {
    deliveryId: 'whd_1',
    eventId: 'evt_1',
    event: 'session.started',
    body,
    attempt: 1,
    at: new Date(),
    secret,
  };
  for (const name of ['dynamo-csms/webhooks', 'dynamo-csms']) {
    const program = `
      import { verifyWebhook } from ${JSON.stringify(name)};
      const [body, headers, secret] = process.argv.slice(2).map((text) => JSON.parse(text));
      console.log(JSON.stringify([verifyWebhook(body, headers, secret), verifyWebhook(body + ' ', headers, secret).ok]));`;
    writeFileSync(join(receiver, 'receive.js'), program);
    const args = [body, deliveryHeaders(signed), secret].map((each) => JSON.stringify(each));
    const said = execFileSync(process.execPath, ['receive.js', ...args], { cwd: receiver, encoding: 'utf8' });
    expect(JSON.parse(said)).toEqual([{ ok: true }, false]);
  }

  writeFileSync(
    join(receiver, 'typed.ts'),
    `import { type Verification, verifyWebhook } from 'dynamo-csms/webhooks';
     const verdict: Verification = verifyWebhook(new Uint8Array(), { 'x-webhook-signature': 'x' }, ['secret'], { toleranceS: 60 });
     export const why: string | undefined = verdict.ok ? undefined : verdict.message;
     // @ts-expect-error a parsed body is not raw
     verifyWebhook({ id: 'evt_1' }, {}, 'secret');`,
  );
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--types', '', 'typed.ts'];
  execFileSync(process.execPath, [tsc, ...options], { cwd: receiver, stdio: 'inherit' });
});

test('its program is the server, with .env and data of where it is called; its client speaks to it', async () => {
  linkDependencies();
  const home = join(folder, 'home');
  mkdirSync(home);
  const key = `dyn_live_${randomBytes(24).toString('hex')}`;
  const settings = {
    SECRET_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    BOOTSTRAP_API_KEY: key,
    PORT: '0',
    HOST: '127.0.0.1',
  };
  writeFileSync(
    join(home, '.env'),
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  const program = join(installed, 'scripts', 'dynamo-csms.mjs');
  const options = { cwd: home, env: { DATABASE_URL: await emptyDatabase(), LOG_LEVEL: 'warn' } };
  const server = run(program, [], options);
  const base = /http:\S+(?=\/api)/.exec(await server.line('  REST', 120_000))?.[0] ?? '';
  expect((await fetch(`${base}/readyz`)).status).toBe(200);
  const page = await fetch(base, { headers: { accept: 'text/html' } });
  expect(await page.text()).toMatch(/<script type="module"/);
  writeFileSync(
    join(receiver, 'call.js'),
    `import { allOf, createDynamoClient, onlyOnce } from 'dynamo-csms/client';
     const [baseUrl, apiKey] = process.argv.slice(2);
     const client = createDynamoClient({ baseUrl, apiKey });
     for (const identity of ['A-1', 'A-2', 'A-3'])
       await client.POST('/api/v1/charge-points', { params: { header: onlyOnce() }, body: { identity } });
     const names = [];
     for await (const { identity } of allOf((cursor) => client.GET('/api/v1/charge-points', { params: { query: { cursor, limit: 2 } } }))) names.push(identity);
     const { error } = await client.GET('/api/v1/charge-points/{id}', { params: { path: { id: 'cp_01J00000000000000000000000' } } });
     console.log(JSON.stringify([names.sort(), error.error.code]));`,
  );
  const call = run(join(receiver, 'call.js'), [base, key], { cwd: receiver });
  await call.ended;
  expect({ out: call.lines(), err: call.errors() }).toEqual({ out: ['[["A-1","A-2","A-3"],"not_found"]'], err: '' });
  const doctor = run(program, ['doctor', '--json'], options);
  await doctor.ended;
  const checks = (JSON.parse(doctor.lines().join('')) as { check: string; level: string }[]).filter(
    ({ level }) => level === 'ok',
  );
  expect(checks.map(({ check }) => check)).toEqual(expect.arrayContaining(['configuration', 'migrations', 'secrets']));
  const listener = run(program, ['webhook-listen', '--secret', 'a-secret-of-yours', '--port', '0'], options);
  const caFile = /WEBHOOK_CA_FILE=(\S+)/.exec(await listener.line('  WEBHOOK_ALLOW_SUBNETS'))?.[1] ?? '';
  listener.kill('SIGTERM');
  await listener.ended;
  expect(readFileSync(resolve(home, caFile), 'utf8')).toContain('BEGIN CERTIFICATE');
  server.kill('SIGTERM');
  expect(await server.ended).toEqual({ code: 0, signal: null });
  expect(existsSync(join(installed, 'data'))).toBe(false);
});

test('whoever calls it with types is told what the API does not know', () => {
  writeFileSync(
    join(receiver, 'called.ts'),
    `import { createDynamoClient, type Schemas } from 'dynamo-csms/client';
     const client = createDynamoClient({ baseUrl: 'https://csms.example', apiKey: 'x' });
     const { data } = await client.GET('/api/v1/sessions/{id}', { params: { path: { id: 'ses_1' } } });
     export const session: Schemas['Session'] | undefined = data;
     // @ts-expect-error there is no such path
     await client.GET('/api/v1/nothing');
     // @ts-expect-error a charge point has an identity
     await client.POST('/api/v1/charge-points', { body: { name: 'x' } });`,
  );
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--lib',
    'es2023,dom',
    '--skipLibCheck',
    '--types',
    '',
    'called.ts',
  ];
  execFileSync(process.execPath, [tsc, ...options], { cwd: receiver, stdio: 'inherit' });
});
