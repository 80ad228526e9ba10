/**
 * Transactions (block E) of OCA's 2.0.1 tests for a CSMS: when they begin and end, in our own words, by their numbers. Which point
 * begins one is for the station to say; the server takes any.
 */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { startApp } from '../../support/app.ts';
import { bothVersions, card, register, type Session2, type Station2, station2 } from '../../support/station2.ts';

const app = await startApp();
await app.api('POST', '/tokens', { uid: 'TAG', max_concurrent: null });
const stations: Station2[] = [];
const station = async (...how: [(typeof bothVersions)[number], Parameters<typeof station2>[2]?]): Promise<Station2> => {
  const begun = await station2(app, ...how);
  stations.push(begun);
  return begun;
};
afterEach(async () => {
  await Promise.all(stations.splice(0).map(({ charger }) => charger.close()));
});
afterAll(() => app.stop());

const state = (chargingState: string) => ({ transactionInfo: { chargingState } });
const stopped = (stoppedReason: string, chargingState?: string) => ({
  transactionInfo: { stoppedReason, ...(chargingState !== undefined && { chargingState }) },
});
const isOver = ({ status }: Session2): boolean => status === 'ended';
const yes = { idTokenInfo: { status: 'Accepted' } };

describe.each(bothVersions)('%s: how a transaction begins', (protocol) => {
  test('TC_E_01_CSMS with the power path closed: all is known by then', async () => {
    const cp = await station(protocol);
    await cp.status('Occupied');
    const tx = cp.transaction();
    expect(await tx.event('Started', 'ChargingStateChanged', { ...state('Charging'), ...card('TAG') })).toEqual(yes);
    expect(await cp.session()).toMatchObject({ token: 'TAG', status: 'active', charging_state: 'charging' });
    expect(await cp.connector()).toBe('charging');
  });

  test('TC_E_02_CSMS with the first energy', async () => {
    const cp = await station(protocol);
    await cp.status('Occupied');
    const tx = cp.transaction();
    const first = { ...state('Charging'), ...card('TAG'), ...register(10, new Date(), 'Transaction.Begin') };
    expect(await tx.event('Started', 'ChargingStateChanged', first)).toEqual(yes);
    expect(await cp.session()).toMatchObject({ meter_start_wh: 10 });
  });

  test('TC_E_03_CSMS the cable first, then the token', async () => {
    const cp = await station(protocol);
    await cp.status('Occupied');
    const tx = cp.transaction();
    expect(await tx.event('Started', 'CablePluggedIn', state('EVConnected'))).toEqual({});
    expect(await cp.connector()).toBe('occupied');
    expect(await cp.charger.call('Authorize', card('TAG'))).toEqual(yes);
    expect(await tx.event('Updated', 'Authorized', { ...state('EVConnected'), ...card('TAG') })).toEqual(yes);
    expect(await tx.event('Updated', 'ChargingStateChanged', state('Charging'))).toEqual({});
    expect(await cp.session()).toMatchObject({ token: 'TAG', charging_state: 'charging' });
  });

  test('TC_E_04_CSMS the token first, then the cable', async () => {
    const cp = await station(protocol);
    await cp.status('Available');
    expect(await cp.charger.call('Authorize', card('TAG'))).toEqual(yes);
    const tx = cp.transaction();
    expect(await tx.event('Started', 'Authorized', { ...state('Idle'), ...card('TAG') })).toEqual(yes);
    expect(await cp.connector()).toBe('available');
    await cp.status('Occupied');
    await tx.event('Updated', 'CablePluggedIn', state('EVConnected'));
    await tx.event('Updated', 'ChargingStateChanged', state('Charging'));
    expect(await cp.connector()).toBe('charging');
    expect(await cp.sessions()).toHaveLength(1);
  });

  test('TC_E_09_CSMS when the car is connected, before anybody has said who he is', async () => {
    const cp = await station(protocol);
    const tx = cp.transaction();
    expect(await tx.event('Started', 'CablePluggedIn', state('EVConnected'))).toEqual({});
    expect(await cp.session()).toMatchObject({ token: null, status: 'active', charging_state: 'ev_connected' });
    expect(await cp.told('session.started')).toMatchObject([{ token: null, authorization: 'accepted' }]);
  });

  test('TC_E_10_CSMS with the authorization, at an EVSE that nobody knows yet', async () => {
    const cp = await station(protocol);
    const tx = cp.transaction(null);
    expect(await tx.event('Started', 'Authorized', card('TAG'))).toEqual(yes);
    expect(await cp.session()).toMatchObject({ evse_id: 0, connector_id: 0 });
    await tx.event('Updated', 'CablePluggedIn', { ...state('EVConnected'), evse: { id: 2, connectorId: 1 } });
    expect(await cp.session()).toMatchObject({ evse_id: 2, connector_id: 1, token: 'TAG' });
  });

  test('TC_E_11_CSMS with a signed reading', async () => {
    const cp = await station(protocol);
    const tx = cp.transaction();
    expect(await tx.event('Started', 'SignedDataReceived', { ...state('EVConnected'), ...card('TAG') })).toEqual(yes);
    expect(await cp.session()).toMatchObject({ token: 'TAG' });
  });

  test('TC_E_12_CSMS when a car stands in the bay', async () => {
    const cp = await station(protocol);
    const tx = cp.transaction();
    expect(await tx.event('Started', 'EVDetected', state('Idle'))).toEqual({});
    expect(await cp.session()).toMatchObject({ token: null, charging_state: 'idle' });
  });

  test('TC_E_38_CSMS the car is not ready yet', async () => {
    const cp = await station(protocol);
    await cp.status('Occupied');
    const tx = cp.transaction();
    await tx.event('Started', 'Authorized', { ...state('EVConnected'), ...card('TAG') });
    await tx.event('Updated', 'ChargingStateChanged', state('SuspendedEV'));
    expect(await cp.session()).toMatchObject({ status: 'suspended_ev' });
    await tx.event('Updated', 'ChargingStateChanged', state('Charging'));
    expect(await cp.session()).toMatchObject({ status: 'active' });
  });

  test('TC_E_53_CSMS each transaction counts from 0', async () => {
    const cp = await station(protocol);
    for (const _ of [1, 2]) {
      const tx = cp.transaction();
      await tx.event('Started', 'Authorized', { ...card('TAG'), ...register(1, new Date(), 'Transaction.Begin') });
      await tx.event('Ended', 'StopAuthorized', stopped('Local'));
    }
    const sessions = await cp.sessions();
    expect(sessions.map(({ status, flags }) => ({ status, flags }))).toEqual(
      Array(2).fill({ status: 'ended', flags: [] }),
    );
  });
});

