#!/usr/bin/env node
// Brings a clone to where it can run, with nothing but Node and npm: packages, Prisma client, build. What is up to date
// costs some tens of milliseconds and writes nothing, so an image that was set up may be read-only and without its
// development packages. Several may run at once: one works, the others wait. --check does nothing, and ends with code 3 where there is
// something to do.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { withLock } from './setup-lock.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const inRoot = (...parts) => join(root, ...parts);

/** Told to a person as it is, without a stack. */
class SetupError extends Error {}

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24;
  if (fits) return;
  throw new SetupError(
    `Dynamo CSMS needs Node.js 20.19 or newer of the 20s, 22.12 or newer of the 22s, or 24 and newer. This is ${process.version}: install a newer one from https://nodejs.org and start again.`,
  );
}

const hashOf = (...texts) => {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex');
};
const read = (file) => readFileSync(file, 'utf8');
const readJson = (file) => (existsSync(file) ? JSON.parse(read(file)) : undefined);
const stampText = (file) => (existsSync(file) ? read(file).trim() : undefined);

/** Every file below, in a fixed order. */
function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return path === inRoot('src', 'generated') ? [] : filesIn(path);
      return entry.isFile() ? [path] : [];
    });
}

/** Packages: the stamp lies in node_modules and goes with it. */
const packages = {
  stamp: inRoot('node_modules', '.dynamo-setup'),
  wanted: () => hashOf(read(inRoot('package-lock.json')), process.platform, process.arch),
  isThere: () => existsSync(inRoot('node_modules')),
};

/** The client, from the schema and the version of Prisma. */
const client = {
  stamp: inRoot('src', 'generated', '.dynamo-setup'),
  wanted: () => {
    const { packages: locked } = JSON.parse(read(inRoot('package-lock.json')));
    const versions = ['prisma', '@prisma/client'].map((name) => locked[`node_modules/${name}`]?.version ?? '');
    return hashOf(read(inRoot('prisma', 'schema.prisma')), ...versions);
  },
  isThere: () => existsSync(inRoot('src', 'generated', 'prisma', 'client.ts')),
};

/** dist, from the content of every source: times of files change with each clone and copy. */
const build = {
  stamp: inRoot('dist', '.dynamo-setup'),
  wanted: () => {
    const sources = [...filesIn(inRoot('src')), ...filesIn(inRoot('scripts'))].filter((file) =>
      /\.(ts|tsx|css|html|svg|json)$|build-(console|version)\.mjs$/.test(file),
    );
    const settings = [inRoot('tsconfig.json'), inRoot('tsconfig.build.json'), inRoot('package.json')];
    const texts = [...sources, ...settings].flatMap((file) => [relative(root, file).split(sep).join('/'), read(file)]);
    return hashOf(client.wanted(), ...texts);
  },
  isThere: () => existsSync(inRoot('dist', 'src', 'main.js')),
};

const isDone = ({ stamp, wanted, isThere }) => isThere() && stampText(stamp) === wanted();

function markDone({ stamp, wanted }) {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, `${wanted()}\n`);
}

/** Somebody ran npm himself: what it wrote down as installed is what the lockfile asks for. */
function isInstalledByHand() {
  const installed = readJson(inRoot('node_modules', '.package-lock.json'))?.packages;
  if (installed === undefined) return false;
  const locked = JSON.parse(read(inRoot('package-lock.json'))).packages;
  return Object.entries(locked).every(([place, { version, optional, link }]) => {
    if (place === '' || link) return true;
    const found = installed[place];
    return found === undefined ? optional === true : found.version === version;
  });
}

let child;
let cancelledBy;
let holdLockFor = () => {};

/** Runs a program to its end; what it says is shown when it fails. */
function run(what, command, args, env = {}) {
  return new Promise((resolve, reject) => {
    child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32' && !command.endsWith('.exe'),
    });
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
    child.once('spawn', () => holdLockFor(child.pid));
    child.once('error', (cause) => reject(new SetupError(`setup: ${what} could not be started: ${cause.message}`)));
    child.once('close', (code, signal) => {
      child = undefined;
      if (code === 0) return resolve();
      const text = Buffer.concat(said).toString().trim();
      reject(
        new SetupError(`${text}\nsetup: ${what} failed (${signal ?? `exit code ${code}`}); what it said stands above.`),
      );
    });
  });
}

