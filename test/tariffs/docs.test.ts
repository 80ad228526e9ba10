/** The preview in docs/tariffs.md is answered as it says there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { installationRoot } from '../../src/config/index.ts';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';

const db = await testDatabase();
const rest = await createRest(db);
afterAll(async () => {
  await rest.stop();
  await db.close();
});

test('the preview in docs/tariffs.md costs what it says there', async () => {
  const text = readFileSync(join(installationRoot(), 'docs/tariffs.md'), 'utf8');
  const [asked, answer] = [...text.matchAll(/^```json\n([\s\S]*?)^```/gm)].map(([, json = '']) => JSON.parse(json));
  const { key } = await rest.keyOf(await rest.createOrganization());
  const { status, body } = await rest.as(key).post('/api/v1/tariffs/preview').send(asked);
  expect([status, body]).toEqual([200, answer]);
});
