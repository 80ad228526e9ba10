/** Sessions over REST: found by what is asked, metered page by page, stopped at the charger, closed as a record. */
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '../../src/platform/ids.ts';
import { testDatabase } from '../support/db.ts';
import { createRest, insertSession } from '../support/rest.ts';

const db = await testDatabase();
const rest = await createRest(db);
afterAll(async () => {
  await rest.stop();
  await db.close();
});
const base = '/api/v1/sessions';
let organizationId = '';
let chargePointId = '';
let number = 0;
let api: ReturnType<typeof rest.as>;
beforeEach(async () => {
  organizationId = await rest.createOrganization();
  api = rest.as((await rest.keyOf(organizationId)).key);
  const made = await api.post('/api/v1/charge-points').send({ identity: organizationId.slice(-20) });
  chargePointId = made.body.id;
  number = (await db.prisma.chargePoint.findUniqueOrThrow({ where: { id: chargePointId } })).number;
});
const insert = (more: Parameters<typeof insertSession>[2] = {}) =>
  insertSession(db, { organizationId, chargePointId, number }, more);
const day = (n: number, ms = 0) => new Date(Date.UTC(2026, 0, n) + ms);
const ids = async (query: string): Promise<string[]> => {
  const { status, body } = await api.get(`${base}?${query}`);
  expect(status).toBe(200);
  return body.data.map((each: { id: string }) => each.id);
};