describe.each(bothVersions)('%s: how a transaction ends', (protocol) => {
  test.each([
    ['TC_E_07_CSMS the power path opens by the driver', 'StopAuthorized', 'Local', true],
    ['TC_E_08_CSMS no more energy, by the driver', 'StopAuthorized', 'Local', true],
    ['TC_E_14_CSMS the cable is pulled at the station', 'EVDeparted', 'EVDisconnected', false],
    ['TC_E_15_CSMS by the driver', 'StopAuthorized', 'Local', true],
    ['TC_E_16_CSMS its token turns out to be no good', 'Deauthorized', 'DeAuthorized', false],
    [
      'TC_E_17_CSMS the cable is pulled at the car, which ends the authorization',
      'Deauthorized',
      'EVDisconnected',
      false,
    ],
    ['TC_E_19_CSMS the car leaves the bay', 'EVDeparted', 'Local', false],
    ['TC_E_20_CSMS the cable is pulled at the car', 'EVCommunicationLost', 'EVDisconnected', false],
    ['TC_E_21_CSMS by a remote stop', 'RemoteStop', 'Remote', false],
    ['TC_E_22_CSMS the car wants no more', 'ChargingStateChanged', 'StoppedByEV', false],
    ['TC_E_39_CSMS nobody plugs in', 'EVConnectTimeout', 'Timeout', false],
  ])('%s', async (_name, trigger, reason, withToken) => {
    const cp = await station(protocol);
    const tx = cp.transaction();
    const begin = { ...state('Charging'), ...card('TAG'), ...register(100, new Date(), 'Transaction.Begin') };
    await tx.event('Started', 'Authorized', begin);
    const end = { ...stopped(reason, 'Idle'), ...register(900, new Date(), 'Transaction.End') };
    expect(await tx.event('Ended', trigger, { ...end, ...(withToken && card('TAG')) })).toEqual(withToken ? yes : {});
    expect(await cp.session(isOver)).toMatchObject({
      stop_reason: reason,
      energy_wh: 800,
      stop_token: null,
      flags: [],
    });
    expect(await cp.told('session.ended')).toMatchObject([{ stop_reason: reason, energy_wh: 800 }]);
  });

  test('TC_E_26_CSMS the cable is pulled at the car, and the transaction waits for it', async () => {
    const cp = await station(protocol);
    await cp.status('Occupied');
    const tx = cp.transaction();
    await tx.event('Started', 'Authorized', { ...state('Charging'), ...card('TAG') });
    await tx.event('Updated', 'EVCommunicationLost', state('Idle'));
    expect(await cp.session()).toMatchObject({ status: 'active', charging_state: 'idle' });
    expect(await cp.connector()).toBe('occupied');
    await tx.event('Updated', 'CablePluggedIn', state('Charging'));
    expect(await cp.session()).toMatchObject({ status: 'active', charging_state: 'charging' });
    expect(await cp.sessions()).toHaveLength(1);
  });
});

describe.each(bothVersions)('%s: what the station knows of a transaction', (protocol) => {
  test.each([
    ['TC_E_29_CSMS it runs, and there is more to tell', { ongoingIndicator: true, messagesInQueue: true }, 'active'],
    ['TC_E_30_CSMS it runs', { ongoingIndicator: true, messagesInQueue: false }, 'active'],
    [
      'TC_E_31_CSMS it has ended, and there is more to tell',
      { ongoingIndicator: false, messagesInQueue: true },
      'active',
    ],
    ['TC_E_32_CSMS it has ended', { ongoingIndicator: false, messagesInQueue: false }, 'closed_by_system'],
  ])('%s', async (_name, answer, status) => {
    const cp = await station(protocol, () => answer);
    const tx = cp.transaction();
    await tx.event('Started', 'Authorized', card('TAG'));
    expect(await cp.send('GetTransactionStatus', { transactionId: tx.id })).toMatchObject({
      status: 'accepted',
      result: answer,
    });
    expect(await cp.session()).toMatchObject({ status });
    await tx.event('Ended', 'StopAuthorized', { ...stopped('Local'), ...register(5, new Date()) });
    const end = status === 'active' ? isOver : ({ stop_reason }: Session2) => stop_reason === 'Local';
    expect((await cp.session(end)).flags.includes('stop_after_close')).toBe(status !== 'active');
  });

  test.each([
    ['TC_E_33_CSMS of none: there is more to tell', true],
    ['TC_E_34_CSMS of none: there is nothing more to tell', false],
  ])('%s', async (_name, messagesInQueue) => {
    const cp = await station(protocol, () => ({ messagesInQueue }));
    expect(await cp.send('GetTransactionStatus')).toMatchObject({ status: 'accepted', result: { messagesInQueue } });
    expect(cp.asked('GetTransactionStatus')).toEqual([{}]);
  });
});
