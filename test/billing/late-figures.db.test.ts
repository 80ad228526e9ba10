/** What a charger tells after its session has ended reaches the receipt and the charge detail record that were given out. */
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import type { SessionInput } from '../../src/ingest/inputs.ts';
import { newId } from '../../src/platform/ids.ts';
import { createTransactionIds, repriceDoubtful } from '../../src/sessions/index.ts';
import { createPlans } from '../../src/tariffs/index.ts';
import { testDatabase } from '../support/db.ts';
import { after, anEvent, aStart, instant, metered, reading, stopped, T0 } from '../support/inputs.ts';
import { createRest } from '../support/rest.ts';

const db = await testDatabase();
const rest = await createRest(db);
afterAll(async () => {
  await rest.stop();
  await db.close();
});
const nextTransactionId = createTransactionIds(db);

let api: ReturnType<typeof rest.as>;
let chargePointId = '';
beforeEach(async () => {
  api = rest.as((await rest.keyOf(await rest.createOrganization())).key);
  await api.patch('/api/v1/organization').send({ country_code: 'DE', party_id: 'MUL' });
  const site = await api.post('/api/v1/sites').send({
    ...{ name: 'Depot', timezone: 'Europe/Berlin', address: 'Hafenstraße 12', city: 'Hamburg', country: 'DEU' },
    coordinates: { latitude: '53.543210', longitude: '9.987654' },
  });
  const hardware = { connector_standard: 'IEC_62196_T2', connector_format: 'SOCKET', power_type: 'AC_3_PHASE' };
  const made = await api
    .post('/api/v1/charge-points')
    .send({ identity: newId('cp').slice(-12), site_id: site.body.id, ...hardware });
  expect(made.status).toBe(201);
  chargePointId = made.body.id;
});

async function assign(price: string, target: string, target_id: string): Promise<void> {
  const terms = {
    currency: 'EUR',
    prices_include_tax: true,
    tax_percent: '0',
    components: [{ type: 'energy', price }],
  };
  const tariff = await api.post('/api/v1/tariffs').send({ name: price, terms });
  const assigned = await api.post('/api/v1/tariff-assignments').send({ tariff_id: tariff.body.id, target, target_id });
  expect([tariff.status, assigned.status]).toEqual([201, 201]);
}
const priceAnew = () =>
  repriceDoubtful({ db, ingest: rest.ingest, plans: createPlans(), now: () => new Date(Date.now() + 1000) });
async function onlySession() {
  const { data } = (await api.get('/api/v1/sessions')).body;
  expect(data).toHaveLength(1);
  return data[0] as { id: string; flags: string[] };
}
const receiptOf = async (id: string) => (await api.get(`/api/v1/sessions/${id}/receipt`)).body;
const cdrsOf = async (id: string) =>
  ((await api.get(`/api/v1/sessions/${id}/cdr`)).body.data as { [field: string]: unknown }[]).map((cdr) => [
    cdr['credit'] ?? false,
    (cdr['total_cost'] as { incl_vat: number }).incl_vat,
    cdr['total_energy'],
  ]);
const correctionsOf = async (id: string) => {
  const { data } = (await api.get(`/api/v1/sessions/${id}/cost-corrections`)).body;
  return (data as { before: { total: object } | null; after: { total: object } }[]).map((each) => [
    each.before?.total,
    each.after.total,
  ]);
};

test('2.x: whose session it was is learned when its start comes after all, and his tariff is another', async () => {
  const group = await api.post('/api/v1/token-groups').send({ name: 'Fleet' });
  const token = await api.post('/api/v1/tokens').send({ uid: 'TAG', type: 'rfid', group_id: group.body.id });
  expect([group.status, token.status]).toEqual([201, 201]);
  await assign('0.59', 'charge_point', chargePointId);
  await assign('0.39', 'token_group', group.body.id);
  const tell = (event: Parameters<typeof anEvent>[1], seqNo: number) =>
    rest.ingest.submit({
      ...({ room: 'tokens', type: 'authorize_event', chargePointId, receivedAt: after(seqNo * 60) } as const),
      event: anEvent(seqNo, event),
    });
  const place = { evseId: 1, connectorId: 1 };
  await tell({ place, chargingState: 'charging', readings: [reading(after(60), 1000)] }, 1);
  await tell({ kind: 'ended', readings: [reading(after(120), 11_000)] }, 2);
  const due: SessionInput = {
    ...({ room: 'sessions', type: 'gap_due', chargePointId, receivedAt: after(300), ocppTransactionId: 'TX' } as const),
    spare: { sessionId: newId('ses'), transactionId: await nextTransactionId() },
  };
  await rest.ingest.submit(due);
  await priceAnew();
  const { id } = await onlySession();
  const approved = await api.post(`/api/v1/sessions/${id}/review`).send({ decision: 'approve', reason: 'seen' });
  expect(approved.status).toBe(200);
  const issued = await receiptOf(id);
  expect(issued).toMatchObject({ cost: { total: { incl_tax: '5.90' } }, corrects: null });
  expect(await cdrsOf(id)).toEqual([[false, 5.9, 10]]);

  const spare = { sessionId: newId('ses'), transactionId: await nextTransactionId() };
  await tell({ token: { uid: 'TAG', isTyped: false, asks: 'start' }, spare, at: instant(after(60)) }, 0);
  await priceAnew();
  expect(await correctionsOf(id)).toMatchObject([[{ incl_tax: '5.90' }, { incl_tax: '3.90' }]]);
  expect(await receiptOf(id)).toMatchObject({
    ...{ cost: { total: { incl_tax: '3.90' } }, token: 'TAG' },
    corrects: { number: issued.number, incl_tax: '5.90' },
  });
  expect(await cdrsOf(id)).toEqual([
    [false, 5.9, 10],
    [true, -5.9, 10],
    [false, 3.9, 10],
  ]);
});

test('1.6: the stop of a free session comes after its record was closed', async () => {
  await api.patch(`/api/v1/charge-points/${chargePointId}`).send({ authorization: 'free' });
  const transactionId = await nextTransactionId();
  await rest.ingest.submit({
    ...({ room: 'tokens', type: 'authorize_start', chargePointId, receivedAt: T0 } as const),
    start: aStart({ transactionId, sessionId: newId('ses') }),
  });
  const { id } = await onlySession();
  await rest.ingest.submit(metered([reading(after(600), 4000)], { chargePointId, transactionId }));
  await rest.ingest.submit({
    ...({ room: 'sessions', type: 'closed', chargePointId, sessionId: id, receivedAt: after(900) } as const),
    reason: 'silence',
  });
  const issued = await receiptOf(id);
  expect(issued).toMatchObject({ energy_wh: 3000, cost: { total: { incl_tax: '0.00' } } });
  expect(await cdrsOf(id)).toEqual([[false, 0, 3]]);

  const stop = stopped({ chargePointId, transactionId, rawTransactionId: String(transactionId), meterStopWh: 11_000 });
  for (const _repeated of [1, 2]) {
    await rest.ingest.submit(stop);
    await priceAnew();
    expect(await correctionsOf(id)).toMatchObject([[{ incl_tax: '0.00' }, { incl_tax: '0.00' }]]);
  }
  expect(await receiptOf(id)).toMatchObject({ energy_wh: 10_000, corrects: { number: issued.number } });
  expect(await cdrsOf(id)).toEqual([
    [false, 0, 3],
    [true, 0, 3],
    [false, 0, 10],
  ]);
});
