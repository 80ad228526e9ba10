/** B: what chargers do about boot and status (3-ocpp.md). Driven over a real socket by the simulator's misbehaviours. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { chargingWorld, type Station } from '../support/charging-world.ts';
import { until } from '../support/until.ts';

const world = await chargingWorld();
await world.token('TAG', { max_concurrent: null });
afterEach(() => world.closeChargers());
afterAll(() => world.close());

const BOTH = ['1.6', '2.0.1'] as const;

const boots = (station: Station) =>
  station.happenings.flatMap((happening) => (happening.what === 'booted' ? [happening] : []));

describe('B1: no BootNotification after a mere reconnect', () => {
  test('is right: it is still accepted, and served', async () => {
    const station = await world.station();
    station.charger.dropLine(10);
    await station.charger.next('connected');
    expect((await station.charger.charge({ token: 'TAG', seconds: 60 })).outcome).toBe('charged');
    expect(boots(station)).toHaveLength(1);
    expect((await station.chargePoint()).boot_status).toBe('accepted');
  });
});

describe('B2: starts over when it is called before its boot is answered', () => {
  test.each(BOTH)('%s: commands wait for its boot', async (version) => {
    const station = await world.station({ version, misbehave: ['B2'] });
    station.charger.goOffline();
    await until('it is gone', async () => !(await station.chargePoint()).connected);
    const path = `/charge-points/${station.id}/clear-cache?queue=true`;
    const { status, body } = await world.api<{ id: string }>('POST', path, {});
    expect(status).toBe(202);
    station.charger.goOnline();
    station.charger.reboot('Reboot');
    await until('it was carried out', async () => {
      const command = await world.api<{ status: string }>('GET', `/commands/${body.id}`);
      return command.body.status === 'accepted';
    });
    expect(station.asked('ClearCache').map(({ answered }) => answered)).toEqual(['Accepted']);
  });
});

describe('B3: reboots when a boot is triggered', () => {
  test.each(BOTH)('%s: is never asked for one by the server itself', async (version) => {
    const station = await world.station({ version, misbehave: ['B3'] });
    await station.charger.charge({ token: 'TAG', seconds: 60 });
    expect(station.asked('TriggerMessage')).toEqual([]);
    expect(boots(station)).toHaveLength(1);
  });
});

describe('B4: boots again and again', () => {
  test.each(BOTH)('%s: is told to take its time', async (version) => {
    const station = await world.station({ version, misbehave: ['B4'] });
    await until('it loops', () => boots(station).some(({ intervalS }) => intervalS > 300));
    expect(boots(station)[0]?.intervalS).toBe(300);
  });
});

describe('B5: tells no status after its boot', () => {
  test.each(BOTH)('%s: tells it when somebody asks', async (version) => {
    const station = await world.station({ version, misbehave: ['B5'] });
    expect(await station.connector()).toBeUndefined();
    expect((await station.ask('trigger', { message: 'status', connector_id: 1 })).status).toBe('accepted');
    await until('it is known', async () => (await station.connector())?.status === 'available');
  });

  test('is asked by the server itself, once, for all its connectors', async () => {
    const hasty = await chargingWorld({ ocppLimits: { statusWaitMs: 500 } });
    try {
      const station = await hasty.station({ misbehave: ['B5'], connectors: 2 });
      await until('it is known', async () => (await station.connector(2))?.status === 'available');
      expect((await station.connector(1))?.status).toBe('available');
      // the next thing it is asked comes after whatever the server would have asked again by itself
      expect((await station.ask('clear-cache')).status).toBe('accepted');
      expect(station.asked('TriggerMessage')).toMatchObject([
        { payload: { requestedMessage: 'StatusNotification' }, answered: 'Accepted' },
      ]);
      expect(await station.events('command.completed')).toHaveLength(1); // the server's own question is nobody's command
    } finally {
      await hasty.close();
    }
  });
});

describe('B6: statuses out of order', () => {
  test.each(BOTH)('%s: the newest by its own time stands', async (version) => {
    // In real time: of a clock that runs ahead the server believes no more than the time of receipt.
    const station = await world.station({ version, misbehave: ['B6'], speed: 1 });
    await station.charger.charge({ token: 'TAG', seconds: 1, unplug: false });
    await new Promise((resolve) => void station.charger.after(20, () => resolve(undefined))); // a later instant
    station.charger.unplug(1);
    await until('it is available', async () => (await station.connector())?.status === 'available');
    expect(station.charger.connector(1).status).toBe('Available');
  });
});

describe('a clock that went back while the power was out', () => {
  test.each([
    ['the first status after the boot', ['Available']],
    ['each status after the boot', ['Charging', 'SuspendedEV', 'Available']],
  ])('%s stands, and the session that it ended is closed', async (_which, statuses) => {
    const station = await world.station({ speed: 1 });
    station.charger.plug(1);
    station.charger.present(1, 'TAG');
    const { started_at: startedAt } = await station.session(({ status }) => status === 'active');
    await until('it charges', async () => (await station.connector())?.status === 'charging');
    await station.charger.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
    for (const [nth, status] of statuses.entries()) {
      const timestamp = new Date(Date.parse(startedAt) - (20 * 60 - nth) * 1000).toISOString();
      await station.charger.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status, timestamp });
    }
    expect(await station.connector()).toMatchObject({ status: 'available' });
    // It is given time to say how it ended.
    await world.app.db.prisma.session.updateMany({
      where: { chargePointId: station.id, reconcileAt: { not: null } },
      data: { reconcileAt: new Date(0) },
    });
    await station.session(({ status }) => status === 'closed_by_system');
  });
});

describe('B7: connector 0 Faulted', () => {
  test('is the station, not its connectors', async () => {
    const station = await world.station({ misbehave: ['B7'], speed: 60 });
    await until('it is faulted', async () => (await station.chargePoint()).status?.status === 'faulted');
    expect((await station.connector())?.status).toBe('available');
    await until('it is well again', async () => (await station.chargePoint()).status?.status === 'available');
  });
});

describe('B8: Available after Faulted', () => {
  test.each(BOTH)('%s: clears the fault of that connector', async (version) => {
    const station = await world.station({ version, misbehave: ['B8'], speed: 60 });
    await until('it is faulted', async () => (await station.connector())?.status === 'faulted');
    await until('it is well again', async () => {
      const connector = await station.connector();
      return connector?.status === 'available' && (connector.error_code ?? 'NoError') === 'NoError';
    });
    const told = (await station.events('charge_point.status_changed')).map(({ data }) => data['status']);
    expect(told.join()).toContain('faulted,available');
  });
});

describe('B9: statuses in an order that the specification does not have', () => {
  test.each(BOTH)('%s: are all taken', async (version) => {
    const station = await world.station({ version, misbehave: ['B9'] });
    expect((await station.charger.charge({ token: 'TAG', seconds: 120 })).outcome).toBe('charged');
    const told = (await station.events('charge_point.status_changed')).map(({ data }) => data['status']);
    const odd =
      version === '1.6' ? ['finishing', 'suspended_evse', 'preparing'] : ['reserved', 'unavailable', 'occupied'];
    expect(told).toEqual(expect.arrayContaining([...odd, 'charging']));
  });
});

const HEARTBEAT = { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } };
const SET_WITH_REBOOT = { setVariableResult: [{ ...HEARTBEAT, attributeStatus: 'RebootRequired' }] };

describe('B10: wants a reboot for every change', () => {
  test.each(BOTH)('%s: shows that one is pending, until it has booted', async (version) => {
    const station = await world.station({ version, misbehave: ['B10'] });
    const told = version === '1.6' ? { status: 'RebootRequired' } : SET_WITH_REBOOT;
    const change =
      version === '1.6'
        ? await station.send('ChangeConfiguration', { key: 'HeartbeatInterval', value: '77' })
        : await station.send('SetVariables', { setVariableData: [{ ...HEARTBEAT, attributeValue: '77' }] });
    expect(change).toMatchObject({ status: 'accepted', result: told });
    await until('it is pending', async () => (await station.chargePoint()).reboot_pending);
    await station.ask('reset', { type: 'soft' });
    await until('it is done', async () => !(await station.chargePoint()).reboot_pending);
  });
});

describe('B11: times of 1970, without a zone, empty', () => {
  test.each(BOTH)('%s: the time of receipt stands in', async (version) => {
    const station = await world.station({ version, misbehave: ['B11'] });
    for (let i = 0; i < 3; i += 1) await station.charger.charge({ token: 'TAG', seconds: 60 });
    const sessions = await until('three sessions', async () => {
      const all = await station.sessions();
      return all.length === 3 && all.every(({ status }) => status === 'ended') ? all : undefined;
    });
    for (const { started_at: at } of sessions) expect(Math.abs(Date.now() - Date.parse(at))).toBeLessThan(86_400_000);
  });
});

describe('B12: a long history on first contact', () => {
  test.each(BOTH)('%s: becomes sessions of the past, told as such, once', async (version) => {
    const station = await world.station({ version, misbehave: ['B12'] });
    await until('all are in', async () => {
      const all = await station.sessions();
      return all.length === 20 && all.every(({ status }) => status === 'ended');
    });
    const ended = await station.events('session.ended');
    expect(ended).toHaveLength(20);
    for (const { data } of ended) expect(data['historical']).toBe(true);
  });
});

describe('B13: flaps', () => {
  test.each(BOTH)('%s: each change is told once, in order, and the last one stands', async (version) => {
    const station = await world.station({ version, misbehave: ['B13'], speed: 20 });
    const changes = async () =>
      (await station.events('charge_point.status_changed')).flatMap(({ data }) =>
        data['connector_id'] === 1 ? [data['status']] : [],
      );
    await until('all are told', async () => (await changes()).filter((status) => status === 'faulted').length === 10);
    await until('it is well again', async () => (await station.connector())?.status === 'available');
    expect(await changes()).toEqual([
      'available',
      ...Array.from({ length: 10 }, () => ['faulted', 'available']).flat(),
    ]);
  });
});
