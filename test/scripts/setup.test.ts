/**
 * scripts/setup.mjs on a small copy with stand-ins for npm, Prisma and tsc: what runs when, and what does not. The real thing
 * is proved by .ci/run in a bare clone.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { installationRoot } from '../../src/config/index.ts';
import { until } from '../support/until.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const STEP = `require('node:fs').appendFileSync('ran.log', `;
/** Leaves what npm ci would leave: packages, its own note of them, and a tsc that "builds". */
const FAKE_NPM = `
const fs = require('node:fs');
${STEP}'npm ' + process.argv.slice(2).join(' ') + '\\n');
if (fs.existsSync('npm-hangs')) setInterval(() => {}, 1000);
else if (fs.existsSync('npm-fails')) { console.error('E404 not in the registry'); process.exit(3); }
else {
  fs.mkdirSync('node_modules/typescript/bin', { recursive: true });
  fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
  fs.copyFileSync('fake-tsc.cjs', 'node_modules/typescript/bin/tsc');
}`;
const FAKE_TSC = `
const fs = require('node:fs');
${STEP}'tsc\\n');
if (fs.existsSync('tsc-fails')) { console.log('src/main.ts(1,1): error TS1'); process.exit(2); }
const out = process.argv[process.argv.indexOf('--outDir') + 1];
fs.mkdirSync(out + '/src', { recursive: true });
fs.writeFileSync(out + '/src/main.js', 'console.log("started");');`;
const FAKE_PRISMA = `
import fs from 'node:fs';
fs.appendFileSync('ran.log', 'prisma generate\\n');
fs.mkdirSync('src/generated/prisma', { recursive: true });
fs.writeFileSync('src/generated/prisma/client.ts', '');`;

let folder = '';
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const lock = (version: string) =>
  JSON.stringify({
    packages: { '': {}, 'node_modules/prisma': { version }, 'node_modules/x': { version, optional: true } },
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dynamo setup-'));
  folders.push(folder);
  for (const name of ['setup.mjs', 'setup-lock.mjs', 'build-version.mjs', 'start.mjs', 'run.mjs']) {
    cpSync(join(installationRoot(), 'scripts', name), join(folder, 'scripts', name));
  }
  write('scripts/prisma.mjs', FAKE_PRISMA);
  write('npm-cli.js', FAKE_NPM);
  write('fake-tsc.cjs', FAKE_TSC);
  write('package.json', '{}');
  write('package-lock.json', lock('1.0.0'));
  write('tsconfig.json', '{}');
  write('tsconfig.build.json', '{}');
  write('prisma/schema.prisma', 'model A {}');
  write('src/main.ts', 'export {};');
});

function begin(script = 'setup.mjs', args: string[] = []) {
  const child = spawn(process.execPath, [join(folder, 'scripts', script), ...args], {
    cwd: '/',
    env: { PATH: process.env['PATH'], HOME: folder, npm_execpath: join(folder, 'npm-cli.js') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const ended = new Promise<{ code: number | NodeJS.Signals | null; out: string; err: string }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code: signal ?? code, ...said })),
  );
  return { child, ended };
}
const setup = () => begin().ended;

/** What ran since it was last asked. */
function ran(): string[] {
  const file = join(folder, 'ran.log');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  rmSync(file, { force: true });
  return lines.map((line) => line.split(' ').slice(0, 2).join(' '));
}
const everything = ['npm ci', 'prisma generate', 'tsc'];

test('a bare clone gets packages, client and build; the second time nothing runs and nothing is said', async () => {
  expect((await setup()).code).toBe(0);
  expect(ran()).toEqual(everything);
  expect(await setup()).toEqual({ code: 0, out: '', err: '' });
  expect(ran()).toEqual([]);
});

describe('what changes is done again, and no more', () => {
  test.each<[string, () => void, string[]]>([
    ['a source', () => write('src/main.ts', 'export {}; // 2'), ['tsc']],
    ['a new source', () => write('src/room/index.ts', ''), ['tsc']],
    ['a removed source', () => rmSync(join(folder, 'src/other.ts')), ['tsc']],
    ['the schema', () => write('prisma/schema.prisma', 'model B {}'), ['prisma generate', 'tsc']],
    ['the version of Prisma', () => write('package-lock.json', lock('2.0.0')), everything],
    ['deleted packages', () => rmSync(join(folder, 'node_modules'), { recursive: true }), ['npm ci']],
    ['a deleted client', () => rmSync(join(folder, 'src/generated'), { recursive: true }), ['prisma generate']],
    ['a deleted build', () => rmSync(join(folder, 'dist'), { recursive: true }), ['tsc']],
    ['the time of a file alone', () => write('src/main.ts', 'export {};'), []],
  ])('%s', async (_what, change, expected) => {
    write('src/other.ts', '');
    await setup();
    ran();
    change();
    expect((await setup()).code).toBe(0);
    expect(ran()).toEqual(expected);
  });
});

