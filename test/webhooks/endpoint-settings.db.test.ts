/** 4-webhooks.md: filters per endpoint, minimum intervals, ordered, rotate-secret. */
import { expect, test } from '@jest/globals';
import { newId } from '../../src/platform/ids.ts';
import { openSecret } from '../../src/webhooks/secrets.ts';
import { secretFault } from '../../src/webhooks/sign.ts';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';
import { faults, valid, webhookRest } from './support/client.ts';
import { aChargePoint, after, anOrganization, keyRing, T0 } from './support/world.ts';

const db = await testDatabase();
let clock = T0;
const { as, changed } = webhookRest(db, { now: () => clock });
const organizationId = await anOrganization(db);
const me = as(organizationId);
const { chargePointId } = await aChargePoint(db, organizationId);
const siteId = newId('site');
await db.prisma.site.create({ data: { id: siteId, organizationId, name: 'Depot' } });

const secretsOf = async (id: string) => {
  const { secret, previousSecret, previousSecretUntil } = await db.prisma.webhookEndpoint.findUniqueOrThrow({
    where: { id },
  });
  const open = (sealed: Uint8Array | null) => sealed && openSecret(keyRing, id, Buffer.from(sealed));
  return { secret: open(secret), previous: open(previousSecret), until: previousSecretUntil };
};

test('"Filters per endpoint: by site or charge point": kept, shown, replaced as a whole, emptied', async () => {
  const filters = { site_ids: [siteId], charge_point_ids: [chargePointId] };
  const created = await me.post('/endpoints', { ...valid, filters: { ...filters, site_ids: [siteId, siteId] } });
  expect([created.status, created.body.filters]).toEqual([201, filters]);
  const path = `/endpoints/${created.body.id}`;
  expect((await me.get(path)).body.filters).toEqual(filters);
  expect((await me.patch(path, { description: 'x' })).body.filters).toEqual(filters);
  const replaced = await me.patch(path, { filters: { site_ids: [siteId] } });
  expect(replaced.body.filters).toEqual({ site_ids: [siteId], charge_point_ids: [] });
  expect((await me.patch(path, { filters: {} })).body.filters).toEqual({ site_ids: [], charge_point_ids: [] });
});

test('"Minimum interval for session.cost_updated" and "ordered": kept, shown, replaced', async () => {
  const created = await me.post('/endpoints', {
    ...valid,
    min_intervals: { 'session.cost_updated': 60 },
    ordered: true,
  });
  expect(created.body).toMatchObject({ min_intervals: { 'session.cost_updated': 60 }, ordered: true });
  const path = `/endpoints/${created.body.id}`;
  const patched = await me.patch(path, { min_intervals: { 'charge_point.status_changed': 86_400 }, ordered: false });
  expect(patched.body).toMatchObject({ min_intervals: { 'charge_point.status_changed': 86_400 }, ordered: false });
  expect((await me.patch(path, { min_intervals: {} })).body.min_intervals).toEqual({});
});

test('what a filter names and was deleted since goes on to be named; it is not named anew', async () => {
  const gone = newId('site');
  await db.prisma.site.create({ data: { id: gone, organizationId, name: 'Gone' } });
  const filters = { site_ids: [siteId, gone], charge_point_ids: [] };
  const path = `/endpoints/${(await me.post('/endpoints', { ...valid, filters })).body.id}`;
  await db.prisma.site.delete({ where: { id: gone } });
  const paused = await me.patch(path, { filters, active: false });
  expect([paused.status, paused.body.active, paused.body.filters]).toEqual([200, false, filters]);
  expect((await me.patch(path, { filters: { site_ids: [siteId] } })).status).toBe(200);
  expect(faults(await me.patch(path, { filters }))).toEqual([
    `filters.site_ids[1] ${gone} is not a site of this organization`,
  ]);
});

const strange = 'site_01KAT3Z6Y8Q0000000000000AA';
test.each([
  [{ filters: { site_ids: [strange] } }, `filters.site_ids[0] ${strange} is not a site of this organization`],
  [{ filters: { charge_point_ids: ['CP-7'] } }, 'filters.charge_point_ids[0] must be an id such as cp_'],
  [{ filters: { sites: [] } }, 'filters.sites is not known here'],
  [{ filters: { site_ids: 'all' } }, 'filters.site_ids must be an array'],
  [{ filters: { site_ids: Array.from({ length: 101 }, () => strange) } }, 'filters.site_ids must have at most 100'],
  [{ min_intervals: { 'session.cost_updated': 0 } }, 'min_intervals.session.cost_updated must be at least 1'],
  [{ min_intervals: { 'session.cost_updated': 86_401 } }, 'min_intervals.session.cost_updated must be at most 86400'],
  [{ min_intervals: { 'session.cost_updated': 1.5 } }, 'min_intervals.session.cost_updated must be an integer'],
  [{ min_intervals: { 'session.paused': 60 } }, 'min_intervals.session.paused '],
  [{ min_intervals: { '*': 60 } }, 'min_intervals.* '],
  [{ ordered: 'yes' }, 'ordered must be a boolean'],
  [{ failures: 0 }, 'failures is not known here'],
])('%j is a 400 that names the field, when creating and when changing', async (body, fault) => {
  const { body: mine } = await me.post('/endpoints', valid);
  for (const answer of [
    await me.post('/endpoints', { ...valid, ...body }),
    await me.patch(`/endpoints/${mine.id}`, body),
  ]) {
    expect(answer.status).toBe(400);
    expect(faults(answer)[0]).toContain(fault);
  }
});

