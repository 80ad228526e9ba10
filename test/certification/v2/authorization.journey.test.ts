/**
 * Authorization without certificates (block C) and remote starts and stops (F01–F04) of OCA's 2.0.1 tests for a CSMS, in our own
 * words, by their numbers.
 */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { startApp } from '../../support/app.ts';
import { bothVersions, card, type Station2, station2 } from '../../support/station2.ts';
import { until } from '../../support/until.ts';

const app = await startApp();
const made = async (path: string, body: object) => (await app.api<{ id: string }>('POST', path, body)).body.id;
await made('/tokens', { uid: 'TAG', max_concurrent: null, valid_until: '2099-01-01T00:00:00.000Z' });
await made('/tokens', { uid: 'BLOCKED', status: 'blocked' });
await made('/tokens', { uid: 'EXPIRED', valid_until: '2020-01-01T00:00:00.000Z' });
const family = await made('/token-groups', { name: 'Family', parent_id_tag: 'FAMILY' });
await made('/tokens', { uid: 'MOTHER', group_id: family });
await made('/tokens', { uid: 'CHILD', group_id: family });
const masters = await made('/token-groups', { name: 'Masters', parent_id_tag: 'MASTERPASS' });
await made('/tokens', { uid: 'MASTER', group_id: masters, max_concurrent: null });
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

const isOver = ({ status }: { status: string }): boolean => status === 'ended';
const accepted = { status: 'Accepted', cacheExpiryDateTime: '2099-01-01T00:00:00.000Z' };
const inFamily = { status: 'Accepted', groupIdToken: { idToken: 'FAMILY', type: 'Central' } };
const master = { status: 'Accepted', groupIdToken: { idToken: 'MASTERPASS', type: 'Central' } };

