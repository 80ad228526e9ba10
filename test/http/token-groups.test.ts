/** Token groups, places where tokens may charge, and the inbox of unknown tokens over REST. */
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
const groups = '/api/v1/token-groups';
const tokens = '/api/v1/tokens';
const revision = async () =>
  Number((await db.prisma.organization.findUniqueOrThrow({ where: { id: organizationId } })).tokensRevision);
const chargePoint = async () =>
  (await api.post('/api/v1/charge-points').send({ identity: `${organizationId.slice(-20)}-1` })).body.id;

describe('a token group', () => {
  test('needs only a name, and gets a tag that OCPP 1.6 can say', async () => {
    const { status, body, headers } = await api.post(groups).send({ name: ' Fleet ' });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^tgr_/),
      name: 'Fleet',
      parent_id_tag: body.id.slice(-20),
      status: 'active',
      valid_until: null,
      max_concurrent: null,
      allowed_site_ids: [],
      allowed_charge_point_ids: [],
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
    });
    expect((await api.get(headers['location'] ?? '')).body).toEqual(body);
  });

  test('has a tag that no other group of its organization has in whatever case', async () => {
    expect((await api.post(groups).send({ name: 'A', parent_id_tag: 'FLEET' })).status).toBe(201);
    const again = await api.post(groups).send({ name: 'B', parent_id_tag: 'fleet' });
    expect([again.status, again.body.error.details[0].field]).toEqual([409, 'parent_id_tag']);
    const others = rest.as((await rest.keyOf(await rest.createOrganization())).key);
    expect((await others.post(groups).send({ name: 'A', parent_id_tag: 'FLEET' })).status).toBe(201);
  });

  test('is changed field by field and found by name and status', async () => {
    const { id } = (await api.post(groups).send({ name: 'A' })).body;
    const changed = await api.patch(`${groups}/${id}`).send({ name: 'B', status: 'blocked', max_concurrent: 3 });
    expect(changed.body).toMatchObject({ id, name: 'B', status: 'blocked', max_concurrent: 3 });
    const ids = async (query: string) =>
      (await api.get(`${groups}?${query}`)).body.data.map((each: { id: string }) => each.id);
    expect(await ids('name=B')).toEqual([id]);
    expect(await ids('status=active')).toEqual([]);
    expect((await api.patch(`${groups}/${id}`).send({ parent_id_tag: 'X' })).status).toBe(400);
  });

  test.each([
    [{}, 'name'],
    [{ name: 'x', parent_id_tag: 'x'.repeat(21) }, 'parent_id_tag'],
    [{ name: 'x', max_concurrent: 0 }, 'max_concurrent'],
    [{ name: 'x', allowed_site_ids: ['x'] }, 'allowed_site_ids[0]'],
    [{ name: 'x', allowed_site_ids: ['site_01KAT3Z6Y8Q0000000000000AA'] }, 'allowed_site_ids[0]'],
    [{ name: 'x', allowed_charge_point_ids: ['cp_01KAT3Z6Y8Q0000000000000AA'] }, 'allowed_charge_point_ids[0]'],
  ])('is not made from %j', async (body, field) => {
    const answer = await api.post(groups).send(body);
    expect([answer.status, answer.body.error.details[0].field]).toEqual([400, field]);
  });

  test('with tokens cannot be deleted, and can when they are gone', async () => {
    const group_id = (await api.post(groups).send({ name: 'A' })).body.id;
    const token = (await api.post(tokens).send({ uid: 'T', group_id })).body.id;
    const refused = await api.delete(`${groups}/${group_id}`);
    expect([refused.status, refused.body.error.message]).toEqual([
      409,
      'The token group still has tokens (1); move or delete them first',
    ]);
    await api.patch(`${tokens}/${token}`).send({ group_id: null });
    expect((await api.delete(`${groups}/${group_id}`)).status).toBe(204);
    expect((await api.delete(`${groups}/${group_id}`)).status).toBe(404);
  });
});

test('a token takes neither a group nor a place of another organization', async () => {
  const others = rest.as((await rest.keyOf(await rest.createOrganization())).key);
  const group_id = (await others.post(groups).send({ name: 'Theirs' })).body.id;
  const site = (await others.post('/api/v1/sites').send({ name: 'Theirs' })).body.id;
  const { id } = (await api.post(tokens).send({ uid: 'OURS' })).body;
  for (const [body, field] of [
    [{ group_id }, 'group_id'],
    [{ allowed_site_ids: [site] }, 'allowed_site_ids[0]'],
  ] as const) {
    const made = await api.post(tokens).send({ uid: 'X', ...body });
    expect([made.status, made.body.error.details[0].field]).toEqual([400, field]);
    const changed = await api.patch(`${tokens}/${id}`).send(body);
    expect([changed.status, changed.body.error.details[0].field]).toEqual([400, field]);
  }
});

test.each([
  ['a token', tokens, { uid: 'T' }],
  ['a token group', groups, { name: 'G' }],
])(
  '%s that names places which were deleted is changed like any other; a place that there is not is named',
  async (_what, path, made) => {
    const site = async (name: string): Promise<string> => (await api.post('/api/v1/sites').send({ name })).body.id;
    const [gone, stays, charger] = [await site('Gone'), await site('Stays'), await chargePoint()];
    const places = { allowed_site_ids: [stays, gone], allowed_charge_point_ids: [charger] };
    const { id } = (await api.post(path).send({ ...made, ...places })).body;
    expect((await api.delete(`/api/v1/sites/${gone}`)).status).toBe(204);
    expect((await api.delete(`/api/v1/charge-points/${charger}`)).status).toBe(204);
    // As the form of the console sends it.
    const blocked = await api.patch(`${path}/${id}`).send({ ...places, status: 'blocked' });
    expect([blocked.status, blocked.body.status]).toEqual([200, 'blocked']);
    expect(blocked.body).toMatchObject(places);
    const other = 'site_01KAT3Z6Y8Q0000000000000AA';
    const refused = await api.patch(`${path}/${id}`).send({ allowed_site_ids: [gone, other] });
    expect([refused.status, refused.body.error.details]).toEqual([
      400,
      [{ field: 'allowed_site_ids[1]', message: 'there is no such site' }],
    ]);
    expect((await api.patch(`${path}/${id}`).send({ allowed_site_ids: [stays] })).status).toBe(200);
    const again = await api.patch(`${path}/${id}`).send({ allowed_site_ids: [stays, gone] });
    expect([again.status, again.body.error.details[0].field]).toEqual([400, 'allowed_site_ids[1]']);
  },
);

