/** API keys: shown once, stored as a hash, granted no more than their maker has, refused at once when revoked. */
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { generateApiKey, hashApiKey, matchesApiKey, publicPart } from '../../src/auth/api-keys.ts';
import { scopes } from '../../src/platform/principal.ts';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';
import { until } from '../support/until.ts';

const db = await testDatabase();
const rest = await createRest(db);
afterAll(async () => {
  await rest.stop();
  await db.close();
});
const keys = '/api/v1/api-keys';

describe('the text of a key', () => {
  test('has a public part, 130 bits of secret and a checksum that any changed character breaks', () => {
    const key = generateApiKey();
    expect(key).toMatch(/^dyn_live_[0-9A-Za-z]{38}$/);
    expect(publicPart(key)).toBe(key.slice(0, 19));
    expect(new Set(Array.from({ length: 1000 }, generateApiKey)).size).toBe(1000);
    fc.assert(
      fc.property(fc.integer({ min: 9, max: key.length - 1 }), fc.constantFrom(...'09AZaz'), (at, char) => {
        const changed = key.slice(0, at) + char + key.slice(at + 1);
        expect(publicPart(changed)).toBe(changed === key ? key.slice(0, 19) : undefined);
      }),
    );
  });

  test.each([
    ['', undefined],
    ['dyn_live_', undefined],
    ['short', undefined],
    ['x'.repeat(31), undefined],
    [`${'x'.repeat(32)} `, undefined],
    ['x'.repeat(32), 'xxxxxxxx'],
    [`dyn_live_${'y'.repeat(30)}`, 'dyn_live_yyyyyyyy'],
    ['x'.repeat(257), undefined],
  ])('%j is found by %j', (key, prefix) => {
    expect(publicPart(key)).toBe(prefix);
  });

  test('matches under the pepper it was hashed with, and no other', () => {
    const pepper = (kid: string, byte: number) => ({ kid, key: Buffer.alloc(32, byte) });
    const [old, current] = [pepper('old', 1), pepper('new', 2)];
    const peppers = (...all: (typeof old)[]) => ({
      current: () => all[0] ?? current,
      byKid: (kid: string) => all.find((each) => each.kid === kid)?.key,
    });
    const key = generateApiKey();
    const stored = hashApiKey(peppers(old), key);
    expect(matchesApiKey(peppers(current, old), key, stored)).toBe(true);
    expect(matchesApiKey(peppers(current, old), `${key}x`, stored)).toBe(false);
    expect(matchesApiKey(peppers(current), key, stored)).toBe(false);
    expect(matchesApiKey(peppers(pepper('old', 3)), key, stored)).toBe(false);
    expect(matchesApiKey(peppers(current, old), key, undefined)).toBe(false);
  });
});

