/** Receipts and charge detail records over REST, of sessions that were priced by our own tariffs, and of corrected ones. */
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { allOf, createDynamoClient } from '../../src/client/index.ts';
import { cutOver } from '../../src/handovers/cutover-store.ts';
import { type costOf, planOf, price, type Terms } from '../../src/pricing/index.ts';
import { testDatabase } from '../support/db.ts';
import { createRest, insertSession } from '../support/rest.ts';
import { until } from '../support/until.ts';
import { expectOcpi } from './ocpi-cdr.ts';

const db = await testDatabase();
const rest = await createRest(db);
afterAll(async () => {
  await rest.stop();
  await db.close();
});

const at = (minute: number) => new Date(Date.UTC(2026, 2, 29, 0, 30) + minute * 60_000); // 01:30 in Berlin, before the hour that is missing
const terms = {
  ...{ currency: 'EUR', prices_include_tax: true, tax_percent: '19', min_total: '1.00' },
  components: [
    { type: 'energy', price: '0.39', restrictions: { start_time: '22:00', end_time: '03:00', weekdays: ['sunday'] } },
    { type: 'energy', price: '0.49', step_wh: 100 },
    { type: 'idle', price: '0.10', grace_s: 300, label: '=Blocking, 50 % ½ 日本' },
    { type: 'flat', price: '0.35', tax_percent: '7' },
  ],
};
const priced: Terms = {
  ...{ currency: 'EUR', pricesIncludeTax: true, taxPercent: '19' },
  components: [
    { type: 'energy', price: '0.39', restrictions: { startTime: '22:00', endTime: '03:00' } },
    { type: 'energy', price: '0.49', stepWh: 100 },
    { type: 'idle', price: '0.10', graceS: 300, label: '=Blocking, 50 % ½ 日本' },
    { type: 'flat', price: '0.35', taxPercent: '7' },
  ],
};
const costFor = (energyWh: number) =>
  price(
    {
      timezone: 'Europe/Berlin',
      startedAt: at(0),
      endedAt: at(105),
      samples: [
        { at: at(0), phase: 'charging' },
        { at: at(90), energyWh, phase: 'idle' },
      ],
    },
    priced,
  );

let organizationId = '';
let api: ReturnType<typeof rest.as>;
let siteId = '';
let chargePointId = '';
let number = 0;
let tariffId = '';
beforeAll(async () => {
  organizationId = await rest.createOrganization();
  api = rest.as((await rest.keyOf(organizationId)).key);
  siteId = (await api.post('/api/v1/sites').send({ name: 'Depot Nord', timezone: 'Europe/Berlin' })).body.id;
  chargePointId = (await api.post('/api/v1/charge-points').send({ identity: 'BILL-1', site_id: siteId })).body.id;
  number = (await db.prisma.chargePoint.findUniqueOrThrow({ where: { id: chargePointId } })).number;
  const made = await api.post('/api/v1/tariffs').send({ name: 'Night', terms });
  expect(made.status).toBe(201);
  tariffId = made.body.id;
});

let sessions = 0;
async function session(more: object = {}, cost: object | null = {}, place = { organizationId, chargePointId, number }) {
  sessions += 1;
  const made = await insertSession(db, place, {
    ...{ startedAt: at(0), endedAt: at(105), status: 'ended', siteId, tokenUid: 'TAG', energyWh: 20_000 },
    ...{ meterStartWh: 1_042_000, meterStopWh: 1_062_000, isPriced: cost !== null },
    ...more,
  });
  for (const [minute, energyWh] of [
    [45, 10_000],
    [90, 20_000],
  ] as const)
    await db.prisma.meterSample.create({
      data: {
        ...{
          chargePointNumber: number,
          evseId: 1,
          connectorId: 1,
          at: at(minute + sessions / 1000),
          transactionId: made.transactionId,
        },
        energyWh: 1_042_000 + energyWh,
      },
    });
  const { total, ...rest } = costFor(20_000);
  if (cost !== null)
    await db.prisma.sessionCost.create({
      data: {
        ...{
          sessionId: made.id,
          organizationId: place.organizationId,
          tariffId,
          tariffVersion: 1,
          currency: 'EUR',
          timezone: 'Europe/Berlin',
        },
        ...{
          tally: {},
          cost: JSON.parse(JSON.stringify({ total, ...rest })),
          isFinal: true,
          createdAt: at(0),
          updatedAt: at(105),
        },
        ...{ totalExclTax: total.exclTax, totalTax: total.tax, totalInclTax: total.inclTax },
        ...cost,
      },
    });
  return made;
}

