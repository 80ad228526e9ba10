/** Writes diagrams of machines and tables of codes into the documents, from the code: npm run docs:machines */
import { readFileSync, writeFileSync } from 'node:fs';
import { generatedParts, withParts } from './kit/generated-parts.ts';

for (const [file, parts] of Object.entries(generatedParts)) {
  const before = readFileSync(file, 'utf8');
  const after = withParts(before, parts);
  if (after !== before) writeFileSync(file, after);
  process.stdout.write(`${file}: ${after === before ? 'up to date' : 'written'}\n`);
}
