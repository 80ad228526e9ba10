/** Charge points over REST: register, show live, change, delete, new key. */
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { verifyChargerKey } from '../../src/charge-points/index.ts';
import { newId } from '../../src/platform/ids.ts';
import { testDatabase } from '../support/db.ts';
import { lockWaiters } from '../support/locks.ts';
import { createRest, insertSession } from '../support/rest.ts';
import { until } from '../support/until.ts';

const db = await testDatabase();
const rest = await createRest(db);
afterAll(async () => {
  await rest.stop();
  await db.close();
});
const base = '/api/v1/charge-points';
let organizationId = '';
let api: ReturnType<typeof rest.as>;
let next = 0;
const fresh = (): string => {
  next += 1;
  return `CP-${next}`;
};
beforeEach(async () => {
  organizationId = await rest.createOrganization();
  api = rest.as((await rest.keyOf(organizationId)).key);
  rest.changed.length = 0;
});
async function create(body: object = {}) {
  const answer = await api.post(base).send({ identity: fresh(), ...body });
  expect(answer.status).toBe(201);
  return answer.body;
}
const keyOpens = async (id: string, key: string): Promise<boolean> => {
  const { keyHash, keySalt, keyKid } = await db.prisma.chargePoint.findUniqueOrThrow({ where: { id } });
  if (keyHash === null || keySalt === null || keyKid === null) return false;
  const stored = { hash: keyHash, salt: keySalt, kid: keyKid };
  return verifyChargerKey(rest.keyRing.peppers('charger-key'), Buffer.from(key), stored);
};

