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

test('each is driven by the misbehaviour of its id, and leans on no other test', () => {
  const folder = new URL('./', import.meta.url);
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.journey.test.ts'))) {
    const [, ...parts] = readFileSync(new URL(name, folder), 'utf8').split(/^describe\('/m);
    for (const part of parts) {
      const id = part.slice(0, part.indexOf(':'));
      if (Object.hasOwn(misbehaviours, id)) expect(part).toContain(`misbehave: ['${id}'`);
      expect(part).not.toMatch(/test\/\w+\/[\w.-]+\.ts/);
    }
  }
});
