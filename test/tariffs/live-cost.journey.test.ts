/** What sessions cost, from the charger's messages to REST and events, in each version; and how it is corrected. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { catalogue, type EmittedType } from '../../src/events/index.ts';
import { accept, anotherSide, initiate, see } from '../handovers/support.ts';
import { startApp } from '../support/app.ts';
import { type ScriptedCharger, scriptedCharger } from '../support/scripted-charger.ts';
import { until } from '../support/until.ts';

const app = await startApp();
afterAll(() => app.stop());
const tariffOf = async (name: string, components: object[]) => {
  const terms = { currency: 'EUR', prices_include_tax: true, tax_percent: '19', components };
  return (await app.api<{ id: string }>('POST', '/tariffs', { name, terms })).body.id;
};
const assign = (target: string, target_id: string | undefined, tariff_id: string) =>
  app.api('POST', '/tariff-assignments', { target, ...(target_id !== undefined && { target_id }), tariff_id });

const token = await app.api<{ id: string }>('POST', '/tokens', { uid: 'TAG', max_concurrent: null });
await app.api('POST', '/tokens', { uid: 'ANY', max_concurrent: null });
const usual = await tariffOf('Usual', [{ type: 'energy', price: '0.5' }]);
const own = await tariffOf('Own', [
  { type: 'energy', price: '0.4' },
  { type: 'idle', price: '0.1' },
]);
await assign('organization', undefined, usual);
await assign('token', token.body.id, own);

type Session = {
  id: string;
  status: string;
  energy_wh: number;
  flags: string[];
  cost: { total: { incl_tax: string }; lines: { type: string; amount: string }[]; is_final: boolean } | null;
  tariff: Record<string, unknown> | null;
  review: { status: string; reasons: string[] } | null;
};
const sessionOf = async (id: string, status = 'active,suspended_ev,suspended_evse,ended,closed_by_system') =>
  (await app.api<{ data: Session[] }>('GET', `/sessions?charge_point_id=${id}&status=${status}`)).body.data[0];
const reread = async ({ id }: { id: string }) => (await app.api<Session>('GET', `/sessions/${id}`)).body;

async function eventsOf(id: string): Promise<{ type: EmittedType; data: Record<string, unknown> }[]> {
  const rows = await app.db.rows<{ type: EmittedType; body: string }>(
    {
      name: 'test_cost_events',
      text: `SELECT type, body FROM domain_events WHERE charge_point_id = $1 AND type IN ('session.cost_updated', 'session.ended') ORDER BY sequence`,
    },
    [id],
  );
  return rows.map(({ type, body }) => ({ type, data: (JSON.parse(body) as { data: Record<string, unknown> }).data }));
}

const start = Math.floor(Date.now() / 60_000) * 60_000 - 180 * 60_000;
const at = (minutes: number) => new Date(start + minutes * 60_000).toISOString();
async function connect(speaks: 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1', more: Record<string, unknown> = {}) {
  const { id, identity, key } = await app.chargePoint(more);
  const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, identity, key, speaks }, () => ({
    status: 'Accepted',
  }));
  return { id, charger };
}

const register = (wh: number, minutes: number) => ({
  timestamp: at(minutes),
  sampledValue: [{ value: String(wh), unit: 'Wh', measurand: 'Energy.Active.Import.Register' }],
});
const begin16 = async ({ call }: ScriptedCharger, idTag: string) =>
  (await call('StartTransaction', { connectorId: 1, idTag, meterStart: 1000, timestamp: at(0) }))['transactionId'];
const status16 = ({ call }: ScriptedCharger, status: string, minutes: number) =>
  call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status, timestamp: at(minutes) });

const event2 = ({ call }: ScriptedCharger, seqNo: number, minutes: number, eventType: string, more: object) =>
  call('TransactionEvent', {
    ...{ eventType, seqNo, timestamp: at(minutes), triggerReason: 'ChargingStateChanged' },
    evse: { id: 1, connectorId: 1 },
    ...more,
  });
const meter2 = (wh: number, minutes: number) => [
  { timestamp: at(minutes), sampledValue: [{ value: wh, measurand: 'Energy.Active.Import.Register' }] },
];

describe.each(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const)('%s', (speaks) => {
  test('a session has its own tariff, a running cost, and one final cost that all who ask are told', async () => {
    const { id, charger } = await connect(speaks);
    let answer: Record<string, unknown> = {};
    let transactionId: unknown;
    if (speaks === 'ocpp1.6') {
      transactionId = await begin16(charger, 'TAG');
      await status16(charger, 'Charging', 1);
      await charger.call('MeterValues', {
        connectorId: 1,
        transactionId,
        meterValue: [register(6000, 30), register(11_000, 60)],
      });
      await status16(charger, 'SuspendedEV', 60);
    } else {
      const transactionInfo = (chargingState: string) => ({ transactionInfo: { transactionId: 'T', chargingState } });
      await event2(charger, 0, 0, 'Started', {
        ...transactionInfo('EVConnected'),
        meterValue: meter2(1000, 0),
      });
      await event2(charger, 1, 0, 'Updated', {
        ...transactionInfo('Charging'),
        idToken: { idToken: 'TAG', type: 'ISO14443' },
      });
      await event2(charger, 2, 60, 'Updated', {
        ...transactionInfo('SuspendedEV'),
        meterValue: [...meter2(6000, 30), ...meter2(11_000, 60)],
      });
    }
    const running = await until('the session has its energy', async () => {
      const session = await sessionOf(id);
      return session?.energy_wh === 10_000 ? session : undefined;
    });
    expect(running.tariff).toEqual({ id: own, version: 1, name: 'Own', level: 'token', target_id: token.body.id });
    expect(running.cost).toMatchObject({ currency: 'EUR', is_final: false });
    if (speaks === 'ocpp1.6')
      await charger.call('StopTransaction', { transactionId, meterStop: 11_000, timestamp: at(90) });
    else
      answer = await event2(charger, 3, 90, 'Ended', {
        transactionInfo: { transactionId: 'T', chargingState: 'EVConnected' },
      });
    const ended = await reread(running);
    // 10 kWh × 0.4 + 30 min × 0.1
    expect(ended.cost).toMatchObject({
      ...{ total: { incl_tax: '7.00', tax: '1.12', excl_tax: '5.88' }, is_final: true },
      lines: [
        { type: 'energy', amount: '4.00' },
        { type: 'idle', amount: '3.00' },
      ],
    });
    expect(ended.review).toBeNull();
    if (speaks !== 'ocpp1.6') expect(answer).toMatchObject({ totalCost: 7 });
    const events = await eventsOf(id);
    const finals = events.filter(({ data }) => data['is_final'] === true);
    expect(finals).toHaveLength(1);
    expect(finals[0]?.data).toMatchObject({
      total: '7.00',
      currency: 'EUR',
      energy_wh: 10_000,
      prices_include_tax: true,
    });
    expect(events.find(({ type }) => type === 'session.ended')?.data['cost']).toEqual({
      currency: 'EUR',
      total: '7.00',
    });
    for (const { type, data } of events) expect(() => catalogue[type].data.parse(data)).not.toThrow();
    await charger.close();
  });

  test('a charge point whose token has no tariff of its own has that of the organization', async () => {
    const { id, charger } = await connect(speaks);
    if (speaks === 'ocpp1.6') {
      const transactionId = await begin16(charger, 'ANY');
      await charger.call('StopTransaction', { transactionId, meterStop: 3000, timestamp: at(90) });
    } else {
      const idToken = { idToken: 'ANY', type: 'ISO14443' };
      await event2(charger, 0, 0, 'Started', {
        transactionInfo: { transactionId: 'T' },
        idToken,
        meterValue: meter2(1000, 0),
      });
      await event2(charger, 1, 90, 'Ended', { transactionInfo: { transactionId: 'T' }, meterValue: meter2(3000, 90) });
    }
    expect(await sessionOf(id, 'ended')).toMatchObject({
      tariff: { id: usual, level: 'organization' },
      cost: { total: { incl_tax: '1.00' }, is_final: true },
    });
    await charger.close();
  });
});

/** A charge point of which a charge detail record says all that it must. */
async function billable() {
  const { body: site } = await app.api<{ id: string }>('POST', '/sites', {
    ...{ name: 'Depot', address: 'Hafenstraße 12', city: 'Hamburg', country: 'DEU' },
    coordinates: { latitude: '53.543210', longitude: '9.987654' },
  });
  await app.api('PATCH', '/organization', { country_code: 'DE', party_id: 'DYN' });
  const hardware = { connector_standard: 'IEC_62196_T2', connector_format: 'SOCKET', power_type: 'AC_3_PHASE' };
  return { site_id: site.id, ...hardware };
}

