/**
 * Cold boot, pending and rejected boots, resets (block B) and availability, statuses and heartbeats (block G) of OCA's 2.0.1 tests for
 * a CSMS, with a whole simulated station at the other end: not only what is sent, but what comes of it. In our own words.
 */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { chargingWorld, type Station } from '../../support/charging-world.ts';
import { until } from '../../support/until.ts';

const world = await chargingWorld();
await world.token('TAG', { max_concurrent: null });
afterEach(() => world.closeChargers());
afterAll(() => world.close());

const VERSIONS = ['2.0.1', '2.1'] as const;
const charging = async (station: Station, evseId = 1): Promise<void> => {
  station.charger.plug(evseId);
  station.charger.present(evseId, 'TAG');
  await station.session(({ status, evse_id }) => status === 'active' && evse_id === evseId);
};
const shows = (station: Station, evseId: number, status: string) =>
  until(`EVSE ${evseId} is ${status}`, async () => (await station.connector(evseId))?.status === status);
const boots = (station: Station) =>
  station.charger.next('booted', { where: ({ status }) => status === 'Accepted', timeoutMs: 30_000 });

describe.each(VERSIONS)('OCPP %s', (version) => {
  const at = (options: Parameters<typeof world.station>[0] = {}) => world.station({ version, ...options });

  describe('boots', () => {
    test('TC_B_01_CSMS a known station is accepted, and its statuses are taken in', async () => {
      const station = await at({ connectors: 2 });
      expect(await station.chargePoint()).toMatchObject({
        connected: true,
        boot_status: 'accepted',
        firmware_version: version === '2.1' ? '2.1.0-sim' : '2.0.1-sim',
      });
      await shows(station, 1, 'available');
      await shows(station, 2, 'available');
    });

    test('TC_B_02_CSMS one whose boot is pending gets no session, but is asked; then it is accepted', async () => {
      const station = await at({ chargePoint: { registration: 'pending' }, boots: false, bootRetryMs: 2000 });
      const booted = station.charger.next('booted', { timeoutMs: 30_000 });
      station.charger.start();
      expect((await booted).status).toBe('Pending');
      const { status, result } = await station.send('GetVariables', {
        getVariableData: [{ component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } }],
      });
      expect(status).toBe('accepted');
      expect(result).toMatchObject({ getVariableResult: [{ attributeStatus: 'Accepted' }] });
      const accepted = boots(station);
      await world.api('PATCH', `/charge-points/${station.id}`, { registration: 'accepted' });
      await accepted;
    });

    test('TC_B_30_CSMS what a pending station says unasked is no news: SecurityError', async () => {
      const station = await at({ chargePoint: { registration: 'pending' }, boots: false, bootRetryMs: 600_000 });
      const booted = station.charger.next('booted', { timeoutMs: 30_000 });
      station.charger.start();
      await booted;
      const idToken = { idToken: 'TAG', type: 'ISO14443' };
      expect(await station.charger.call('Authorize', { idToken })).toMatchObject({
        outcome: 'error',
        code: 'SecurityError',
      });
    });

    test('TC_B_31_CSMS a pending station is asked to boot again', async () => {
      const station = await at({ chargePoint: { registration: 'pending' }, boots: false, bootRetryMs: 600_000 });
      const booted = station.charger.next('booted', { timeoutMs: 30_000 });
      station.charger.start();
      await booted;
      await world.api('PATCH', `/charge-points/${station.id}`, { registration: 'accepted' });
      await station.send('TriggerMessage', { requestedMessage: 'BootNotification' });
      await station.charger.whenBooted(30_000);
      expect(await station.chargePoint()).toMatchObject({ boot_status: 'accepted' });
    });

    test('TC_B_58_CSMS a station that offers its version is answered in it', async () => {
      const station = await at({ boots: false });
      const connected = station.charger.next('connected', { timeoutMs: 30_000 });
      station.charger.start();
      expect((await connected).protocol).toBe(`ocpp${version}`);
    });
  });

  describe('resets', () => {
    test('TC_B_20_CSMS when idle: it goes, boots and tells its statuses', async () => {
      const station = await at();
      const again = boots(station);
      expect(await station.ask('reset', { type: 'soft' })).toMatchObject({ result: { status: 'Accepted' } });
      await again;
      await shows(station, 1, 'available');
    });

    test('TC_B_21_CSMS while somebody charges, when it is idle: the session ends as it would, then it goes', async () => {
      const station = await at();
      await charging(station);
      expect(await station.ask('reset', { type: 'soft' })).toMatchObject({ result: { status: 'Scheduled' } });
      const again = boots(station);
      station.charger.stop(1, 'Local');
      await again;
      expect(await station.session(({ status }) => status === 'ended')).toMatchObject({ stop_reason: 'Local' });
    });

    test('TC_B_22_CSMS at once: the session ends by it', async () => {
      const station = await at();
      await charging(station);
      const again = boots(station);
      expect(await station.ask('reset', { type: 'hard' })).toMatchObject({ result: { status: 'Accepted' } });
      await again;
      expect(await station.session(({ status }) => status === 'ended')).toMatchObject({
        stop_reason: 'ImmediateReset',
      });
    });

    test('TC_B_25_CSMS TC_B_26_CSMS TC_B_27_CSMS one EVSE: idle, when it is idle, at once; the other goes on', async () => {
      const station = await at({ connectors: 2, rebootMs: 60_000 });
      const reset = async (type: string) => (await station.ask('reset', { type, evse_id: 2 })).result?.['status'];
      expect(await reset('soft')).toBe('Accepted');
      await shows(station, 2, 'unavailable');
      await shows(station, 2, 'available');
      await charging(station, 1);
      await charging(station, 2);
      expect(await reset('soft')).toBe('Scheduled');
      expect(await reset('hard')).toBe('Accepted');
      await station.session(({ status, evse_id }) => status === 'ended' && evse_id === 2);
      const first = await station.session(({ evse_id }) => evse_id === 1);
      expect(first.status).toBe('active');
    });
  });

  describe('statuses and availability', () => {
    test('TC_G_01_CSMS every word a connector can show', async () => {
      const station = await at();
      await shows(station, 1, 'available');
      station.charger.plug(1);
      await until('occupied', async () =>
        ['preparing', 'occupied'].includes((await station.connector())?.status ?? ''),
      );
      station.charger.unplug(1);
      await shows(station, 1, 'available');
      station.charger.fault(1, 'GroundFailure');
      await shows(station, 1, 'faulted');
      station.charger.clear(1);
      await shows(station, 1, 'available');
    });

    test('TC_G_03_CSMS TC_G_04_CSMS an EVSE is taken out of service, and back', async () => {
      const station = await at({ connectors: 2 });
      await station.ask('availability', { operative: false, evse_id: 1 });
      await shows(station, 1, 'unavailable');
      await shows(station, 2, 'available');
      await station.ask('availability', { operative: true, evse_id: 1 });
      await shows(station, 1, 'available');
    });

    test('TC_G_05_CSMS TC_G_06_CSMS so is the station', async () => {
      const station = await at({ connectors: 2 });
      await station.ask('availability', { operative: false });
      await shows(station, 1, 'unavailable');
      await shows(station, 2, 'unavailable');
      await station.ask('availability', { operative: true });
      await shows(station, 2, 'available');
    });

    test('TC_G_07_CSMS TC_G_08_CSMS so is one connector', async () => {
      const station = await at();
      await station.ask('availability', { operative: false, evse_id: 1, connector_id: 1 });
      await shows(station, 1, 'unavailable');
      await station.ask('availability', { operative: true, evse_id: 1, connector_id: 1 });
      await shows(station, 1, 'available');
    });

    test.each([
      ['TC_G_11_CSMS an EVSE', { evse_id: 1 }],
      ['TC_G_14_CSMS a station', {}],
      ['TC_G_17_CSMS a connector', { evse_id: 1, connector_id: 1 }],
    ])('%s in use goes out of service when the session is over', async (_name, place) => {
      const station = await at();
      await charging(station);
      const { result } = await station.ask('availability', { operative: false, ...place });
      expect(result).toEqual({ status: 'Scheduled' });
      expect((await station.session()).status).toBe('active');
      station.charger.stop(1, 'Local');
      await shows(station, 1, 'unavailable');
    });

    describe('G01 by NotifyEvent of AvailabilityState in place of StatusNotification', () => {
      let last = 0;
      const notify = (station: Station, actualValue: string, more: { at?: Date; component?: object } = {}) => {
        const component = { name: 'Connector', evse: { id: 1, connectorId: 1 }, ...more.component };
        const timestamp = (more.at ?? new Date()).toISOString();
        const event = { eventId: ++last, timestamp, trigger: 'Delta', actualValue, component };
        const variable = { name: 'AvailabilityState' };
        const eventData = [{ ...event, variable, eventNotificationType: 'HardWiredNotification' }];
        return station.charger.call('NotifyEvent', { generatedAt: timestamp, seqNo: 0, eventData });
      };
      const changes = async (station: Station) =>
        (await station.events('charge_point.status_changed')).map(({ data }) => data['status']);

      test('a connector shows each word, told once; the newest by the station’s own time stands', async () => {
        const station = await at({ misbehave: ['B5'] });
        const first = new Date();
        for (const word of ['Available', 'Reserved', 'Occupied', 'Unavailable', 'Faulted', 'Faulted'])
          await notify(station, word);
        await notify(station, 'Available', { at: first });
        expect(await station.connector()).toMatchObject({ status: 'faulted' });
        expect(await changes(station)).toEqual(['available', 'reserved', 'occupied', 'unavailable', 'faulted']);
      });

      test('what a session does is seen through it, and its end', async () => {
        const station = await at();
        await charging(station);
        await shows(station, 1, 'charging');
        await notify(station, 'Occupied');
        expect(await station.connector()).toMatchObject({ status: 'charging' });
        await notify(station, 'Faulted');
        expect(await station.connector()).toMatchObject({ status: 'faulted' });
      });

      test('a station that sends both is told once', async () => {
        const station = await at();
        await shows(station, 1, 'available');
        await notify(station, 'Available');
        station.charger.fault(1, 'GroundFailure');
        await shows(station, 1, 'faulted');
        await notify(station, 'Faulted');
        expect(await changes(station)).toEqual(['available', 'faulted']);
      });

      test('the state of an EVSE or a station, and a word of nobody’s, are events and no status', async () => {
        const station = await at({ misbehave: ['B5'] });
        await notify(station, 'Available');
        await notify(station, 'Faulted', { component: { name: 'EVSE', evse: { id: 1 } } });
        await notify(station, 'Faulted', { component: { name: 'ChargingStation', evse: undefined } });
        await notify(station, 'Sleeping');
        expect(await changes(station)).toEqual(['available']);
        const { body } = await world.api<{ data: unknown[] }>('GET', `/charge-points/${station.id}/device-events`);
        expect(body.data).toHaveLength(4);
      });
    });

    test('a heartbeat is answered with the time', async () => {
      const station = await at();
      const outcome = await station.charger.call('Heartbeat', {});
      const { currentTime } = outcome.outcome === 'result' ? outcome.result : {};
      expect(Number.isNaN(Date.parse(String(currentTime)))).toBe(false);
    });
  });
});

describe('2.1 only', () => {
  test.each([
    ['TC_B_103_CSMS', true],
    ['TC_B_104_CSMS', false],
  ])('%s a reset after which the session goes on: somebody charges: %p', async (_number, isInUse) => {
    const station = await world.station({ version: '2.1' });
    if (isInUse) await charging(station);
    const again = boots(station);
    expect(await station.send('Reset', { type: 'ImmediateAndResume' })).toMatchObject({
      result: { status: 'Accepted' },
    });
    await again;
    if (!isInUse) return;
    station.charger.stop(1, 'Local');
    expect(await station.session(({ status }) => status === 'ended')).toMatchObject({ stop_reason: 'Local' });
    expect(await station.sessions()).toHaveLength(1);
  });
});
