/** Tokens, sites and the organization over REST. */
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';

const db = await testDatabase();
const rest = await createRest(db);
afterAll(async () => {
  await rest.stop();
  await db.close();
});
let organizationId = '';
let api: ReturnType<typeof rest.as>;
beforeEach(async () => {
  organizationId = await rest.createOrganization();
  api = rest.as((await rest.keyOf(organizationId)).key);
});

describe('a token', () => {
  const tokens = '/api/v1/tokens';

  test('needs only a uid', async () => {
    const { status, body, headers } = await api.post(tokens).send({ uid: ' 04A1b2 ' });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^tok_/),
      uid: '04A1b2',
      type: 'rfid',
      group_id: null,
      status: 'active',
      valid_until: null,
      max_concurrent: 1,
      credit: null,
      language: null,
      allowed_site_ids: [],
      allowed_charge_point_ids: [],
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
    });
    expect((await api.get(headers['location'] ?? '')).body).toEqual(body);
    const row = await db.prisma.token.findUniqueOrThrow({ where: { id: body.id } });
    expect(row.uidKey).toBe('04a1b2');
  });

  test('is unique within its organization whatever its case, and only there', async () => {
    expect((await api.post(tokens).send({ uid: 'TAG' })).status).toBe(201);
    const again = await api.post(tokens).send({ uid: 'tag' });
    expect([again.status, again.body.error.details[0].field]).toEqual([409, 'uid']);
    const others = rest.as((await rest.keyOf(await rest.createOrganization())).key);
    expect((await others.post(tokens).send({ uid: 'tag' })).status).toBe(201);
  });

  test('is changed field by field; null takes a limit away', async () => {
    const group = (await api.post('/api/v1/token-groups').send({ name: 'Fleet' })).body.id;
    const { id } = (await api.post(tokens).send({ uid: 'A', group_id: group, valid_until: '2030-01-01T00:00:00Z' }))
      .body;
    const changed = await api
      .patch(`${tokens}/${id}`)
      .send({ status: 'blocked', max_concurrent: null, valid_until: null });
    expect(changed.body).toMatchObject({
      uid: 'A',
      group_id: group,
      status: 'blocked',
      max_concurrent: null,
      valid_until: null,
    });
    expect((await api.patch(`${tokens}/${id}`).send({ uid: 'B' })).status).toBe(400);
  });

  test.each([
    [{}, 'uid'],
    [{ uid: '   ' }, 'uid'],
    [{ uid: 'x'.repeat(256) }, 'uid'],
    [{ uid: 'na\u00efve' }, 'uid'],
    [{ uid: 'x', type: 'nfc' }, 'type'],
    [{ uid: 'x', max_concurrent: 0 }, 'max_concurrent'],
    [{ uid: 'x', valid_until: '2030-13-01T00:00:00Z' }, 'valid_until'],
    [{ uid: 'x', uid_key: 'y' }, 'uid_key'],
  ])('is not made from %j', async (body, field) => {
    const answer = await api.post(tokens).send(body);
    expect([answer.status, answer.body.error.details[0].field]).toEqual([400, field]);
  });

  test('is found by uid in any case, group, status and type, and gone when deleted', async () => {
    const make = async (body: object) => (await api.post(tokens).send(body)).body.id;
    const group = (await api.post('/api/v1/token-groups').send({ name: 'Fleet' })).body.id;
    const long = 'One'.repeat(85); // 2.1 IdTokenType: 255
    const one = await make({ uid: long, group_id: group });
    const two = await make({ uid: 'Two', type: 'app', status: 'blocked', valid_until: '2020-01-01T00:00:00Z' });
    const ids = async (query: string) =>
      (await api.get(`${tokens}?${query}`)).body.data.map((each: { id: string }) => each.id);
    expect(await ids('')).toEqual([two, one]);
    expect(await ids(`uid=${long.toUpperCase()}`)).toEqual([one]);
    expect(await ids(`group_id=${group}`)).toEqual([one]);
    expect(await ids('expired=true')).toEqual([two]);
    expect(await ids('expired=false')).toEqual([one]);
    expect(await ids('status=blocked')).toEqual([two]);
    expect(await ids('type=app')).toEqual([two]);
    expect((await api.delete(`${tokens}/${one}`)).status).toBe(204);
    expect((await api.delete(`${tokens}/${one}`)).status).toBe(404);
    expect(await ids('')).toEqual([two]);
  });
});

