#!/usr/bin/env node
// Known faults of what the server runs with, by `npm audit`: code 1 when one is high or critical, 77 (SKIPPED) when the registry
// cannot be asked, which many mirrors cannot. Ends within a minute, whatever the registry does.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { productionPlaces } from './production-tree.mjs';

const SKIPPED = 77;
const LIMIT_MS = Number(process.env.AUDIT_LIMIT_MS ?? 50_000);
const SEVERE = new Set(['high', 'critical']);
const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What npm says; it ends with code 1 also when all went well and something was found. */
const ask = () =>
  new Promise((answer) => {
    const options = {
      cwd: root,
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
      maxBuffer: 50_000_000,
      env: { ...process.env, npm_config_fetch_retries: '1', npm_config_fetch_timeout: '20000' },
      shell: process.platform === 'win32', // npm.cmd
    };
    // not --omit=dev: see production-tree.mjs
    execFile('npm', ['audit', '--json', '--package-lock-only'], options, (error, out) => {
      answer(error?.killed ? { why: `the registry gave no answer within ${LIMIT_MS / 1000} s` } : { text: out });
    });
  });

function reportOf(text) {
  try {
    const report = JSON.parse(text);
    if (typeof report.vulnerabilities === 'object' && report.vulnerabilities !== null) return { report };
    return { why: String(report.message ?? report.error?.summary ?? 'the registry told nothing').slice(0, 300) };
  } catch {
    return { why: 'npm audit gave no report' };
  }
}

const titlesOf = ({ via }) =>
  via.map((each) => (typeof each === 'string' ? `by ${each}` : `${each.title} ${each.url}`)).join('; ');

const [flag, file] = process.argv.slice(2);
const { text = '', why: silent } = flag === '--report' ? { text: readFileSync(file, 'utf8') } : await ask();
const { report, why = silent } = silent === undefined ? reportOf(text) : {};
if (report === undefined) {
  console.log(`SKIPPED: known faults of packages were not looked up: ${why}`);
  process.exit(SKIPPED);
}
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
const places = productionPlaces(packages);
const found = Object.values(report.vulnerabilities).filter(({ nodes }) => nodes.some((place) => places.has(place)));
const severe = found.filter(({ severity }) => SEVERE.has(severity));
for (const each of found) console.log(`${each.severity}: ${each.name} ${each.range}: ${titlesOf(each)}`);
const others = Object.keys(report.vulnerabilities).length - found.length;
console.log(
  `${places.size} packages: ${severe.length} high or critical, ${found.length - severe.length} others; ${others} in tools`,
);
process.exitCode = severe.length > 0 ? 1 : 0;