describe('registering', () => {
  test('needs only an identity; the key is shown once and opens the connection', async () => {
    const identity = fresh();
    const { status, body } = await api.post(base).send({ identity });
    const { key, ...shown } = body;
    expect(status).toBe(201);
    expect(key).toMatch(/^[0-9a-f]{40}$/);
    expect(shown).toMatchObject({
      id: expect.stringMatching(/^cp_/),
      identity,
      name: null,
      site_id: null,
      security_profile: 1,
      registration: 'accepted',
      heartbeat_interval_s: 300,
      strict: false,
      lifecycle: 'registered',
      has_key: true,
      connected: false,
      ocpp_url: expect.stringMatching(new RegExp(`^ws://127.0.0.1:\\d+/ocpp/${identity}$`)),
      evses: [],
    });
    expect((await api.get(`${base}/${shown.id}`)).body).toEqual({ ...shown, ocpp_url: expect.any(String) });
    expect(await keyOpens(shown.id, key)).toBe(true);
    expect(rest.changed).toEqual([shown.id]);
    const rows = await Promise.all([
      db.prisma.chargePointState.findUnique({ where: { chargePointId: shown.id } }),
      db.prisma.chargePointSequence.findUnique({ where: { chargePointId: shown.id } }),
    ]);
    expect(rows).toEqual([expect.objectContaining({ organizationId }), expect.objectContaining({ lastSequence: 0n })]);
  });

  test('takes everything that can be set', async () => {
    const site = (await api.post('/api/v1/sites').send({ name: 'Depot' })).body;
    const wanted = {
      name: 'Bay 7',
      site_id: site.id,
      vendor: 'ABB',
      model: 'Terra',
      serial_number: 'SN-1',
      security_profile: 2,
      registration: 'pending',
      heartbeat_interval_s: 60,
      strict: true,
      assume_protocol: 'ocpp1.6',
    };
    const made = await create(wanted);
    expect(made).toMatchObject({ ...wanted, ocpp_url: expect.stringMatching(/^wss:/) });
  });

  test('a key that the charger has already is taken, and not shown', async () => {
    const key = 'hunter2-hunter2!';
    const made = await create({ key });
    expect(made).not.toHaveProperty('key');
    expect(made.has_key).toBe(true);
    expect(await keyOpens(made.id, key)).toBe(true);
    expect(await keyOpens(made.id, `${key}x`)).toBe(false);
  });

  test('a rotation takes the key that was set in the charger', async () => {
    const made = await create({});
    const answer = await api.post(`${base}/${made.id}/rotate-key`).send({ key: 'set-by-the-installer' });
    expect([answer.status, answer.body.key]).toEqual([200, undefined]);
    expect(await keyOpens(made.id, 'set-by-the-installer')).toBe(true);
    expect(await keyOpens(made.id, made.key)).toBe(false);
    const overOcpp = await api.post(`${base}/${made.id}/rotate-key?via=ocpp`).send({ key: 'set-by-the-installer' });
    expect([overOcpp.status, overOcpp.body.error.details[0].field]).toEqual([400, 'key']);
  });

  test('with profile 0 makes no key', async () => {
    const made = await create({ security_profile: 0 });
    expect(made).not.toHaveProperty('key');
    expect(made.has_key).toBe(false);
  });

  test('an identity that is taken is a 409 that does not say by whom', async () => {
    const identity = fresh();
    await create({ identity });
    const own = await api.post(base).send({ identity });
    const stranger = rest.as((await rest.keyOf(await rest.createOrganization('Others'))).key);
    const foreign = await stranger.post(base).send({ identity });
    expect([own.status, foreign.status]).toEqual([409, 409]);
    expect({ ...foreign.body.error, request_id: '' }).toEqual({ ...own.body.error, request_id: '' });
    expect(own.body.error.message).toBe(`The identity ${identity} is in use; choose another`);
  });

  test('one identity by ten callers at once makes one', async () => {
    const identity = fresh();
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.post(base).send({ identity })));
    expect(answers.map((each) => each.status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
  });

  test.each([
    [{ identity: 'has space' }, 'identity'],
    [{ identity: 'a/b' }, 'identity'],
    [{ identity: 'a:b' }, 'identity'],
    [{ identity: '=1+1' }, 'identity'],
    [{ identity: '..' }, 'identity'],
    [{ identity: 'x'.repeat(49) }, 'identity'],
    [{ identity: 'ok', security_profile: 4 }, 'security_profile'],
    [{ identity: 'ok', key: 'short' }, 'key'],
    [{ identity: 'ok', key: 'with a blank' }, 'key'],
    [{ identity: 'ok', key: 'x'.repeat(65) }, 'key'],
    [{ identity: 'ok', key: 'long-enough', security_profile: 0 }, 'key'],
    [{ identity: 'ok', registration: 'maybe' }, 'registration'],
    [{ identity: 'ok', heartbeat_interval_s: 0 }, 'heartbeat_interval_s'],
    [{ identity: 'ok', site_id: 'site_01KAT3Z6Y8Q0000000000000AA' }, 'site_id'],
    [{ identity: 'ok', lifecycle: 'commissioned' }, 'lifecycle'],
  ])('%j is refused', async (body, field) => {
    const answer = await api.post(base).send(body);
    expect([answer.status, answer.body.error.details[0].field]).toEqual([400, field]);
  });

  test("another organization's site is as unknown as one that nobody has", async () => {
    const others = rest.as((await rest.keyOf(await rest.createOrganization())).key);
    const foreign = (await others.post('/api/v1/sites').send({ name: 'Theirs' })).body.id;
    const texts = [];
    for (const site_id of [foreign, 'site_01KAT3Z6Y8Q0000000000000AA']) {
      const answer = await api.post(base).send({ identity: fresh(), site_id });
      expect(answer.status).toBe(400);
      texts.push(answer.body.error.message);
    }
    expect(texts[0]).toBe(texts[1]);
  });

  test('a charger that knocked before is no stranger any more', async () => {
    const identity = fresh();
    const row = { identity, organizationId, remoteAddress: '', protocols: '', userAgent: '', count: 1 };
    const at = { firstSeenAt: new Date(), lastSeenAt: new Date() };
    await db.prisma.unknownChargePoint.create({ data: { ...row, ...at, reason: 'unknown_identity' } });
    expect((await api.get('/api/v1/unknown-charge-points')).body.data).toHaveLength(1);
    await create({ identity });
    expect((await api.get('/api/v1/unknown-charge-points')).body.data).toEqual([]);
  });
});