test('--check does nothing and tells with code 3 that there is something to do; the build keeps its version until then', async () => {
  write('package.json', '{"version":"1.0.0"}');
  const check = async () => (await begin('setup.mjs', ['--check']).ended).code;
  const built = () => readFileSync(join(folder, 'dist/version.json'), 'utf8').trim();
  expect(await check()).toBe(3);
  await setup();
  expect(await check()).toBe(0);
  ran();
  write('package.json', '{"version":"2.0.0"}');
  expect(await check()).toBe(3);
  expect(ran()).toEqual([]);
  expect(built()).toBe('{"version":"1.0.0"}');
  await setup();
  expect(built()).toBe('{"version":"2.0.0"}');
});

test('packages that somebody installed by hand are taken as they are', async () => {
  await setup();
  rmSync(join(folder, 'node_modules/.dynamo-setup'));
  ran();
  await setup();
  expect(ran()).toEqual([]);
});

test('a removed source leaves nothing behind in the build', async () => {
  await setup();
  write('dist/src/old.js', '');
  write('src/main.ts', 'export {}; // 2');
  await setup();
  expect(existsSync(join(folder, 'dist/src/old.js'))).toBe(false);
});

test('of several at once one works and the others wait for it', async () => {
  const all = await Promise.all([setup(), setup(), setup()]);
  expect(all.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(ran()).toEqual(everything);
  expect(existsSync(join(folder, '.setup.lock'))).toBe(false);
});

test.each(['', 'its name'])('one that died after it had written "%s" keeps nobody out', async (written) => {
  write('.setup.lock', written === '' ? '' : await lockOfADeadProcess());
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(join(folder, '.setup.lock'), longAgo, longAgo);
  expect((await setup()).code).toBe(0);
  expect(ran()).toEqual(everything);
});

test('a failing npm ci is told with its own words, leaves no stamp, and is tried again', async () => {
  write('npm-fails', '');
  const failed = await setup();
  expect(failed.code).toBe(1);
  expect(failed.err).toMatch(/E404 not in the registry\nsetup: npm ci failed \(exit code 3\)/);
  rmSync(join(folder, 'npm-fails'));
  ran();
  expect((await setup()).code).toBe(0);
  expect(ran()).toEqual(everything);
});

test('a failing build keeps the one before', async () => {
  await setup();
  write('tsc-fails', '');
  write('src/main.ts', 'export const x: number = "";');
  const failed = await setup();
  expect(failed).toMatchObject({ code: 1, err: expect.stringContaining('error TS1') });
  expect(existsSync(join(folder, 'dist/src/main.js'))).toBe(true);
});

test('SIGTERM ends what runs, gives the lock back and ends with the signal', async () => {
  write('npm-hangs', '');
  const { child, ended } = begin();
  await until('npm runs', () => existsSync(join(folder, 'ran.log')));
  child.kill('SIGTERM');
  expect((await ended).code).toBe('SIGTERM');
  expect(existsSync(join(folder, '.setup.lock'))).toBe(false);
});

test('start.mjs sets up and becomes the server', async () => {
  const { code, out } = await begin('start.mjs').ended;
  expect({ code, out }).toEqual({ code: 0, out: 'started\n' });
});

test('run.mjs becomes the script, with its arguments; an unknown name lists what there is', async () => {
  await setup();
  write('dist/scripts/hello.js', 'console.log(process.argv.slice(2).join(" "));');
  expect((await begin('run.mjs', ['hello', '--a', 'b c']).ended).out).toBe('--a b c\n');
  for (const name of ['nothing', '../src/main', '']) {
    expect(await begin('run.mjs', [name]).ended).toMatchObject({
      code: 2,
      err: expect.stringMatching(/there are: hello/),
    });
  }
});

async function lockOfADeadProcess(): Promise<string> {
  const { hostname } = await import('node:os');
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await new Promise((resolve) => child.once('exit', resolve));
  return `${hostname()} 0123456789abcdef ${child.pid}`;
}
