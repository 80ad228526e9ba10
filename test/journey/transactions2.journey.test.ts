/** Transactions of OCPP 2.x on the whole server: order, tokens, connectors, remote starts, questions; both versions. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { ulid } from 'ulid';
import { startApp } from '../support/app.ts';
import { bothVersions, card, register, type Station2, station2 } from '../support/station2.ts';
import { until } from '../support/until.ts';

const app = await startApp();
await app.api('POST', '/tokens', { uid: 'TAG', max_concurrent: null });
await app.api('POST', '/tokens', { uid: 'ONCE' });
await app.api('POST', '/tokens', { uid: '4711', type: 'key_code', max_concurrent: null });
const stations: Station2[] = [];
const station = async (...how: [(typeof bothVersions)[number], Parameters<typeof station2>[2]?]): Promise<Station2> => {
  const made = await station2(app, ...how);
  stations.push(made);
  return made;
};
afterEach(async () => {
  await Promise.all(stations.splice(0).map(({ charger }) => charger.close()));
});
afterAll(() => app.stop());

const state = (chargingState: string) => ({ transactionInfo: { chargingState } });
const isOver = ({ status }: { status: string }): boolean => status === 'ended';

describe.each(bothVersions)('%s', (protocol) => {
  test('a session from plug to plug: record, readings, log, events, and what the connector shows', async () => {
    const cp = await station(protocol);
    const at = (seconds: number) => new Date(Date.now() - 600_000 + seconds * 1000);
    await cp.status('Available');
    await cp.status('Occupied');
    const tx = cp.transaction();
    const begin = { ...card('TAG'), ...register(1000, at(0), 'Transaction.Begin'), timestamp: at(0).toISOString() };
    expect(await tx.event('Started', 'Authorized', begin)).toEqual({ idTokenInfo: { status: 'Accepted' } });
    expect(
      await tx.event('Updated', 'ChargingStateChanged', { ...state('Charging'), timestamp: at(10).toISOString() }),
    ).toEqual({});
    expect(await cp.session()).toMatchObject({
      ocpp_transaction_id: tx.id,
      status: 'active',
      charging_state: 'charging',
      token: 'TAG',
      evse_id: 1,
    });
    expect(await cp.connector()).toBe('occupied'); // its event is older than the plug that was reported now
    await tx.event('Updated', 'ChargingStateChanged', state('SuspendedEV'));
    expect(await cp.connector()).toBe('suspended_ev');
    await cp.status('Occupied');
    expect(await cp.connector()).toBe('suspended_ev');
    await tx.event('Updated', 'MeterValuePeriodic', register(3000, at(300)));
    expect(
      await tx.event('Ended', 'EVCommunicationLost', {
        transactionInfo: { stoppedReason: 'EVDisconnected' },
        ...register(4000, at(600), 'Transaction.End'),
      }),
    ).toEqual({});
    expect(await cp.connector()).toBe('finishing');
    await cp.status('Available');
    expect(await cp.connector()).toBe('available');
    const session = await cp.session(isOver);
    expect(session).toMatchObject({ energy_wh: 3000, meter_start_wh: 1000, stop_reason: 'EVDisconnected', flags: [] });
    expect((await cp.told('charge_point.status_changed')).map(({ status }) => status)).toEqual([
      'available',
      'occupied',
      'suspended_ev',
      'finishing',
      'available',
    ]);
    expect(await cp.told('session.started')).toMatchObject([{ ocpp_transaction_id: tx.id, token: 'TAG' }]);
    expect(await cp.told('session.ended')).toMatchObject([{ ocpp_transaction_id: tx.id, energy_wh: 3000 }]);
    type Listed = { data: Record<string, unknown>[]; next_cursor: string | null };
    const samples = await app.api<Listed>('GET', `/sessions/${session.id}/meter-values`);
    expect(samples.body.data.map(({ context, energy_wh }) => [context, energy_wh])).toEqual([
      ['transaction_begin', 1000],
      ['sample_periodic', 3000],
      ['transaction_end', 4000],
    ]);
    const first = await app.api<Listed>('GET', `/sessions/${session.id}/events?limit=3`);
    const rest = await app.api<Listed>('GET', `/sessions/${session.id}/events?cursor=${first.body.next_cursor}`);
    expect(rest.body.next_cursor).toBeNull();
    expect(
      [...first.body.data, ...rest.body.data].map((each) => [each['seq_no'], each['event_type'], each['outcome']]),
    ).toEqual([
      [0, 'started', 'applied'],
      [1, 'updated', 'applied'],
      [2, 'updated', 'applied'],
      [3, 'updated', 'applied'],
      [4, 'ended', 'applied'],
    ]);
  });

  test('a connector that becomes free: its session is idle until its charger says what it does', async () => {
    const cp = await station(protocol);
    const tx = cp.transaction();
    await tx.event('Started', 'Authorized', { ...card('TAG'), ...state('Charging') });
    await cp.status('Available');
    const { id } = await cp.session(({ charging_state }) => charging_state === 'idle');
    const stored = () => app.db.prisma.session.findUniqueOrThrow({ where: { id } });
    expect(await stored()).toMatchObject({ chargingState: 'charging', freedAt: expect.any(Date) });
    await tx.event('Updated', 'MeterValuePeriodic', register(100, new Date()));
    expect(await cp.session()).toMatchObject({ charging_state: 'idle', status: 'active' });
    expect(await cp.connector()).toBe('available');
    await tx.event('Updated', 'ChargingStateChanged', state('Charging'));
    expect(await cp.session()).toMatchObject({ charging_state: 'charging', status: 'active' });
    expect(await cp.connector()).toBe('charging');
    expect(await stored()).toMatchObject({ freedAt: null });
  });

  test('the other connector of its EVSE becomes free: once its own is named it charges there', async () => {
    const cp = await station(protocol);
    const tx = cp.transaction();
    await tx.event('Started', 'Authorized', { ...card('TAG'), ...state('Charging'), evse: { id: 1 } });
    await cp.status('Available');
    await cp.session(({ charging_state }) => charging_state === 'idle');
    await tx.event('Updated', 'MeterValuePeriodic', { ...register(100, new Date()), evse: { id: 1, connectorId: 2 } });
    expect(await cp.session()).toMatchObject({ connector_id: 2, charging_state: 'charging' });
  });

  test('a word that no charger says is not shown', async () => {
    const cp = await station(protocol);
    await cp.transaction().event('Started', 'Authorized', { ...card('TAG'), ...state('Charging') });
    const { id } = await cp.session();
    await app.db.prisma.session.update({ where: { id }, data: { chargingState: 'freed' } });
    expect((await app.api('GET', `/sessions/${id}`)).body).toMatchObject({ charging_state: null });
  });

  test('events that come twice, too early and too late: one session, told once, whole in the end', async () => {
    const cp = await station(protocol);
    const tx = cp.transaction();
    const at = new Date(Date.now() - 1000);
    const [begin, go, more, end] = [
      tx.next('Started', 'CablePluggedIn', register(1000, at, 'Transaction.Begin')),
      tx.next('Updated', 'Authorized', card('TAG')),
      tx.next('Updated', 'MeterValuePeriodic', register(2000, at)),
      tx.next('Ended', 'StopAuthorized', {
        ...register(2500, new Date()),
        transactionInfo: { stoppedReason: 'Local' },
      }),
    ] as const;
    const tell = (payload: Record<string, unknown>) => cp.charger.call('TransactionEvent', payload);
    expect(await tell(begin)).toEqual({});
    expect(await tell(end)).toEqual({});
    expect(await tell({ ...end, offline: true })).toEqual({});
    expect(await tell(more)).toEqual({});
    expect(await cp.session()).toMatchObject({ status: 'active', token: null });
    expect(await app.db.prisma.heldTransactionEvent.count({ where: { chargePointId: cp.id } })).toBe(2);
    expect(await tell(go)).toEqual({ idTokenInfo: { status: 'Accepted' } });
    expect(await cp.session(isOver)).toMatchObject({ token: 'TAG', energy_wh: 1500, flags: [] });
    expect(await tell(go)).toEqual({ idTokenInfo: { status: 'Accepted' } });
    expect(await tell(end)).toEqual({});
    expect(await app.db.prisma.heldTransactionEvent.count({ where: { chargePointId: cp.id } })).toBe(0);
    expect(await cp.told('session.started')).toHaveLength(1);
    expect(await cp.told('session.ended')).toHaveLength(1);
  });

  test('a station that counts its transactions begins anew when it boots: each visit is a session, in order and for review', async () => {
    const terms = { currency: 'EUR', prices_include_tax: true, components: [{ type: 'energy', price: '1' }] };
    const tariff = await app.api<{ id: string }>('POST', '/tariffs', { name: `A euro, ${protocol}`, terms });
    const cp = await station(protocol);
    const target = { target: 'charge_point', target_id: cp.id, tariff_id: tariff.body.id };
    expect((await app.api('POST', '/tariff-assignments', target)).status).toBeLessThan(300);
    const about = { transactionInfo: { transactionId: `1 of ${cp.id.slice(-8)}` } };
    const visit = async (minutesAgo: number, from: number) => {
      const tx = cp.transaction();
      const at = (minutes: number) => new Date(Date.now() - (minutesAgo - minutes) * 60_000);
      const when = (minutes: number) => ({ ...about, timestamp: at(minutes).toISOString() });
      await tx.event('Started', 'Authorized', {
        ...card('TAG'),
        ...register(from, at(0), 'Transaction.Begin'),
        ...when(0),
      });
      await tx.event('Updated', 'MeterValuePeriodic', { ...register(from + 1000, at(1)), ...when(1) });
      const end = tx.next('Ended', 'EVDeparted', { ...register(from + 2000, at(2)), ...when(2) });
      await cp.charger.call('TransactionEvent', end);
      return end;
    };
    await visit(30, 1000);
    await cp.charger.call('BootNotification', { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } });
    const end = await visit(20, 3000);
    await cp.charger.call('TransactionEvent', end);
    await visit(10, 5000);
    type Seen = {
      id: string;
      energy_wh: number;
      meter_start_wh: number;
      flags: string[];
      review: { status: string } | null;
    };
    const { body } = await app.api<{ data: Seen[] }>('GET', `/sessions?charge_point_id=${cp.id}`);
    const seen = body.data
      .reverse()
      .map(({ meter_start_wh, energy_wh, flags, review }) => [...[meter_start_wh, energy_wh, flags, review?.status]]);
    const reused = ['transaction_id_reused'];
    expect(seen).toEqual([
      [1000, 2000, [], undefined],
      [3000, 2000, reused, 'open'],
      [5000, 2000, reused, 'open'],
    ]);
    expect(await cp.told('session.ended')).toMatchObject(Array(3).fill({ cost: { total: '2.00' } }));
    for (const { id } of body.data) {
      const log = await app.api<{ data: { seq_no: number }[] }>('GET', `/sessions/${id}/events`);
      expect(log.body.data.map(({ seq_no }) => seq_no)).toEqual([0, 1, 2]);
    }
  });

  test('an event is lost, and the next driver comes while the end waits for it: that end is told, and counts', async () => {
    const cp = await station(protocol);
    const at = (seconds: number) => new Date(Date.now() - 600_000 + seconds * 1000);
    const tx = cp.transaction();
    const begin = { ...card('TAG'), ...register(1000, at(0), 'Transaction.Begin'), timestamp: at(0).toISOString() };
    await tx.event('Started', 'Authorized', begin);
    tx.next('Updated', 'MeterValuePeriodic');
    const end = { ...register(9000, at(300), 'Transaction.End'), timestamp: at(300).toISOString() };
    await tx.event('Ended', 'EVDeparted', end);
    expect(await cp.session()).toMatchObject({ status: 'active', energy_wh: 0 });
    await cp.transaction().event('Started', 'Authorized', card('TAG'));
    expect(await cp.told('session.ended')).toMatchObject([
      { ocpp_transaction_id: tx.id, status: 'ended', energy_wh: 8000 },
    ]);
    expect(await app.db.prisma.heldTransactionEvent.count({ where: { chargePointId: cp.id } })).toBe(0);
  });

  test('X5: only its end ever arrives: the job makes a session of it', async () => {
    const cp = await station(protocol);
    const tx = cp.transaction();
    tx.next('Started', 'Authorized');
    await tx.event('Ended', 'StopAuthorized', { ...card('TAG'), ...register(2500, new Date()), evse: { id: 2 } });
    expect(await cp.sessions()).toEqual([]);
    await app.db.prisma.heldTransactionEvent.updateMany({
      where: { chargePointId: cp.id },
      data: { dueAt: new Date(Date.now() - 1000) },
    });
    expect(await cp.session(isOver)).toMatchObject({
      evse_id: 2,
      token: 'TAG',
      energy_wh: 0,
      flags: expect.arrayContaining(['start_missing']),
    });
    expect(await cp.told('session.started')).toMatchObject([{ reconstructed: true }]);
  });

  test('X5: where charging is free, so is a session whose start never comes', async () => {
    const terms = { currency: 'EUR', prices_include_tax: true, components: [{ type: 'energy', price: '1' }] };
    const tariff = await app.api<{ id: string }>('POST', '/tariffs', { name: `Not here, ${protocol}`, terms });
    const cp = await station(protocol);
    const target = { target: 'charge_point', target_id: cp.id, tariff_id: tariff.body.id };
    expect((await app.api('POST', '/tariff-assignments', target)).status).toBeLessThan(300);
    await app.api('PATCH', `/charge-points/${cp.id}`, { authorization: 'free' });
    const tx = cp.transaction();
    tx.next('Started', 'CablePluggedIn');
    const at = (minutesAgo: number) => new Date(Date.now() - minutesAgo * 60_000);
    await tx.event('Updated', 'MeterValuePeriodic', { ...register(1000, at(9)), evse: { id: 1 } });
    await tx.event('Ended', 'EVDeparted', register(9000, at(1)));
    await app.db.prisma.heldTransactionEvent.updateMany({
      where: { chargePointId: cp.id },
      data: { dueAt: new Date(Date.now() - 1000) },
    });
    expect(await cp.session(isOver)).toMatchObject({ energy_wh: 8000, free_of_charge: true });
    expect(await cp.told('session.ended')).toMatchObject([{ cost: { total: '0.00' } }]);
  });

  test('the connector is named after its EVSE: the session is there, with what was read before', async () => {
    const cp = await station(protocol);
    const tx = cp.transaction();
    const at = (minutesAgo: number) => new Date(Date.now() - minutesAgo * 60_000);
    await tx.event('Started', 'Authorized', {
      ...{ ...card('TAG'), evse: { id: 1 }, timestamp: at(9).toISOString() },
      ...register(1000, at(9), 'Transaction.Begin'),
    });
    const charging = { ...register(2000, at(5)), transactionInfo: { chargingState: 'Charging' } };
    await tx.event('Updated', 'ChargingStateChanged', charging);
    await tx.event('Updated', 'MeterValuePeriodic', { ...register(3000, at(1)), evse: { id: 1, connectorId: 2 } });
    const session = await cp.session();
    expect(session).toMatchObject({ evse_id: 1, connector_id: 2, energy_wh: 2000 });
    type Listed = { data: { energy_wh: number }[] };
    const read = await app.api<Listed>('GET', `/sessions/${session.id}/meter-values`);
    expect(read.body.data.map(({ energy_wh }) => energy_wh)).toEqual([1000, 2000, 3000]);
    const rows = await app.db.prisma.connector.findMany({
      where: { chargePointId: cp.id },
      orderBy: { connectorId: 'asc' },
    });
    expect(rows.map(({ connectorId, status }) => [connectorId, status])).toMatchObject([
      [1, 'unknown'],
      [2, 'charging'],
    ]);
  });

  test('a token that charges elsewhere is told ConcurrentTx; for its own session it is not', async () => {
    const [here, there] = [await station(protocol), await station(protocol)];
    const tx = here.transaction();
    await tx.event('Started', 'CablePluggedIn');
    expect(await tx.event('Updated', 'Authorized', card('ONCE'))).toEqual({ idTokenInfo: { status: 'Accepted' } });
    expect(await tx.event('Updated', 'Authorized', card('once'))).toEqual({ idTokenInfo: { status: 'Accepted' } });
    const second = there.transaction();
    expect(await second.event('Started', 'Authorized', card('ONCE'))).toEqual({
      idTokenInfo: { status: 'ConcurrentTx' },
    });
    expect(await there.session()).toMatchObject({ authorization: 'concurrent_tx' });
    expect(await tx.event('Ended', 'StopAuthorized', card('ONCE'))).toEqual({ idTokenInfo: { status: 'Accepted' } });
  });

  test('what a station tells after it was away was no second session, when it was the first', async () => {
    const [away, here] = [await station(protocol), await station(protocol)];
    const at = (minutesAgo: number) => ({ timestamp: new Date(Date.now() - minutesAgo * 60_000).toISOString() });
    const now = here.transaction();
    expect(await now.event('Started', 'Authorized', card('ONCE'))).toEqual({ idTokenInfo: { status: 'Accepted' } });
    const kept = away.transaction();
    const started = { ...card('ONCE'), ...at(90), offline: true };
    expect(await kept.event('Started', 'Authorized', started)).toEqual({ idTokenInfo: { status: 'Accepted' } });
    await kept.event('Ended', 'EVDeparted', { ...at(30), offline: true });
    expect(await away.session(isOver)).toMatchObject({ authorization: 'accepted' });
    await now.event('Ended', 'StopAuthorized', card('ONCE'));
  });

  test('what is typed in is never a card, and a card is never what is typed in', async () => {
    const cp = await station(protocol);
    const said = async (uid: string, type: string) =>
      (await cp.charger.call('Authorize', card(uid, type)))['idTokenInfo'] as { status: string };
    expect(await said('4711', 'KeyCode')).toEqual({ status: 'Accepted' });
    expect(await said('4711', 'ISO14443')).toEqual({ status: 'Unknown' });
    expect(await said('TAG', 'KeyCode')).toEqual({ status: 'Unknown' });
    expect(await said('tag', 'Central')).toEqual({ status: 'Accepted' });
    expect(await said('', 'NoAuthorization')).toEqual({ status: 'Accepted' });
  });

  test('a remote start is known by its number, also when another token begins the transaction; and stopped by the id of the station', async () => {
    const cp = await station(protocol);
    const asked = cp.ask('start', { token: 'TAG', connector_id: 1 });
    const { remoteStartId, idToken, evseId } = await until('it is asked', () => cp.asked('RequestStartTransaction')[0]);
    expect({ idToken, evseId }).toEqual({ idToken: { idToken: 'TAG', type: 'ISO14443' }, evseId: 1 });
    const command = await asked;
    expect(command.status).toBe('accepted');
    const tx = cp.transaction();
    await tx.event('Started', 'CablePluggedIn');
    expect(await cp.session()).toMatchObject({ command_id: null });
    await tx.event('Updated', 'RemoteStart', { transactionInfo: { remoteStartId }, ...card('MASTER', 'Central') });
    const session = await cp.session(({ command_id }) => command_id === command.id);
    const after = await app.api<{ session_id: string }>('GET', `/commands/${command.id}`);
    expect(after.body.session_id).toBe(session.id);
    const stop = await app.api<{ status: string }>('POST', `/sessions/${session.id}/stop?wait=true`, {});
    expect(stop.body.status).toBe('accepted');
    expect(cp.asked('RequestStopTransaction')).toEqual([{ transactionId: tx.id }]);
  });

  test('a remote start is known by its number also where the clock of the station is five hours behind', async () => {
    const cp = await station(protocol);
    const asked = cp.ask('start', { token: 'TAG', connector_id: 1 });
    const { remoteStartId } = await until('it is asked', () => cp.asked('RequestStartTransaction')[0]);
    const { id } = await asked;
    type Command = { readonly status: string };
    const command = async () => (await app.api<Command>('GET', `/commands/${id}`)).body;
    // A minute goes by, and it was given up.
    await app.db.prisma.command.update({ where: { id }, data: { dueAt: new Date(Date.now() - 1000) } });
    await until('it is given up', async () => (await command()).status === 'failed');
    const tx = cp.transaction();
    const slow = { timestamp: new Date(Date.now() - 5 * 3600_000).toISOString() };
    await tx.event('Started', 'RemoteStart', { ...card('TAG'), ...slow, transactionInfo: { remoteStartId } });
    const session = await cp.session();
    expect(session).toMatchObject({ command_id: id });
    expect(await command()).toMatchObject({ status: 'accepted', late: true, session_id: session.id, error: null });
  });

  test('a remote start of hours ago is known by what is told of it now, also where its first event never comes', async () => {
    const cp = await station(protocol);
    const began = Date.now() - 3 * 3600_000;
    const now = await cp.ask('start', { token: 'TAG', connector_id: 1 });
    const id = `cmd_${ulid(began - 60_000)}`;
    const createdAt = new Date(began - 60_000);
    await app.db.prisma.command.update({ where: { id: now.id }, data: { id, createdAt, sentAt: createdAt } });
    const tx = cp.transaction();
    tx.next('Started', 'CablePluggedIn');
    const kept = { ...card('TAG'), timestamp: new Date(began).toISOString(), offline: true, evse: { id: 1 } };
    await tx.event('Updated', 'RemoteStart', kept);
    await app.db.prisma.heldTransactionEvent.updateMany({
      where: { chargePointId: cp.id },
      data: { dueAt: new Date(Date.now() - 1000) },
    });
    const session = await cp.session();
    expect(session).toMatchObject({ command_id: id, flags: expect.arrayContaining(['start_missing']) });
    expect((await app.api('GET', `/commands/${id}`)).body).toMatchObject({ session_id: session.id });
  });

  test('a session that the station does not know any more after it was away is closed', async () => {
    const cp = await station(protocol, (action) =>
      action === 'GetTransactionStatus' ? { ongoingIndicator: false, messagesInQueue: false } : { status: 'Accepted' },
    );
    const tx = cp.transaction();
    await tx.event('Started', 'Authorized', card('TAG'));
    const { id } = await cp.session();
    await cp.charger.call('BootNotification', {
      ...{ reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } },
    });
    const waits = await app.db.prisma.session.findUniqueOrThrow({ where: { id } });
    expect(waits.reconcileAt).not.toBeNull();
    const [lost, held] = [tx.next('Updated', 'MeterValuePeriodic'), tx.next('Updated', 'MeterValuePeriodic')];
    await cp.charger.call('TransactionEvent', held);
    await cp.send('GetTransactionStatus', { transactionId: tx.id });
    expect(await cp.session()).toMatchObject({ id, status: 'active' });
    await cp.charger.call('TransactionEvent', lost);
    const sent = await cp.send('GetTransactionStatus', { transactionId: tx.id });
    expect(sent.status).toBe('accepted');
    expect(await cp.session(({ status }) => status === 'closed_by_system')).toMatchObject({
      stop_reason: 'unknown_to_charger',
    });
    expect(await cp.told('session.ended')).toMatchObject([{ status: 'closed_by_system' }]);
  });
});
