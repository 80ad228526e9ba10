/** The first start: one organization, one owner, one key, however many processes start at once. */
import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import request from 'supertest';
import { createPasswords, ensureFirstOrganization } from '../../src/auth/index.ts';
import { scopes } from '../../src/platform/principal.ts';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';

async function installation() {
  const db = await testDatabase({ poolSize: 8 });
  const rest = await createRest(db);
  const needs = { db, peppers: rest.keyRing.peppers('api-key'), passwords: rest.passwords, clock: rest.clock };
  const close = async () => {
    await rest.stop();
    await db.close();
  };
  return { db, rest, needs, close };
}

test('an empty installation gets an owner and a key that work, and tells what it generated once', async () => {
  const { rest, needs, close } = await installation();
  const first = await ensureFirstOrganization({ ...needs, config: {} });
  if (!first.created) throw new Error('nothing was created');
  const { generatedApiKey = '', generatedPassword = '', email } = first;
  const me = await rest.as(generatedApiKey).get('/api/v1/auth/me');
  expect(me.body.organization).toEqual({ id: first.organizationId, name: 'My organization' });
  expect(new Set(me.body.scopes)).toEqual(new Set(scopes));
  const login = await request(rest.app).post('/api/v1/auth/login').send({ email, password: generatedPassword });
  expect([login.status, login.body.user.role]).toEqual([200, 'owner']);
  expect(await ensureFirstOrganization({ ...needs, config: {} })).toEqual({ created: false });
  await close();
});

test('what is configured is used and not told again', async () => {
  const { rest, needs, close } = await installation();
  const config = {
    organization: 'Stadtwerke',
    email: 'Boss@Example.com',
    password: 'a long enough password',
    apiKey: `dyn_live_${randomBytes(24).toString('hex')}`,
  };
  const first = await ensureFirstOrganization({ ...needs, config });
  expect(first).toEqual({
    created: true,
    organizationId: expect.stringMatching(/^org_/),
    organizationName: 'Stadtwerke',
    email: 'boss@example.com',
    generatedPassword: undefined,
    generatedApiKey: undefined,
  });
  expect((await rest.as(config.apiKey).get('/api/v1/organization')).body.name).toBe('Stadtwerke');
  await close();
});

test.each([
  [{ password: 'short' }, 'BOOTSTRAP_PASSWORD'],
  [{ apiKey: 'too-short-to-be-a-key' }, 'BOOTSTRAP_API_KEY'],
  [{ apiKey: `dyn_live_${'a'.repeat(38)}` }, 'BOOTSTRAP_API_KEY'],
])('%j is refused by name and leaves nothing behind', async (config, variable) => {
  const { db, needs, close } = await installation();
  await expect(ensureFirstOrganization({ ...needs, config })).rejects.toThrow(variable);
  expect(await db.prisma.organization.count()).toBe(0);
  await close();
});

test('of four processes that start at once one creates it', async () => {
  const { db, needs, close } = await installation();
  const outcomes = await Promise.all(
    Array.from({ length: 4 }, () => ensureFirstOrganization({ ...needs, passwords: createPasswords(), config: {} })),
  );
  expect(outcomes.filter((each) => each.created)).toHaveLength(1);
  const counts = [await db.prisma.organization.count(), await db.prisma.user.count(), await db.prisma.apiKey.count()];
  expect(counts).toEqual([1, 1, 1]);
  await close();
});