test('a receipt says who, where, when, what for and how much; as PDF it is the same for the same bytes', async () => {
  await api
    .patch('/api/v1/organization')
    .send({ legal_name: 'Stadtwerke Müllrose GmbH', address: 'Hauptstraße 1\n15299 Müllrose', vat_id: 'DE123456789' });
  const { id } = await session();
  const { status, body } = await api.get(`/api/v1/sessions/${id}/receipt`);
  expect(status).toBe(200);
  const cost = costFor(20_000);
  expect(body).toMatchObject({
    number: 'R-000001',
    session_id: id,
    issuer: { name: 'Stadtwerke Müllrose GmbH', address: 'Hauptstraße 1\n15299 Müllrose', vat_id: 'DE123456789' },
    place: { name: 'Depot Nord' },
    timezone: 'Europe/Berlin',
    duration_s: 6300,
    energy_wh: 20_000,
    tariff: { id: tariffId, version: 1, name: 'Night' },
    cost: {
      currency: 'EUR',
      total: { excl_tax: cost.total.exclTax, tax: cost.total.tax, incl_tax: cost.total.inclTax },
    },
    corrects: null,
  });
  const asPdf = () =>
    api
      .get(`/api/v1/sessions/${id}/receipt.pdf`)
      .buffer(true)
      .parse((res, done) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('end', () => done(null, Buffer.concat(chunks)));
      });
  const [one, two] = [await asPdf(), await asPdf()];
  expect(one.headers['content-type']).toBe('application/pdf');
  expect(one.headers['content-disposition']).toBe('attachment; filename=receipt-R-000001.pdf');
  expect(one.body.subarray(0, 5).toString()).toBe('%PDF-');
  expect(one.body.equals(two.body)).toBe(true);
  // What is renamed afterwards does not rename what was issued.
  await api.patch('/api/v1/organization').send({ legal_name: 'Stadtwerke Neu GmbH' });
  expect((await api.get(`/api/v1/sessions/${id}/receipt`)).body).toEqual(body);
  expect((await api.get(`/api/v1/receipts/${body.id}`)).body).toEqual(body);
});

test('receipts are numbered without a hole, whoever asks at once, for what, and whatever fails', async () => {
  const organization = await rest.createOrganization();
  const own = rest.as((await rest.keyOf(organization)).key);
  const cp = (await own.post('/api/v1/charge-points').send({ identity: 'BILL-2' })).body.id;
  const place = { organizationId: organization, chargePointId: cp, number };
  const all: Awaited<ReturnType<typeof session>>[] = [];
  for (let i = 0; i < 6; i += 1) all.push(await session({}, {}, place));
  const open = await session({}, { reviewStatus: 'open' }, place);
  const asked = await Promise.all(
    [...all, ...all, open, ...all].map(({ id }) => own.get(`/api/v1/sessions/${id}/receipt`)),
  );
  expect(asked.map(({ status }) => status).filter((status) => status !== 200)).toEqual([409]);
  const numbers = new Map<string, Set<string>>();
  for (const { body } of asked)
    if (body.number !== undefined)
      numbers.set(body.session_id, (numbers.get(body.session_id) ?? new Set()).add(body.number));
  expect([...numbers.values()].map((each) => each.size)).toEqual(all.map(() => 1));
  expect([...numbers.values()].flatMap((each) => [...each]).sort()).toEqual(all.map((_, i) => `R-00000${i + 1}`));
  const first = (await own.get('/api/v1/receipts?limit=4')).body;
  const rest2 = (await own.get(`/api/v1/receipts?limit=4&cursor=${first.next_cursor}`)).body;
  expect([...first.data, ...rest2.data].map(({ number: each }: { number: string }) => each)).toEqual(
    all.map((_, i) => `R-00000${6 - i}`),
  );
  expect(rest2.next_cursor).toBeNull();
});

