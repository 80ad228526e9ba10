#!/usr/bin/env node
// What comes from outside: licences we may use, a lockfile that pins everything and names no server, and no code that runs
// at installation. Reads package-lock.json; says every fault, and ends with code 1 when there is one.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingOptionals } from './complete-lock.mjs';

const anywhere = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'BlueOak-1.0.0', 'Unlicense'];
/** Of development tools, which are never part of what is handed on. */
const inTools = ['MPL-2.0', 'CC0-1.0', 'CC-BY-4.0', 'Python-2.0'];

/** Judged by hand. A package that drops out of the lockfile must drop out of here. */
const judged = {
  'png-js': 'no licence field; MIT according to its LICENSE file',
  precond: 'no licence field; MIT according to its README and file headers',
  elkjs:
    'EPL-2.0, unchanged, only inside the studio of the Prisma CLI (a development tool), never loaded by the server',
};

/** SPDX: each part of AND must be allowed, one part of OR. */
function isAllowed(expression, allowed) {
  const text = expression.trim().replace(/^\((.*)\)$/, '$1');
  return text
    .split(/ OR /i)
    .some((choice) => choice.split(/ AND /i).every((licence) => allowed.includes(licence.replace(/[()]/g, '').trim())));
}

const nameOf = (place) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
const isTool = ({ dev, devOptional }) => dev === true || devOptional === true;

export function licenceFaults(packages) {
  const faults = [];
  const used = new Set();
  for (const [place, entry] of Object.entries(packages)) {
    if (place === '') continue;
    const allowed = isTool(entry) ? [...anywhere, ...inTools] : anywhere;
    if (entry.license !== undefined && isAllowed(entry.license, allowed)) continue;
    const name = nameOf(place);
    used.add(name);
    if (!Object.hasOwn(judged, name)) faults.push(`licence: ${place} has ${entry.license ?? 'none'}`);
  }
  for (const name of Object.keys(judged)) {
    if (!used.has(name))
      faults.push(`licence: ${name} needs no exception any more; remove it from check-dependencies.mjs`);
  }
  return faults;
}

export function lockFaults(packages) {
  const faults = [];
  for (const [place, entry] of Object.entries(packages)) {
    if (place === '') continue;
    if (entry.extraneous) faults.push(`lockfile: ${place} is extraneous`);
    if (entry.resolved !== undefined) faults.push(`lockfile: ${place} names where it came from: ${entry.resolved}`);
    // of complete-lock.mjs: binaries of tools for platforms whose packages were out of reach when the lockfile was written
    const isOfOtherPlatform = entry.optional === true && (entry.os !== undefined || entry.cpu !== undefined);
    if (entry.integrity === undefined && !isOfOtherPlatform) faults.push(`lockfile: ${place} has no integrity`);
    if (entry.integrity !== undefined && !entry.integrity.startsWith('sha512-')) {
      faults.push(`lockfile: ${place} is pinned by ${entry.integrity.split('-')[0]} only`);
    }
  }
  for (const name of missingOptionals(packages).keys()) {
    faults.push(`lockfile: ${name} is missing; run node scripts/complete-lock.mjs`);
  }
  return faults;
}

export function scriptFaults(packages, { allowScripts, npmrc }) {
  const faults = [];
  if (!/^ignore-scripts=true$/m.test(npmrc)) faults.push('scripts: .npmrc must say ignore-scripts=true');
  const withScripts = new Set();
  for (const [place, entry] of Object.entries(packages)) {
    if (entry.hasInstallScript) withScripts.add(nameOf(place));
  }
  for (const name of withScripts) {
    if (!Object.hasOwn(allowScripts, name))
      faults.push(`scripts: ${name} wants to run code when installed; decide in allowScripts`);
  }
  return faults;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const read = (name) => readFileSync(join(root, name), 'utf8');
  const { packages } = JSON.parse(read('package-lock.json'));
  const { allowScripts } = JSON.parse(read('package.json'));
  const faults = [
    ...licenceFaults(packages),
    ...lockFaults(packages),
    ...scriptFaults(packages, { allowScripts, npmrc: read('.npmrc') }),
  ];
  for (const fault of faults) console.error(fault);
  console.log(`${Object.keys(packages).length - 1} packages, ${faults.length} faults`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
