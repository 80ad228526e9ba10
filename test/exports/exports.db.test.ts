/** Sessions and meter values as files over REST: complete, in order, of one organization, at the pace of their reader. */
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '../../src/platform/ids.ts';
import { testDatabase } from '../support/db.ts';
import { createRest, insertSession } from '../support/rest.ts';
import { until } from '../support/until.ts';

const db = await testDatabase();
const rest = await createRest(db, { limits: { requestsPerMinute: 100_000 } } as Parameters<typeof createRest>[1]);
const server = rest.app.listen(0, '127.0.0.1');
const port = () => (server.address() as AddressInfo).port;
afterAll(async () => {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
  await rest.stop();
  await db.close();
});

let organizationId = '';
let key = '';
let chargePointId = '';
let number = 0;
let api: ReturnType<typeof rest.as>;
beforeEach(async () => {
  organizationId = await rest.createOrganization();
  key = (await rest.keyOf(organizationId)).key;
  api = rest.as(key);
  chargePointId = (await api.post('/api/v1/charge-points').send({ identity: organizationId.slice(-20) })).body.id;
  number = (await db.prisma.chargePoint.findUniqueOrThrow({ where: { id: chargePointId } })).number;
});
const day = (n: number, ms = 0) => new Date(Date.UTC(2026, 0, n) + ms);
const insert = (more: Parameters<typeof insertSession>[2] = {}) =>
  insertSession(db, { organizationId, chargePointId, number }, more);
/** Straight into the table; so many begin in the same millisecond. */
const insertMany = (count: number, inOne: number, flags = 1) =>
  db.rows<{ id: string; startedAt: Date }>(
    {
      name: 'sessions_many',
      text: `INSERT INTO sessions (id, transaction_id, start_key, organization_id, charge_point_id, charge_point_number,
                                   charge_point_identity, evse_id, connector_id, status, "authorization", started_at, ended_at,
                                   meter_start_wh, last_register_wh, energy_wh, flags, updated_at, created_at)
             SELECT 'ses_' || upper(left(md5($1 || i), 26)), $2::int4 * 10000 + i, md5($1 || i), $1, $3, $2, 'CP-1', 1, 1, 'ended', 'accepted',
                    $4::timestamptz + i / $5::int4 * interval '1 millisecond', $4::timestamptz + interval '1 day', 0, 0, 5,
                    array_fill('a_long_name_of_a_flag_that_fills_the_line'::text, ARRAY[$6::int4]), $4, $4
               FROM generate_series(0, $7::int4 - 1) i RETURNING id, started_at AS "startedAt"`,
    },
    [organizationId, number, chargePointId, day(1), inOne, flags, count],
  );
const lines = async (path: string): Promise<Record<string, unknown>[]> => {
  const { status, text } = await api.get(`/api/v1/exports/${path}`).buffer(true);
  expect(status).toBe(200);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
};
const price = (sessionId: string, more: object = {}) =>
  db.prisma.$transaction([
    db.prisma.session.update({ where: { id: sessionId }, data: { isPriced: true } }),
    db.prisma.sessionCost.create({
      data: {
        sessionId,
        organizationId,
        currency: 'EUR',
        timezone: 'UTC',
        tally: {},
        totalExclTax: '10.00',
        totalTax: '1.90',
        totalInclTax: '11.90',
        isFinal: true,
        createdAt: day(1),
        updatedAt: day(1),
        ...more,
      },
    }),
  ]);

describe('sessions', () => {
  test('more than a page of them, many of one instant, each once and oldest first', async () => {
    const rows = await insertMany(1_345, 700);
    const expected = rows
      .toSorted((a, b) => a.startedAt.getTime() - b.startedAt.getTime() || (a.id < b.id ? -1 : 1))
      .map(({ id }) => id);
    expect((await lines('sessions?format=jsonl')).map(({ id }) => id)).toEqual(expected);
    const ended = await lines('sessions?format=jsonl&by=ended&from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:01Z');
    expect(ended.map(({ id }) => id)).toEqual(expected.toSorted());
    const csv = await api.get('/api/v1/exports/sessions');
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(csv.headers['content-disposition']).toBe('attachment; filename=sessions.csv');
    expect(csv.text.split('\r\n')).toHaveLength(1_347);
  });

  test('are found by each of the filters, with what they cost for who may read money', async () => {
    const token = newId('tok');
    const site = (await api.post('/api/v1/sites').send({ name: 'Depot' })).body.id;
    const one = await insert({
      startedAt: day(1),
      endedAt: day(1, 90_000),
      status: 'ended',
      tokenUid: '=AbC',
      tokenId: token,
    });
    const two = await insert({ startedAt: day(3), siteId: site });
    await price(one.id);
    const found = async (query: string) => (await lines(`sessions?format=jsonl&${query}`)).map(({ id }) => id);
    expect(await found('')).toEqual([one.id, two.id]);
    expect(await found('status=ended')).toEqual([one.id]);
    expect(await found(`site_id=${site}`)).toEqual([two.id]);
    expect(await found(`charge_point_id=${chargePointId}&to=${day(2).toISOString()}`)).toEqual([one.id]);
    expect(await found(`from=${day(2).toISOString()}`)).toEqual([two.id]);
    expect(await found('token=%3DaBc')).toEqual([one.id]);
    expect(await found(`token=${token}`)).toEqual([one.id]);
    expect(await found('by=ended')).toEqual([one.id]);
    const [shown] = await lines('sessions?format=jsonl');
    expect(shown).toMatchObject({
      duration_s: 90,
      currency: 'EUR',
      cost_incl_tax: '11.90',
      cost_is_final: true,
      token: '=AbC',
    });
    expect((await api.get('/api/v1/exports/sessions')).text).toContain(`"'=AbC"`);
    const { key: poor } = await rest.keyOf(organizationId, ['read:sessions']);
    const { text } = await rest.as(poor).get('/api/v1/exports/sessions');
    expect(text).toContain(one.id);
    expect(text).not.toMatch(/cost|currency|11\.90/);
    for (const wrong of ['format=xml', 'status=open', 'by=paid', 'from=now', 'site_id=x'])
      expect((await api.get(`/api/v1/exports/sessions?${wrong}`)).status).toBe(400);
  });
});