async function report(chargePointId: string, connectors: readonly [number, number, string][]): Promise<void> {
  await db.prisma.connector.createMany({
    data: connectors.map(([evseId, connectorId, status]) => ({
      ...{ chargePointId, organizationId, evseId, connectorId, status },
      rawStatus: status.toUpperCase(),
      errorCode: 'NoError',
      statusAt: new Date('2026-01-01T00:00:00Z'),
      receivedAt: new Date(),
    })),
  });
}

describe('showing', () => {
  test('has the connectors by EVSE, the status of the whole apart, and what the charger said of itself', async () => {
    const { id } = await create();
    await report(id, [
      [2, 1, 'available'],
      [0, 0, 'unavailable'],
      [1, 2, 'faulted'],
      [1, 1, 'charging'],
    ]);
    await db.prisma.chargePointState.update({
      where: { chargePointId: id },
      data: {
        connected: true,
        bootStatus: 'pending',
        firmwareVersion: '1.2',
        protocol: 'ocpp1.6',
        degraded: true,
        rebootPending: true,
      },
    });
    const { body } = await api.get(`${base}/${id}`);
    expect(body).toMatchObject({
      connected: true,
      pending: true,
      degraded: true,
      reboot_pending: true,
      firmware_version: '1.2',
    });
    expect(body.status).toMatchObject({ status: 'unavailable', raw_status: 'UNAVAILABLE', error_code: 'NoError' });
    const shape = body.evses.map(
      (evse: { evse_id: number; connectors: { connector_id: number; status: string }[] }) => [
        evse.evse_id,
        evse.connectors.map((each) => [each.connector_id, each.status]),
      ],
    );
    expect(shape).toEqual([
      [
        1,
        [
          [1, 'charging'],
          [2, 'faulted'],
        ],
      ],
      [2, [[1, 'available']]],
    ]);
    expect(body.evses[0].connectors[0].status_at).toBe('2026-01-01T00:00:00.000Z');
  });

  test('a list can be filtered by each of its fields', async () => {
    const site = (await api.post('/api/v1/sites').send({ name: 'Depot' })).body.id;
    const [one, two, three] = [
      await create({ site_id: site }),
      await create({ registration: 'pending' }),
      await create(),
    ];
    await db.prisma.chargePointState.update({ where: { chargePointId: two.id }, data: { connected: true } });
    await report(three.id, [[1, 1, 'charging']]);
    await report(two.id, [[1, 1, 'faulted']]);
    const ids = async (query: string) =>
      (await api.get(`${base}?${query}`)).body.data.map((each: { id: string }) => each.id);
    expect(await ids('')).toEqual([three.id, two.id, one.id]);
    expect(await ids(`site_id=${site}`)).toEqual([one.id]);
    expect(await ids(`identity=${two.identity}`)).toEqual([two.id]);
    expect(await ids('connected=true')).toEqual([two.id]);
    expect(await ids('connected=false')).toEqual([three.id, one.id]);
    expect(await ids('status=charging')).toEqual([three.id]);
    expect(await ids('status=charging,faulted')).toEqual([three.id, two.id]);
    expect(await ids('registration=pending')).toEqual([two.id]);
    expect(await ids('lifecycle=commissioned')).toEqual([]);
    expect(await ids(`id=${one.id},${three.id},${newId('cp')}`)).toEqual([three.id, one.id]);
    expect((await api.get(`${base}?id=${one.id},CP-1`)).status).toBe(400);
    const many = Array.from({ length: 101 }, () => newId('cp')).join();
    expect((await api.get(`${base}?id=${many}`)).status).toBe(400);
    const stranger = rest.as((await rest.keyOf(await rest.createOrganization())).key);
    expect((await stranger.get(`${base}?id=${one.id}`)).body.data).toEqual([]);
    const first = (await api.get(`${base}?limit=2`)).body;
    expect(await ids(`limit=2&cursor=${first.next_cursor}`)).toEqual([one.id]);
  });
});

