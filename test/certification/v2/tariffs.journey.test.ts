/** Block I of OCA's tests for a CSMS: tariffs inside of a station of OCPP 2.1, by their numbers; in our own words. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { chargingWorld, type Station } from '../../support/charging-world.ts';
import { stationsOf } from '../../support/scripted-station.ts';

const world = await chargingWorld();
await world.token('TAG', { max_concurrent: null });
const scripted = stationsOf(world.app);
afterEach(() => Promise.all([world.closeChargers(), scripted.closeAll()]));
afterAll(() => world.close());

const components = [
  { type: 'energy', price: '0.60', restrictions: { start_time: '08:00', end_time: '20:00' } },
  { type: 'energy', price: '0.40' },
];
async function tariff(more: object = {}): Promise<string> {
  const terms = { currency: 'EUR', prices_include_tax: false, tax_percent: '19', components, ...more };
  const { body } = await world.api<{ id: string }>('POST', '/tariffs', { name: 'Day and night', terms });
  return body.id;
}
const station = () => world.station({ version: '2.1' });
const held = async (at: Station) => (await at.ask('read-tariffs')).result;

describe('the default tariff', () => {
  test('TC_I_101_CSMS with times of day it is set, and the station says that it holds it', async () => {
    const at = await station();
    const id = await tariff();
    expect(await at.ask('default-tariff', { tariff_id: id })).toMatchObject({ status: 'accepted' });
    expect(at.asked('SetDefaultTariff')[0]?.payload).toMatchObject({
      evseId: 0,
      tariff: {
        tariffId: `${id}:1`,
        currency: 'EUR',
        energy: {
          prices: [
            { priceKwh: 0.6, conditions: { startTimeOfDay: '08:00', endTimeOfDay: '20:00' } },
            { priceKwh: 0.4 },
          ],
          taxRates: [{ type: 'VAT', tax: 19 }],
        },
      },
    });
    expect(await held(at)).toMatchObject({ status: 'Accepted', tariffAssignments: [{ tariffId: `${id}:1` }] });
  });

  test('TC_I_110_CSMS it is taken out again', async () => {
    const at = await station();
    const id = await tariff();
    await at.ask('default-tariff', { tariff_id: id });
    expect(await at.ask('clear-tariffs', { tariff_ids: [`${id}:1`] })).toMatchObject({ status: 'accepted' });
    expect(await held(at)).toEqual({ status: 'NoTariff' });
    expect(await at.ask('clear-tariffs', { tariff_ids: [`${id}:1`] })).toMatchObject({ status: 'rejected' });
  });

  test('what cannot be said is refused with the reason, and never sent', async () => {
    const at = await station();
    const id = await tariff({ components: [{ type: 'energy', price: '0.40', step_wh: 500 }] });
    const path = `/charge-points/${at.id}/default-tariff`;
    const refused = await world.api<{ error: { message: string } }>('POST', path, { tariff_id: id });
    expect([refused.status, refused.body.error.message]).toEqual([400, expect.stringContaining('no words for steps')]);
    const unknown = await world.api('POST', path, { tariff_id: 'tar_01KAT3Z6Y8Q0000000000000AA' });
    expect(unknown).toMatchObject({ status: 400, body: { error: { details: [{ field: 'tariff_id' }] } } });
    expect(at.asked('SetDefaultTariff')).toEqual([]);
  });

  test('an older version can be named; a station of 2.0.1 is not asked', async () => {
    const older = await world.station({ version: '2.0.1' });
    const id = await tariff();
    const refused = await world.api('POST', `/charge-points/${older.id}/default-tariff`, { tariff_id: id });
    expect(refused.status).toBe(400);
    const at = await station();
    await world.api('PATCH', `/tariffs/${id}`, {
      terms: { currency: 'EUR', prices_include_tax: false, tax_percent: '19', components: [components[1]] },
    });
    expect(await at.ask('default-tariff', { tariff_id: id, version: 1, evse_id: 1 })).toMatchObject({
      status: 'accepted',
    });
    expect(at.asked('SetDefaultTariff')[0]?.payload).toMatchObject({ evseId: 1, tariff: { tariffId: `${id}:1` } });
  });
});

describe('what a station can hold', () => {
  test.each([
    ['TC_I_102_CSMS', 'TooManyElements'],
    ['TC_I_105_CSMS', 'ConditionNotSupported'],
  ])('%s a default tariff that is %s stays ours alone, and the reason is told', async (_number, status) => {
    const at = await scripted.station({ protocol: 'ocpp2.1', answers: { SetDefaultTariff: { status } } });
    const asked = { tariff_id: await tariff() };
    expect(await scripted.ask(at, 'default-tariff?wait=true', asked)).toMatchObject({
      status: 'rejected',
      result: { status },
    });
  });

  test.each([
    ['TC_I_113_CSMS', 'TooManyElements'],
    ['TC_I_114_CSMS', 'ConditionNotSupported'],
  ])('%s the tariff of a session stays when another is %s', async (_number, status) => {
    const at = await scripted.station({ protocol: 'ocpp2.1', answers: { ChangeTransactionTariff: { status } } });
    await at.tell('TransactionEvent', {
      ...{ eventType: 'Started', triggerReason: 'Authorized', seqNo: 0, timestamp: new Date().toISOString() },
      transactionInfo: { transactionId: `tx-${status}`, chargingState: 'Charging' },
      ...{ evse: { id: 1, connectorId: 1 }, idToken: { idToken: 'TAG', type: 'ISO14443' } },
    });
    const { body } = await world.api<{ data: { id: string }[] }>('GET', `/sessions?charge_point_id=${at.id}`);
    const path = `/sessions/${body.data[0]?.id}/tariff?wait=true`;
    const answer = await world.api('POST', path, { tariff_id: await tariff() });
    expect(answer.body).toMatchObject({ status: 'rejected', result: { status } });
    expect(at.asked('ChangeTransactionTariff')).toMatchObject([{ transactionId: `tx-${status}` }]);
  });

  test('TC_I_106_CSMS one for all and another for one EVSE, whole, and the station says which it holds', async () => {
    const at = await station();
    const rich = (energy: string) =>
      tariff({
        ...{ tax_percent: '20', min_total: '1', max_total: '50' },
        components: [
          { type: 'energy', price: energy },
          { type: 'time', price: '3' },
          { type: 'idle', price: '0.1' },
          { type: 'flat', price: '1' },
          { type: 'reservation', price: '1.2' },
        ],
      });
    const [all, one] = [await rich('0.25'), await rich('0.3')];
    const valid = '2026-11-26T00:00:00.000Z';
    await at.ask('default-tariff', { tariff_id: all, valid_from: valid });
    await at.ask('default-tariff', { tariff_id: one, evse_id: 1, valid_from: valid });
    const taxRates = [{ type: 'VAT', tax: 20 }];
    const told = (tariffId: string, priceKwh: number) => ({
      ...{ tariffId: `${tariffId}:1`, currency: 'EUR', validFrom: valid },
      energy: { prices: [{ priceKwh }], taxRates },
      chargingTime: { prices: [{ priceMinute: 0.05 }], taxRates },
      idleTime: { prices: [{ priceMinute: 0.1 }], taxRates },
      fixedFee: { prices: [{ priceFixed: 1 }], taxRates },
      reservationTime: { prices: [{ priceMinute: 0.02 }], taxRates },
      minCost: { exclTax: 1, inclTax: 1.2, taxRates },
      maxCost: { exclTax: 50, inclTax: 60, taxRates },
    });
    expect(at.asked('SetDefaultTariff').map(({ payload }) => payload)).toMatchObject([
      { evseId: 0, tariff: told(all, 0.25) },
      { evseId: 1, tariff: told(one, 0.3) },
    ]);
    expect(await held(at)).toMatchObject({
      tariffAssignments: [
        { tariffId: `${all}:1`, tariffKind: 'DefaultTariff', validFrom: valid },
        { tariffId: `${one}:1`, tariffKind: 'DefaultTariff', evseIds: [1], validFrom: valid },
      ],
    });
  });
});

test('TC_I_115_CSMS the tariff of a running transaction is changed, and not that of one that is over', async () => {
  const at = await station();
  at.charger.plug(1);
  at.charger.present(1, 'TAG');
  const { id } = await at.session(({ status }) => status === 'active');
  const tariffId = await tariff();
  const path = `/sessions/${id}/tariff`;
  const { status, body } = await world.api('POST', `${path}?wait=true`, { tariff_id: tariffId });
  expect([status, body]).toEqual([202, expect.objectContaining({ status: 'accepted' })]);
  expect(at.asked('ChangeTransactionTariff')[0]?.payload).toMatchObject({ tariff: { tariffId: `${tariffId}:1` } });
  at.charger.stop(1, 'Local');
  await at.session((session) => session.status === 'ended');
  expect((await world.api('POST', path, { tariff_id: tariffId })).status).toBe(409);
});

describe('a station that computes what a session costs', () => {
  const price = { prices: [{ priceKwh: 0.4 }], taxRates: [{ type: 'VAT', tax: 19 }] };
  const own = (more: object = {}) => tariff({ components: [{ type: 'energy', price: '0.40' }], ...more });
  /** It says of itself that it computes. */
  async function computing(value = 'true') {
    const at = await scripted.station({
      protocol: 'ocpp2.1',
      answers: {
        GetVariables: ({ getVariableData }) => ({
          getVariableResult: (getVariableData as object[]).map((each) => ({
            ...each,
            ...{ attributeStatus: 'Accepted', attributeValue: value },
          })),
        }),
      },
    });
    const key = encodeURIComponent('TariffCostCtrlr.Enabled[Tariff]');
    await world.api('GET', `/charge-points/${at.id}/configuration?refresh=true&keys=${key}`);
    return at;
  }
  const assigned = async (uid: string, tariffId: string) => {
    const target_id = await world.token(uid, { max_concurrent: null });
    const { status } = await world.api('POST', '/tariff-assignments', {
      ...{ target: 'token', target_id, tariff_id: tariffId },
    });
    expect(status).toBeLessThan(300);
  };
  const authorize = (at: { tell(action: string, payload: object): Promise<object> }, uid: string) =>
    at.tell('Authorize', { idToken: { idToken: uid, type: 'ISO14443' } });

  test('TC_I_109_CSMS is told the tariff of a driver who has his own, and nobody else is', async () => {
    const at = await computing();
    const id = await own();
    await assigned('OWN-1', id);
    // 2.0.1 I01: he reads it, too.
    const personalMessage = { format: 'UTF8', language: 'en', content: '0.476 EUR/kWh' };
    expect(await authorize(at, 'OWN-1')).toEqual({
      idTokenInfo: { status: 'Accepted', personalMessage },
      tariff: { tariffId: `${id}:1`, currency: 'EUR', description: expect.anything(), energy: price },
    });
    expect(await authorize(at, 'TAG')).toEqual({ idTokenInfo: { status: 'Accepted' } });
    expect(await authorize(await computing('false'), 'OWN-1')).toEqual({ idTokenInfo: { status: 'Accepted' } });
    // It has just booted, and nobody has asked it yet: the tariff cannot wait, the words can.
    expect(await authorize(await scripted.station({ protocol: 'ocpp2.1' }), 'OWN-1')).toEqual({
      idTokenInfo: { status: 'Accepted' },
      tariff: { tariffId: `${id}:1`, currency: 'EUR', description: expect.anything(), energy: price },
    });
    expect(await authorize(await scripted.station({ protocol: 'ocpp2.0.1' }), 'OWN-1')).toEqual({
      idTokenInfo: { status: 'Accepted' },
    });
    await assigned('OWN-2', await own({ components: [{ type: 'energy', price: '0.40', step_wh: 500 }] }));
    expect(await authorize(at, 'OWN-2')).toEqual({ idTokenInfo: { status: 'Accepted', personalMessage } });
    await world.api('PATCH', `/charge-points/${at.id}`, { driver_messages: false });
    expect(await authorize(at, 'OWN-2')).toEqual({ idTokenInfo: { status: 'Accepted' } });
  });

  test('TC_I_122_CSMS its details are kept, the last ones as final; our total is not told to one that has its own', async () => {
    const at = await computing();
    const tell = (seqNo: number, eventType: string, triggerReason: string, more: object) =>
      at.tell('TransactionEvent', {
        ...{ eventType, triggerReason, seqNo, timestamp: '2026-11-26T10:00:00.000Z' },
        ...more,
      });
    const info = { transactionId: 'computed-1', chargingState: 'Charging' };
    const begun = { evse: { id: 1, connectorId: 1 }, idToken: { idToken: 'TAG', type: 'ISO14443' } };
    await tell(0, 'Started', 'Authorized', { transactionInfo: { ...info, tariffId: 'tar_1:2' }, ...begun });
    const fixed = { exclTax: 15, inclTax: 15.75, taxRates: [{ type: 't5', tax: 5 }] };
    const startPeriod = '2026-11-26T10:00:00.000Z';
    const details = (inclTax: number, more: object = {}) => ({
      totalCost: { currency: 'EUR', typeOfCost: 'NormalCost', total: { exclTax: 15, inclTax }, fixed },
      totalUsage: { energy: 12, chargingTime: 900, idleTime: 0 },
      chargingPeriods: [{ tariffId: 'tar_1:2', startPeriod, dimensions: [{ type: 'Energy', volume: 12 }] }],
      ...more,
    });
    expect(await tell(1, 'Updated', 'RunningCost', { transactionInfo: info, costDetails: details(15.75) })).toEqual({});
    const { body } = await world.api<{ data: { id: string }[] }>('GET', `/sessions?charge_point_id=${at.id}`);
    const path = `/sessions/${body.data[0]?.id}/station-cost`;
    expect((await world.api('GET', path)).body).toMatchObject({
      ...{ tariff_id: 'tar_1:2', currency: 'EUR', kind: 'normal', total: { excl_tax: '15', incl_tax: '15.75' } },
      ...{ parts: { fixed: { excl_tax: '15', incl_tax: '15.75' } }, energy: 12, charging_s: 900, is_final: false },
      periods: [{ started_at: startPeriod, tariff_id: 'tar_1:2', dimensions: [{ type: 'Energy', volume: 12 }] }],
    });
    const ends = {
      transactionInfo: { transactionId: 'computed-1', stoppedReason: 'Local' },
      costDetails: details(16.1),
    };
    expect(await tell(2, 'Ended', 'StopAuthorized', ends)).toEqual({});
    expect((await world.api('GET', path)).body).toMatchObject({ total: { incl_tax: '16.1' }, is_final: true });
  });
});