test.each([
  ['runs', { endedAt: null, status: 'active' }, {}, /has not ended/],
  ['has no price', {}, null, /no tariff/],
  ['is under review', {}, { reviewStatus: 'open' }, /under review/],
  [
    'is a test of commissioning',
    { isTest: true, freeOfCharge: true },
    { tariffId: null, tariffVersion: null },
    /test of a commissioning run/,
  ],
] as const)('there is none of a session that %s', async (_what, more, cost, why) => {
  const { id } = await session(more, cost);
  for (const path of ['receipt', 'receipt.pdf', 'cdr']) {
    const answer = await api.get(`/api/v1/sessions/${id}/${path}`);
    expect(answer.status).toBe(409);
    expect(JSON.parse(answer.text || String(answer.body)).error.message).toMatch(why);
  }
  const list = (await api.get('/api/v1/cdrs?limit=100')).body as {
    data: { session_id: string }[];
    incomplete: { session_id: string }[];
  };
  expect([...list.data, ...list.incomplete].map(({ session_id }) => session_id)).not.toContain(id);
  expect((await api.get(`/api/v1/receipts?session_id=${id}`)).body.data).toEqual([]);
});

test('a charge detail record names what it lacks, and then keeps to the rules of OCPI', async () => {
  const { id } = await session();
  const lacking = await api.get(`/api/v1/sessions/${id}/cdr`);
  expect(lacking.status).toBe(409);
  expect(lacking.body.error.details.map(({ field }: { field: string }) => field)).toEqual([
    ...['organization.country_code', 'organization.party_id', 'site.address', 'site.city', 'site.country'],
    ...[
      'site.coordinates',
      'charge_point.connector_standard',
      'charge_point.connector_format',
      'charge_point.power_type',
    ],
  ]);
  expect((await api.get('/api/v1/cdrs')).body).toMatchObject({
    data: [],
    incomplete: expect.arrayContaining([{ session_id: id, missing: expect.any(Array) }]),
  });
  await api.patch('/api/v1/organization').send({ country_code: 'DE', party_id: 'MUL' });
  await api.patch(`/api/v1/sites/${siteId}`).send({
    address: 'Hafenstraße 12',
    city: 'Hamburg',
    country: 'DEU',
    coordinates: { latitude: '53.543210', longitude: '9.987654' },
  });
  await api
    .patch(`/api/v1/charge-points/${chargePointId}`)
    .send({ connector_standard: 'IEC_62196_T2', connector_format: 'SOCKET', power_type: 'AC_3_PHASE' });
  const { body } = await api.get(`/api/v1/sessions/${id}/cdr`);
  const cost = costFor(20_000);
  expect(body.data).toHaveLength(1);
  const [cdr] = body.data;
  expectOcpi(cdr);
  expect(cdr).toMatchObject({
    ...{ country_code: 'DE', party_id: 'MUL', id, session_id: id, auth_method: 'AUTH_REQUEST', currency: 'EUR' },
    start_date_time: at(0).toISOString(),
    end_date_time: at(105).toISOString(),
    cdr_token: { uid: 'TAG', type: 'OTHER' },
    cdr_location: { id: siteId, evse_id: `DE*MUL*E${number}*1`, connector_standard: 'IEC_62196_T2', country: 'DEU' },
    total_cost: { excl_vat: Number(cost.total.exclTax), incl_vat: Number(cost.total.inclTax) },
    ...{ total_energy: 20, total_time: 1.75 },
  });
  // 02:00 to 03:00 is missing on that night: the night's price ends half an hour after the start.
  expect(cdr.charging_periods.map(({ start_date_time: from }: { start_date_time: string }) => from)).toEqual([
    at(0).toISOString(),
    at(30).toISOString(),
  ]);
  expect(cdr.total_energy_cost.incl_vat).toBeGreaterThan(8);
  const volumes = cdr.charging_periods.flatMap(
    ({ dimensions }: { dimensions: { type: string; volume: number }[] }) => dimensions,
  );
  const sum = (type: string) =>
    volumes.reduce(
      (all: number, each: { type: string; volume: number }) => all + (each.type === type ? each.volume : 0),
      0,
    );
  expect(sum('ENERGY')).toBeCloseTo(20, 9);
  expect(sum('TIME') + sum('PARKING_TIME')).toBeCloseTo(1.75, 3);
  expect(cdr.tariffs[0]).toMatchObject({
    id: `${tariffId}:1`,
    min_price: { excl_vat: 0.8403, incl_vat: 1 },
    elements: [
      {
        price_components: [{ type: 'ENERGY', price: 0.3277, vat: 19, step_size: 1 }],
        restrictions: { start_time: '22:00', end_time: '03:00', day_of_week: ['SUNDAY'] },
      },
      { price_components: [{ type: 'ENERGY', price: 0.4118, vat: 19, step_size: 100 }] },
      { price_components: [{ type: 'PARKING_TIME', price: 5.042, vat: 19, step_size: 1 }] },
      { price_components: [{ type: 'FLAT', price: 0.3271, vat: 7, step_size: 1 }] },
    ],
  });
});