test("a filter by another organization's site or charge point is refused like one by nobody's", async () => {
  const { chargePointId: theirs } = await aChargePoint(db, await anOrganization(db));
  const answer = await me.post('/endpoints', { ...valid, filters: { charge_point_ids: [chargePointId, theirs] } });
  expect(faults(answer)).toEqual([`filters.charge_point_ids[1] ${theirs} is not a charge point of this organization`]);
});

test('how an endpoint fares is shown: failing_since, failures, last_success_at, disabled_reason', async () => {
  const { body } = await me.post('/endpoints', valid);
  const fares = { failingSince: after(10), failures: 7, lastSuccessAt: T0, active: false, disabledReason: 'failing' };
  await db.prisma.webhookEndpoint.update({ where: { id: body.id }, data: fares });
  expect((await me.get(`/endpoints/${body.id}`)).body).toMatchObject({
    failing_since: after(10).toISOString(),
    failures: 7,
    last_success_at: T0.toISOString(),
    status: 'disabled',
    disabled_reason: 'failing',
  });
});

test('"own or generated whsec_…, shown once": a generated one is shown in the answer and nowhere else', async () => {
  const { body: created } = await me.post('/endpoints', { ...valid, secret: 'the first secret' });
  const path = `/endpoints/${created.id}`;
  const rotated = await me.post(`${path}/rotate-secret`, {});
  expect(rotated.status).toBe(200);
  expect(rotated.body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(secretFault(rotated.body.secret)).toBeUndefined();
  expect(rotated.body).toMatchObject({ has_secret: true, previous_secret_valid_until: after(24 * 3600).toISOString() });
  expect(await secretsOf(created.id)).toEqual({
    secret: rotated.body.secret,
    previous: 'the first secret',
    until: after(24 * 3600),
  });
  for (const answer of [await me.get(path), await me.get('/endpoints'), await me.patch(path, { active: true })])
    expect(answer.text).not.toContain(rotated.body.secret.slice(6));
  expect(changed.filter((id) => id === created.id)).toHaveLength(2);
  const other = await me.post(`${path}/rotate-secret`, {});
  expect(other.body.secret).not.toBe(rotated.body.secret);
});

test('an own secret is taken and, as ever, never returned', async () => {
  const { body: created } = await me.post('/endpoints', valid);
  expect(created.has_secret).toBe(false);
  const rotated = await me.post(`/endpoints/${created.id}/rotate-secret`, { secret: 'my own new secret' });
  expect(rotated.text).not.toContain('my own');
  expect(rotated.body).toMatchObject({ has_secret: true, previous_secret_valid_until: null });
  expect(await secretsOf(created.id)).toEqual({ secret: 'my own new secret', previous: null, until: null });
});

test('"both valid for overlap_hours, 0..168": 0 drops the old one, a second rotation keeps only the latest', async () => {
  const { body: created } = await me.post('/endpoints', { ...valid, secret: 'the first secret' });
  const path = `/endpoints/${created.id}`;
  const rotate = (secret: string, overlap?: number) =>
    me.post(`${path}/rotate-secret`, { secret, ...(overlap !== undefined && { overlap_hours: overlap }) });
  await rotate('the second secret', 168);
  expect(await secretsOf(created.id)).toMatchObject({ previous: 'the first secret', until: after(168 * 3600) });
  await rotate('the third secret!');
  expect(await secretsOf(created.id)).toMatchObject({ secret: 'the third secret!', previous: 'the second secret' });
  clock = after(25 * 3600);
  expect((await me.get(path)).body.previous_secret_valid_until).toBeNull();
  clock = T0;
  await rotate('the fourth secret', 0);
  expect(await secretsOf(created.id)).toEqual({ secret: 'the fourth secret', previous: null, until: null });
  await rotate('the fifth secret!');
  await me.remove(path);
  expect(await secretsOf(created.id)).toEqual({ secret: null, previous: null, until: null });
});

test.each([
  [{ overlap_hours: 169 }, 'overlap_hours must be at most 168'],
  [{ overlap_hours: -1 }, 'overlap_hours must be at least 0'],
  [{ overlap_hours: 1.5 }, 'overlap_hours must be an integer'],
  [{ secret: 'short' }, 'secret must have 16 to 256 characters'],
  [{ secret: 'ein Geheimnis für Zähler' }, 'secret must be printable ASCII'],
  [{ secret: 'whsec_not base64 at all' }, 'secret must be base64 after whsec_'],
  [{ overlap: 1 }, 'overlap is not known here'],
])('rotating with %j is a 400', async (body, fault) => {
  const { body: created } = await me.post('/endpoints', valid);
  const answer = await me.post(`/endpoints/${created.id}/rotate-secret`, body);
  expect(answer.status).toBe(400);
  expect(faults(answer)[0]).toContain(fault);
});

test('the same Idempotency-Key shows the same generated secret again, and what is kept for it is sealed', async () => {
  const rest = await createRest(db);
  const organization = await rest.createOrganization();
  const api = rest.as((await rest.keyOf(organization)).key);
  const { body: created } = await api.post('/api/v1/webhooks/endpoints').send(valid);
  const rotate = () =>
    api.post(`/api/v1/webhooks/endpoints/${created.id}/rotate-secret`).set('Idempotency-Key', 'once').send({});
  const [first, second] = [await rotate(), await rotate()];
  expect(first.body.secret).toMatch(/^whsec_/);
  expect(second.body).toEqual(first.body);
  expect(second.headers['idempotent-replayed']).toBe('true');
  const kept = await db.prisma.idempotencyKey.findFirstOrThrow({ where: { organizationId: organization } });
  expect(kept.responseStatus).toBe(200);
  const text = `${kept.responseBody} ${Buffer.from(kept.responseBody ?? '', 'base64').toString('latin1')}`;
  expect(text).not.toContain(first.body.secret.slice(6));
  await rest.stop();
});