test('every change of tokens and groups counts as a revision; what changes nothing does not', async () => {
  const group_id = (await api.post(groups).send({ name: 'A' })).body.id;
  expect(await revision()).toBe(0); // no token is different for it
  const { id } = (await api.post(tokens).send({ uid: 'T', group_id })).body;
  await api.patch(`${tokens}/${id}`).send({ status: 'blocked' });
  await api.patch(`${groups}/${group_id}`).send({ status: 'blocked' });
  await api.post(tokens).send({ uid: 't' });
  expect(await revision()).toBe(3);
  await api.delete(`${tokens}/${id}`);
  expect(await revision()).toBe(4);
});

describe('an unknown token', () => {
  async function seen(uid: string, chargePointId: string): Promise<void> {
    const input = { room: 'tokens', type: 'authorize', chargePointId, receivedAt: new Date(), tokenUid: uid } as const;
    expect(await rest.ingest.submit(input)).toMatchObject({ authorization: 'invalid' });
  }

  test('is listed with how often and where it was seen, and becomes a token that may charge', async () => {
    const cp = await chargePoint();
    await seen('04ABCDEF', cp);
    await seen('04abcdef', cp);
    await seen('OTHER', cp);
    const { data } = (await api.get('/api/v1/unknown-tokens')).body;
    expect(data.map((each: { uid: string }) => each.uid)).toEqual(['OTHER', '04abcdef']);
    expect(data[1]).toEqual({
      id: expect.stringMatching(/^utk_/),
      uid: '04abcdef',
      count: 2,
      first_seen_at: expect.stringMatching(/Z$/),
      last_seen_at: expect.stringMatching(/Z$/),
      last_charge_point_id: cp,
    });
    expect((await api.get(`/api/v1/unknown-tokens/${data[1].id}`)).body).toEqual(data[1]);
    const adopted = await api.post(`/api/v1/unknown-tokens/${data[1].id}/adopt`).send({ max_concurrent: 2 });
    expect([adopted.status, adopted.body]).toMatchObject([201, { uid: '04abcdef', max_concurrent: 2, type: 'rfid' }]);
    expect((await api.get('/api/v1/unknown-tokens')).body.data).toHaveLength(1);
    expect((await api.get(`${tokens}/${adopted.body.id}`)).body).toEqual(adopted.body);
    const input = {
      room: 'tokens',
      type: 'authorize',
      chargePointId: cp,
      receivedAt: new Date(),
      tokenUid: '04ABCDEF',
    } as const;
    expect(await rest.ingest.submit(input)).toEqual({ authorization: 'accepted' });
  });

  test('is paged, filtered by charge point and dismissed', async () => {
    const cp = await chargePoint();
    for (const uid of ['A', 'B', 'C']) await seen(uid, cp);
    const first = (await api.get('/api/v1/unknown-tokens?limit=2')).body;
    const rest2 = (await api.get(`/api/v1/unknown-tokens?limit=2&cursor=${first.next_cursor}`)).body;
    expect([...first.data, ...rest2.data].map((each: { uid: string }) => each.uid)).toEqual(['C', 'B', 'A']);
    expect(rest2.next_cursor).toBeNull();
    const elsewhere = 'cp_01KAT3Z6Y8Q0000000000000AA';
    expect((await api.get(`/api/v1/unknown-tokens?charge_point_id=${elsewhere}`)).body.data).toEqual([]);
    const id = first.data[0].id;
    expect((await api.delete(`/api/v1/unknown-tokens/${id}`)).status).toBe(204);
    expect((await api.get(`/api/v1/unknown-tokens/${id}`)).status).toBe(404);
    expect((await api.post(`/api/v1/unknown-tokens/${id}/adopt`).send({})).status).toBe(404);
  });

  test('that was created by hand meanwhile has left the inbox', async () => {
    const cp = await chargePoint();
    await seen('04AB', cp);
    await api.post(tokens).send({ uid: '04ab' });
    expect((await api.get('/api/v1/unknown-tokens')).body.data).toEqual([]);
  });
});

test('a charge point shows and takes its authorization and the mode of its local list', async () => {
  const id = await chargePoint();
  const shown = (await api.get(`/api/v1/charge-points/${id}`)).body;
  expect([shown.authorization, shown.local_list]).toEqual([null, 'manual']);
  const changed = await api.patch(`/api/v1/charge-points/${id}`).send({ authorization: 'free', local_list: 'auto' });
  expect([changed.body.authorization, changed.body.local_list]).toEqual(['free', 'auto']);
  const made = await api
    .post('/api/v1/charge-points')
    .send({ identity: `${organizationId.slice(-20)}-2`, authorization: 'open' });
  expect(made.body.authorization).toBe('open');
  const wrong = await api.patch(`/api/v1/charge-points/${id}`).send({ authorization: 'everybody' });
  expect([wrong.status, wrong.body.error.details[0].field]).toEqual([400, 'authorization']);
});
