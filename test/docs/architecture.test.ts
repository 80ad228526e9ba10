/** The tables of docs/architecture.md name every room and every table of the database, and no other. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { installationRoot } from '../../src/config/index.ts';

const root = installationRoot();
const architecture = readFileSync(join(root, 'docs/architecture.md'), 'utf8');

/** What stands in backquotes in a column of the table under a heading, `main.ts` and its like left out. */
function namesIn(heading: string, column: number): string[] {
  const [, after = ''] = architecture.split(`\n## ${heading}\n`);
  const rows = (after.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('|'));
  return rows
    .flatMap((row) => [...(row.split('|')[column] ?? '').matchAll(/`([a-z0-9_-]+)`/g)].map(([, name = '']) => name))
    .sort();
}

test('every folder of src is a room of the table', () => {
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const rooms = folders.map(({ name }) => name).filter((name) => name !== 'generated'); // made by `npm run generate`
  expect(namesIn('Rooms', 2)).toEqual(rooms.sort());
});

test('of every table of the database it is said who writes it and how long it is kept', () => {
  const schema = readFileSync(join(root, 'prisma/schema.prisma'), 'utf8');
  const tables = [...schema.matchAll(/@@map\("([^"]+)"\)/g)].map(([, name = '']) => name);
  expect(namesIn('Tables', 1)).toEqual(tables.sort());
});