describe('a key that was made over REST', () => {
  test('is shown once, works, and may what it was made for', async () => {
    const boss = rest.as((await rest.keyOf(await rest.createOrganization())).key);
    const made = await boss
      .post(keys)
      .send({ name: 'Dashboard', scopes: ['read:sessions'], expires_at: '2099-01-01T00:00:00Z' });
    expect(made.status).toBe(201);
    const { key, ...shown } = made.body;
    expect(shown).toEqual({
      id: expect.stringMatching(/^key_/),
      name: 'Dashboard',
      prefix: key.slice(0, 19),
      scopes: ['read:sessions'],
      expires_at: '2099-01-01T00:00:00.000Z',
      revoked_at: null,
      last_used_at: null,
      created_by: expect.stringMatching(/^key_/),
      created_at: expect.any(String),
      replaced_by: null,
    });
    const again = await boss.get(`${keys}/${shown.id}`);
    expect(again.body).toEqual(shown);
    expect(JSON.stringify((await boss.get(keys)).body)).not.toContain(key);
    const own = rest.as(key);
    expect((await own.get('/api/v1/sessions')).status).toBe(200);
    expect((await own.get('/api/v1/sites')).status).toBe(403);
    const { body } = await own.get('/api/v1/auth/me');
    expect(body).toMatchObject({
      kind: 'api_key',
      id: shown.id,
      scopes: ['read:sessions'],
      api_key: { name: 'Dashboard' },
    });
    const row = await db.prisma.apiKey.findUniqueOrThrow({ where: { id: shown.id } });
    expect(JSON.stringify(row) + Buffer.from(row.hash).toString('latin1')).not.toContain(key.slice(19));
  });

  test('cannot grant what its maker does not have', async () => {
    const organizationId = await rest.createOrganization();
    const clerk = rest.as((await rest.keyOf(organizationId, ['write:api_keys', 'read:sessions'])).key);
    const refused = await clerk
      .post(keys)
      .send({ name: 'x', scopes: ['read:sessions', 'write:billing', 'write:commands'] });
    expect(refused.status).toBe(403);
    expect(refused.body.error.message).toContain('write:billing, write:commands');
    expect((await clerk.post(keys).send({ name: 'x', scopes: ['read:sessions'] })).status).toBe(201);
  });

  test.each([
    [{ scopes: ['read:sessions'] }, 'name'],
    [{ name: 'x' }, 'scopes'],
    [{ name: 'x', scopes: [] }, 'scopes'],
    [{ name: 'x', scopes: ['*'] }, 'scopes[0]'],
    [{ name: 'x', scopes: [...scopes, scopes[0]] }, 'scopes'],
    [{ name: 'x', scopes: ['read:sessions'], expires_at: '2001-01-01T00:00:00Z' }, 'expires_at'],
  ])('is not made from %j', async (body, field) => {
    const boss = rest.as((await rest.keyOf(await rest.createOrganization())).key);
    const answer = await boss.post(keys).send(body);
    expect([answer.status, answer.body.error.details[0].field]).toEqual([400, field]);
  });

  test('is refused from the moment it is revoked, and stays in the list', async () => {
    const organizationId = await rest.createOrganization();
    const boss = rest.as((await rest.keyOf(organizationId)).key);
    const { id, key } = await rest.keyOf(organizationId);
    expect((await rest.as(key).get('/api/v1/sites')).status).toBe(200);
    expect((await boss.delete(`${keys}/${id}`)).status).toBe(204);
    expect((await rest.as(key).get('/api/v1/sites')).status).toBe(401);
    const first = (await boss.get(`${keys}/${id}`)).body.revoked_at;
    expect(first).toEqual(expect.any(String));
    expect((await boss.delete(`${keys}/${id}`)).status).toBe(204);
    expect((await boss.get(`${keys}/${id}`)).body.revoked_at).toBe(first);
  });

  test('is refused from the moment it expires', async () => {
    const { key } = await rest.keyOf(
      await rest.createOrganization(),
      scopes,
      new Date(rest.clock.now().getTime() + 60_000),
    );
    const other = await createRest(db);
    expect((await rest.as(key).get('/api/v1/sites')).status).toBe(200);
    rest.advance(61_000);
    expect((await rest.as(key).get('/api/v1/sites')).status).toBe(401);
    rest.advance(-61_000);
    await other.stop();
  });
});

