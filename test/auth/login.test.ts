/** People log in: answers that tell nothing, guesses that get slow, rights by role, disabled at once. */
import { createHash } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import jwt from 'jsonwebtoken';
import request from 'supertest';
import { generateApiKey, hashApiKey, publicPart } from '../../src/auth/api-keys.ts';
import { createPasswords, roles } from '../../src/auth/index.ts';
import { scopesOfRole } from '../../src/auth/roles.ts';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';

const db = await testDatabase();
const rest = await createRest(db);
afterAll(async () => {
  await rest.stop();
  await db.close();
  await countedDb.close();
});
const path = '/api/v1/auth/login';
type Credentials = { email: string; password: string; code?: string; organization_id?: string };
const login = (credentials: Credentials, on = rest) => request(on.app).post(path).send(credentials);

describe('passwords', () => {
  const passwords = createPasswords({ concurrency: 1, maxWaiting: 2 });

  test('are kept as scrypt at the cost that OWASP recommends (2^15, 8, 3), each with a salt of its own', async () => {
    const [one, two] = [await passwords.hash('secret'), await passwords.hash('secret')];
    expect(one).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(two);
    expect(await passwords.verify('secret', one)).toBe(true);
    expect(await passwords.verify('Secret', one)).toBe(false);
    expect(await passwords.verify('secret', undefined)).toBe(false);
    expect(await passwords.verify('', undefined)).toBe(false);
  });

  test('are the same however a keyboard composes their characters', async () => {
    expect(await passwords.verify('Gru\u0308n', await passwords.hash('Gr\u00fcn'))).toBe(true);
  });

  test('are worked on a few at a time, and beyond a queue not at all', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => passwords.hash('x')));
    expect(tries.map((each) => each.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected']);
    expect(await passwords.hash('x')).toContain('$scrypt$');
  });
});

/** Statements are counted: nothing else may be asked meanwhile. */
const countedDb = await testDatabase();
const hour = 3_600_000;

describe('the work of a login', () => {
  test('is the same for who is unknown, has another password, is disabled, is no member there, or has an old hash', async () => {
    let hashed = 0;
    const passwords = createPasswords({
      parallelism: 3,
      kdf: async (password, salt, bytes, { N = 0, r = 0, p = 0 }) => {
        hashed += N * r * p;
        return createHash('sha512').update(salt).update(`${N} ${r} ${p} ${password}`).digest().subarray(0, bytes);
      },
    });
    const counted = await createRest(countedDb, { passwords, auditEveryMs: hour });
    const organizationId = await counted.createOrganization();
    const [known, old, disabled] = [
      await counted.userOf(organizationId, 'owner'),
      await counted.userOf(organizationId, 'owner'),
      await counted.userOf(organizationId, 'owner'),
    ];
    await countedDb.prisma.user.update({ where: { id: disabled.id }, data: { disabledAt: new Date() } });
    const before = createPasswords({ parallelism: 1 });
    const passwordHash = await before.hash(counted.password);
    await countedDb.prisma.user.update({ where: { id: old.id }, data: { passwordHash } });
    const elsewhere = await counted.createOrganization();
    const costs = [];
    for (const credentials of [
      { email: 'nobody@example.com', password: counted.password },
      { email: known.email, password: 'wrong' },
      { email: old.email, password: 'wrong' },
      { email: disabled.email, password: counted.password },
      { email: known.email, password: counted.password, organization_id: elsewhere },
    ]) {
      const statements = countedDb.statements();
      hashed = 0;
      expect((await login(credentials, counted)).status).toBe(401);
      costs.push({ hashed, statements: countedDb.statements() - statements });
    }
    expect(costs[0]).toEqual({ hashed: 3 * 2 ** 15 * 8, statements: expect.any(Number) });
    expect(new Set(costs.map((each) => JSON.stringify(each)))).toEqual(new Set([JSON.stringify(costs[0])]));
    await counted.stop();
  });

  test('raises a hash of an earlier cost, once its password is known', async () => {
    const user = await rest.userOf(await rest.createOrganization(), 'viewer');
    const strong = createPasswords({ parallelism: 2 });
    const passwordHash = await strong.hash(rest.password);
    await db.prisma.user.update({ where: { id: user.id }, data: { passwordHash } });
    const hashNow = async () => (await db.prisma.user.findUniqueOrThrow({ where: { id: user.id } })).passwordHash;
    expect((await login({ email: user.email, password: 'wrong' })).status).toBe(401);
    expect(await hashNow()).toBe(passwordHash);
    const right = { email: user.email, password: rest.password };
    expect((await Promise.all([login(right), login(right)])).map(({ status }) => status)).toEqual([200, 200]);
    const raised = await hashNow();
    expect(raised).toContain('$scrypt$ln=15,r=8,p=1$'); // of this test's server
    expect((await login({ email: user.email, password: rest.password })).status).toBe(200);
    expect(await hashNow()).toBe(raised);
  });
});

