/** scripts/check-dependencies.mjs on lockfiles with one fault each. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { installationRoot } from '../../src/config/index.ts';

const root = installationRoot();
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

type Packages = Record<string, Record<string, unknown>>;
const own = (JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Packages }).packages;
const fine = { version: '1.0.0', license: 'MIT', integrity: 'sha512-abc' };

function copyWith(packages: Packages, npmrc?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'dynamo-dependencies-'));
  folders.push(folder);
  mkdirSync(join(folder, 'scripts'));
  for (const name of ['scripts/check-dependencies.mjs', 'scripts/complete-lock.mjs', 'package.json', '.npmrc']) {
    cpSync(join(root, name), join(folder, name));
  }
  if (npmrc !== undefined) writeFileSync(join(folder, '.npmrc'), npmrc);
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: { ...own, ...packages } }));
  return folder;
}

const run = (folder: string, script: string): Promise<{ failed: boolean; said: string }> =>
  new Promise((resolve) =>
    execFile(process.execPath, [join(folder, 'scripts', script)], (error, out, err) =>
      resolve({ failed: error !== null, said: err + out }),
    ),
  );
const check = (packages: Packages, npmrc?: string) => run(copyWith(packages, npmrc), 'check-dependencies.mjs');

test('what is installed here is in order', async () => {
  expect(await check({})).toMatchObject({ failed: false, said: expect.stringContaining(' 0 faults') });
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ['a copyleft licence', { license: 'GPL-3.0-only' }, /^licence: node_modules\/new has GPL-3.0-only/],
  ['no licence', { license: undefined }, /^licence: node_modules\/new has none/],
  ['one of two licences that both hold', { license: 'MIT AND GPL-2.0' }, /^licence: /],
  ["a tool's licence on what is handed on", { license: 'CC-BY-4.0' }, /^licence: /],
  ['no integrity', { integrity: undefined }, /^lockfile: node_modules\/new has no integrity/],
  ['a weak integrity', { integrity: 'sha1-abc' }, /^lockfile: node_modules\/new is pinned by sha1 only/],
  ['an address', { resolved: 'https://registry.example.com/new.tgz' }, /^lockfile: node_modules\/new names where/],
  ['a package that nobody asks for', { extraneous: true }, /^lockfile: node_modules\/new is extraneous/],
  ['an install script that nobody judged', { hasInstallScript: true }, /^scripts: new wants to run code/],
  [
    'a platform package that is left out',
    { optionalDependencies: { 'new-win32-x64': '1.0.0' } },
    /^lockfile: new-win32-x64 is missing/,
  ],
])('%s is a fault', async (_name, change, fault) => {
  const { failed, said } = await check({ 'node_modules/new': { ...fine, ...change } });
  expect(failed).toBe(true);
  expect(said).toMatch(fault);
  expect(said).toContain(' 1 faults');
});

test.each(['MIT OR GPL-3.0', '(MIT OR CC0-1.0)', 'Apache-2.0 AND MIT', 'MIT and ISC'])(
  '%s is allowed',
  async (license) => {
    expect((await check({ 'node_modules/new': { ...fine, license } })).failed).toBe(false);
  },
);

test('an exception that nothing needs any more is a fault', async () => {
  const { failed, said } = await check({ 'node_modules/png-js': fine });
  expect([failed, said]).toEqual([true, expect.stringMatching(/^licence: png-js needs no exception any more/)]);
});

test('install scripts must stay switched off', async () => {
  expect((await check({}, 'fund=false\n')).said).toMatch(/^scripts: \.npmrc must say ignore-scripts=true/);
});

test('complete-lock.mjs names what was left out, with its platform, and is then content', async () => {
  const optionalDependencies = { '@new/linux-x64-musl': '1.2.3', 'new-darwin-arm64': '1.2.3' };
  const folder = copyWith({ 'node_modules/new': { ...fine, dev: true, optionalDependencies } });
  expect((await run(folder, 'complete-lock.mjs')).said).toContain('added 2 optional packages');
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as { packages: Packages };
  const common = { version: '1.2.3', dev: true, license: 'MIT', optional: true };
  expect(packages['node_modules/@new/linux-x64-musl']).toEqual({
    ...common,
    cpu: ['x64'],
    libc: ['musl'],
    os: ['linux'],
  });
  expect(packages['node_modules/new-darwin-arm64']).toEqual({ ...common, cpu: ['arm64'], os: ['darwin'] });
  expect((await run(folder, 'complete-lock.mjs')).said).toContain('is complete');
  expect((await run(folder, 'check-dependencies.mjs')).failed).toBe(false);
});