describe.each(bothVersions)('%s: authorization', (protocol) => {
  test.each([
    ['TC_C_02_CSMS', 'STRANGER', { status: 'Unknown' }],
    ['TC_C_06_CSMS', 'BLOCKED', { status: 'Blocked' }],
    ['TC_C_07_CSMS', 'EXPIRED', { status: 'Expired', cacheExpiryDateTime: '2020-01-01T00:00:00.000Z' }],
  ])(
    '%s %s is told why it may not charge, by Authorize and by a transaction alike',
    async (_number, uid, idTokenInfo) => {
      const cp = await station(protocol);
      expect(await cp.charger.call('Authorize', card(uid))).toEqual({ idTokenInfo });
      const tx = cp.transaction();
      expect(await tx.event('Started', 'Authorized', card(uid))).toEqual({ idTokenInfo });
      const ended = await tx.event('Ended', 'Deauthorized', { transactionInfo: { stoppedReason: 'DeAuthorized' } });
      expect(ended).toEqual({});
      expect(await cp.session(isOver)).toMatchObject({ token: uid, energy_wh: 0, stop_reason: 'DeAuthorized' });
    },
  );

  test('TC_C_08_CSMS a token out of the cache of the station begins a transaction, and is told again how long it is good', async () => {
    const cp = await station(protocol);
    const tx = cp.transaction();
    expect(await tx.event('Started', 'Authorized', card('TAG'))).toEqual({ idTokenInfo: accepted });
    expect(await cp.session()).toMatchObject({ token: 'TAG', authorization: 'accepted' });
  });

  test('TC_C_20_CSMS a token that is good in the cache only is refused by the answer to its transaction', async () => {
    const cp = await station(protocol);
    const tx = cp.transaction();
    expect(await tx.event('Started', 'Authorized', card('BLOCKED'))).toEqual({ idTokenInfo: { status: 'Blocked' } });
    expect(await cp.session()).toMatchObject({ status: 'active', authorization: 'blocked' });
  });

  test.each([
    ['TC_C_37_CSMS', 'Accepted', 'accepted'],
    ['TC_C_38_CSMS', 'Rejected', 'rejected'],
  ])('%s the cache is cleared, and the station says %s', async (_number, status, outcome) => {
    const cp = await station(protocol, () => ({ status }));
    expect(await cp.ask('clear-cache')).toMatchObject({ action: 'ClearCache', status: outcome, result: { status } });
  });

  test('TC_C_39_CSMS somebody of the same group ends a transaction', async () => {
    const cp = await station(protocol);
    expect(await cp.charger.call('Authorize', card('MOTHER'))).toEqual({ idTokenInfo: inFamily });
    const tx = cp.transaction();
    expect(await tx.event('Started', 'Authorized', card('MOTHER'))).toEqual({ idTokenInfo: inFamily });
    expect(await cp.charger.call('Authorize', card('CHILD'))).toEqual({ idTokenInfo: inFamily });
    expect(await tx.event('Updated', 'StopAuthorized', card('CHILD'))).toEqual({ idTokenInfo: inFamily });
    await tx.event('Ended', 'EVDeparted', { transactionInfo: { stoppedReason: 'Local' } });
    expect(await cp.session(isOver)).toMatchObject({ token: 'MOTHER', stop_token: 'CHILD' });
  });

  test.each([
    ['TC_C_40_CSMS', 'MOTHER', inFamily],
    ['TC_C_43_CSMS', 'BLOCKED', { status: 'Blocked' }],
  ])(
    '%s a transaction that a local list let begin gets the word of the server on %s',
    async (_number, uid, idTokenInfo) => {
      const cp = await station(protocol);
      const tx = cp.transaction();
      expect(await tx.event('Started', 'Authorized', { ...card(uid), offline: true })).toEqual({ idTokenInfo });
      await tx.event('Ended', 'StopAuthorized', { transactionInfo: { stoppedReason: 'Local' } });
      await cp.session(isOver);
    },
  );

  test('TC_C_47_CSMS a master pass ends all transactions of a station', async () => {
    const cp = await station(protocol);
    const [one, two] = [cp.transaction(1), cp.transaction(2)];
    await one.event('Started', 'Authorized', card('TAG'));
    await two.event('Started', 'Authorized', card('TAG'));
    expect(await cp.charger.call('Authorize', card('MASTER'))).toEqual({ idTokenInfo: master });
    const reason = { transactionInfo: { stoppedReason: 'MasterPass' }, ...card('MASTER') };
    expect(await one.event('Ended', 'StopAuthorized', reason)).toEqual({ idTokenInfo: master });
    expect(await two.event('Ended', 'StopAuthorized', reason)).toEqual({ idTokenInfo: master });
    await until('both are over', async () => (await cp.sessions()).filter(isOver).length === 2);
    for (const session of await cp.sessions())
      expect(session).toMatchObject({ token: 'TAG', stop_token: 'MASTER', stop_reason: 'MasterPass' });
  });

  test.each(['TC_C_48_CSMS on the screen', 'TC_C_49_CSMS without a screen'])(
    '%s a master pass ends one of several transactions',
    async () => {
      const cp = await station(protocol);
      const [one, two] = [cp.transaction(1), cp.transaction(2)];
      await one.event('Started', 'Authorized', card('TAG'));
      await two.event('Started', 'Authorized', card('TAG'));
      await two.event('Ended', 'StopAuthorized', {
        transactionInfo: { stoppedReason: 'MasterPass' },
        ...card('MASTER'),
      });
      expect(await cp.session(isOver)).toMatchObject({ evse_id: 2, stop_token: 'MASTER' });
      expect(await cp.session(({ evse_id }) => evse_id === 1)).toMatchObject({ status: 'active' });
    },
  );

  test('C02 whoever presses a start button is let in, and is nobody', async () => {
    const cp = await station(protocol);
    const tx = cp.transaction();
    const nobody = card('', 'NoAuthorization');
    expect(await tx.event('Started', 'Authorized', nobody)).toEqual({ idTokenInfo: { status: 'Accepted' } });
    expect(await cp.session()).toMatchObject({ token: null, authorization: 'accepted' });
  });
});