test('a refused API key has cost one look-up, whether its beginning is known or not; what cannot be a key, none', async () => {
  const counted = await createRest(countedDb, { auditEveryMs: hour });
  const { key } = await counted.keyOf(await counted.createOrganization());
  const others = [generateApiKey(), `${'k'.repeat(20)}-nobody-chose-this-one`];
  // The public part of a real one before a secret of somebody's own.
  const chosen = 'chosen-by-an-operator-0123456789abcdef';
  const organizationId = await counted.createOrganization();
  const { hash, kid } = hashApiKey(counted.keyRing.peppers('api-key'), chosen);
  const prefix = publicPart(chosen) ?? '';
  await countedDb.prisma.apiKey.create({
    data: { id: 'key_chosen', organizationId, name: 'x', prefix, hash: new Uint8Array(hash), kid, scopes: [] },
  });
  const costOf = async (credential: string) => {
    const statements = countedDb.statements();
    const answer = await counted.as(credential).get('/api/v1/sites');
    return `${answer.status} ${answer.body.error?.message} ${countedDb.statements() - statements}`;
  };
  const costs: string[] = [];
  for (const each of [...others, `${chosen.slice(0, -4)}0000`]) costs.push(await costOf(each));
  expect(new Set(costs).size).toBe(1);
  expect(costs[0]).toMatch(/^401 .* 1$/);
  expect(await costOf(`${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`)).toMatch(/^401 .* 0$/); // its checksum is wrong
  await counted.stop();
});