type Page = { data: { reason: string; corrected_by: string; before: object; after: object }[] };
const corrections = async ({ id }: Session) =>
  (await app.api<Page>('GET', `/sessions/${id}/cost-corrections`)).body.data;

test.each(['ocpp2.0.1', 'ocpp2.1'] as const)(
  '%s: who shows his token before he plugs in pays for standing there from when it has charged',
  async (speaks) => {
    const { id, charger } = await connect(speaks);
    const tell = (seqNo: number, minutes: number, eventType: string, chargingState: string, more: object = {}) =>
      event2(charger, seqNo, minutes, eventType, { transactionInfo: { transactionId: 'T', chargingState }, ...more });
    const idToken = { idToken: 'TAG', type: 'ISO14443' };
    await tell(0, 0, 'Started', 'Idle', { triggerReason: 'Authorized', idToken, meterValue: meter2(1000, 0) });
    await tell(1, 5, 'Updated', 'EVConnected');
    await tell(2, 6, 'Updated', 'Charging');
    const running = await sessionOf(id);
    await tell(3, 66, 'Updated', 'EVConnected', { meterValue: meter2(11_000, 66) });
    await tell(4, 70, 'Updated', 'Idle');
    await tell(5, 76, 'Ended', 'Idle');
    if (running === undefined) throw new Error('there is no session');
    const lines = [
      { type: 'energy', amount: '4.00' },
      { type: 'idle', amount: '1.00', quantity: '600' },
    ];
    expect((await reread(running)).cost).toMatchObject({ total: { incl_tax: '5.00' }, lines });
    // By its recordings it is the same.
    const body = { session_id: running.id };
    const preview = await app.api<{ total: object; lines: object[] }>('POST', `/tariffs/${own}/preview`, body);
    expect(preview.body).toMatchObject({ total: { incl_tax: '5.00' }, lines });
    await charger.close();
  },
);

describe('corrections', () => {
  test('a stop that comes after the record was closed corrects the cost by itself, with history and an event', async () => {
    const { id, charger } = await connect('ocpp1.6');
    const transactionId = await begin16(charger, 'ANY');
    const session = await sessionOf(id);
    if (session === undefined) throw new Error('there is no session');
    await app.api('POST', `/sessions/${session.id}/close`, {});
    expect((await reread(session)).cost).toMatchObject({ total: { incl_tax: '0.00' }, is_final: true });
    await charger.call('StopTransaction', { transactionId, meterStop: 5000, timestamp: at(90) });
    await until('it was corrected', async () => (await reread(session)).cost?.total.incl_tax === '2.00' || undefined);
    expect(await corrections(session)).toMatchObject([
      {
        reason: 'stop_after_close',
        corrected_by: 'system',
        before: { total: { incl_tax: '0.00' } },
        after: { total: { incl_tax: '2.00' } },
      },
    ]);
    expect((await eventsOf(id)).at(-1)?.data).toMatchObject({
      ...{ total: '2.00', is_final: true },
      correction: { reason: 'stop_after_close', previous_total: '0.00' },
    });
    expect((await reread(session)).review).toMatchObject({ status: 'open', reasons: ['closed_by_operator'] });
    await charger.close();
  });

  test('a person prices a session anew; where nothing changes it is kept, and nobody is told', async () => {
    const { id, charger } = await connect('ocpp1.6');
    const transactionId = await begin16(charger, 'ANY');
    await charger.call('StopTransaction', { transactionId, meterStop: 5000, timestamp: at(90) });
    const session = await sessionOf(id);
    if (session === undefined) throw new Error('there is no session');
    const before = (await eventsOf(id)).length;
    const answer = await app.api<Session>('POST', `/sessions/${session.id}/reprice`, { reason: 'somebody asked' });
    expect(answer).toMatchObject({ status: 200, body: { id: session.id, cost: { total: { incl_tax: '2.00' } } } });
    expect(await corrections(session)).toMatchObject([{ reason: 'somebody asked' }]);
    expect(await eventsOf(id)).toHaveLength(before);
    expect((await app.api('POST', `/sessions/${session.id}/reprice`, {})).status).toBe(400);
    await charger.close();
    // Also once its charge point is gone.
    expect((await app.api('DELETE', `/charge-points/${id}`)).status).toBe(204);
    const gone = await app.api('POST', `/sessions/${session.id}/reprice`, { reason: 'late' });
    expect(gone).toMatchObject({ status: 200, body: { cost: { total: { incl_tax: '2.00' } } } });
    expect(await corrections(session)).toMatchObject([{ reason: 'late' }, { reason: 'somebody asked' }]);
    expect(await eventsOf(id)).toHaveLength(before);
  });
});

