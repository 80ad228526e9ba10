#!/usr/bin/env node
// npm run sbom: what the server is made of, as a CycloneDX bill of materials. `npm sbom` tells it of all packages of the lockfile; what
// is left of it here is what the server runs with. Needs no network and no node_modules.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nameOf, productionPlaces } from './production-tree.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (name) => JSON.parse(readFileSync(join(root, name), 'utf8'));

const { packages } = read('package-lock.json');
const wanted = new Set([...productionPlaces(packages)].map((place) => `${nameOf(place)}@${packages[place].version}`));
const whole = JSON.parse(
  execFileSync('npm', ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 100_000_000,
    shell: process.platform === 'win32', // npm.cmd
  }),
);

// npm names this installation by its folder
const { name, version } = read('package.json');
const own = `${name}@${version}`;
const before = whole.metadata.component['bom-ref'];
const keyOf = ({ group, name, version }) => `${group === undefined ? '' : `${group}/`}${name}@${version}`;
const components = whole.components.filter((component) => wanted.has(keyOf(component)));
const refs = new Set([own, ...components.map((component) => component['bom-ref'])]);
const dependencies = whole.dependencies
  .map(({ ref, dependsOn }) => ({ ref: ref === before ? own : ref, dependsOn: dependsOn.filter((to) => refs.has(to)) }))
  .filter(({ ref }) => refs.has(ref));
const component = { ...whole.metadata.component, 'bom-ref': own, name, version, purl: `pkg:npm/${name}@${version}` };
const bom = { ...whole, metadata: { ...whole.metadata, component }, components, dependencies };

const named = new Set(components.map(keyOf));
const missing = [...wanted].filter((each) => !named.has(each));
if (missing.length > 0) {
  console.error(`npm sbom does not know: ${missing.join(', ')}`);
  process.exit(1);
}
const text = `${JSON.stringify(bom, null, 2)}\n`;
const [to = join(root, 'dist', 'sbom.cdx.json')] = process.argv.slice(2);
if (to === '-') process.stdout.write(text);
else {
  mkdirSync(dirname(resolve(to)), { recursive: true });
  writeFileSync(to, text);
  console.log(`${components.length} packages: ${to}`);
}
