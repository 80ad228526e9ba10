#!/usr/bin/env node
// Run after every change of package-lock.json: node scripts/complete-lock.mjs
// npm leaves out of the lockfile what the registry in reach does not have (binaries of development tools for other
// platforms), and then `npm ci` of npm 11 refuses the lockfile as incomplete. This names them with their exact version;
// whoever works on such a platform gets them from a registry that has them. --check only says whether something is missing.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64', 'wasm32'];

/** What the names of such packages say, all of them being called alike: tool-linux-arm64-musl. */
function platformOf(name) {
  const words = name.split(/[-/]/);
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  const libc = words.includes('musl') ? ['musl'] : words.includes('gnu') && os[0] === 'linux' ? ['glibc'] : [];
  return { cpu, libc, os };
}

/** Every optional dependency that no entry of the lockfile serves: name → { version, dev }. */
export function missingOptionals(packages) {
  const missing = new Map();
  for (const [place, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      let at = place;
      let found = false;
      while (!found) {
        found = packages[at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`] !== undefined;
        if (at === '') break;
        at = at.slice(0, Math.max(at.lastIndexOf('/node_modules/'), 0));
      }
      if (!found) missing.set(name, { version, entry });
    }
  }
  return missing;
}

function complete(packages) {
  const added = { ...packages };
  for (const [name, { version, entry }] of missingOptionals(packages)) {
    if (!/^\d+\.\d+\.\d+[\w.+-]*$/.test(version)) throw new Error(`${name}@${version}: not an exact version`);
    const { cpu, libc, os } = platformOf(name);
    if (os.length === 0 && cpu.length === 0) throw new Error(`${name}: its name does not tell a platform`);
    added[`node_modules/${name}`] = {
      version,
      ...(cpu.length > 0 ? { cpu } : {}),
      ...(entry.dev ? { dev: true } : {}),
      ...(libc.length > 0 ? { libc } : {}),
      license: entry.license,
      optional: true,
      ...(os.length > 0 ? { os } : {}),
    };
  }
  const sorted = Object.keys(added).sort((a, b) => a.localeCompare(b, 'en'));
  return Object.fromEntries(sorted.map((place) => [place, added[place]]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = join(dirname(dirname(fileURLToPath(import.meta.url))), 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = [...missingOptionals(lock.packages).keys()];
  if (process.argv.includes('--check')) {
    if (missing.length > 0)
      console.error(`package-lock.json lacks ${missing.join(', ')}: node scripts/complete-lock.mjs`);
    process.exitCode = missing.length > 0 ? 1 : 0;
  } else if (missing.length > 0) {
    writeFileSync(file, `${JSON.stringify({ ...lock, packages: complete(lock.packages) }, null, 2)}\n`);
    console.log(`package-lock.json: added ${missing.length} optional packages of other platforms`);
  } else console.log('package-lock.json is complete');
}