describe('a key that is rotated', () => {
  const world = async (lifetimeMs?: number) => {
    const organizationId = await rest.createOrganization();
    const boss = rest.as((await rest.keyOf(organizationId)).key);
    const expiresAt = lifetimeMs === undefined ? undefined : new Date(rest.clock.now().getTime() + lifetimeMs);
    const old = await rest.keyOf(organizationId, ['read:charge_points', 'read:sessions'], expiresAt);
    const rotate = (id: string, body: object = {}) => boss.post(`${keys}/${id}/rotate`).send(body);
    const works = async (key: string) => (await rest.as(key).get('/api/v1/sites')).status === 200;
    return { organizationId, boss, old, rotate, works };
  };
  const HOUR_MS = 3_600_000;

  test('is accepted beside the new one for a while, and then no longer', async () => {
    const { boss, old, rotate, works } = await world();
    const { status, body } = await rotate(old.id, { overlap_s: 3600 });
    expect([status, body]).toEqual([
      201,
      expect.objectContaining({
        name: 'Test',
        scopes: ['read:charge_points', 'read:sessions'],
        expires_at: null,
        replaced_by: null,
      }),
    ]);
    expect([await works(old.key), await works(body.key)]).toEqual([true, true]);
    const shown = (await boss.get(`${keys}/${old.id}`)).body;
    expect(shown).toMatchObject({ replaced_by: body.id, revoked_at: null });
    expect(Date.parse(shown.expires_at)).toBeLessThanOrEqual(rest.clock.now().getTime() + HOUR_MS);
    rest.advance(HOUR_MS + 1000);
    expect([await works(old.key), await works(body.key)]).toEqual([false, true]);
    rest.advance(-HOUR_MS - 1000);
  });

  test('that lives to the end of all times: so does the new one, and no longer', async () => {
    const { boss, rotate } = await world();
    const expires_at = '9999-12-31T23:59:59.999Z';
    const made = await boss.post(keys).send({ name: 'For ever', scopes: ['read:sessions'], expires_at });
    const next = await rotate(made.body.id);
    expect([made.status, next.status, next.body.expires_at]).toEqual([201, 201, expires_at]);
    expect((await boss.get(keys)).status).toBe(200);
  });

  test('at once, where no overlap is wanted; and the new one can be rotated in turn', async () => {
    const { old, rotate, works } = await world();
    const next = (await rotate(old.id, { overlap_s: 0 })).body;
    expect([await works(old.key), await works(next.key)]).toEqual([false, true]);
    const last = (await rotate(next.id)).body;
    expect([await works(next.key), await works(last.key)]).toEqual([true, true]);
  });

  test('never lives longer for it; the new one lives as long as the old one was to, or as is said', async () => {
    const { old, boss, rotate } = await world(HOUR_MS);
    const before = (await boss.get(`${keys}/${old.id}`)).body;
    const { body } = await rotate(old.id, { overlap_s: 86_400 });
    expect((await boss.get(`${keys}/${old.id}`)).body.expires_at).toBe(before.expires_at);
    const lifetime = (key: { expires_at: string; created_at: string }) =>
      Date.parse(key.expires_at) - Date.parse(key.created_at);
    expect(lifetime(body)).toBe(lifetime(before));
    expect((await rotate(body.id, { expires_at: '2099-01-01T00:00:00Z' })).body.expires_at).toBe(
      '2099-01-01T00:00:00.000Z',
    );
  });

  test('once: of two that rotate it one wins, and neither a revoked nor an expired key comes back to life by it', async () => {
    const { old, rotate, boss, organizationId } = await world();
    const both = await Promise.all([rotate(old.id), rotate(old.id)]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    const revoked = await rest.keyOf(organizationId);
    await boss.delete(`${keys}/${revoked.id}`);
    expect((await rotate(revoked.id)).status).toBe(409);
    const expired = await rest.keyOf(organizationId, scopes, new Date(rest.clock.now().getTime() - 1000));
    expect((await rotate(expired.id)).status).toBe(409);
    expect(await db.prisma.apiKey.count({ where: { organizationId } })).toBe(5); // those that lost made none
  });

  test('only by who has its scopes, and only of his organization', async () => {
    const { organizationId, old, rotate } = await world();
    const clerk = rest.as((await rest.keyOf(organizationId, ['write:api_keys', 'read:charge_points'])).key);
    const refused = await clerk.post(`${keys}/${old.id}/rotate`).send({});
    expect([refused.status, refused.body.error.message]).toEqual([403, expect.stringContaining('read:sessions')]);
    const stranger = await world();
    expect((await stranger.rotate(old.id)).status).toBe(404);
    for (const [body, field] of [
      [{ overlap_s: -1 }, 'overlap_s'],
      [{ overlap_s: 2_592_001 }, 'overlap_s'],
      [{ expires_at: '2001-01-01T00:00:00Z' }, 'expires_at'],
    ] as const) {
      const answer = await rotate(old.id, body);
      expect([answer.status, answer.body.error.details[0].field]).toEqual([400, field]);
    }
  });
});

test('the time of use is written at most once a minute', async () => {
  const { id, key } = await rest.keyOf(await rest.createOrganization());
  const lastUsed = async () => (await db.prisma.apiKey.findUniqueOrThrow({ where: { id } })).lastUsedAt;
  await Promise.all(Array.from({ length: 10 }, () => rest.as(key).get('/api/v1/sites')));
  const first = await until('it is written', lastUsed);
  rest.advance(30_000);
  await rest.as(key).get('/api/v1/sites');
  rest.advance(31_000);
  expect(await lastUsed()).toEqual(first);
  await rest.as(key).get('/api/v1/sites');
  await until('it is written again', async () => (await lastUsed())?.getTime() !== first.getTime());
});

test('a scope that this version does not know grants nothing', async () => {
  const { id, key } = await rest.keyOf(await rest.createOrganization(), ['read:sessions']);
  await db.prisma.apiKey.update({ where: { id }, data: { scopes: ['read:sessions', 'write:everything'] } });
  expect((await rest.as(key).get('/api/v1/auth/me')).body.scopes).toEqual(['read:sessions']);
});