test('a charge detail record is cut by the clock that it was priced by, wherever its site is said to be since', async () => {
  const { id } = await session();
  const preview = async () =>
    (await api.post(`/api/v1/tariffs/${tariffId}/preview`).send({ session_id: id })).body as object;
  const before = await preview();
  await api.patch(`/api/v1/sites/${siteId}`).send({ timezone: 'Europe/Lisbon' });
  const { body } = await api.get(`/api/v1/sessions/${id}/cdr`);
  const after = await preview();
  await api.patch(`/api/v1/sites/${siteId}`).send({ timezone: 'Europe/Berlin' });
  expect(body.data[0].charging_periods.map(({ start_date_time: from }: { start_date_time: string }) => from)).toEqual([
    at(0).toISOString(),
    at(30).toISOString(),
  ]);
  expect(after).toEqual(before);
});

test('a correction is a receipt that names the one before, a credit CDR and a new CDR', async () => {
  const { id } = await session();
  const issued = (await api.get(`/api/v1/sessions/${id}/receipt`)).body;
  const given = (await api.get(`/api/v1/sessions/${id}/cdr`)).body.data;
  expect(given).toMatchObject([{ id, invoice_reference_id: issued.number, total_energy: 20 }]);
  const [before, after] = [costFor(20_000), costFor(18_000)];
  const kept = (cost: ReturnType<typeof costOf>) => JSON.parse(JSON.stringify(cost));
  await db.prisma.costCorrection.create({
    data: {
      ...{ id: 'ccr_1', organizationId, sessionId: id, before: kept(before), after: kept(after) },
      ...{ reason: 'meter_jump', correctedBy: 'key_x', createdAt: at(200) },
    },
  });
  await db.prisma.sessionCost.update({ where: { sessionId: id }, data: { cost: kept(after) } });
  await db.prisma.session.update({ where: { id }, data: { energyWh: 18_000 } });
  const { body: receipt } = await api.get(`/api/v1/sessions/${id}/receipt`);
  expect(receipt).toMatchObject({
    cost: { total: { incl_tax: after.total.inclTax } },
    corrects: { number: issued.number, incl_tax: before.total.inclTax, currency: 'EUR', reason: 'meter_jump' },
  });
  expect(Number(receipt.number.slice(2))).toBe(Number(issued.number.slice(2)) + 1);
  expect((await api.get(`/api/v1/receipts/${issued.id}`)).body).toEqual(issued);
  expect((await api.get(`/api/v1/receipts?session_id=${id}`)).body.data).toEqual([receipt, issued]);
  const { body } = await api.get(`/api/v1/sessions/${id}/cdr`);
  expect(body.data[0]).toEqual(given[0]);
  expect(body.data.map((cdr: { total_energy: number }) => cdr.total_energy)).toEqual([20, 20, 18]);
  expect(
    body.data.map(
      (cdr: { id: string; credit?: boolean; credit_reference_id?: string; total_cost: { incl_vat: number } }) => [
        cdr.id,
        cdr.credit,
        cdr.credit_reference_id,
        cdr.total_cost.incl_vat,
      ],
    ),
  ).toEqual([
    [id, undefined, undefined, Number(before.total.inclTax)],
    [`${id}-C`, true, id, -Number(before.total.inclTax)],
    [`${id}-2`, undefined, undefined, Number(after.total.inclTax)],
  ]);
  for (const cdr of body.data) expectOcpi(cdr);
  const list = (await api.get('/api/v1/cdrs')).body;
  expect(list.incomplete).toEqual([]);
  expect(list.data.filter((cdr: { session_id: string }) => cdr.session_id === id)).toEqual(body.data);
  const first = (await api.get('/api/v1/cdrs?limit=1')).body;
  const second = (await api.get(`/api/v1/cdrs?limit=100&cursor=${first.next_cursor}`)).body;
  expect([...first.data, ...second.data]).toEqual(list.data);
  expect((await api.get(`/api/v1/cdrs?from=${at(106).toISOString()}`)).body).toEqual({
    data: [],
    incomplete: [],
    next_cursor: null,
  });
});

