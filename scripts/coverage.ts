/** Writes the tables of served messages into README.md and docs, from what is registered: npm run docs:coverage */
import { readFileSync, writeFileSync } from 'node:fs';
import { coverageFiles, withCoverage } from './kit/coverage.ts';

for (const [file, make] of Object.entries(coverageFiles)) {
  const before = readFileSync(file, 'utf8');
  const after = withCoverage(before, make());
  if (after !== before) writeFileSync(file, after);
  process.stdout.write(`${file}: ${after === before ? 'up to date' : 'written'}\n`);
}