describe('a site', () => {
  const sites = '/api/v1/sites';

  test("has the organization's time zone unless it has one of its own", async () => {
    await api.patch('/api/v1/organization').send({ timezone: 'Europe/Lisbon' });
    expect((await api.post(sites).send({ name: ' Depot ' })).body).toMatchObject({
      name: 'Depot',
      timezone: 'Europe/Lisbon',
    });
    const own = (await api.post(sites).send({ name: 'Far', timezone: 'Asia/Tokyo' })).body;
    expect((await api.get(`${sites}/${own.id}`)).body.timezone).toBe('Asia/Tokyo');
    const changed = await api.patch(`${sites}/${own.id}`).send({ timezone: 'America/New_York' });
    expect(changed.body).toMatchObject({ name: 'Far', timezone: 'America/New_York' });
  });

  test.each([
    [{ name: 'x', timezone: 'Mars/Olympus' }, 'timezone'],
    [{ name: 'x', timezone: '+02:00' }, 'timezone'],
    [{ timezone: 'UTC' }, 'name'],
  ])('is not made from %j', async (body, field) => {
    expect((await api.post(sites).send(body)).body.error.details[0].field).toBe(field);
  });

  test('in use cannot be deleted, and can when its charge points are gone', async () => {
    const site_id = (await api.post(sites).send({ name: 'Depot' })).body.id;
    const point = (await api.post('/api/v1/charge-points').send({ identity: organizationId.slice(-20), site_id })).body
      .id;
    const refused = await api.delete(`${sites}/${site_id}`);
    expect([refused.status, refused.body.error.message]).toEqual([
      409,
      'The site still has charge points (1); move or delete them first',
    ]);
    await api.patch(`/api/v1/charge-points/${point}`).send({ site_id: null });
    expect((await api.delete(`${sites}/${site_id}`)).status).toBe(204);
    expect((await api.get(`${sites}/${site_id}`)).status).toBe(404);
  });

  test('that is put to use while it is deleted ends in one or the other, never in a fault', async () => {
    for (let i = 0; i < 10; i += 1) {
      const site_id = (await api.post(sites).send({ name: 'Depot' })).body.id;
      const identity = `${organizationId.slice(-20)}-${i}`;
      const [used, deleted] = await Promise.all([
        api.post('/api/v1/charge-points').send({ identity, site_id }),
        api.delete(`${sites}/${site_id}`),
      ]);
      expect([
        [201, 409],
        [400, 204],
      ]).toContainEqual([used.status, deleted.status]);
    }
  });
});

test('the organization shows itself and can be changed', async () => {
  const before = (await api.get('/api/v1/organization')).body;
  expect(before).toEqual({
    id: organizationId,
    name: 'Test',
    currency: 'EUR',
    timezone: 'UTC',
    authorization: 'list',
    uncommissioned: 'accepted',
    legal_name: null,
    address: null,
    vat_id: null,
    country_code: null,
    party_id: null,
    require_second_factor: false,
    driver_messages: true,
    driver_language: 'en',
    receipt_url: null,
    created_at: expect.any(String),
  });
  const changes = {
    ...{ name: 'New', currency: 'CHF', authorization: 'open', legal_name: 'New Ltd', address: 'Street 1\n1234 Town' },
    ...{ vat_id: 'CHE-123.456.789', country_code: 'CH', party_id: 'NEW' },
  };
  const changed = await api.patch('/api/v1/organization').send(changes);
  expect(changed.body).toEqual({ ...before, ...changes });
  expect((await api.patch('/api/v1/organization').send({ vat_id: null })).body).toEqual({
    ...changed.body,
    vat_id: null,
  });
  for (const [field, value] of Object.entries({
    currency: 'eur',
    timezone: 'x',
    name: '',
    id: 'org_x',
    authorization: 'all',
    address: 'a\nb\nc\nd\ne\nf\ng',
    country_code: 'CHE',
    party_id: 'ab1',
  }))
    expect((await api.patch('/api/v1/organization').send({ [field]: value })).body.error.details[0].field).toBe(field);
});

test('a site says where it is, in the words of charge detail records', async () => {
  const place = {
    ...{ address: 'Hafenstraße 12', postal_code: '20457', city: 'Hamburg', country: 'DEU' },
    coordinates: { latitude: '53.543210', longitude: '9.987654' },
  };
  const { body: made } = await api.post('/api/v1/sites').send({ name: 'Depot', ...place });
  expect(made).toMatchObject(place);
  const { body: moved } = await api.patch(`/api/v1/sites/${made.id}`).send({ city: 'Altona', coordinates: null });
  expect(moved).toMatchObject({ ...place, city: 'Altona', coordinates: null });
  for (const [field, value] of [
    ['country', 'DE'],
    ['coordinates.latitude', { latitude: '93.543210', longitude: '9.987654' }],
    ['coordinates.longitude', { latitude: '53.543210', longitude: '9.98' }],
    ['address', 'x'.repeat(46)],
  ] as const) {
    const answer = await api.patch(`/api/v1/sites/${made.id}`).send({ [field.split('.')[0] ?? '']: value });
    expect([answer.status, answer.body.error.details[0].field]).toEqual([400, field]);
  }
});