describe('records that nobody asked for while the charge point and its site were there', () => {
  const HARDWARE = { connector_standard: 'IEC_62196_T2', connector_format: 'SOCKET', power_type: 'AC_3_PHASE' };
  let identities = 0;
  /** Two sessions of it, of which one had its record before. */
  async function chargedAt(site: string) {
    identities += 1;
    const made = await api
      .post('/api/v1/charge-points')
      .send({ identity: `FORMER-${identities}`, site_id: site, ...HARDWARE });
    const { id } = made.body as { id: string };
    await db.prisma.chargePointState.update({ where: { chargePointId: id }, data: { meterSerial: 'M-1' } });
    const { number: its } = await db.prisma.chargePoint.findUniqueOrThrow({ where: { id } });
    const place = { organizationId, chargePointId: id, number: its };
    const [asked, late] = [await session({ siteId: site }, {}, place), await session({ siteId: site }, {}, place)];
    return { id, number: its, late, asked, location: await locationOf(asked) };
  }
  async function locationOf({ id }: { id: string }) {
    const { status, body } = await api.get(`/api/v1/sessions/${id}/cdr`);
    expect([status, body.error]).toEqual([200, undefined]);
    expectOcpi(body.data[0]);
    const { cdr_location: location, meter_id: meterId } = body.data[0];
    return { location, meterId };
  }

  test('they are what they would have been, and its receipt names the place, after both were deleted', async () => {
    const place = {
      ...{ name: 'Closed', timezone: 'Europe/Berlin', address: 'Kai 1', postal_code: '20457', city: 'Hamburg' },
      ...{ country: 'DEU', coordinates: { latitude: '53.543210', longitude: '9.987654' } },
    };
    const { id: site } = (await api.post('/api/v1/sites').send(place)).body;
    const { id, late, location } = await chargedAt(site);
    expect(location).toMatchObject({
      location: { name: 'Closed', connector_standard: 'IEC_62196_T2' },
      meterId: 'M-1',
    });
    expect((await api.delete(`/api/v1/charge-points/${id}`)).status).toBe(204);
    expect((await api.delete(`/api/v1/sites/${site}`)).status).toBe(204);
    expect(await locationOf(late)).toEqual(location);
    const { body: receipt } = await api.get(`/api/v1/sessions/${late.id}/receipt`);
    expect(receipt.place).toMatchObject({ name: 'Closed', address: 'Kai 1', city: 'Hamburg' });
  });

  test('they are what they would have been after it was handed over, whatever it is changed to there', async () => {
    const { id, late, location } = await chargedAt(siteId);
    const next = await rest.createOrganization();
    const cutover = { from: organizationId, to: next, siteId: null, name: null, hasKey: true, at: new Date() };
    await db.transaction((tx) => cutOver(tx, [{ chargePointId: id, cutover }]));
    await db.prisma.chargePoint.update({ where: { id }, data: { connectorStandard: 'CHADEMO' } });
    await db.prisma.chargePointState.update({ where: { chargePointId: id }, data: { meterSerial: 'M-2' } });
    expect(await locationOf(late)).toEqual(location);
    // And given back it is itself again, with a number of its own for the time after.
    await db.transaction((tx) =>
      cutOver(tx, [{ chargePointId: id, cutover: { ...cutover, from: next, to: organizationId } }]),
    );
    expect(await db.prisma.formerChargePoint.count({ where: { leftAt: { gt: at(0) }, organizationId: next } })).toBe(1);
    expect(await locationOf(late)).toEqual(location);
  });
});