describe('changing', () => {
  test('sets what is given, clears what is null, leaves the rest, and wakes the connection', async () => {
    const made = await create({ name: 'Old', vendor: 'ABB' });
    rest.changed.length = 0;
    const answer = await api
      .patch(`${base}/${made.id}`)
      .send({ name: null, registration: 'rejected', heartbeat_interval_s: 30 });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      name: null,
      vendor: 'ABB',
      registration: 'rejected',
      heartbeat_interval_s: 30,
    });
    expect(rest.changed).toEqual([made.id]);
    expect(await keyOpens(made.id, made.key)).toBe(true);
  });

  test.each([[{ identity: 'new' }], [{ id: 'x' }], [{ connected: true }], [{ key: 'x' }]])(
    '%j cannot be changed',
    async (body) => {
      const { id } = await create();
      expect((await api.patch(`${base}/${id}`).send(body)).status).toBe(400);
    },
  );
});

describe('a new key', () => {
  test('replaces the old one at once', async () => {
    const made = await create();
    rest.changed.length = 0;
    const answer = await api.post(`${base}/${made.id}/rotate-key`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      id: made.id,
      identity: made.identity,
      key_rotation: null,
      key: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    expect(await keyOpens(made.id, answer.body.key)).toBe(true);
    expect(await keyOpens(made.id, made.key)).toBe(false);
    expect(rest.changed).toEqual([made.id]);
  });

  test('is refused with the remedy for profile 0, and given when the profile has changed', async () => {
    const { id } = await create({ security_profile: 0 });
    const refused = await api.post(`${base}/${id}/rotate-key`);
    expect([refused.status, refused.body.error.message]).toEqual([
      409,
      expect.stringContaining('change security_profile first'),
    ]);
    await api.patch(`${base}/${id}`).send({ security_profile: 1 });
    expect((await api.post(`${base}/${id}/rotate-key`)).status).toBe(200);
  });
});

describe('deleting', () => {
  test('takes the record and its state, leaves sessions, and frees the identity', async () => {
    const { id, identity } = await create();
    await report(id, [[1, 1, 'available']]);
    const session = await insertSession(
      db,
      { organizationId, chargePointId: id },
      { endedAt: new Date(), status: 'ended' },
    );
    rest.changed.length = 0;
    expect((await api.delete(`${base}/${id}`)).status).toBe(204);
    expect((await api.get(`${base}/${id}`)).status).toBe(404);
    expect(rest.changed).toEqual([id]);
    expect((await api.get(`/api/v1/sessions/${session.id}`)).status).toBe(200);
    const left = [
      await db.prisma.connector.count({ where: { chargePointId: id } }),
      await db.prisma.chargePointState.count({ where: { chargePointId: id } }),
      await db.prisma.chargePointSequence.count({ where: { chargePointId: id } }),
    ];
    expect(left).toEqual([0, 0, 0]);
    await create({ identity });
  });

  test('with a running session is refused with the remedy', async () => {
    const { id } = await create();
    const session = await insertSession(db, { organizationId, chargePointId: id });
    rest.changed.length = 0;
    const answer = await api.delete(`${base}/${id}`);
    expect(answer.status).toBe(409);
    expect(answer.body.error.message).toContain(`POST /api/v1/sessions/${session.id}/close`);
    expect(rest.changed).toEqual([]);
    expect((await api.post(`/api/v1/sessions/${session.id}/close`)).status).toBe(200);
    expect((await api.delete(`${base}/${id}`)).status).toBe(204);
  });

  test('twice at once is done once', async () => {
    const { id } = await create();
    const answers = await Promise.all([api.delete(`${base}/${id}`), api.delete(`${base}/${id}`)]);
    expect(answers.map((each) => each.status).sort()).toEqual([204, 404]);
  });
});

describe('frames and deviations', () => {
  test('are listed newest first, by page, action and time', async () => {
    const { id } = await create();
    const { number } = await db.prisma.chargePoint.findUniqueOrThrow({ where: { id } });
    const start = Date.now() - 60_000;
    await db.prisma.frame.createMany({
      data: Array.from({ length: 5 }, (_, i) => ({
        chargePointNumber: number,
        at: new Date(start + Math.floor(i / 2) * 1000),
        inbound: i % 2 === 0,
        messageType: 2,
        messageId: `m${i}`,
        action: i === 3 ? 'Reset' : 'Heartbeat',
        raw: `[2,"m${i}"]`,
      })),
    });
    const ids = (body: { data: { message_id: string }[] }) => body.data.map((each) => each.message_id);
    const first = (await api.get(`${base}/${id}/frames?limit=3`)).body;
    expect(ids(first)).toEqual(['m4', 'm3', 'm2']);
    expect(first.data[0]).toMatchObject({ direction: 'from_charger', message_type: 2, raw: '[2,"m4"]' });
    const second = (await api.get(`${base}/${id}/frames?limit=3&cursor=${first.next_cursor}`)).body;
    expect([ids(second), second.next_cursor]).toEqual([['m1', 'm0'], null]);
    expect(ids((await api.get(`${base}/${id}/frames?action=Reset`)).body)).toEqual(['m3']);
    const from = new Date(start + 1000).toISOString();
    expect(
      ids((await api.get(`${base}/${id}/frames?from=${from}&to=${new Date(start + 2000).toISOString()}`)).body),
    ).toEqual(['m3', 'm2']);
  });

  test('deviations are shown most frequent first', async () => {
    const { id } = await create();
    const row = {
      chargePointId: id,
      organizationId,
      action: 'MeterValues',
      kind: 'enum',
      example: 'Celcius',
      firstAt: new Date(),
      lastAt: new Date(),
    };
    await db.prisma.schemaDeviation.createMany({
      data: [
        { ...row, field: 'a', count: 1 },
        { ...row, field: 'b', count: 7 },
      ],
    });
    const { body } = await api.get(`${base}/${id}/deviations`);
    expect(body.data).toMatchObject([{ field: 'b', count: 7, example: 'Celcius' }, { field: 'a' }]);
  });
});

test('refused chargers are listed last seen first, by page and reason', async () => {
  const row = {
    organizationId,
    remoteAddress: '203.0.113.7',
    protocols: 'ocpp1.6',
    userAgent: 'x',
    firstSeenAt: new Date(),
  };
  const id = newId('cp');
  await db.prisma.unknownChargePoint.createMany({
    data: [1, 2, 3].map((i) => ({
      ...row,
      identity: `${id}-${i}`,
      reason: i === 2 ? 'wrong_password' : 'unknown_identity',
      chargePointId: i === 2 ? id : null,
      count: i,
      lastSeenAt: new Date(Date.UTC(2026, 0, i)),
    })),
  });
  const path = '/api/v1/unknown-charge-points';
  const first = (await api.get(`${path}?limit=2`)).body;
  expect(first.data).toMatchObject([
    { identity: `${id}-3`, reason: 'unknown_identity', charge_point_id: null, count: 3 },
    { identity: `${id}-2`, reason: 'wrong_password', charge_point_id: id, last_seen_at: '2026-01-02T00:00:00.000Z' },
  ]);
  expect((await api.get(`${path}?limit=2&cursor=${first.next_cursor}`)).body.data).toMatchObject([
    { identity: `${id}-1` },
  ]);
  expect((await api.get(`${path}?reason=wrong_password`)).body.data).toHaveLength(1);
});

test('what ingest does to a charge point meanwhile is waited for, and never the other way round too', async () => {
  const { id } = await create();
  let asked: Promise<{ status: number; body: object }> | undefined;
  // as ingest does: the sequence first, then the row
  await db.transaction(async (tx) => {
    await tx.rows(
      { name: 'test_hold', text: 'SELECT FROM charge_point_sequences WHERE charge_point_id = $1 FOR NO KEY UPDATE' },
      [id],
    );
    asked = api
      .patch(`${base}/${id}`)
      .send({ security_profile: 2 })
      .then(({ status, body }) => ({ status, body }));
    await until('it waits', async () => (await lockWaiters(db, 'charge_point')) > 0);
    await tx.rows({ name: 'test_raise', text: 'UPDATE charge_points SET next_security_profile = 3 WHERE id = $1' }, [
      id,
    ]);
  });
  expect(await asked).toMatchObject({ status: 200, body: { security_profile: 2, next_security_profile: null } });
});
