/** A database of one's own may sort text by a language: what lists show must not depend on it. */
import { expect, test } from '@jest/globals';
import type { Database } from '../../src/database/contract.ts';
import { databaseOfLanguage, testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';
import { call, credentialFor, isProtected, pathOf, populate } from '../support/rest-access.ts';
import { until } from '../support/until.ts';

/** A list of many pages that ends nowhere is a bug too. */
const MOST_PAGES = 50;

/** Of every list: how many rows its first page shows, and what it shows one by one. */
async function listsOf(db: Database): Promise<{ shown: Record<string, number>; broken: string[] }> {
  const rest = await createRest(db, { limits: { authFailuresPerMinute: 0 } });
  const of = await populate(rest);
  const { ids, key, organizationId } = of;
  for (const role of ['admin', 'viewer', 'operator'] as const) await rest.userOf(organizationId, role);
  for (const name of ['A', 'b', 'Ä', 'z'])
    for (const [path, body] of [
      ['charge-points', { identity: `${name === 'Ä' ? '-' : name}-${organizationId.slice(-12)}` }],
      ['sites', { name }],
      ['tokens', { uid: `${name === 'Ä' ? '-' : name}${organizationId.slice(-12)}` }],
      ['invitations', { email: `${name.codePointAt(0)}@example.com`, role: 'viewer', delivery: 'link' }],
    ] as const)
      expect((await rest.as(key).post(`/api/v1/${path}`).send(body)).status).toBe(201);
  // It shows nothing before what somebody else of the cluster has begun, as other tests do (docs/decisions/005).
  const events = async () => (await rest.as(key).get('/api/v1/webhooks/events')).body.data.length;
  await until('its events are shown', async () => (await events()) > 0, { withinMs: 60_000 });
  const shown: Record<string, number> = {};
  const broken: string[] = [];
  for (const route of rest.routes) {
    if (route.method !== 'get' || !isProtected(route) || route.stream !== undefined) continue;
    const path = pathOf(route, ids);
    const credential = credentialFor(route, of);
    const all = await call(rest.server, route, path, credential);
    if (all.status !== 200 || !Array.isArray(all.body.data)) continue;
    shown[route.path] = all.body.data.length;
    if (all.body.next_cursor === undefined || all.body.data.length < 2) continue;
    const one: unknown[] = [];
    for (let cursor = '', page = 0; page < MOST_PAGES; page += 1) {
      const { body } = await call(rest.server, route, `${path}?limit=1${cursor}`, credential);
      one.push(...(body.data ?? []));
      if (body.next_cursor == null) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    if (JSON.stringify(one) !== JSON.stringify(all.body.data)) broken.push(route.path);
  }
  await rest.stop();
  return { shown, broken };
}

// In Estonian z comes before t; in both what is no letter comes before digits.
test.each(['en-US', 'et'])(
  'every list shows in a database that sorts as %s what it shows in one that sorts by code points',
  async (language) => {
    const [plain, other] = [await testDatabase(), await databaseOfLanguage(language)];
    const expected = await listsOf(plain);
    const found = await listsOf(other);
    expect(found.shown).toEqual(expected.shown);
    expect(found.broken).toEqual(expected.broken);
    expect(Object.keys(found.shown)).toEqual(
      expect.arrayContaining(['/members', '/members/{id}/jobs', '/invitations', '/commissioning-runs']),
    );
    for (const path of ['/members', '/members/{id}/jobs', '/invitations', '/commissioning-runs'])
      expect(found.shown[path]).toBeGreaterThan(0);
    await plain.close();
    await other.close();
  },
);

// In Turkish the small letter of I is none that JavaScript knows.
test('a reservation is found by its token in a database that writes small letters as Turkish does', async () => {
  const db = await databaseOfLanguage('tr');
  const rest = await createRest(db);
  const { key, ids } = await populate(rest);
  await db.prisma.reservation.updateMany({ data: { tokenUid: 'ID-1' } });
  const answer = await rest.as(key).get('/api/v1/reservations?token=ID-1');
  expect(answer.body.data.map(({ id }: { id: string }) => id)).toEqual([ids['reservations']]);
  await rest.stop();
  await db.close();
});