test('whoever looks at a session approves it or corrects it, and what was decided is kept', async () => {
  const review = { reviewStatus: 'open', reviewReasons: ['meter_backwards'] };
  const [one, two] = [await session({ flags: ['meter_backwards'] }, review), await session({}, review)];
  const open = async () =>
    (await api.get('/api/v1/sessions/reviews?status=open&limit=2')).body.data as { session_id: string }[];
  expect((await open())[0]).toMatchObject({
    ...{ session_id: two.id, status: 'open', reasons: ['meter_backwards'], energy_wh: 20_000, currency: 'EUR' },
  });
  const revenue = async () =>
    (await api.get(`/api/v1/reports/totals?group_by=site&from=${at(-1).toISOString()}&to=${at(1).toISOString()}`)).body
      .data[0].revenue[0].sessions;
  const before = await revenue();
  const decide = (id: string, body: object) => api.post(`/api/v1/sessions/${id}/review`).send(body);
  for (const wrong of [
    { decision: 'approve' },
    { decision: 'approve', energy_wh: 1, reason: 'x' },
    { decision: 'correct', reason: 'x' },
    { decision: 'correct', energy_wh: -1, reason: 'x' },
    { decision: 'forget', reason: 'x' },
  ])
    expect((await decide(one.id, wrong)).status).toBe(400);
  const approved = await decide(one.id, { decision: 'approve', reason: 'plausible' });
  expect([approved.status, approved.body.decision, approved.body.after]).toEqual([200, 'approve', null]);
  expect((await decide(one.id, { decision: 'approve', reason: 'again' })).status).toBe(409);
  expect((await open()).map(({ session_id: id }) => id)).not.toContain(one.id);
  expect(await revenue()).toBe(before + 1);
  expect((await api.get(`/api/v1/sessions/${one.id}/receipt`)).status).toBe(200);

  const tooEarly = await decide(two.id, { decision: 'correct', ended_at: at(-1).toISOString(), reason: 'x' });
  expect([tooEarly.status, tooEarly.body.error.message]).toEqual([409, 'ended_at lies before the session began']);
  const corrected = await decide(two.id, {
    decision: 'correct',
    energy_wh: 18_000,
    ended_at: at(100).toISOString(),
    reason: 'read by hand',
  });
  expect(corrected.body).toMatchObject({
    ...{ session_id: two.id, decision: 'correct', reason: 'read by hand', reasons: ['meter_backwards'] },
    before: { energy_wh: 20_000, ended_at: at(105).toISOString(), currency: 'EUR' },
    after: { energy_wh: 18_000, ended_at: at(100).toISOString() },
    decided_by: expect.stringMatching(/^key_/),
  });
  expect((await api.get(`/api/v1/sessions/${two.id}`)).body).toMatchObject({
    energy_wh: 18_000,
    ended_at: at(100).toISOString(),
    flags: ['corrected_by_person'],
  });
  // It is marked to be priced anew; until then it is not billed.
  const cost = await db.prisma.sessionCost.findUniqueOrThrow({ where: { sessionId: two.id } });
  expect(cost).toMatchObject({ reviewStatus: 'corrected', repriceReason: 'read by hand', revision: 1 });
  expect(cost.repriceAt).not.toBeNull();
  expect((await api.get(`/api/v1/sessions/${two.id}/receipt`)).status).toBe(409);
  expect(await revenue()).toBe(before + 1);
  const again = await decide(two.id, { decision: 'correct', energy_wh: 17_000, reason: 'read again' });
  expect(again.status).toBe(200);
  const history = (await api.get(`/api/v1/sessions/${two.id}/reviews`)).body.data as { reason: string }[];
  expect(history.map(({ reason }) => reason)).toEqual(['read again', 'read by hand']);
  const running = await session({ endedAt: null, status: 'active' });
  expect((await decide(running.id, { decision: 'correct', energy_wh: 1, reason: 'x' })).status).toBe(409);
});

