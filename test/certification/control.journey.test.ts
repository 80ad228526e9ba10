/** Steering a charger, as OCA's tests of a central system for OCPP 1.6 look at it; in our own words, by their numbers. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { chargingWorld } from '../support/charging-world.ts';
import { until } from '../support/until.ts';

const world = await chargingWorld();
await world.token('TAG', { max_concurrent: null });
const WALLBOX = { current: 'AC', phases: 3, maxPowerW: 22_000, registerWh: 0 } as const;
afterEach(() => world.closeChargers());
afterAll(() => world.close());

describe('resets', () => {
  test.each([
    ['TC_013_CSMS', 'hard', 'Hard'],
    ['TC_014_CSMS', 'soft', 'Soft'],
  ])('%s after a %s reset the charger boots, and tells its statuses', async (_number, type, word) => {
    const station = await world.station();
    const boots = station.charger.next('booted', { where: ({ status }) => status === 'Accepted' });
    expect((await station.ask('reset', { type })).status).toBe('accepted');
    expect(station.asked('Reset')).toMatchObject([{ payload: { type: word } }]);
    await boots;
    await until('it is free', async () => (await station.connector())?.status === 'available');
    expect(await station.chargePoint()).toMatchObject({ connected: true, boot_status: 'accepted' });
  });

  test.each([
    ['TC_015_CS', 'hard', 'HardReset'],
    ['TC_016_CS', 'soft', 'SoftReset'],
  ])('%s a %s reset ends the session, and the charger comes back', async (_number, type, reason) => {
    const station = await world.station();
    station.charger.plug(1);
    station.charger.present(1, 'TAG');
    await station.session();
    expect((await station.ask('reset', { type })).status).toBe('accepted');
    expect(await station.session(({ status }) => status === 'ended')).toMatchObject({ stop_reason: reason });
    await station.charger.whenBooted();
  });
});

describe('unlocking', () => {
  test('TC_017_1_CSMS without a session', async () => {
    const station = await world.station();
    expect(await station.ask('unlock', { connector_id: 1 })).toMatchObject({
      status: 'accepted',
      result: { status: 'Unlocked' },
    });
  });

  test('TC_017_2_CSMS a cable that hangs on the charger has nothing to unlock', async () => {
    const station = await world.station({ connectors: [{ ...WALLBOX, cable: 'fixed' }] });
    expect(await station.ask('unlock', { connector_id: 1 })).toMatchObject({
      status: 'rejected',
      result: { status: 'NotSupported' },
    });
  });

  test('TC_018_1_CSMS with a session, which ends by it', async () => {
    const station = await world.station();
    station.charger.plug(1);
    station.charger.present(1, 'TAG');
    await station.session();
    expect((await station.ask('unlock', { connector_id: 1 })).status).toBe('accepted');
    expect(await station.session(({ status }) => status === 'ended')).toMatchObject({ stop_reason: 'UnlockCommand' });
  });

  test('TC_030_CSMS a lock that does not open is told, though the session ends', async () => {
    const station = await world.station({ connectors: [{ ...WALLBOX, cable: 'jammed' }] });
    station.charger.plug(1);
    station.charger.present(1, 'TAG');
    await station.session();
    expect(await station.ask('unlock', { connector_id: 1 })).toMatchObject({
      status: 'rejected',
      result: { status: 'UnlockFailed' },
    });
    expect(await station.session(({ status }) => status === 'ended')).toMatchObject({ stop_reason: 'UnlockCommand' });
    expect((await station.connector())?.status).not.toBe('available');
  });

  test('TC_031_CSMS of a connector that there is not', async () => {
    const station = await world.station();
    expect(await station.ask('unlock', { connector_id: 9 })).toMatchObject({
      status: 'rejected',
      result: { status: 'NotSupported' },
    });
  });
});

describe('configuration', () => {
  test('TC_019_1_CSMS all keys are read', async () => {
    const station = await world.station();
    const { status, result } = await station.send('GetConfiguration', {});
    expect(status).toBe('accepted');
    expect(result?.['configurationKey']).toEqual(
      expect.arrayContaining([expect.objectContaining({ key: 'HeartbeatInterval' })]),
    );
  });

  test('TC_019_2_CSMS named keys are read, unknown ones told', async () => {
    const station = await world.station();
    const { result } = await station.send('GetConfiguration', { key: ['SupportedFeatureProfiles', 'NoSuchKey'] });
    expect(result).toMatchObject({
      configurationKey: [{ key: 'SupportedFeatureProfiles', readonly: true }],
      unknownKey: ['NoSuchKey'],
    });
  });

  test('TC_021_CSMS a key is changed', async () => {
    const station = await world.station();
    const change = await station.send('ChangeConfiguration', { key: 'MeterValueSampleInterval', value: '17' });
    expect(change.status).toBe('accepted');
    const { result } = await station.send('GetConfiguration', { key: ['MeterValueSampleInterval'] });
    expect(result?.['configurationKey']).toMatchObject([{ value: '17' }]);
  });

  test.each([
    ['TC_040_1_CSMS', 'an unknown key', 'NoSuchKey', '1', 'NotSupported'],
    ['TC_040_2_CSMS', 'a value that is none', 'MeterValueSampleInterval', '-1', 'Rejected'],
  ])('%s %s is refused by the charger, and told', async (_number, _what, key, value, answer) => {
    const station = await world.station();
    expect(await station.send('ChangeConfiguration', { key, value })).toMatchObject({
      status: 'rejected',
      result: { status: answer },
    });
  });
});

describe('availability', () => {
  test('a connector goes out of service and back into it', async () => {
    const station = await world.station({ connectors: 2 });
    expect(await station.ask('availability', { operative: false, connector_id: 2 })).toMatchObject({
      status: 'accepted',
      result: { status: 'Accepted' },
    });
    await until('it is unavailable', async () => (await station.connector(2))?.status === 'unavailable');
    await station.ask('availability', { operative: true });
    await until('it is available', async () => (await station.connector(2))?.status === 'available');
  });

  test('while it charges the change is scheduled, and follows the session', async () => {
    const station = await world.station();
    station.charger.plug(1);
    station.charger.present(1, 'TAG');
    await station.session();
    expect(await station.ask('availability', { operative: false, connector_id: 1 })).toMatchObject({
      status: 'accepted',
      result: { status: 'Scheduled' },
    });
    expect(await station.session()).toMatchObject({ status: 'active' });
    station.charger.stop(1, 'Local');
    await until('it is unavailable', async () => (await station.connector())?.status === 'unavailable');
  });
});

describe('triggers', () => {
  test.each([
    ['status', 'StatusNotification'],
    ['meter_values', 'MeterValues'],
    ['heartbeat', 'Heartbeat'],
    ['diagnostics_status', 'DiagnosticsStatusNotification'],
    ['firmware_status', 'FirmwareStatusNotification'],
    ['log_status', 'LogStatusNotification'],
    ['boot', 'BootNotification'],
  ])('TC_054_CSMS %s', async (message, action) => {
    const station = await world.station();
    const told = () => station.happenings.filter((each) => each.what === 'answered' && each.action === action).length;
    await until('it is quiet', () => station.charger.waiting() === 0 && told() >= 0);
    const before = told();
    expect((await station.ask('trigger', { message })).status).toBe('accepted');
    await until('it came', () => told() > before);
  });

  test('TC_055_CSMS one that the charger rejects', async () => {
    const station = await world.station();
    expect((await station.ask('trigger', { message: 'meter_values', connector_id: 9 })).status).toBe('rejected');
  });
});

test('TC_061_CSMS the cache of tokens is cleared', async () => {
  const station = await world.station();
  expect(await station.ask('clear-cache')).toMatchObject({ status: 'accepted', result: { status: 'Accepted' } });
});

describe("vendors' messages", () => {
  test('TC_062_CS to a charger that knows them, and to one that does not', async () => {
    const station = await world.station();
    const echo = { vendor_id: 'org.dynamo.simulator', message_id: 'Echo', data: 'hello' };
    expect(await station.ask('data-transfer', echo)).toMatchObject({ status: 'accepted', result: { data: 'hello' } });
    expect(await station.ask('data-transfer', { ...echo, message_id: 'Dance' })).toMatchObject({
      status: 'rejected',
      result: { status: 'UnknownMessageId' },
    });
    expect(await station.ask('data-transfer', { vendor_id: 'com.example' })).toMatchObject({
      result: { status: 'UnknownVendorId' },
    });
  });

  test('TC_064_CSMS from a charger, whose vendor nobody knows here', async () => {
    const station = await world.station();
    expect(await station.charger.call('DataTransfer', { vendorId: 'com.example', messageId: 'M' })).toEqual({
      outcome: 'result',
      result: { status: 'UnknownVendorId' },
    });
  });
});
