/** Transactions with fixed cost, energy or time (2.1 E16, F07; block E of OCA's tests for a CSMS). In our own words, by their numbers. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { chargingWorld } from '../../support/charging-world.ts';
import { scriptedCharger } from '../../support/scripted-charger.ts';
import { type ScriptedStation, stationsOf } from '../../support/scripted-station.ts';
import { until } from '../../support/until.ts';

const world = await chargingWorld();
const { app } = world;
await world.token('TAG', { max_concurrent: null });
const { station, closeAll, ask } = stationsOf(app);
afterEach(() => Promise.all([closeAll(), world.closeChargers()]));
afterAll(() => world.close());

const protocol = 'ocpp2.1';
const yes = { idTokenInfo: { status: 'Accepted' } };
let made = 0;
type Limit = { readonly reached: string | null; readonly kept_by: string; readonly station: object | null };
type Session = { readonly id: string; readonly status: string; readonly limit: Limit | null };
const sessionOf = async (at: { readonly id: string }): Promise<Session> =>
  until('a session', async () => {
    const { body } = await app.api<{ data: Session[] }>('GET', `/sessions?charge_point_id=${at.id}`);
    return body.data[0];
  });
const told = async (at: { readonly id: string }, type: string) => {
  const rows = await app.db.prisma.domainEvent.findMany({ where: { chargePointId: at.id, type } });
  return rows.map(({ body }) => (JSON.parse(body) as { data: Record<string, unknown> }).data);
};

function transaction(at: ScriptedStation) {
  made += 1;
  const transactionId = `limited-${made}`;
  let seqNo = -1;
  return (eventType: string, triggerReason: string, info: object = {}, more: object = {}) => {
    seqNo += 1;
    return at.tell('TransactionEvent', {
      ...{ eventType, triggerReason, seqNo, timestamp: new Date().toISOString() },
      transactionInfo: { transactionId, ...info },
      ...more,
    });
  };
}
const first = { evse: { id: 1, connectorId: 1 }, idToken: { idToken: 'TAG', type: 'ISO14443' } };
const register = (value: number, context = 'Sample.Periodic') => ({
  meterValue: [{ timestamp: new Date().toISOString(), sampledValue: [{ value, context }] }],
});
async function charging(at: ScriptedStation) {
  const event = transaction(at);
  const begun = { ...first, ...register(0, 'Transaction.Begin') };
  expect(await event('Started', 'Authorized', { chargingState: 'Charging' }, begun)).toEqual(yes);
  return event;
}

describe('limits that the station sets', () => {
  test.each([
    ['TC_E_106_CSMS energy', { maxEnergy: 6000 }, { max_energy_wh: 6000 }, 'EnergyLimitReached', 'energy'],
    ['TC_E_107_CSMS time', { maxTime: 120 }, { max_time_s: 120 }, 'TimeLimitReached', 'time'],
  ])(
    '%s: answered without one of ours, shown, and told when it is reached',
    async (_name, limit, shown, trigger, kind) => {
      const at = await station({ protocol });
      const event = await charging(at);
      expect(await event('Updated', 'LimitSet', { transactionLimit: limit })).toEqual({});
      expect((await sessionOf(at)).limit).toMatchObject({ source: 'station', kept_by: 'station', station: shown });
      expect(await event('Ended', trigger)).toEqual({});
      expect(await sessionOf(at)).toMatchObject({ status: 'ended', limit: { reached: kind, reached_by: 'station' } });
      expect(await told(at, 'session.limit_reached')).toMatchObject([{ limit: kind, reached_by: 'station', ...shown }]);
      expect(at.asked('RequestStopTransaction')).toEqual([]);
    },
  );
});

test('TC_E_108_CSMS the station computes the cost and limits it: its cost is kept, and told as reached when it says so', async () => {
  const at = await station({ protocol });
  const terms = { currency: 'EUR', prices_include_tax: true, components: [{ type: 'time', price: '60' }] };
  const { body } = await app.api<{ id: string }>('POST', '/tariffs', { name: 'A euro a minute', terms });
  await ask(at, 'default-tariff?wait=true', { tariff_id: body.id, evse_id: 1 });
  expect(at.asked('SetDefaultTariff')).toMatchObject([
    { evseId: 1, tariff: { chargingTime: { prices: [{ priceMinute: 1 }] } } },
  ]);
  const event = await charging(at);
  const costDetails = (inclTax: number) => ({
    costDetails: {
      totalCost: { currency: 'EUR', typeOfCost: 'NormalCost', chargingTime: { inclTax }, total: { inclTax } },
      totalUsage: { energy: 3, chargingTime: inclTax * 60, idleTime: 0 },
    },
  });
  expect(await event('Updated', 'LimitSet', { transactionLimit: { maxCost: 2 } }, costDetails(1))).toEqual({});
  expect(await event('Updated', 'RunningCost', {}, costDetails(1.5))).toEqual({});
  const { id } = await sessionOf(at);
  const cost = async () => (await app.api('GET', `/sessions/${id}/station-cost`)).body;
  expect(await cost()).toMatchObject({ total: { excl_tax: null, incl_tax: '1.5' }, is_final: false });
  expect(await event('Ended', 'CostLimitReached', {}, costDetails(2))).toEqual({});
  expect(await cost()).toMatchObject({ total: { incl_tax: '2' }, charging_s: 120, is_final: true });
  expect(await sessionOf(at)).toMatchObject({
    status: 'ended',
    limit: { reached: 'cost', station: { max_cost: '2' } },
  });
});

describe('limits that are set here', () => {
  test('TC_E_102_CSMS beside one of the station: the station is told ours once, and says that it has it', async () => {
    const at = await station({ protocol });
    const event = await charging(at);
    expect(await event('Updated', 'LimitSet', { transactionLimit: { maxEnergy: 6000 } })).toEqual({});
    const { id } = await sessionOf(at);
    const set = await app.api<Limit>('PUT', `/sessions/${id}/limit`, { max_energy_wh: 10_000 });
    expect([set.status, set.body]).toEqual([200, expect.objectContaining({ max_energy_wh: 10_000, reached: null })]);
    expect(await event('Updated', 'MeterValuePeriodic')).toEqual({ transactionLimit: { maxEnergy: 10_000 } });
    expect(await event('Updated', 'LimitSet', { transactionLimit: { maxEnergy: 10_000 } })).toEqual({});
    expect(await event('Updated', 'MeterValuePeriodic', {}, register(12_000))).toEqual({});
    expect(await event('Ended', 'EnergyLimitReached')).toEqual({});
    expect((await sessionOf(at)).limit).toMatchObject({
      ...{ source: 'operator', kept_by: 'station', reached: 'energy' },
      station: { max_energy_wh: 10_000 },
    });
    expect(at.asked('RequestStopTransaction')).toEqual([]);
    expect((await app.api('PUT', `/sessions/${id}/limit`, { max_energy_wh: 1 })).status).toBe(409);
  });

  test.each([
    ['TC_E_110_CSMS energy', { max_energy_wh: 10_000 }, { maxEnergy: 10_000 }, 'EnergyLimitReached', 'energy'],
    ['TC_E_111_CSMS time', { max_time_s: 120 }, { maxTime: 120 }, 'TimeLimitReached', 'time'],
  ])(
    '%s, with the remote start: in the answer to the event that begins the session',
    async (_name, limit, wire, trigger, kind) => {
      const at = await station({ protocol });
      const start = await ask<{ payload: { remoteStartId: number } }>(at, 'start?wait=true', {
        ...{ token: 'TAG', connector_id: 1 },
        limit,
      });
      const { remoteStartId } = start.payload;
      const event = transaction(at);
      const begun = await event('Started', 'RemoteStart', { chargingState: 'Charging', remoteStartId }, first);
      expect(begun).toEqual({ ...yes, transactionLimit: wire });
      expect(await event('Updated', 'LimitSet', { transactionLimit: wire })).toEqual({});
      expect((await sessionOf(at)).limit).toMatchObject({ ...limit, source: 'remote_start', kept_by: 'station' });
      const reached = { chargingState: 'SuspendedEVSE' };
      expect(await event('Updated', trigger, reached)).toEqual({});
      expect((await sessionOf(at)).limit).toMatchObject({ reached: kind });
      // Raised, it goes on.
      const { id } = await sessionOf(at);
      await app.api('PUT', `/sessions/${id}/limit`, { max_energy_wh: 20_000 });
      expect(await event('Updated', 'MeterValuePeriodic')).toMatchObject({ transactionLimit: { maxEnergy: 20_000 } });
      await event('Updated', 'ChargingStateChanged', { chargingState: 'Charging' });
      expect((await sessionOf(at)).limit).toMatchObject({ reached: null, max_energy_wh: 20_000 });
    },
  );

  test('TC_E_109_CSMS cost, which the station does not compute: it is told the limit, and what it costs with every answer', async () => {
    const terms = { currency: 'EUR', prices_include_tax: true, components: [{ type: 'energy', price: '0.50' }] };
    const { body } = await app.api<{ id: string }>('POST', '/tariffs', { name: 'Half a euro', terms });
    const at = await station({ protocol });
    const assignment = { target: 'charge_point', target_id: at.id, tariff_id: body.id };
    expect((await app.api('POST', '/tariff-assignments', assignment)).status).toBeLessThan(300);
    await app.api('POST', '/tokens', { uid: 'TEN', credit: '10', max_concurrent: null });
    const idToken = { idToken: 'TEN', type: 'ISO14443' };
    expect(await at.tell('Authorize', { idToken })).toMatchObject(yes);
    const event = transaction(at);
    const begun = { evse: first.evse, idToken, ...register(0, 'Transaction.Begin') };
    const answer = await event('Started', 'ChargingStateChanged', { chargingState: 'Charging' }, begun);
    expect(answer).toMatchObject({ ...yes, totalCost: 0, transactionLimit: { maxCost: 10 } });
    expect(answer['transactionLimit']).toEqual({ maxCost: 10 });
    expect(await event('Updated', 'LimitSet', { transactionLimit: { maxCost: 10 } })).toEqual({ totalCost: 0 });
    expect(await event('Updated', 'MeterValuePeriodic', {}, register(12_000))).toEqual({ totalCost: 6 });
    await event('Updated', 'CostLimitReached', { chargingState: 'SuspendedEVSE' }, register(20_000));
    expect((await sessionOf(at)).limit).toMatchObject({ reached: 'cost', reached_by: 'station', kept_by: 'station' });
    expect(await event('Ended', 'StopAuthorized')).toMatchObject({ totalCost: 10 });
    // 2.0.1 is stopped from here instead.
    const older = await station({ protocol: 'ocpp2.0.1' });
    await app.api('POST', '/tariff-assignments', { ...assignment, target_id: older.id });
    const told201 = transaction(older);
    await told201('Started', 'Authorized', { chargingState: 'Charging' }, begun);
    await told201('Updated', 'MeterValuePeriodic', {}, register(20_002));
    expect(await older.next('RequestStopTransaction')).toEqual({ transactionId: `limited-${made}` });
    expect((await sessionOf(older)).limit).toMatchObject({ reached: 'cost', reached_by: 'csms', source: 'credit' });
  });

  test('taken back, it is raised beyond reach; without one there is nothing to take back', async () => {
    const at = await station({ protocol });
    const event = await charging(at);
    const { id } = await sessionOf(at);
    expect((await app.api('DELETE', `/sessions/${id}/limit`)).status).toBe(404);
    await app.api('PUT', `/sessions/${id}/limit`, { max_energy_wh: 5000 });
    await event('Updated', 'MeterValuePeriodic');
    await event('Updated', 'LimitSet', { transactionLimit: { maxEnergy: 5000 } });
    const gone = await app.api('DELETE', `/sessions/${id}/limit`);
    expect([gone.status, gone.body]).toEqual([200, expect.objectContaining({ max_energy_wh: null })]);
    expect(await event('Updated', 'MeterValuePeriodic')).toEqual({ transactionLimit: { maxEnergy: 1_000_000_000 } });
  });
});

test('a whole station of 2.1 confirms the limit, keeps to it, and goes on when it is raised', async () => {
  const at = await world.station({ version: '2.1' });
  at.charger.plug(1);
  const { status } = await at.ask('start', { token: 'TAG', connector_id: 1, limit: { max_energy_wh: 2000 } });
  expect(status).toBe('accepted');
  const limitOf = (where: (limit: Limit) => boolean) =>
    until('such a limit', async () => {
      const { limit } = await sessionOf(at);
      return limit !== null && where(limit) ? limit : undefined;
    });
  expect(await limitOf(({ reached }) => reached === 'energy')).toMatchObject({
    ...{ kept_by: 'station', reached_by: 'station', station: { max_energy_wh: 2000 } },
  });
  await at.session((session) => session.status === 'suspended_evse');
  const { id } = await sessionOf(at);
  await app.api('PUT', `/sessions/${id}/limit`, { max_energy_wh: 1_000_000 });
  expect(await limitOf(({ reached }) => reached === null)).toMatchObject({ max_energy_wh: 1_000_000 });
  await at.session((session) => session.status === 'active');
});

describe('stations that know no limits', () => {
  test('2.0.1: the session is stopped from here when its readings say so', async () => {
    const at = await station({ protocol: 'ocpp2.0.1' });
    const event = await charging(at);
    const { id } = await sessionOf(at);
    await app.api('PUT', `/sessions/${id}/limit`, { max_energy_wh: 5000 });
    expect(await event('Updated', 'MeterValuePeriodic', {}, register(4999))).toEqual({});
    expect(at.asked('RequestStopTransaction')).toEqual([]);
    expect(await event('Updated', 'MeterValuePeriodic', {}, register(5001))).toEqual({});
    expect(await at.next('RequestStopTransaction')).toEqual({ transactionId: `limited-${made}` });
    await event('Ended', 'RemoteStop', { stoppedReason: 'Remote' });
    expect(await sessionOf(at)).toMatchObject({
      status: 'ended',
      limit: { kept_by: 'server', reached: 'energy', reached_by: 'csms', station: null },
    });
    expect(await told(at, 'session.limit_reached')).toMatchObject([{ session_id: id, reached_by: 'csms' }]);
  });

  test.each(['ocpp1.6', 'ocpp2.0.1'] as const)(
    '%s: a remote start of which it only tells when it is back led to the session all the same, and its limit is kept',
    async (speaks) => {
      const cp = await app.chargePoint();
      const connect = () => scriptedCharger({ ocppUrl: app.ocppUrl, ...cp, speaks }, () => ({ status: 'Accepted' }));
      const lost = await connect();
      const body = { token: 'TAG', connector_id: 1, limit: { max_energy_wh: 5000 } };
      const start = await app.api<{ id: string }>('POST', `/charge-points/${cp.id}/start?wait=true`, body);
      const { id } = start.body;
      await lost.close();
      // The line is gone for two minutes: it was given up meanwhile.
      const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
      await app.db.prisma.command.update({
        where: { id },
        data: { createdAt: ago(120), sentAt: ago(120), dueAt: ago(50) },
      });
      type Command = { readonly status: string; readonly session_id: string | null };
      const command = async () => (await app.api<Command>('GET', `/commands/${id}`)).body;
      await until('it is given up', async () => (await command()).status === 'failed');
      const charger = await connect();
      const timestamp = ago(110).toISOString();
      if (speaks === 'ocpp1.6') {
        const begun = { connectorId: 1, idTag: 'TAG', meterStart: 0, timestamp };
        const { transactionId } = await charger.call('StartTransaction', begun);
        const meterValue = [{ timestamp: new Date().toISOString(), sampledValue: [{ value: '5001' }] }];
        await charger.call('MeterValues', { connectorId: 1, transactionId, meterValue });
      } else {
        const about = { timestamp, transactionInfo: { transactionId: `away-${cp.id}` } };
        const begun = { ...about, ...first, ...register(0, 'Transaction.Begin'), offline: true };
        const kind = (eventType: string, triggerReason: string, seqNo: number) => ({ eventType, triggerReason, seqNo });
        await charger.call('TransactionEvent', { ...begun, ...kind('Started', 'Authorized', 0) });
        const now = { ...about, timestamp: new Date().toISOString(), ...register(5001) };
        await charger.call('TransactionEvent', { ...now, ...kind('Updated', 'MeterValuePeriodic', 1) });
      }
      const session = await sessionOf(cp);
      expect(await command()).toMatchObject({ status: 'accepted', late: true, error: null, session_id: session.id });
      expect(session).toMatchObject({ command_id: id, limit: { source: 'remote_start', reached: 'energy' } });
      await until('it is asked to stop', () => charger.asked.some(({ action }) => /Stop/.test(action)) || undefined);
      await charger.close();
    },
  );

  test('1.6: time is over by the clock, whatever the charger tells', async () => {
    const cp = await app.chargePoint();
    const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, ...cp }, () => ({ status: 'Accepted' }));
    const start = await app.api('POST', `/charge-points/${cp.id}/start?wait=true`, {
      ...{ token: 'TAG', connector_id: 1 },
      limit: { max_time_s: 1 },
    });
    expect(start.status).toBe(202);
    const { transactionId } = await charger.call('StartTransaction', {
      ...{ connectorId: 1, idTag: 'TAG', meterStart: 0, timestamp: new Date().toISOString() },
    });
    await until('it is asked to stop', () =>
      charger.asked.find(({ action }) => action === 'RemoteStopTransaction') === undefined ? undefined : true,
    );
    expect(charger.asked.filter(({ action }) => action === 'RemoteStopTransaction')).toMatchObject([
      { payload: { transactionId } },
    ]);
    expect((await sessionOf(cp)).limit).toMatchObject({ reached: 'time', reached_by: 'csms', max_time_s: 1 });
    await charger.close();
  });
});