describe('a list', () => {
  test('is newest first and read to its end by its cursors, also where several began in the same millisecond', async () => {
    const made: { id: string; at: Date }[] = [];
    for (let i = 0; i < 25; i += 1) {
      const at = day(1 + Math.floor(i / 5));
      made.push({ id: (await insert({ startedAt: at })).id, at });
    }
    const expected = [...made]
      .sort((a, b) => b.at.getTime() - a.at.getTime() || (a.id < b.id ? 1 : -1))
      .map((each) => each.id);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await api.get(`${base}?limit=4${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.data.map((each: { id: string }) => each.id));
      cursor = body.next_cursor;
    }
    expect(seen).toEqual(expected);
  });

  test('can be filtered by each of its fields, and all of them together', async () => {
    const other = (await api.post('/api/v1/charge-points').send({ identity: `${organizationId.slice(-20)}-2` })).body
      .id;
    const token = newId('tok');
    const one = (await insert({ startedAt: day(1), status: 'ended', endedAt: day(2), tokenUid: 'AbC', tokenId: token }))
      .id;
    const two = (await insert({ startedAt: day(2), status: 'suspended_ev', tokenUid: 'abc' })).id;
    const three = (await insert({ startedAt: day(3), chargePointId: other })).id;
    expect(await ids('')).toEqual([three, two, one]);
    expect(await ids('status=ended')).toEqual([one]);
    expect(await ids('status=active,suspended_ev')).toEqual([three, two]);
    expect(await ids(`charge_point_id=${other}`)).toEqual([three]);
    expect(await ids('token=aBC')).toEqual([two, one]);
    expect(await ids(`token=${token}`)).toEqual([one]);
    expect(await ids(`from=${day(2).toISOString()}`)).toEqual([three, two]);
    expect(await ids(`from=${day(1).toISOString()}&to=${day(2).toISOString()}`)).toEqual([one]);
    expect(await ids('from=2026-01-02T01:00:00%2B01:00&to=2026-01-03T00:00:00Z')).toEqual([two]);
    expect(await ids(`status=ended&charge_point_id=${chargePointId}&token=abc&from=${day(1).toISOString()}`)).toEqual([
      one,
    ]);
  });

  test.each(['status=open', 'charge_point_id=CP-1', 'from=today', 'token=', 'order=asc'])(
    '%s is refused',
    async (query) => {
      const answer = await api.get(`${base}?${query}`);
      expect([answer.status, answer.body.error.details[0].field]).toEqual([400, query.split('=')[0]]);
    },
  );
});

test('a session is shown with whole Wh, UTC milliseconds and how long it lasts', async () => {
  const { id, transactionId } = await insert({
    startedAt: day(1, 5),
    endedAt: day(1, 3_600_005),
    status: 'ended',
    meterStartWh: 1000,
    meterStopWh: 8400,
    energyWh: 7400,
    powerW: 11_000.5,
    stopReason: 'EVDisconnected',
    flags: ['meter_reset'],
  });
  const { body } = await api.get(`${base}/${id}`);
  expect(body).toMatchObject({
    id,
    transaction_id: transactionId,
    charge_point_id: chargePointId,
    token: 'TAG',
    started_at: '2026-01-01T00:00:00.005Z',
    ended_at: '2026-01-01T01:00:00.005Z',
    duration_s: 3600,
    meter_start_wh: 1000,
    meter_stop_wh: 8400,
    energy_wh: 7400,
    power_w: 11_000.5,
    flags: ['meter_reset'],
  });
});

test('meter values are listed oldest first by page: those of this session and no other', async () => {
  const { id, transactionId } = await insert({ startedAt: day(1) });
  const sample = (at: Date, context: number, tx: number | null, more: object = {}) => ({
    ...{ chargePointNumber: number, evseId: 1, connectorId: 1, at, context, transactionId: tx, energyWh: 1000n },
    ...more,
  });
  await db.prisma.meterSample.createMany({
    data: [
      sample(day(1, 60_000), 0, transactionId, { powerW: 7400, extra: [{ measurand: 'Temperature', value: 21 }] }),
      sample(day(1, 60_000), 2, transactionId),
      sample(day(1, 120_000), 0, transactionId, { energyWh: null, socPercent: 55.5 }),
      sample(day(1, 90_000), 0, null),
      sample(day(1, 91_000), 0, transactionId + 1),
      sample(day(1, 92_000), 0, transactionId, { connectorId: 2 }),
      sample(day(1, 93_000), 0, transactionId, { chargePointNumber: number + 1 }),
      sample(day(1, 180_000), 3, transactionId, { evseId: 0, connectorId: 0 }),
    ],
  });
  const path = `${base}/${id}/meter-values`;
  const first = (await api.get(`${path}?limit=3`)).body;
  const second = (await api.get(`${path}?limit=3&cursor=${first.next_cursor}`)).body;
  expect([...first.data, ...second.data]).toMatchObject([
    {
      at: '2026-01-01T00:01:00.000Z',
      context: 'sample_periodic',
      energy_wh: 1000,
      power_w: 7400,
      soc_percent: null,
      extra: [{ measurand: 'Temperature', value: 21 }],
    },
    { at: '2026-01-01T00:01:00.000Z', context: 'transaction_begin', extra: [] },
    { at: '2026-01-01T00:02:00.000Z', energy_wh: null, soc_percent: 55.5 },
    { at: '2026-01-01T00:03:00.000Z', context: 'transaction_end' },
  ]);
  expect(second.next_cursor).toBeNull();
});

describe('stopping at the charger', () => {
  test('answers with the command that was queued for it', async () => {
    const { id, transactionId } = await insert();
    await db.prisma.chargePointState.update({
      where: { chargePointId },
      data: { connected: true, protocol: 'ocpp1.6', generation: 1 },
    });
    const answer = await api.post(`${base}/${id}/stop`);
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({
      id: expect.stringMatching(/^cmd_/),
      charge_point_id: chargePointId,
      status: 'queued',
      requested_by: expect.stringMatching(/^key_/),
      payload: { transactionId },
    });
    expect((await api.get(`/api/v1/commands/${answer.body.id}`)).body).toEqual(answer.body);
  });

  test('that is offline is a 409 that says so', async () => {
    const { id } = await insert();
    const answer = await api.post(`${base}/${id}/stop`).send({ timeout_s: 10 });
    expect([answer.status, answer.body.error.code]).toEqual([409, 'charge_point_offline']);
  });

  test('of a session that has ended is a 409', async () => {
    const { id } = await insert({ endedAt: new Date(), status: 'ended' });
    expect((await api.post(`${base}/${id}/stop`)).body.error.message).toBe('This session has already ended');
  });
});

describe('closing the record', () => {
  test('ends it with the reason that was given, and a second time is a 409', async () => {
    const { id } = await insert();
    const answer = await api.post(`${base}/${id}/close`).send({ reason: 'charger_replaced' });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      id,
      status: 'closed_by_system',
      stop_reason: 'charger_replaced',
      ended_at: expect.any(String),
    });
    expect((await api.post(`${base}/${id}/close`)).status).toBe(409);
  });

  test('without a reason names the operator', async () => {
    const { id } = await insert();
    expect((await api.post(`${base}/${id}/close`)).body.stop_reason).toBe('closed_by_operator');
  });

  test.each(['Two Words', 'a,b', '', 'x'.repeat(51)])('%j is no reason', async (reason) => {
    const { id } = await insert();
    expect((await api.post(`${base}/${id}/close`).send({ reason })).body.error.details[0].field).toBe('reason');
  });

  test('by five callers at once is done once', async () => {
    const { id } = await insert();
    const answers = await Promise.all(Array.from({ length: 5 }, () => api.post(`${base}/${id}/close`)));
    expect(answers.map((each) => each.status).sort()).toEqual([200, 409, 409, 409, 409]);
  });
});