describe.each(bothVersions)('%s: remote control', (protocol) => {
  /** A remote start as the station is asked for it. */
  async function remoteStart(cp: Station2) {
    const asked = cp.ask('start', { token: 'TAG', connector_id: 1 });
    const { remoteStartId, ...request } = await until('it is asked', () => cp.asked('RequestStartTransaction')[0]);
    expect(request).toEqual({ idToken: { idToken: 'TAG', type: 'ISO14443' }, evseId: 1 });
    return { remoteStartId, command: asked };
  }

  test('TC_F_01_CSMS the cable first: the transaction that runs already is the one that the remote start asked for', async () => {
    let running: { id: string } | undefined;
    const cp = await station(protocol, (action) => ({
      status: 'Accepted',
      ...(action === 'RequestStartTransaction' && running && { transactionId: running.id }),
    }));
    await cp.status('Occupied');
    const tx = cp.transaction();
    running = tx;
    await tx.event('Started', 'CablePluggedIn', { transactionInfo: { chargingState: 'EVConnected' } });
    const { remoteStartId, command } = await remoteStart(cp);
    const about = { transactionInfo: { chargingState: 'EVConnected', remoteStartId }, ...card('TAG') };
    expect(await tx.event('Updated', 'RemoteStart', about)).toEqual({ idTokenInfo: accepted });
    await tx.event('Updated', 'ChargingStateChanged', { transactionInfo: { chargingState: 'Charging' } });
    const { id } = await command;
    expect(await cp.session()).toMatchObject({ command_id: id, token: 'TAG', charging_state: 'charging' });
  });

  test.each([
    ['TC_F_02_CSMS', 'asks for the token', true],
    ['TC_F_03_CSMS', 'does not ask for the token', false],
  ])('%s the remote start first, and the station %s', async (_number, _what, authorizes) => {
    const cp = await station(protocol);
    const { remoteStartId, command } = await remoteStart(cp);
    const { id } = await command;
    if (authorizes) expect(await cp.charger.call('Authorize', card('TAG'))).toEqual({ idTokenInfo: accepted });
    const tx = cp.transaction();
    await tx.event('Started', 'RemoteStart', { transactionInfo: { remoteStartId }, ...card('TAG') });
    await cp.status('Occupied');
    await tx.event('Updated', 'CablePluggedIn', { transactionInfo: { chargingState: 'EVConnected' } });
    expect(await cp.connector()).toBe('occupied');
    expect(await cp.session()).toMatchObject({ command_id: id });
    const done = await app.api<{ status: string; session_id: string | null }>('GET', `/commands/${id}`);
    expect(done.body).toMatchObject({ status: 'accepted', session_id: (await cp.session()).id });
  });

  test('TC_F_04_CSMS the remote start first, and nobody plugs in: the transaction ends by its time-out', async () => {
    const cp = await station(protocol);
    const { remoteStartId, command } = await remoteStart(cp);
    await command;
    const tx = cp.transaction();
    await tx.event('Started', 'RemoteStart', { transactionInfo: { remoteStartId }, ...card('TAG') });
    await tx.event('Ended', 'EVConnectTimeout', { transactionInfo: { stoppedReason: 'Timeout' } });
    expect(await cp.session(isOver)).toMatchObject({ stop_reason: 'Timeout', energy_wh: 0 });
  });

  test('F01 a start that the station rejects', async () => {
    const cp = await station(protocol, () => ({ status: 'Rejected' }));
    expect((await cp.ask('start', { token: 'TAG' })).status).toBe('rejected');
    expect(cp.asked('RequestStartTransaction')[0]).not.toHaveProperty('evseId');
  });

  test('F01 the group of a token is told with it', async () => {
    const cp = await station(protocol);
    await cp.ask('start', { token: 'MOTHER', connector_id: 2 });
    expect(cp.asked('RequestStartTransaction')).toMatchObject([
      { evseId: 2, groupIdToken: { idToken: 'FAMILY', type: 'Central' } },
    ]);
  });

  test('F03 a stop names the transaction by the id of the station, whichever way it is meant', async () => {
    const cp = await station(protocol);
    const [one, two] = [cp.transaction(1), cp.transaction(2)];
    await one.event('Started', 'Authorized', card('TAG'));
    await two.event('Started', 'Authorized', card('TAG'));
    const ambiguous = await app.api('POST', `/charge-points/${cp.id}/stop`, {});
    expect(ambiguous.status).toBe(409);
    expect((await cp.ask('stop', { connector_id: 2 })).status).toBe('accepted');
    const { id } = await cp.session(({ evse_id }) => evse_id === 1);
    expect((await cp.ask('stop', { session_id: id })).status).toBe('accepted');
    expect(cp.asked('RequestStopTransaction')).toEqual([{ transactionId: two.id }, { transactionId: one.id }]);
    await two.event('Ended', 'RemoteStop', { transactionInfo: { stoppedReason: 'Remote' } });
    expect(await cp.session(isOver)).toMatchObject({ evse_id: 2, stop_reason: 'Remote' });
  });

  test('F03 a stop that the station rejects leaves its session alone', async () => {
    const cp = await station(protocol, () => ({ status: 'Rejected' }));
    const tx = cp.transaction();
    await tx.event('Started', 'Authorized', card('TAG'));
    expect((await cp.ask('stop')).status).toBe('rejected');
    expect(await cp.session()).toMatchObject({ status: 'active' });
  });
});