describe('a session whose figures may be wrong', () => {
  type Review = { session_id: string; reasons: string[] };
  type Totals = {
    data: { revenue: { sessions: number; incl_tax: string }[]; under_review: number; energy_wh: number }[];
  };
  type Receipt = { number: string; cost: { total: { incl_tax: string } }; corrects: { number: string } | null };
  type Cdr = { id: string; total_energy: number; total_cost: { incl_vat: number }; credit_reference_id?: string };
  const reviewOf = async (id: string) =>
    (await app.api<{ data: Review[] }>('GET', '/sessions/reviews?status=open&limit=100')).body.data.find(
      ({ session_id }) => session_id === id,
    );
  const totalsOf = async (id: string) => {
    const query = `group_by=charge_point&charge_point_id=${id}&from=${at(-60)}`;
    const { revenue, under_review, energy_wh } =
      (await app.api<Totals>('GET', `/reports/totals?${query}`)).body.data[0] ?? {};
    return { revenue: revenue?.map(({ sessions, incl_tax }) => [sessions, incl_tax]), under_review, energy_wh };
  };
  const exported = async (id: string): Promise<Record<string, unknown>[]> => {
    const headers = { authorization: `Bearer ${app.apiKey}` };
    const answer = await fetch(`${app.url}/api/v1/exports/sessions?format=jsonl&charge_point_id=${id}`, { headers });
    return (await answer.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  const decide = (id: string, body: object) => app.api<{ decided_by: string }>('POST', `/sessions/${id}/review`, body);
  const becomes = (session: Session, total: string) =>
    until(`it costs ${total}`, async () => {
      const { cost, review } = await reread(session);
      return cost?.total.incl_tax === total && review?.status === 'corrected' ? true : undefined;
    });

  test('is never told as final without saying so, is billed by nobody until a person corrects it, and then once', async () => {
    const { id, charger } = await connect('ocpp1.6', await billable());
    const transactionId = await begin16(charger, 'ANY');
    // 5 kWh, then the register falls by 4 and goes on from there.
    for (const [wh, minute] of [
      [6000, 30],
      [2000, 40],
      [3000, 60],
    ] as const)
      await charger.call('MeterValues', { connectorId: 1, transactionId, meterValue: [register(wh, minute)] });
    await charger.call('StopTransaction', { transactionId, meterStop: 4000, timestamp: at(90) });
    const session = await sessionOf(id, 'ended');
    if (session?.cost == null) throw new Error('it has no cost');
    const wrong = session.cost.total.incl_tax;
    const reasons = session.review?.reasons ?? [];
    expect([session.review?.status, reasons.some((each) => each.startsWith('meter_'))]).toEqual(['open', true]);
    expect(await reviewOf(session.id)).toMatchObject({ reasons });
    const told = await eventsOf(id);
    expect(told.filter(({ data }) => data['is_final'] === true).map(({ data }) => data)).toMatchObject([
      { total: wrong, needs_review: true },
    ]);
    expect(told.find(({ type }) => type === 'session.ended')?.data['flags']).toEqual(expect.arrayContaining(reasons));
    // Nobody is billed.
    for (const path of ['receipt', 'receipt.pdf', 'cdr'])
      expect((await app.api('GET', `/sessions/${session.id}/${path}`)).status).toBe(409);
    expect(await totalsOf(id)).toEqual({ revenue: [], under_review: 1, energy_wh: session.energy_wh });
    expect(await exported(id)).toMatchObject([{ id: session.id, review: 'open' }]);

    const decided = await decide(session.id, { decision: 'correct', energy_wh: 8000, reason: 'read by hand' });
    expect(decided.body.decided_by).toMatch(/^key_/);
    await becomes(session, '4.00'); // 8 kWh × 0.5
    expect(await reviewOf(session.id)).toBeUndefined();
    expect((await eventsOf(id)).at(-1)?.data).toMatchObject({
      ...{ total: '4.00', is_final: true, energy_wh: 8000 },
      correction: { reason: 'read by hand', previous_total: wrong },
    });
    expect((await eventsOf(id)).at(-1)?.data).not.toHaveProperty('needs_review');
    const history = await app.api<{ data: object[] }>('GET', `/sessions/${session.id}/reviews`);
    expect(history.body.data).toMatchObject([
      { decision: 'correct', reason: 'read by hand', before: { incl_tax: wrong }, after: { energy_wh: 8000 } },
    ]);
    const first = (await app.api<Receipt>('GET', `/sessions/${session.id}/receipt`)).body;
    expect(first).toMatchObject({ energy_wh: 8000, cost: { total: { incl_tax: '4.00' } }, corrects: null });
    const cdrs = async () => (await app.api<{ data: Cdr[] }>('GET', `/sessions/${session.id}/cdr`)).body.data;
    const [given] = await cdrs();
    expect(given).toMatchObject({ total_energy: 8, total_cost: { incl_vat: 4 } });
    expect(await totalsOf(id)).toEqual({ revenue: [[1, '4.00']], under_review: 0, energy_wh: 8000 });

    // It was misread: a second correction is a second receipt, a credit and a second record. Sums have it once.
    await decide(session.id, { decision: 'correct', energy_wh: 6000, reason: 'misread' });
    await becomes(session, '3.00');
    const second = (await app.api<Receipt>('GET', `/sessions/${session.id}/receipt`)).body;
    expect(second).toMatchObject({ cost: { total: { incl_tax: '3.00' } }, corrects: { number: first.number } });
    const all = await app.api<{ data: object[] }>('GET', `/receipts?session_id=${session.id}`);
    expect(all.body.data).toEqual([second, first]);
    expect(await cdrs()).toMatchObject([
      given ?? {},
      { credit_reference_id: given?.id, total_cost: { incl_vat: -4 }, total_energy: 8 },
      { total_energy: 6, total_cost: { incl_vat: 3 } },
    ]);
    expect(await totalsOf(id)).toEqual({ revenue: [[1, '3.00']], under_review: 0, energy_wh: 6000 });
    expect(await exported(id)).toMatchObject([
      { id: session.id, energy_wh: 6000, cost_incl_tax: '3.00', review: 'corrected' },
    ]);
    expect(await corrections(session)).toMatchObject([
      { reason: 'misread', before: { total: { incl_tax: '4.00' } }, after: { total: { incl_tax: '3.00' } } },
      { reason: 'read by hand', before: { total: { incl_tax: wrong } }, after: { total: { incl_tax: '4.00' } } },
    ]);
    await charger.close();
  });

  test('corrected to figures that cost the same: receipt and charge detail record are others all the same', async () => {
    const { id, charger } = await connect('ocpp1.6', await billable());
    await assign('charge_point', id, await tariffOf('Flat', [{ type: 'flat', price: '5' }]));
    const transactionId = await begin16(charger, 'ANY');
    await charger.call('StopTransaction', { transactionId, meterStop: 41_000, timestamp: at(60) });
    const session = await sessionOf(id, 'ended');
    if (session === undefined) throw new Error('there is no session');
    type Figures = { energy_wh: number; ended_at: string };
    const receipt = async () => (await app.api<Receipt & Figures>('GET', `/sessions/${session.id}/receipt`)).body;
    const first = await receipt();
    expect(first).toMatchObject({ energy_wh: 40_000, ended_at: at(60), cost: { total: { incl_tax: '5.00' } } });
    const cdrs = async () => (await app.api<{ data: Cdr[] }>('GET', `/sessions/${session.id}/cdr`)).body.data;
    const [given] = await cdrs();
    const figures = { energy_wh: 4000, ended_at: at(30) };
    await decide(session.id, { decision: 'correct', ...figures, reason: 'read by hand' });
    const second = await until('there is another receipt', async () => {
      const now = await receipt();
      return now.number === undefined || now.number === first.number ? undefined : now;
    });
    expect(second).toMatchObject({
      ...{ ...figures, duration_s: 1800, cost: { total: { incl_tax: '5.00' } } },
      corrects: { number: first.number, incl_tax: '5.00', reason: 'read by hand' },
    });
    expect(await cdrs()).toMatchObject([
      given ?? {},
      { credit_reference_id: given?.id, total_cost: { incl_vat: -5 }, total_energy: 40 },
      { id: `${session.id}-2`, total_energy: 4, end_date_time: at(30), total_time: 0.5, total_cost: { incl_vat: 5 } },
    ]);
    expect((await eventsOf(id)).at(-1)?.data).toMatchObject({
      ...{ total: '5.00', energy_wh: 4000, is_final: true },
      correction: { reason: 'read by hand', previous_total: '5.00' },
    });
    expect(await corrections(session)).toHaveLength(1);
    // Priced anew with nothing changed it is no other bill.
    await app.api('POST', `/sessions/${session.id}/reprice`, { reason: 'a doubt' });
    expect(await receipt()).toEqual(second);
    expect(await cdrs()).toHaveLength(3);
    await charger.close();
  });

  test('whose charge point was deleted is corrected and billed like any other', async () => {
    const { id, charger } = await connect('ocpp1.6');
    const transactionId = await begin16(charger, 'ANY');
    await charger.call('StopTransaction', { transactionId, meterStop: 11_000, timestamp: at(60) });
    const session = await sessionOf(id, 'ended');
    if (session === undefined) throw new Error('there is no session');
    const first = (await app.api<Receipt>('GET', `/sessions/${session.id}/receipt`)).body;
    expect(first.cost.total.incl_tax).toBe('5.00');
    await charger.close();
    expect((await app.api('DELETE', `/charge-points/${id}`)).status).toBe(204);
    await decide(session.id, { decision: 'correct', energy_wh: 5000, reason: 'read by hand' });
    await becomes(session, '2.50');
    expect((await app.api<Receipt>('GET', `/sessions/${session.id}/receipt`)).body).toMatchObject({
      ...{ energy_wh: 5000, cost: { total: { incl_tax: '2.50' } } },
      corrects: { number: first.number, reason: 'read by hand' },
    });
    expect(await totalsOf(id)).toEqual({ revenue: [[1, '2.50']], under_review: 0, energy_wh: 5000 });
    expect(await corrections(session)).toMatchObject([
      { reason: 'read by hand', before: { total: { incl_tax: '5.00' } }, after: { total: { incl_tax: '2.50' } } },
    ]);
  });

  test('that was free of charge is corrected, stays free, and holds up nothing', async () => {
    const { id, charger } = await connect('ocpp1.6');
    await app.api('PATCH', `/charge-points/${id}`, { authorization: 'free' });
    const transactionId = await begin16(charger, 'ANY');
    await charger.call('StopTransaction', { transactionId, meterStop: 11_000, timestamp: at(60) });
    const session = await sessionOf(id, 'ended');
    if (session === undefined) throw new Error('there is no session');
    const receipt = async () => (await app.api<Receipt>('GET', `/sessions/${session.id}/receipt`)).body;
    const first = await receipt();
    expect(first).toMatchObject({ free_of_charge: true, energy_wh: 10_000, cost: { total: { incl_tax: '0.00' } } });
    await decide(session.id, { decision: 'correct', energy_wh: 5000, reason: 'read by hand' });
    const second = await until('there is another receipt', async () => {
      const now = await receipt();
      return now.number === undefined || now.number === first.number ? undefined : now;
    });
    expect(second).toMatchObject({
      ...{ free_of_charge: true, energy_wh: 5000, cost: { total: { incl_tax: '0.00' } } },
      corrects: { number: first.number },
    });
    expect((await app.api('POST', `/sessions/${session.id}/reprice`, { reason: 'x' })).status).toBe(409);
    await charger.close();
  });

  test.each([
    ['nobody stopped it', undefined, 'closed_by_operator'],
    ['its stop has no register', {}, 'meter_stop_missing'],
    ['its register jumps beyond all measure', { meterStop: 900_000_000 }, 'meter_jump'],
    ['its clock is of another age', { meterStop: 3000, timestamp: '1999-01-01T00:00:00Z' }, 'implausible_clock'],
  ])('%s: it waits with the reason, and is billed as it is once it is approved', async (_what, stop, reason) => {
    const { id, charger } = await connect('ocpp1.6');
    const transactionId = await begin16(charger, 'ANY');
    await charger.call('MeterValues', { connectorId: 1, transactionId, meterValue: [register(3000, 30)] });
    const open = await sessionOf(id);
    if (open === undefined) throw new Error('there is no session');
    if (stop === undefined) await app.api('POST', `/sessions/${open.id}/close`, {});
    else await charger.call('StopTransaction', { transactionId, timestamp: at(90), ...stop });
    expect((await reviewOf(open.id))?.reasons).toContain(reason);
    const final = (await eventsOf(id)).filter(({ data }) => data['is_final'] === true);
    expect(final.map(({ data }) => data['needs_review'])).toEqual([true]);
    expect((await app.api('GET', `/sessions/${open.id}/receipt`)).status).toBe(409);
    expect((await decide(open.id, { decision: 'approve', reason: 'plausible' })).status).toBe(200);
    const receipt = await app.api<Receipt>('GET', `/sessions/${open.id}/receipt`);
    expect([receipt.status, receipt.body.cost.total]).toEqual([200, (await reread(open)).cost?.total]);
    expect((await totalsOf(id)).under_review).toBe(0);
    await charger.close();
  });

  test.each([
    ['a blocked token', 'LOST', 'Blocked', 'authorization_blocked'],
    ['an unknown one', 'STRANGE', 'Invalid', 'authorization_invalid'],
  ])(
    '%s that is refused and takes nothing is billed by nobody before it is approved',
    async (_what, uid, status, reason) => {
      const terms = { ...{ currency: 'EUR', prices_include_tax: true, tax_percent: '19', min_total: '1.00' } };
      const components = [
        { type: 'energy', price: '0.50' },
        { type: 'idle', price: '0.10' },
        { type: 'flat', price: '0.35' },
      ];
      const dear = await app.api<{ id: string }>('POST', '/tariffs', { name: 'Dear', terms: { ...terms, components } });
      if (uid === 'LOST') await app.api('POST', '/tokens', { uid, status: 'blocked' });
      const { id, charger } = await connect('ocpp1.6');
      await assign('charge_point', id, dear.body.id);
      const begun = await charger.call('StartTransaction', {
        ...{ connectorId: 1, idTag: uid, meterStart: 1000, timestamp: at(0) },
      });
      expect(begun['idTagInfo']).toMatchObject({ status });
      await status16(charger, 'SuspendedEV', 1);
      const { transactionId } = begun;
      await charger.call('StopTransaction', {
        ...{ transactionId, meterStop: 1000, timestamp: at(21), reason: 'DeAuthorized' },
      });
      const session = await sessionOf(id, 'ended');
      // 20 min × 0.1 + 0.35
      expect(session).toMatchObject({
        ...{ energy_wh: 0, cost: { total: { incl_tax: '2.35' } }, review: { status: 'open', reasons: [reason] } },
      });
      const finals = (await eventsOf(id)).filter(({ data }) => data['is_final'] === true);
      expect(finals.map(({ data }) => data['needs_review'])).toEqual([true]);
      for (const path of ['receipt', 'receipt.pdf', 'cdr'])
        expect((await app.api('GET', `/sessions/${session?.id}/${path}`)).status).toBe(409);
      expect(await totalsOf(id)).toEqual({ revenue: [], under_review: 1, energy_wh: 0 });
      await decide(session?.id ?? '', { decision: 'approve', reason: 'he stood there' });
      expect(await totalsOf(id)).toEqual({ revenue: [[1, '2.35']], under_review: 0, energy_wh: 0 });
      await charger.close();
    },
  );
});

describe('versions of a tariff', () => {
  /** As if the tariff had been made at the first minute, and got its versions at the others. */
  async function versionsOf(name: string, minutes: readonly number[]): Promise<string> {
    const id = await tariffOf(name, [{ type: 'energy', price: '0.1' }]);
    for (const [i, minute] of minutes.entries()) {
      const terms = {
        currency: 'EUR',
        prices_include_tax: true,
        components: [{ type: 'energy', price: `0.${i + 1}` }],
      };
      if (i > 0) expect((await app.api('POST', `/tariffs/${id}/versions`, terms)).status).toBe(201);
      await app.db.rows(
        {
          name: 'test_version_made',
          text: 'UPDATE tariff_versions SET created_at = $3 WHERE tariff_id = $1 AND version = $2',
        },
        [id, i + 1, at(minute)],
      );
    }
    return id;
  }
  const now = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
  const late = { uid: 'LATE', max_concurrent: null };
  let tariff = '';
  beforeAll(async () => {
    // The third one is some minutes old; now is minute 180.
    tariff = await versionsOf('Versions', [-120, 30, 178]);
    const own = await versionsOf('Versions of his own', [-120, 30, 178]);
    await assign('token', (await app.api<{ id: string }>('POST', '/tokens', late)).body.id, own);
  });
  const versionAt = async (id: string) => (await sessionOf(id))?.tariff?.['version'];

  test.each([
    ['told afterwards, it began before the second one', () => at(0), 1],
    ['told afterwards, it began after it', () => at(40), 2],
    ['told afterwards, it began before there was any', () => at(-200), 1],
    ['it begins now, by a clock that is some seconds behind', () => now(-20), 3],
    ['it begins now, by a clock that is hours ahead', () => now(20 * 3600), 3],
    ['by a clock that is days ahead', () => now(20 * 86_400), 3],
    ['by a clock that was never set', () => '1970-01-01T00:01:00Z', 3],
  ])('1.6: %s', async (_what, timestamp, version) => {
    const { id, charger } = await connect('ocpp1.6');
    await assign('charge_point', id, tariff);
    await charger.call('StartTransaction', { connectorId: 1, idTag: 'ANY', meterStart: 1000, timestamp: timestamp() });
    expect(await versionAt(id)).toBe(version);
    await charger.close();
  });

  test('1.6: a session that began offline is priced by the version that stood then', async () => {
    const { id, charger } = await connect('ocpp1.6');
    await assign('charge_point', id, tariff);
    const transactionId = await begin16(charger, 'ANY');
    await charger.call('StopTransaction', { transactionId, meterStop: 11_000, timestamp: at(90) });
    expect(await sessionOf(id, 'ended')).toMatchObject({
      tariff: { version: 1 },
      cost: { total: { incl_tax: '1.00' } },
    });
    await charger.close();
  });

  test('1.6: a stop without a start, of which the readings say when it began', async () => {
    const { id, charger } = await connect('ocpp1.6');
    await assign('charge_point', id, tariff);
    const transactionData = [register(1000, 0), register(6000, 60)];
    await charger.call('StopTransaction', { transactionId: 77, meterStop: 11_000, timestamp: at(90), transactionData });
    expect(await versionAt(id)).toBe(1);
    await charger.close();
  });

  test.each(['ocpp2.0.1', 'ocpp2.1'] as const)('%s: whose it is is said when another one stands', async (speaks) => {
    const { id, charger } = await connect(speaks);
    const transactionInfo = { transactionId: 'T' };
    await event2(charger, 0, 0, 'Started', { transactionInfo, offline: true });
    const idToken = { idToken: 'LATE', type: 'ISO14443' };
    await event2(charger, 1, 40, 'Updated', { transactionInfo, idToken, offline: true });
    expect((await sessionOf(id))?.tariff).toMatchObject({ level: 'token', version: 1 });
    await charger.close();
  });

  test('2.x: it begins now, and another one is made before its token is known', async () => {
    const { id, charger } = await connect('ocpp2.0.1');
    const own = await versionsOf('Late', [-120]);
    const { body } = await app.api<{ id: string }>('POST', '/tokens', { uid: 'LATER', max_concurrent: null });
    await assign('token', body.id, own);
    const tell = (seqNo: number, eventType: string, more: object) =>
      charger.call('TransactionEvent', {
        ...{
          eventType,
          seqNo,
          timestamp: now(0),
          triggerReason: 'CablePluggedIn',
          transactionInfo: { transactionId: 'T' },
        },
        ...{ evse: { id: 1, connectorId: 1 }, ...more },
      });
    await tell(0, 'Started', {});
    const terms = { currency: 'EUR', prices_include_tax: true, components: [{ type: 'energy', price: '0.9' }] };
    expect((await app.api('POST', `/tariffs/${own}/versions`, terms)).status).toBe(201);
    await tell(1, 'Updated', { idToken: { idToken: 'LATER', type: 'ISO14443' } });
    expect((await sessionOf(id))?.tariff).toMatchObject({ id: own, level: 'token', version: 1 });
    await charger.close();
  });
});

test('a session that costs by time alone is told of while its charger says nothing', async () => {
  const { id, charger } = await connect('ocpp1.6');
  const slow = await tariffOf('By time', [{ type: 'time', price: '3600' }]);
  await assign('charge_point', id, slow);
  const now = () => new Date().toISOString();
  await charger.call('StartTransaction', { connectorId: 1, idTag: 'ANY', meterStart: 1000, timestamp: now() });
  // As if a minute had passed: its next look is due.
  await app.db.rows(
    {
      name: 'test_cost_due',
      text: `UPDATE session_costs SET tell_at = now() - interval '1 s' WHERE session_id IN (SELECT id FROM sessions WHERE charge_point_id = $1)`,
    },
    [id],
  );
  const told = await until('it was told', async () => (await eventsOf(id))[0]);
  expect(told).toMatchObject({ type: 'session.cost_updated', data: { is_final: false, energy_wh: 0 } });
  expect(Number(told.data['total'])).toBeGreaterThan(0);
  const { data } = (await app.api<{ data: Session[] }>('GET', `/sessions?charge_point_id=${id}`)).body;
  expect(Number(data[0]?.cost?.total.incl_tax)).toBeGreaterThanOrEqual(Number(told.data['total']));
  await charger.close();
});

describe('a charger that says it shows costs', () => {
  /** As if it had been read from the charger. */
  const says = (id: string, key: string, value = 'true') =>
    app.db.rows(
      {
        name: 'test_shows_costs',
        text: `INSERT INTO charge_point_configuration (charge_point_id, organization_id, key, value, readonly, secret, known, fetched_at)
               SELECT id, organization_id, $2, $3, true, false, true, now() FROM charge_points WHERE id = $1`,
      },
      [id, key, value],
    );
  const shown = ({ asked }: ScriptedCharger) =>
    asked.filter(({ action }) => action === 'DataTransfer' || action === 'CostUpdated').map(({ payload }) => payload);
  const costmsg = (payload: Record<string, unknown> | undefined) => ({
    vendorId: payload?.['vendorId'],
    messageId: payload?.['messageId'],
    data: JSON.parse(String(payload?.['data'])) as Record<string, unknown>,
  });

  const told = (charger: ScriptedCharger, count: number) =>
    until(`its driver was shown ${count} things`, async () =>
      shown(charger).length >= count ? shown(charger).map(costmsg) : undefined,
    );
  const transfer = ({ call }: ScriptedCharger, messageId: string, data: unknown) =>
    call('DataTransfer', { vendorId: 'org.openchargealliance.costmsg', messageId, data });
  const unplugged = (charger: ScriptedCharger, transactionId: unknown, minutes: number) =>
    transfer(charger, 'ConnectorUnplugged', JSON.stringify({ transactionId, timestamp: at(minutes) }));

  test('1.6: RunningCost from its beginning on, FinalCost at its end, by the messages of OCA', async () => {
    const { id, charger } = await connect('ocpp1.6');
    await says(id, 'CustomDisplayCostAndPrice');
    const transactionId = await begin16(charger, 'TAG');
    await told(charger, 1);
    await charger.call('MeterValues', { connectorId: 1, transactionId, meterValue: [register(6000, 30)] });
    const [begun, running] = await told(charger, 2);
    const always = { transactionId, chargingPrice: { kWhPrice: 0.4 }, idlePrice: { hourPrice: 6 } };
    expect([begun, running]).toMatchObject([
      { messageId: 'RunningCost', data: { ...always, meterValue: 1000, cost: 0, state: 'Charging', timestamp: at(0) } },
      {
        messageId: 'RunningCost',
        data: { ...always, meterValue: 6000, cost: 2, state: 'Charging', timestamp: at(30) },
      },
    ]);
    await charger.call('StopTransaction', { transactionId, meterStop: 11_000, timestamp: at(60) });
    const final = (await told(charger, 3))[2];
    expect(final).toEqual({
      ...{ vendorId: 'org.openchargealliance.costmsg', messageId: 'FinalCost' },
      data: {
        ...{ transactionId, cost: 4 },
        priceText: '4.00 EUR @ 0.4 EUR/kWh. Energy 10 kWh, time 1:00 h, total 4.00 EUR.',
      },
    });
    await charger.close();
  });

  test('1.6: a driver reads his own price, in his language, and is asked for readings where prices change', async () => {
    const changing = await tariffOf('Changing', [
      { type: 'energy', price: '0.6', restrictions: { max_energy_wh: 5000, max_power_w: 50_000 } },
      { type: 'energy', price: '0.5' },
      { type: 'time', price: '1.2', restrictions: { min_duration_s: 7200 } },
      { type: 'idle', price: '0.1', grace_s: 900 },
    ]);
    const texts = [{ language: 'nl', text: 'Eigen prijs' }];
    expect((await app.api('PATCH', `/tariffs/${changing}`, { texts })).body).toMatchObject({ texts, version: 1 });
    const uid = 'DRIVER';
    const driver = await app.api<{ id: string }>('POST', '/tokens', { uid, max_concurrent: null, language: 'de' });
    expect(driver.body).toMatchObject({ language: 'de' });
    await assign('token', driver.body.id, changing);
    const { id, charger } = await connect('ocpp1.6');
    await says(id, 'CustomDisplayCostAndPrice');
    await says(id, 'CustomMultiLanguageMessages');
    await says(id, 'SupportedLanguages', 'nl, de, nonsense!');
    await charger.call('Authorize', { idTag: 'driver' });
    await charger.call('Authorize', { idTag: 'ANY' });
    const [price] = await told(charger, 1);
    expect(price).toEqual({
      ...{ vendorId: 'org.openchargealliance.costmsg', messageId: 'SetUserPrice' },
      data: {
        idToken: 'driver',
        priceText:
          '0,60 EUR/kWh (bis 5 kWh, bis 50 kW), sonst 0,50 EUR/kWh; 1,20 EUR/h (ab 120 min); Standzeit 0,10 EUR/min nach 15 min',
        priceTextExtra: [{ format: 'UTF8', language: 'nl', content: 'Eigen prijs' }],
      },
    });
    const transactionId = await begin16(charger, uid);
    await status16(charger, 'Charging', 1);
    await charger.call('MeterValues', {
      ...{ connectorId: 1, transactionId },
      meterValue: [
        {
          ...register(2000, 30),
          sampledValue: [
            ...register(2000, 30).sampledValue,
            { value: '7.2', unit: 'kW', measurand: 'Power.Active.Import' },
          ],
        },
      ],
    });
    const idlePrice = { graceMinutes: 15, hourPrice: 6 };
    const nextPeriod = { atTime: at(120), chargingPrice: { kWhPrice: 0.6, hourPrice: 1.2 }, idlePrice };
    const turns = ['Charging', 'SuspendedEV', 'SuspendedEVSE', 'Finishing'];
    const running = (await told(charger, 3)).at(-1);
    expect(running).toMatchObject({
      messageId: 'RunningCost',
      data: {
        ...{ cost: 0.6, state: 'Charging', chargingPrice: { kWhPrice: 0.6 }, idlePrice, nextPeriod },
        triggerMeterValue: { atTime: at(120), atEnergykWh: 5, atPowerkW: 50, atCPStatus: turns },
      },
    });
    // The reading that was asked for comes, and with it the other price; the first 5 kWh are priced exactly.
    const trigger = {
      ...register(6000, 60),
      sampledValue: [{ ...register(6000, 60).sampledValue[0], context: 'Trigger' }],
    };
    await charger.call('MeterValues', { connectorId: 1, transactionId, meterValue: [trigger] });
    const after = (await told(charger, 4)).at(-1);
    expect(after).toMatchObject({ data: { cost: 3, chargingPrice: { kWhPrice: 0.5 }, meterValue: 6000 } });
    expect(after?.data['triggerMeterValue']).toEqual({ atTime: at(120), atCPStatus: turns });
    await charger.call('StopTransaction', { transactionId, meterStop: 8000, timestamp: at(90) });
    await until(
      'it costs what was foretold',
      async () => (await sessionOf(id, 'ended'))?.cost?.total.incl_tax === '4.00' || undefined,
    );
    await charger.close();
  });

  test('1.6: whoever is started from afar reads his price with the start', async () => {
    const { id, charger } = await connect('ocpp1.6');
    await says(id, 'CustomDisplayCostAndPrice');
    const started = await app.api('POST', `/charge-points/${id}/start?wait=true`, { token: 'TAG', connector_id: 1 });
    expect(started).toMatchObject({ body: { status: 'accepted' } });
    await charger.call('StartTransaction', {
      ...{ connectorId: 1, idTag: 'TAG', meterStart: 1000, timestamp: new Date().toISOString() },
    });
    const messages = await told(charger, 2);
    expect(messages.map(({ messageId }) => messageId)).toEqual(['SetUserPrice', 'RunningCost']);
    expect(messages[0]?.data).toEqual({ idToken: 'TAG', priceText: '0.40 EUR/kWh; idle 0.10 EUR/min' });
    await charger.close();
  });

  test('1.6: standing there costs until ConnectorUnplugged, after the stop too; the receipt is linked to', async () => {
    const link = 'https://example.com/r/{session_id}';
    expect((await app.api('PATCH', '/organization', { receipt_url: link })).body).toMatchObject({ receipt_url: link });
    const { id, charger } = await connect('ocpp1.6');
    for (const key of ['CustomDisplayCostAndPrice', 'CustomIdleFeeAfterStop']) await says(id, key);
    const transactionId = await begin16(charger, 'TAG');
    await charger.call('StopTransaction', { transactionId, meterStop: 11_000, timestamp: at(60) });
    const stopped = (await told(charger, 2))[1];
    expect(stopped).toMatchObject({
      messageId: 'RunningCost',
      data: { state: 'Idle', cost: 4, idlePrice: { hourPrice: 6 } },
    });
    expect(stopped?.data).not.toHaveProperty('chargingPrice');
    expect(await unplugged(charger, transactionId, 90)).toEqual({ status: 'Accepted' });
    const session = await until('its cost was corrected', async () => {
      const ended = await sessionOf(id, 'ended');
      return ended?.cost?.total.incl_tax === '7.00' ? ended : undefined;
    });
    expect((await told(charger, 3))[2]).toMatchObject({
      messageId: 'FinalCost',
      data: {
        cost: 7,
        qrCodeText: `https://example.com/r/${session.id}`,
        priceText: expect.stringContaining(session.id),
      },
    });
    expect((await eventsOf(id)).at(-1)?.data).toMatchObject({
      correction: { reason: 'unplugged', previous_total: '4.00' },
    });
    // It was queued, and comes again.
    expect(await unplugged(charger, transactionId, 95)).toEqual({ status: 'Accepted' });
    expect((await reread(session)).cost?.total.incl_tax).toBe('7.00');
    const preview = await app.api<{ total: object }>('POST', `/tariffs/${own}/preview`, { session_id: session.id });
    expect(preview.body).toMatchObject({ total: { incl_tax: '7.00' } });
    await app.api('PATCH', '/organization', { receipt_url: null });
    await charger.close();
  });

  test('1.6: receipt and charge detail record of who stood there after the stop end when he left', async () => {
    const { id, charger } = await connect('ocpp1.6', await billable());
    for (const key of ['CustomDisplayCostAndPrice', 'CustomIdleFeeAfterStop']) await says(id, key);
    const transactionId = await begin16(charger, 'TAG');
    await status16(charger, 'Charging', 1);
    await charger.call('StopTransaction', { transactionId, meterStop: 11_000, timestamp: at(60) });
    await unplugged(charger, transactionId, 90);
    const session = await until('its cost was corrected', async () => {
      const ended = await sessionOf(id, 'ended');
      return ended?.cost?.total.incl_tax === '7.00' ? ended : undefined;
    });
    const receipt = await app.api('GET', `/sessions/${session.id}/receipt`);
    expect(receipt.body).toMatchObject({ started_at: at(0), ended_at: at(90), duration_s: 5400, energy_wh: 10_000 });
    const cdr = await app.api<{ data: object[] }>('GET', `/sessions/${session.id}/cdr`);
    expect(cdr.body.data).toMatchObject([
      {
        ...{ start_date_time: at(0), end_date_time: at(90), total_time: 1.5, total_parking_time: 0.5 },
        ...{ total_energy: 10, total_energy_cost: { incl_vat: 4 }, total_parking_cost: { incl_vat: 3 } },
        charging_periods: [
          {
            start_date_time: at(0),
            dimensions: [
              { type: 'ENERGY', volume: 10 },
              { type: 'TIME', volume: 1 },
            ],
          },
          { start_date_time: at(60), dimensions: [{ type: 'PARKING_TIME', volume: 0.5 }] },
        ],
      },
    ]);
    await charger.close();
  });

  test('1.6: what is corrected after the charge point has changed hands is told to whose session it is alone', async () => {
    const other = await anotherSide(app);
    const { id, identity, key } = await app.chargePoint();
    const dial = () =>
      scriptedCharger({ ocppUrl: app.ocppUrl, identity, key, speaks: 'ocpp1.6' }, (action) => ({
        status: action === 'ChangeConfiguration' ? 'Rejected' : 'Accepted',
      }));
    const before = await dial();
    for (const each of ['CustomDisplayCostAndPrice', 'CustomIdleFeeAfterStop']) await says(id, each);
    const transactionId = await begin16(before, 'TAG');
    await before.call('StopTransaction', { transactionId, meterStop: 11_000, timestamp: at(60) });
    await unplugged(before, transactionId, 90);
    const session = await until('it has its final cost', async () => {
      const ended = await sessionOf(id, 'ended');
      return ended?.cost?.total.incl_tax === '7.00' ? ended : undefined;
    });
    await told(before, 3);
    const handover = await initiate(app, id);
    expect((await accept(other, handover, { when: 'idle' })).status).toBe(200);
    await until('it has changed hands', async () => (await see(app, handover.id)).status === 'completed' || undefined);
    await before.close();
    const after = await dial();
    await app.api('POST', `/sessions/${session.id}/review`, {
      ...{ decision: 'correct', energy_wh: 5000, reason: 'read by hand' },
    });
    await until('it costs less', async () => (await reread(session)).cost?.total.incl_tax === '5.00' || undefined);
    expect((await app.api('GET', `/sessions/${session.id}/receipt`)).body).toMatchObject({ energy_wh: 5000 });
    expect((await eventsOf(id)).at(-1)?.data).toMatchObject({
      ...{ organization_id: expect.not.stringMatching(other.organizationId), session_id: session.id, total: '5.00' },
      correction: { reason: 'read by hand' },
    });
    await after.call('Heartbeat', {});
    expect(shown(after)).toEqual([]);
    await after.close();
  });

  test('1.6: ConnectorUnplugged of a transaction that is not known, or that nobody can read, is answered and kept', async () => {
    const { id, charger } = await connect('ocpp1.6');
    const other = await connect('ocpp1.6');
    const foreign = await begin16(other.charger, 'ANY');
    for (const unknown of [foreign, 2_147_483_647])
      expect(await unplugged(charger, unknown, 10)).toMatchObject({
        status: 'Rejected',
        data: expect.stringContaining('no transaction'),
      });
    const hostile = [
      ...['', 'null', '[]', '{', '"x"', '{"transactionId":-1}', '{"transactionId":"1; DROP TABLE sessions"}'],
      ...[
        '{"transactionId":{"a":1}}',
        `{"transactionId":1e999}`,
        '\\u0000',
        `${'['.repeat(20_000)}`,
        undefined,
        7,
        ['x'],
      ],
    ];
    for (const data of hostile)
      expect(await transfer(charger, 'ConnectorUnplugged', data)).toEqual({ status: 'Rejected' });
    expect(await transfer(charger, 'connectorplugged', '{}')).toEqual({ status: 'UnknownMessageId' });
    const kept = await app.db.rows<{ n: number }>(
      {
        name: 'test_quarantined',
        text: `SELECT count(*)::int4 AS n FROM quarantined_messages WHERE charge_point_id = $1 AND action = 'DataTransfer'`,
      },
      [id],
    );
    expect(kept[0]?.n).toBeGreaterThanOrEqual(hostile.length - 2);
    // A time that cannot be read is that of its arrival, and the session goes on to be served.
    const transactionId = await begin16(charger, 'TAG');
    const late = JSON.stringify({ transactionId: String(transactionId), timestamp: '1970-01-01T00:00:00Z', more: 'x' });
    expect(await transfer(charger, 'ConnectorUnplugged', late)).toEqual({ status: 'Accepted' });
    // As an object, which the schema of 1.6 has no place for.
    expect(await transfer(charger, 'ConnectorUnplugged', { transactionId })).toEqual({ status: 'Accepted' });
    await charger.call('StopTransaction', { transactionId, meterStop: 3000, timestamp: at(90) });
    expect(await sessionOf(id, 'ended')).toMatchObject({
      energy_wh: 2000,
      flags: ['implausible_clock', 'cost_needs_review'],
    });
    await Promise.all([charger.close(), other.charger.close()]);
  });

  test('1.6: the price of whoever has none of his own is set in the charger, kept up with the tariff, and asked for first', async () => {
    const site = await app.api<{ id: string }>('POST', '/sites', { name: 'Prices' });
    const { id, identity, key } = await app.chargePoint();
    await app.api('PATCH', `/charge-points/${id}`, { site_id: site.body.id });
    const tariff = await tariffOf('At the site', [
      { type: 'energy', price: '0.395', restrictions: { start_time: '22:00', end_time: '06:00' } },
      { type: 'energy', price: '0.5' },
      { type: 'flat', price: '1' },
    ]);
    await assign('site', site.body.id, tariff);
    const kept = new Map(
      Object.entries({
        ...{ CustomDisplayCostAndPrice: 'true', CustomMultiLanguageMessages: 'true', SupportedLanguages: 'en,nl' },
        ...{ Language: 'nl', DefaultPrice: '', 'DefaultPriceText,en': '', 'DefaultPriceText,nl': '' },
      }),
    );
    const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, identity, key }, (action, payload) => {
      if (action === 'GetConfiguration') {
        const asked = payload['key'] as string[];
        return {
          configurationKey: asked
            .filter((each) => kept.has(each))
            .map((each) => ({ key: each, readonly: false, value: kept.get(each) })),
          unknownKey: asked.filter((each) => !kept.has(each)),
        };
      }
      if (action !== 'ChangeConfiguration') return { status: 'Accepted' };
      kept.set(String(payload['key']), String(payload['value']));
      return { status: 'Accepted' };
    });
    // A charger that has booted just now is left alone for a while.
    await app.db.rows(
      {
        name: 'test_booted',
        text: `UPDATE charge_point_states SET booted_at = now() - interval '1 minute' WHERE charge_point_id = $1`,
      },
      [id],
    );
    const price = (setting = 'DefaultPrice') => JSON.parse(kept.get(setting) || '{}') as Record<string, unknown>;
    const english = '0.395 EUR/kWh (22:00-06:00), otherwise 0.50 EUR/kWh; 1.00 EUR per session';
    await until('its price is set', () => price('DefaultPriceText,nl')['priceText'] !== undefined);
    expect(price()).toEqual({ priceText: english, chargingPrice: { kWhPrice: 0.5, flatFee: 1 } });
    expect(price('DefaultPriceText,en')).toEqual({ priceText: english });
    expect(price('DefaultPriceText,nl')).toMatchObject({ priceText: expect.stringContaining('anders 0,50 EUR/kWh') });
    await until('its language is set', () => kept.get('Language') === 'en');
    // It has no such setting, and is not asked to set it.
    expect(kept.has('NumberOfDecimalsForCostValues')).toBe(false);
    const texts = [{ language: 'en', text: 'Half a euro', offline_text: 'Ask the desk' }];
    await app.api('PATCH', `/tariffs/${tariff}`, { texts });
    await until('it follows the text', () => price()['priceText'] === 'Half a euro');
    expect(price()).toMatchObject({ priceTextOffline: 'Ask the desk' });
    const { data } = (
      await app.api<{ data: { requested_by: string; status: string }[] }>(
        'GET',
        `/charge-points/${id}/configuration/changes`,
      )
    ).body;
    expect(data[0]).toMatchObject({ requested_by: 'system' });
    const assigned = (
      await app.api<{ data: { id: string; tariff_id?: string; tariff?: { id: string } }[] }>(
        'GET',
        '/tariff-assignments?target=site',
      )
    ).body.data;
    for (const each of assigned) await app.api('DELETE', `/tariff-assignments/${each.id}`);
    const organization = await app.api('POST', `/tariffs/${usual}/versions`, {
      currency: 'EUR',
      prices_include_tax: true,
      components: [{ type: 'energy', price: '0.5' }],
    });
    expect(organization.status).toBe(201);
    await until('that of the organization holds', () => price()['priceText'] === '0.50 EUR/kWh');
    await charger.close();
  });

  test('what drivers are told is switched off and on, of an organization and of a charge point', async () => {
    const { id, charger } = await connect('ocpp1.6');
    await says(id, 'CustomDisplayCostAndPrice');
    const session = async () => {
      await charger.call('Authorize', { idTag: 'TAG' });
      const transactionId = await begin16(charger, 'TAG');
      await charger.call('StopTransaction', { transactionId, meterStop: 2000, timestamp: new Date().toISOString() });
    };
    const off = await app.api('PATCH', `/charge-points/${id}`, { driver_messages: false });
    expect(off.body).toMatchObject({ driver_messages: false });
    await session();
    await app.api('PATCH', `/charge-points/${id}`, { driver_messages: null });
    expect((await app.api('PATCH', '/organization', { driver_messages: false })).body).toMatchObject({
      driver_messages: false,
    });
    await session();
    expect(shown(charger)).toEqual([]);
    await app.api('PATCH', `/charge-points/${id}`, { driver_messages: true });
    const transactionId = await begin16(charger, 'ANY');
    expect(await told(charger, 1)).toMatchObject([{ messageId: 'RunningCost', data: { transactionId } }]);
    await app.api('PATCH', '/organization', { driver_messages: true });
    await charger.close();
  });

  test.each(['ocpp2.0.1', 'ocpp2.1'] as const)(
    '%s: CostUpdated while it charges; the final cost goes with the answer',
    async (speaks) => {
      const { id, charger } = await connect(speaks);
      await says(id, 'TariffCostCtrlr.Enabled[Cost]');
      const transactionInfo = { transactionId: 'T', chargingState: 'Charging' };
      const idToken = { idToken: 'TAG', type: 'ISO14443' };
      await event2(charger, 0, 0, 'Started', { transactionInfo, idToken, meterValue: meter2(1000, 0) });
      await event2(charger, 1, 30, 'Updated', { transactionInfo, meterValue: meter2(6000, 30) });
      const asked = await until('its driver was shown something', async () =>
        shown(charger).length > 0 ? shown(charger) : undefined,
      );
      expect(asked).toEqual([{ transactionId: 'T', totalCost: 2 }]);
      const answer = await event2(charger, 2, 60, 'Ended', {
        transactionInfo: { transactionId: 'T' },
        meterValue: meter2(11_000, 60),
      });
      expect(answer).toMatchObject({ totalCost: 4 });
      expect(shown(charger)).toHaveLength(1);
      await charger.close();
    },
  );

  test('one that does not say so is told nothing', async () => {
    const { charger } = await connect('ocpp1.6');
    const transactionId = await begin16(charger, 'TAG');
    await charger.call('MeterValues', { connectorId: 1, transactionId, meterValue: [register(6000, 30)] });
    await charger.call('StopTransaction', { transactionId, meterStop: 11_000, timestamp: at(60) });
    expect(shown(charger)).toEqual([]);
    await charger.close();
  });
});
