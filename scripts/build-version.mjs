#!/usr/bin/env node
// Writes version.json into the build (dist, or --outDir DIR): which version it was made of, whatever package.json says later (git pull).
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = process.argv.indexOf('--outDir');
const outDir = resolve(root, at < 0 ? 'dist' : (process.argv[at + 1] ?? ''));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
writeFileSync(join(outDir, 'version.json'), `${JSON.stringify({ version })}\n`);
