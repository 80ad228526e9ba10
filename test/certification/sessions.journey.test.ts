/** Charging, as OCA's tests of a central system for OCPP 1.6 look at it; in our own words, by their numbers. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { chargingWorld, type SessionAnswer } from '../support/charging-world.ts';
import { until } from '../support/until.ts';

const world = await chargingWorld();
await world.token('TAG', { max_concurrent: null });
await world.token('BLOCKED', { status: 'blocked' });
await world.token('EXPIRED', { valid_until: '2020-01-01T00:00:00.000Z' });
afterEach(() => world.closeChargers());
afterAll(() => world.close());

const isOver = ({ status }: SessionAnswer): boolean => status === 'ended';

describe('boot', () => {
  test('TC_001_CSMS a cold boot is accepted with a time and an interval, and the statuses are known', async () => {
    const station = await world.station({ connectors: 2, chargePoint: { heartbeat_interval_s: 120 } });
    expect(station.happenings).toContainEqual(
      expect.objectContaining({ what: 'booted', status: 'Accepted', intervalS: 120 }),
    );
    await until('both connectors are known', async () => (await station.chargePoint()).evses.length === 2);
    expect(await station.chargePoint()).toMatchObject({ connected: true, boot_status: 'accepted' });
    expect((await station.charger.call('Heartbeat', {})).outcome).toBe('result');
  });

  test('TC_002_CS a boot that is pending gets no session, but what the server asks for; then it is accepted', async () => {
    const station = await world.station({ chargePoint: { registration: 'pending' }, boots: false, bootRetryMs: 2000 });
    const booted = station.charger.next('booted');
    station.charger.start();
    expect((await booted).status).toBe('Pending');
    const refused = await station.charger.call('StatusNotification', {
      connectorId: 1,
      errorCode: 'NoError',
      status: 'Available',
    });
    expect(refused).toMatchObject({ outcome: 'error', code: 'SecurityError' });
    const configuration = await station.send('GetConfiguration', {});
    expect(configuration.status).toBe('accepted');
    await world.api('PATCH', `/charge-points/${station.id}`, { registration: 'accepted' });
    station.charger.reboot('Reboot');
    await station.charger.whenBooted();
  });
});

describe('sessions', () => {
  test('TC_003_CSMS plug first: authorize, start, meter values, stop make one session', async () => {
    const station = await world.station();
    station.charger.plug(1);
    const { outcome } = await station.charger.charge({ token: 'TAG', energyWh: 500 });
    expect(outcome).toBe('charged');
    const session = await station.session(isOver);
    expect(session).toMatchObject({ token: 'TAG', authorization: 'accepted', stop_reason: 'Local', flags: [] });
    expect(session.energy_wh).toBe((session.meter_stop_wh ?? 0) - session.meter_start_wh);
  });

  test('TC_004_1_CSMS token first: the session begins with the plug', async () => {
    const station = await world.station({ settings: { ConnectionTimeOut: '6000' } });
    expect(await station.charger.authorize('TAG')).toBe('Accepted');
    station.charger.present(1, 'TAG');
    await until('it prepares', async () => (await station.connector())?.status === 'preparing');
    station.charger.plug(1);
    expect(await station.session()).toMatchObject({ status: 'active', token: 'TAG' });
  });

  test('TC_004_2_CSMS token first and nobody plugs in: no session, the connector is free again', async () => {
    const station = await world.station({ settings: { ConnectionTimeOut: '30' } });
    station.charger.present(1, 'TAG');
    await until('it prepares', async () => (await station.connector())?.status === 'preparing');
    await until('it is free', async () => (await station.connector())?.status === 'available');
    expect(await station.sessions()).toEqual([]);
  });

  test('TC_005_1_CSMS the cable is pulled at the car: the session ends as EVDisconnected', async () => {
    const station = await world.station();
    station.charger.plug(1);
    station.charger.present(1, 'TAG');
    await station.session();
    station.charger.unplug(1);
    expect(await station.session(isOver)).toMatchObject({ stop_reason: 'EVDisconnected' });
  });

  test('TC_007_CSMS a start without an Authorize (the charger knew the token) is a session like any other', async () => {
    const station = await world.station();
    await station.charger.charge({ token: 'TAG', seconds: 60, authorize: false });
    expect(await station.session(isOver)).toMatchObject({ authorization: 'accepted' });
  });

  test('TC_070_CS sampled meter values are kept with their session', async () => {
    const station = await world.station({ settings: { MeterValueSampleInterval: '30' } });
    await station.charger.charge({ token: 'TAG', seconds: 200 });
    const { id } = await station.session(isOver);
    type Samples = { data: { context: string; energy_wh: number }[] };
    const { body } = await world.api<Samples>('GET', `/sessions/${id}/meter-values`);
    const registers = body.data.map(({ energy_wh: energy }) => energy);
    expect(body.data.filter(({ context }) => context === 'sample_periodic').length).toBeGreaterThanOrEqual(5);
    expect(Math.max(...registers)).toBeGreaterThan(Math.min(...registers));
  });

  test('TC_071_CS clock-aligned meter values are taken, also without a session', async () => {
    const station = await world.station();
    const sampledValue = [{ value: '1234', context: 'Sample.Clock', measurand: 'Energy.Active.Import.Register' }];
    const meterValue = [{ timestamp: new Date().toISOString(), sampledValue }];
    expect(await station.charger.call('MeterValues', { connectorId: 1, meterValue })).toEqual({
      outcome: 'result',
      result: {},
    });
  });
});

describe('tokens', () => {
  test.each([
    ['TC_023_1_CSMS', 'unknown', 'NOBODY', 'Invalid'],
    ['TC_023_2_CSMS', 'expired', 'EXPIRED', 'Expired'],
    ['TC_023_3_CSMS', 'blocked', 'BLOCKED', 'Blocked'],
  ])('%s a token that is %s is told to be so, and nothing starts', async (_number, _what, token, status) => {
    const station = await world.station();
    expect(await station.charger.charge({ token, seconds: 60 })).toEqual({ outcome: 'refused', status });
    expect(await station.sessions()).toEqual([]);
  });

  test('TC_024_CSMS the lock of the connector fails: the fault is known, and nothing starts', async () => {
    const station = await world.station();
    expect(await station.charger.authorize('TAG')).toBe('Accepted');
    station.charger.fault(1, 'ConnectorLockFailure');
    const fault = await until('the fault is known', async () => {
      const connector = await station.connector();
      return connector?.status === 'faulted' ? connector : undefined;
    });
    expect(fault.error_code).toBe('ConnectorLockFailure');
    expect(await station.sessions()).toEqual([]);
    station.charger.clear(1);
    await until('it is free again', async () => (await station.connector())?.status === 'available');
  });

  test('TC_069_CS a stop with the token of a colleague is accepted, and names the parent that both have', async () => {
    const { id: group_id } = (await world.api<{ id: string }>('POST', '/token-groups', { name: 'Fleet' })).body;
    await world.token('COLLEAGUE1', { group_id });
    await world.token('COLLEAGUE2', { group_id });
    const station = await world.station();
    const parentOf = async (idTag: string) => {
      const answer = await station.charger.call('Authorize', { idTag });
      return answer.outcome === 'result' ? (answer.result['idTagInfo'] as Record<string, unknown>)['parentIdTag'] : '';
    };
    station.charger.plug(1);
    station.charger.present(1, 'COLLEAGUE1');
    const { transaction_id: transactionId } = await station.session();
    const parentIdTag = await parentOf('COLLEAGUE1');
    expect([typeof parentIdTag, await parentOf('COLLEAGUE2')]).toEqual(['string', parentIdTag]);
    const stop = { transactionId, idTag: 'COLLEAGUE2', meterStop: 100, timestamp: station.charger.now().toISOString() };
    expect(await station.charger.call('StopTransaction', stop)).toMatchObject({
      result: { idTagInfo: { status: 'Accepted', parentIdTag } },
    });
    expect(await station.session(isOver)).toMatchObject({ token: 'COLLEAGUE1', meter_stop_wh: 100 });
  });

  test('TC_037_1_CSMS an offline start with a token that may charge: the session is taken in as it was', async () => {
    const station = await world.station();
    station.charger.goOffline();
    const visit = station.charger.charge({ token: 'TAG', seconds: 300 });
    await station.charger.next('queued', { where: ({ action }) => action === 'StartTransaction' });
    const startedAt = station.charger.connector(1).session?.startedAt;
    station.charger.goOnline();
    expect(await station.session()).toMatchObject({ started_at: startedAt?.toISOString() });
    await visit;
    expect(await station.session(isOver)).toMatchObject({ authorization: 'accepted', stop_reason: 'Local' });
  });

  test('TC_037_3_CSMS an offline start with a token that nobody knows: the session is taken in, and ended by the charger', async () => {
    const station = await world.station();
    station.charger.goOffline();
    const visit = station.charger.charge({ token: 'NOBODY', seconds: 3600 });
    await station.charger.next('queued');
    station.charger.goOnline();
    await visit;
    expect(await station.session(isOver)).toMatchObject({ authorization: 'invalid', stop_reason: 'DeAuthorized' });
  });
});

describe('remote start and stop', () => {
  test('TC_010_CSMS remote start, cable plugged in first', async () => {
    const station = await world.station();
    station.charger.plug(1);
    await until('it prepares', async () => (await station.connector())?.status === 'preparing');
    const { id, status } = await station.ask('start', { token: 'TAG', connector_id: 1 });
    expect(status).toBe('accepted');
    expect(await station.session()).toMatchObject({ status: 'active', token: 'TAG', command_id: id });
  });

  test('TC_011_1_CSMS remote start first, the plug follows', async () => {
    const station = await world.station({ carOnRemoteStartMs: 5000 });
    const { id } = await station.ask('start', { token: 'TAG' });
    expect(await station.session()).toMatchObject({ command_id: id });
  });

  test('TC_011_2_CSMS remote start and nobody plugs in: no session', async () => {
    const station = await world.station({ carOnRemoteStartMs: false, settings: { ConnectionTimeOut: '20' } });
    // It may be free again before the answer to the start is read here.
    const prepares = station.charger.next('status', {
      timeoutMs: 60_000,
      where: ({ status }) => status === 'Preparing',
    });
    expect(await station.ask('start', { token: 'TAG', connector_id: 1 })).toMatchObject({ session_id: null });
    await prepares;
    await until('it is free again', () => station.charger.connector(1).status === 'Available');
    await until('that is known', async () => (await station.connector())?.status === 'available');
    expect(await station.sessions()).toEqual([]);
  });

  test('TC_012_CSMS remote stop', async () => {
    const station = await world.station();
    station.charger.plug(1);
    station.charger.present(1, 'TAG');
    const { id } = await station.session();
    expect((await station.ask('stop', { session_id: id })).status).toBe('accepted');
    expect(await station.session(isOver)).toMatchObject({ id, stop_reason: 'Remote' });
  });

  test('TC_026_CSMS a remote start that the charger rejects', async () => {
    const station = await world.station();
    station.charger.fault(1, 'GroundFailure');
    await until('it is faulted', async () => (await station.connector())?.status === 'faulted');
    expect((await station.ask('start', { token: 'TAG', connector_id: 1 })).status).toBe('rejected');
  });

  test('TC_028_CSMS a remote stop that the charger rejects', async () => {
    const station = await world.station();
    const { status, result } = await station.send('RemoteStopTransaction', { transactionId: 987_654 });
    expect({ status, result }).toEqual({ status: 'rejected', result: { status: 'Rejected' } });
  });
});

describe('power and network', () => {
  test('TC_032_1_CSMS power fails while charging: the session ends with the reason, after the boot', async () => {
    const station = await world.station();
    station.charger.plug(1);
    station.charger.present(1, 'TAG');
    await station.session();
    station.charger.reboot('PowerLoss');
    expect(await station.session(isOver)).toMatchObject({ stop_reason: 'PowerLoss' });
    expect((await station.chargePoint()).boot_status).toBe('accepted');
  });

  test('TC_034_CS power fails while a connector is out of service: it still is, after the boot', async () => {
    const station = await world.station();
    expect((await station.ask('availability', { operative: false, connector_id: 1 })).status).toBe('accepted');
    await until('it is unavailable', async () => (await station.connector())?.status === 'unavailable');
    station.charger.reboot('PowerLoss');
    await station.charger.next('booted', { where: ({ status }) => status === 'Accepted' });
    await station.charger.next('answered', { where: ({ action }) => action === 'StatusNotification' });
    await station.charger.drained();
    expect(await station.connector()).toMatchObject({ status: 'unavailable' });
  });

  test('TC_036_CS the network fails while charging: nothing of the session is lost', async () => {
    const station = await world.station({ settings: { MeterValueSampleInterval: '30' } });
    const visit = station.charger.charge({ token: 'TAG', seconds: 300 });
    await station.session();
    station.charger.goOffline();
    await station.charger.next('session_ended');
    station.charger.goOnline();
    await visit;
    const session = await station.session(isOver);
    expect(session.energy_wh).toBe((session.meter_stop_wh ?? 0) - session.meter_start_wh);
    expect(await station.sessions()).toHaveLength(1);
  });

  test('TC_039_CSMS a whole session offline', async () => {
    const station = await world.station();
    station.charger.goOffline();
    const visit = station.charger.charge({ token: 'TAG', seconds: 120 });
    await station.charger.next('session_ended');
    station.charger.goOnline();
    await visit;
    expect(await station.session(isOver)).toMatchObject({ token: 'TAG', authorization: 'accepted' });
  });

  test('TC_068_CS a stop that names its token gets the word on it', async () => {
    const station = await world.station();
    await station.charger.charge({ token: 'TAG', seconds: 60 });
    const stops = station.happenings.flatMap((each) =>
      each.what === 'answered' && each.action === 'StopTransaction' ? [each.outcome] : [],
    );
    expect(stops).toEqual([{ outcome: 'result', result: { idTagInfo: { status: 'Accepted' } } }]);
  });
});