describe('a login', () => {
  test('answers with a token of 15 minutes that works, and with who it is', async () => {
    const organizationId = await rest.createOrganization();
    const user = await rest.userOf(organizationId, 'operator', 'Ada@Example.com');
    const answer = await login({ email: ' aDa@example.COM', password: rest.password, code: '123456' });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 900,
      user: { id: user.id, organization_id: organizationId, email: 'ada@example.com', name: null, role: 'operator' },
    });
    const { header, payload } = jwt.decode(answer.body.access_token, { complete: true }) ?? {};
    expect(header).toMatchObject({ alg: 'HS256', kid: 'test' });
    expect(payload).toMatchObject({ sub: user.id, iss: 'dynamo-csms', aud: 'dynamo-csms-api' });
    const me = await rest.as(answer.body.access_token).get('/api/v1/auth/me');
    expect(me.body).toMatchObject({ kind: 'user', id: user.id, user: { role: 'operator' }, api_key: null });
    const row = await db.prisma.user.findUniqueOrThrow({ where: { id: user.id } });
    expect(row.lastLoginAt).not.toBeNull();
  });

  test('of nobody, with a wrong password and of a disabled user are one same answer', async () => {
    const organizationId = await rest.createOrganization();
    const known = await rest.userOf(organizationId, 'owner');
    const disabled = await rest.userOf(organizationId, 'owner');
    await db.prisma.user.update({ where: { id: disabled.id }, data: { disabledAt: new Date() } });
    const answers = [
      await login({ email: 'nobody@example.com', password: rest.password }),
      await login({ email: known.email, password: 'wrong' }),
      await login({ email: disabled.email, password: rest.password }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(answer.body.error).toEqual({ ...answers[0]?.body.error, request_id: answer.headers['x-request-id'] });
    }
  });

  test.each([
    [{ password: 'x' }, 'email'],
    [{ email: 'a@b.c' }, 'password'],
    [{ email: 'a@b.c', password: 'x', remember: true }, 'remember'],
    [{ email: 'a\u0000@b.c', password: 'x' }, 'email'],
  ])('of %j names the field', async (body, field) => {
    const answer = await login(body as Credentials);
    expect([answer.status, answer.body.error.details[0].field]).toEqual([400, field]);
  });

  test('ends after 15 minutes', async () => {
    const user = await rest.userOf(await rest.createOrganization(), 'viewer');
    const { body } = await login({ email: user.email, password: rest.password });
    rest.advance(840_000); // a minute before: the clock of the test goes on meanwhile
    expect((await rest.as(body.access_token).get('/api/v1/sites')).status).toBe(200);
    rest.advance(61_000);
    expect((await rest.as(body.access_token).get('/api/v1/sites')).status).toBe(401);
    rest.advance(-901_000);
  });

  test('of a user who is disabled meanwhile ends at once, and a changed role acts at once', async () => {
    const user = await rest.userOf(await rest.createOrganization(), 'admin');
    const { body } = await login({ email: user.email, password: rest.password });
    const api = rest.as(body.access_token);
    expect((await api.post('/api/v1/sites').send({ name: 'x' })).status).toBe(201);
    await db.prisma.membership.updateMany({ where: { userId: user.id }, data: { role: 'viewer' } });
    expect((await api.post('/api/v1/sites').send({ name: 'x' })).status).toBe(403);
    await db.prisma.membership.updateMany({ where: { userId: user.id }, data: { role: 'god' } });
    expect((await api.get('/api/v1/sites')).status).toBe(403);
    await db.prisma.user.update({ where: { id: user.id }, data: { disabledAt: new Date() } });
    expect((await api.get('/api/v1/sites')).status).toBe(401);
  });

  test.each(roles)('as %s has the scopes of that role', async (role) => {
    const user = await rest.userOf(await rest.createOrganization(), role);
    const me = await rest.as(rest.accessTokens.issue(user.id)).get('/api/v1/auth/me');
    expect([...me.body.scopes].sort()).toEqual([...scopesOfRole[role]].sort());
  });
});

describe('guessing', () => {
  const limits = { perAccountAndAddress: 3, perAddress: 6, perAccount: 5 };

  test('is throttled per account and address alike for accounts that exist and those that do not', async () => {
    const slow = await createRest(db, { loginLimits: limits });
    const user = await slow.userOf(await slow.createOrganization(), 'owner');
    for (const email of [user.email, 'nobody-at-all@example.com']) {
      const statuses = [];
      for (let i = 0; i < 4; i += 1) statuses.push((await login({ email, password: 'wrong' }, slow)).status);
      expect(statuses.slice(0, 3)).toEqual([401, 401, 401]);
      expect(statuses[3]).toBe(429);
    }
    const right = await login({ email: user.email, password: slow.password }, slow);
    expect(right.status).toBe(429);
    expect(Number(right.headers['retry-after'])).toBeGreaterThan(0);
    // Six failures from this address: another account has to wait too.
    expect((await login({ email: 'third@example.com', password: 'wrong' }, slow)).status).toBe(429);
    await slow.stop();
  });

  test('many at once counts like one after the other', async () => {
    const slow = await createRest(db, { loginLimits: limits });
    const user = await slow.userOf(await slow.createOrganization(), 'owner');
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => login({ email: user.email, password: 'wrong' }, slow)),
    );
    expect(answers.filter((each) => each.status === 401)).toHaveLength(3);
    await slow.stop();
  });

  test('logins that are right do not use it up', async () => {
    const slow = await createRest(db, { loginLimits: limits });
    const user = await slow.userOf(await slow.createOrganization(), 'owner');
    for (let i = 0; i < 8; i += 1)
      expect((await login({ email: user.email, password: slow.password }, slow)).status).toBe(200);
    await slow.stop();
  });
});