test('the plan of these terms is one that pricing takes', () => {
  expect(planOf(priced, 'Europe/Berlin')).toBeDefined();
});

test('whoever goes through all records gets them, also behind a page of sessions that all lack something', async () => {
  await session();
  const bare = (await api.post('/api/v1/charge-points').send({ identity: 'BILL-BARE', site_id: siteId })).body.id;
  const place = await db.prisma.chargePoint.findUniqueOrThrow({ where: { id: bare } });
  const lacking = await session({ endedAt: at(1) }, {}, { organizationId, chargePointId: bare, number: place.number });
  const whole = (await api.get('/api/v1/cdrs?limit=100')).body;
  const first = (await api.get('/api/v1/cdrs?limit=1')).body;
  expect(first).toMatchObject({ data: [], incomplete: [{ session_id: lacking.id }], next_cursor: expect.any(String) });
  const { port } = rest.server.address() as AddressInfo; // it listens
  const { key } = await rest.keyOf(organizationId);
  const client = createDynamoClient({ baseUrl: `http://127.0.0.1:${port}`, apiKey: key });
  const seen: string[] = [];
  const page = (cursor: string | undefined) =>
    client.GET('/api/v1/cdrs', { params: { query: { limit: 1, ...(cursor !== undefined && { cursor }) } } });
  for await (const cdr of allOf(page)) seen.push(cdr.id);
  expect(seen).toEqual(whole.data.map((cdr: { id: string }) => cdr.id));
  expect(seen.length).toBeGreaterThan(0);
});

test('what is issued is in the audit log, before it is and once; reading it later is not', async () => {
  const { id } = await session();
  type Entry = {
    operation: string;
    outcome: string;
    target: { id?: string };
    detail: { sessions?: string[] };
    created_id: string | null;
  };
  const logged = async (operation: string): Promise<Entry[]> =>
    (await api.get(`/api/v1/audit?operation=${operation}`)).body.data.filter(
      ({ target, detail }: Entry) => target.id === id || detail.sessions?.includes(id) === true,
    );
  const done = (operation: string) =>
    until(`${operation} has ended`, async () => {
      const all = await logged(operation);
      return all.length > 0 && all.every(({ outcome }) => outcome === 'done') ? all : undefined;
    });
  const issued = (await api.get(`/api/v1/sessions/${id}/receipt`)).body.id;
  for (const path of ['receipt', 'receipt.pdf', 'receipt'])
    await api.get(`/api/v1/sessions/${id}/${path}`).buffer(true);
  expect(await done('getReceipt')).toMatchObject([{ created_id: issued }]);
  expect(await logged('downloadReceipt')).toEqual([]);
  for (const path of ['cdrs?limit=100', `sessions/${id}/cdr`, 'cdrs?limit=100'])
    expect((await api.get(`/api/v1/${path}`)).status).toBe(200);
  expect(await done('listCdrs')).toMatchObject([{ detail: { sessions: expect.arrayContaining([id]) } }]);
  expect(await logged('getSessionCdr')).toEqual([]);
  const { id: second } = await session();
  await api.get(`/api/v1/sessions/${second}/receipt.pdf`).buffer(true);
  await api.get(`/api/v1/sessions/${second}/cdr`);
  const { data } = (await api.get('/api/v1/audit')).body;
  const ofSecond = data.filter(({ target }: Entry) => target.id === second);
  expect(ofSecond.map(({ operation }: Entry) => operation).sort()).toEqual(['downloadReceipt', 'getSessionCdr']);
});
