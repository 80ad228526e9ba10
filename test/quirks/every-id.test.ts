import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { misbehaviours } from '../../src/simulator/index.ts';

/** B1 is what a good charger does, X14 what a bad database does: no misbehaviour of a charger shows them. */
const IDS = [...Object.keys(misbehaviours), 'B1', 'X14'];

test('every quirk of the list is a test under its id, one describe each', () => {
  const folder = new URL('./', import.meta.url);
  const text = readdirSync(folder)
    .filter((name) => name.endsWith('.journey.test.ts'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
  const told = [...text.matchAll(/^describe\('([A-Z]\d+): /gm)].map(([, id]) => id);
  expect(told.sort()).toEqual(IDS.sort());
});