const isWritable = (folder) => {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** npm's cache wants a home; a service account often has none. */
function cacheForTheHomeless() {
  const { HOME = '/', npm_config_cache: cache = join(HOME, '.npm') } = process.env;
  if (process.platform === 'win32') return undefined;
  let nearest = cache;
  while (!existsSync(nearest)) nearest = dirname(nearest);
  return isWritable(nearest) ? undefined : mkdtempSync(join(tmpdir(), 'dynamo-npm-'));
}

async function installPackages() {
  // npm hands its own options down to what it runs: what was meant for the outer npm is not meant for this one
  const env = { npm_config_dry_run: 'false', npm_config_global: 'false' };
  for (const name of ['prefix', 'local_prefix', 'omit', 'only', 'production', 'workspace', 'ignore_scripts']) {
    env[`npm_config_${name}`] = undefined;
  }
  const cache = cacheForTheHomeless();
  if (cache !== undefined) env.npm_config_cache = cache;
  // building needs the development packages, also where NODE_ENV=production
  const args = ['ci', '--include=dev', '--include=optional', '--loglevel=error', '--no-audit', '--no-fund'];
  const { npm_execpath: cli } = process.env;
  try {
    if (cli && /npm-cli\.[cm]?js$/.test(cli)) await run('npm ci', process.execPath, [cli, ...args], env);
    else await run('npm ci', 'npm', args, env);
  } finally {
    if (cache !== undefined) rmSync(cache, { recursive: true, force: true });
  }
}

async function generateClient() {
  // a build that is cut short must not leave half a client with a stamp
  rmSync(client.stamp, { force: true });
  await run('prisma generate', process.execPath, [inRoot('scripts', 'prisma.mjs'), 'generate', '--no-hints']);
}

/** Into a folder of its own that then takes the place of dist: nobody ever sees half a build, and no file of old stays. */
async function buildDist() {
  const draft = inRoot('dist.new');
  rmSync(draft, { recursive: true, force: true });
  const tsc = inRoot('node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(tsc)) {
    throw new SetupError(
      'setup: the build is out of date and TypeScript is not installed: npm ci --include=dev, then start again.',
    );
  }
  const wanted = build.wanted();
  await run('the build (tsc)', process.execPath, [
    tsc,
    '-p',
    'tsconfig.build.json',
    '--outDir',
    'dist.new',
    '--tsBuildInfoFile',
    'dist.new/.tsbuildinfo',
  ]);
  if (existsSync(inRoot('src', 'console'))) {
    const args = [inRoot('scripts', 'build-console.mjs'), '--outDir', join('dist.new', 'console')];
    await run('the build of the console (vite)', process.execPath, args);
  }
  const args = [inRoot('scripts', 'build-version.mjs'), '--outDir', 'dist.new'];
  await run('the version of the build', process.execPath, args);
  writeFileSync(join(draft, '.dynamo-setup'), `${wanted}\n`);
  const old = inRoot('dist.old');
  rmSync(old, { recursive: true, force: true });
  if (existsSync(inRoot('dist'))) renameSync(inRoot('dist'), old);
  renameSync(draft, inRoot('dist'));
  rmSync(old, { recursive: true, force: true });
}

async function timed(what, work) {
  const startedAt = performance.now();
  process.stderr.write(`setup: ${what} …\n`);
  await work();
  process.stderr.write(`setup: done in ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
}

async function doWhatIsMissing(alsoHeldBy) {
  holdLockFor = alsoHeldBy;
  if (!isDone(packages)) {
    if (!isInstalledByHand())
      await timed('installing packages (npm ci), which takes a while the first time', installPackages);
    markDone(packages);
  }
  if (!isDone(client)) {
    await timed('generating the database client', generateClient);
    markDone(client);
  }
  if (!isDone(build)) await timed('building', buildDist);
}

/** SIGTERM and Ctrl-C reach the program that works for us, and end us after it. */
function cancel(signal) {
  cancelledBy = signal;
  child?.kill(signal);
}

const isUpToDate = () => isDone(packages) && isDone(client) && isDone(build);

/** Throws SetupError with a text for a person. */
export async function setup() {
  refuseOldNode();
  if (!existsSync(inRoot('src'))) return; // an image with the build alone
  if (isUpToDate()) return;
  if (!isWritable(root)) {
    throw new SetupError(
      `setup: ${root} is not set up, and this user cannot write there. Run "npm run setup" as its owner once, or make it yours.`,
    );
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, cancel);
  try {
    const waiting = () => process.stderr.write('setup: waiting for another setup of this folder\n');
    await withLock(inRoot('.setup.lock'), doWhatIsMissing, { waiting, isCancelled: () => cancelledBy !== undefined });
  } catch (cause) {
    if (cancelledBy === undefined) throw explained(cause);
  } finally {
    for (const signal of signals) process.off(signal, cancel);
  }
  if (cancelledBy !== undefined) process.kill(process.pid, cancelledBy);
}

function explained(cause) {
  if (cause.code !== 'EACCES' && cause.code !== 'EPERM' && cause.code !== 'EROFS') return cause;
  return new SetupError(
    `setup: ${cause.path ?? root} cannot be written (${cause.code}): another user set this folder up. Go on as that user, or remove node_modules, dist and src/generated.`,
  );
}

/** For the entry points: says why and ends with code 1. */
export async function setupOrExit() {
  try {
    await setup();
  } catch (cause) {
    process.stderr.write(cause instanceof SetupError ? `${cause.message}\n` : `setup: ${cause.stack}\n`);
    process.exit(1);
  }
}

const isEntry = process.argv[1] !== undefined && pathToFileURL(realpathSync(process.argv[1])).href === import.meta.url;
if (isEntry && process.argv.includes('--check')) process.exit(!existsSync(inRoot('src')) || isUpToDate() ? 0 : 3);
if (isEntry) await setupOrExit();