test('meter values come session by session, also of one with more than a page, and none of another organization', async () => {
  const first = await insert({ startedAt: day(1), endedAt: day(2), status: 'ended' });
  const empty = await insert({ startedAt: day(1, 5), endedAt: day(2), status: 'ended' });
  const second = await insert({ startedAt: day(3), endedAt: day(4), status: 'ended' });
  // The charge point had another owner before.
  const stranger = await rest.createOrganization();
  const foreign = await insertSession(
    db,
    { organizationId: stranger, chargePointId, number },
    { startedAt: day(1), endedAt: day(2) },
  );
  const sample = (transactionId: number, i: number, at: Date) => ({
    ...{ chargePointNumber: number, evseId: 1, connectorId: 1, transactionId, at, context: 0, energyWh: i },
    ...(i === 0 && { extra: [{ measurand: 'Temperature', value: -3 }], powerW: 11_000 }),
  });
  await db.rows(
    {
      name: 'samples',
      text: `INSERT INTO meter_samples (charge_point_number, evse_id, connector_id, transaction_id, at, context, energy_wh)
             SELECT $1, 1, 1, $2, $3::timestamptz + i * interval '1 second', 0, i FROM generate_series(0, 1004) i`,
    },
    [number, first.transactionId, day(1)],
  );
  await db.prisma.meterSample.createMany({
    data: [
      sample(second.transactionId, 0, day(3)),
      sample(second.transactionId, 1, day(3, 1000)),
      sample(foreign.transactionId, 7, day(1, 500)),
    ],
  });
  const all = await lines('meter-values?format=jsonl');
  expect(all.map(({ session_id: id }) => id)).toEqual([
    ...Array.from({ length: 1_005 }, () => first.id),
    second.id,
    second.id,
  ]);
  expect(all.slice(0, 1_005).map(({ energy_wh: wh }) => wh)).toEqual(Array.from({ length: 1_005 }, (_, i) => i));
  expect(all.at(-2)).toEqual({
    session_id: second.id,
    charge_point_id: chargePointId,
    charge_point_identity: 'CP-1',
    evse_id: 1,
    connector_id: 1,
    at: day(3).toISOString(),
    context: 'sample_periodic',
    energy_wh: 0,
    power_w: 11_000,
    current_a: null,
    voltage_v: null,
    soc_percent: null,
    extra: [{ measurand: 'Temperature', value: -3 }],
  });
  expect(await lines(`meter-values?format=jsonl&from=${day(1, 5).toISOString()}&to=${day(2).toISOString()}`)).toEqual(
    [],
  );
  expect(empty.id).not.toBe('');
});

test('meter values are those that the session itself shows, also of one that goes on after its record was closed', async () => {
  // Closed for its silence, and days later its charger tells what it has kept.
  const closed = { startedAt: day(5), endedAt: day(5, 600), status: 'closed_by_system', updatedAt: day(9) };
  const { id, transactionId } = await insert(closed);
  const at = [day(5, 60), day(6), day(9)];
  await db.prisma.meterSample.createMany({
    data: at.map((each, i) => ({
      ...{ chargePointNumber: number, evseId: 1, connectorId: 1, transactionId, at: each, context: 0, energyWh: i },
    })),
  });
  const exported = await lines(`meter-values?format=jsonl&from=${day(5).toISOString()}&to=${day(5, 1).toISOString()}`);
  const { body } = await api.get(`/api/v1/sessions/${id}/meter-values`);
  const instants = (rows: readonly { at?: unknown }[]) => rows.map((each) => each.at);
  expect(instants(body.data)).toEqual(at.map((each) => each.toISOString()));
  expect(instants(exported)).toEqual(instants(body.data));
});

test('whoever goes away frees his place and is read for no more; a fifth at a time must wait', async () => {
  await insertMany(1_500, 1, 300);
  const open = () => {
    const asked = httpRequest({
      port: port(),
      path: '/api/v1/exports/sessions',
      headers: { authorization: `Bearer ${key}` },
    });
    asked.on('error', () => undefined); // destroyed below
    const began = new Promise<number>((resolve) => {
      asked.on('response', (response) => {
        response.on('error', () => undefined);
        resolve(response.statusCode ?? 0); // and reads nothing
      });
    });
    asked.end();
    return { asked, began };
  };
  const idle = [open(), open(), open(), open()];
  expect(await Promise.all(idle.map(({ began }) => began))).toEqual([200, 200, 200, 200]);
  const fifth = await api.get('/api/v1/exports/sessions');
  expect([fifth.status, fifth.headers['retry-after']]).toEqual([429, '10']);
  for (const { asked } of idle) asked.destroy();
  await until(
    'a place is free',
    async () => (await api.get('/api/v1/exports/sessions?to=2025-01-01T00:00:00Z')).status === 200,
  );
});
