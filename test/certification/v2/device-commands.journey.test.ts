/**
 * Reset (block B), unlock and triggers (F), availability (G) and data transfer (P) of OCA's 2.0.1 tests for a CSMS: what is asked of
 * a station by friendly routes, and what its answers mean. In our own words, by their numbers.
 */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { startApp } from '../../support/app.ts';
import { scriptedCharger } from '../../support/scripted-charger.ts';
import { stationsOf } from '../../support/scripted-station.ts';

const app = await startApp();
const { station, closeAll, ask } = stationsOf(app);
afterEach(closeAll);
afterAll(() => app.stop());

const VERSIONS = ['ocpp2.0.1', 'ocpp2.1'] as const;
const refused = async (id: string, route: string, body: object): Promise<[number, string]> => {
  const answer = await app.api<{ error: { message: string } }>('POST', `/charge-points/${id}/${route}`, body);
  return [answer.status, answer.body.error.message];
};

describe.each(VERSIONS)('%s', (protocol) => {
  test.each([
    ['TC_B_20_CSMS when idle', { type: 'soft' }, { type: 'OnIdle' }, 'Accepted'],
    ['TC_B_21_CSMS when idle, while somebody charges', { type: 'soft' }, { type: 'OnIdle' }, 'Scheduled'],
    ['TC_B_22_CSMS at once, while somebody charges', { type: 'hard' }, { type: 'Immediate' }, 'Accepted'],
    ['TC_B_25_CSMS one EVSE', { type: 'soft', evse_id: 1 }, { type: 'OnIdle', evseId: 1 }, 'Accepted'],
    ['TC_B_26_CSMS one EVSE when idle', { type: 'soft', evse_id: 1 }, { type: 'OnIdle', evseId: 1 }, 'Scheduled'],
    ['TC_B_27_CSMS one EVSE at once', { type: 'hard', evse_id: 2 }, { type: 'Immediate', evseId: 2 }, 'Accepted'],
  ])('%s: %j', async (_name, body, payload, status) => {
    const at = await station({ protocol, answers: { Reset: { status } } });
    const command = await ask(at, 'reset?wait=true', body);
    expect(command).toMatchObject({ action: 'Reset', status: 'accepted', payload, result: { status } });
    expect(at.asked('Reset')).toEqual([payload]);
  });

  test.each([
    ['TC_F_06_CSMS', { connector_id: 2 }, { evseId: 2, connectorId: 1 }, 'Unlocked', 'accepted'],
    ['the second of an EVSE', { evse_id: 1, connector_id: 2 }, { evseId: 1, connectorId: 2 }, 'Unlocked', 'accepted'],
    ['in use', { evse_id: 1 }, { evseId: 1, connectorId: 1 }, 'OngoingAuthorizedTransaction', 'rejected'],
    ['unknown', { connector_id: 7 }, { evseId: 7, connectorId: 1 }, 'UnknownConnector', 'rejected'],
  ])('%s a connector is unlocked: %j', async (_name, body, payload, said, status) => {
    const at = await station({ protocol, answers: { UnlockConnector: { status: said } } });
    expect(await ask(at, 'unlock?wait=true', body)).toMatchObject({ status, payload, result: { status: said } });
  });

  test.each([
    [
      'TC_F_11_CSMS',
      { message: 'meter_values', connector_id: 1 },
      { requestedMessage: 'MeterValues', evse: { id: 1 } },
    ],
    ['TC_F_12_CSMS', { message: 'meter_values' }, { requestedMessage: 'MeterValues' }],
    ['TC_F_13_CSMS', { message: 'transaction', evse_id: 1 }, { requestedMessage: 'TransactionEvent', evse: { id: 1 } }],
    ['TC_F_14_CSMS', { message: 'transaction' }, { requestedMessage: 'TransactionEvent' }],
    ['TC_F_15_CSMS', { message: 'log_status' }, { requestedMessage: 'LogStatusNotification' }],
    ['TC_F_18_CSMS', { message: 'firmware_status' }, { requestedMessage: 'FirmwareStatusNotification' }],
    ['TC_F_20_CSMS', { message: 'heartbeat' }, { requestedMessage: 'Heartbeat' }],
    [
      'TC_F_23_CSMS',
      { message: 'status', connector_id: 1 },
      { requestedMessage: 'StatusNotification', evse: { id: 1, connectorId: 1 } },
    ],
    [
      'TC_F_24_CSMS',
      { message: 'status', evse_id: 1, connector_id: 2 },
      { requestedMessage: 'StatusNotification', evse: { id: 1, connectorId: 2 } },
    ],
    ['the boot', { message: 'boot' }, { requestedMessage: 'BootNotification' }],
    [
      'the publishing',
      { message: 'publish_firmware_status' },
      { requestedMessage: 'PublishFirmwareStatusNotification' },
    ],
    [
      'a request for a certificate',
      { message: 'sign_certificate' },
      { requestedMessage: 'SignChargingStationCertificate' },
    ],
    ['another', { message: 'sign_v2g_certificate' }, { requestedMessage: 'SignV2GCertificate' }],
    ['a combined', { message: 'sign_combined_certificate' }, { requestedMessage: 'SignCombinedCertificate' }],
  ])('%s is asked for: %j', async (_name, body, payload) => {
    const at = await station({ protocol });
    expect((await ask(at, 'trigger?wait=true', body)).status).toBe('accepted');
    expect(at.asked('TriggerMessage')).toEqual([payload]);
  });

  test('TC_F_27_CSMS a station that has no such message says so', async () => {
    const at = await station({ protocol, answers: { TriggerMessage: { status: 'NotImplemented' } } });
    const command = await ask(at, 'trigger?wait=true', { message: 'meter_values' });
    expect(command).toMatchObject({ status: 'rejected', result: { status: 'NotImplemented' } });
  });

  test('the status of all connectors at once cannot be asked for, and the error tells what can', async () => {
    const at = await station({ protocol });
    expect(await refused(at.id, 'trigger', { message: 'status' })).toEqual([
      400,
      expect.stringContaining('connector_id'),
    ]);
    expect(await refused(at.id, 'trigger', { message: 'custom' })).toEqual([
      400,
      expect.stringContaining('which trigger'),
    ]);
  });

  test.each([
    ['TC_G_03_CSMS an EVSE', { operative: false, connector_id: 1 }, { evse: { id: 1 } }, 'Accepted'],
    ['TC_G_04_CSMS an EVSE', { operative: true, evse_id: 1 }, { evse: { id: 1 } }, 'Accepted'],
    ['TC_G_05_CSMS the station', { operative: false }, {}, 'Accepted'],
    ['TC_G_06_CSMS the station', { operative: true, connector_id: 0 }, {}, 'Accepted'],
    [
      'TC_G_07_CSMS a connector',
      { operative: false, evse_id: 1, connector_id: 1 },
      { evse: { id: 1, connectorId: 1 } },
      'Accepted',
    ],
    [
      'TC_G_08_CSMS a connector',
      { operative: true, evse_id: 1, connector_id: 2 },
      { evse: { id: 1, connectorId: 2 } },
      'Accepted',
    ],
    ['TC_G_11_CSMS an EVSE in use', { operative: false, evse_id: 1 }, { evse: { id: 1 } }, 'Scheduled'],
    ['TC_G_14_CSMS a station in use', { operative: false }, {}, 'Scheduled'],
    [
      'TC_G_17_CSMS a connector in use',
      { operative: false, evse_id: 1, connector_id: 1 },
      { evse: { id: 1, connectorId: 1 } },
      'Scheduled',
    ],
  ])('%s changes its availability: %j', async (_name, body, place, status) => {
    const at = await station({ protocol, answers: { ChangeAvailability: { status } } });
    const payload = { operationalStatus: body.operative ? 'Operative' : 'Inoperative', ...place };
    const command = await ask(at, 'availability?wait=true', body);
    expect(command).toMatchObject({ status: 'accepted', payload, result: { status } });
    expect(at.asked('ChangeAvailability')).toEqual([payload]);
  });

  test('P01: any JSON goes to a station as it is, and its answer may be any', async () => {
    const answer = { status: 'Accepted', data: { level: 40, names: ['a'] } };
    const at = await station({ protocol, answers: { DataTransfer: answer } });
    for (const data of ['text', { level: 40 }, [1, 2], 7, false]) {
      const command = await ask(at, 'data-transfer?wait=true', { vendor_id: 'com.example', message_id: 'Set', data });
      expect(command).toMatchObject({ status: 'accepted', result: answer });
      expect(at.asked('DataTransfer').at(-1)).toEqual({ vendorId: 'com.example', messageId: 'Set', data });
    }
  });

  test('TC_P_02_CSMS what nobody here understands is answered so', async () => {
    const at = await station({ protocol });
    const told = { vendorId: 'org.nobody', messageId: 'Hello', data: { any: ['thing'] } };
    expect(await at.tell('DataTransfer', told)).toEqual({ status: 'UnknownVendorId' });
  });

  test('TC_P_03_CSMS custom data in a message is no reason to refuse it', async () => {
    const at = await station({ protocol });
    const told = { customData: { vendorId: 'com.example', level: 3 } };
    expect(await at.tell('Heartbeat', told)).toEqual({ currentTime: expect.any(String) });
  });
});

test.each([
  ['TC_B_103_CSMS with somebody charging', 'Accepted'],
  ['TC_B_104_CSMS with nobody charging', 'Accepted'],
  ['TC_B_116_CSMS with a charging profile', 'Accepted'],
])('2.1: %s a station is reset at once and goes on where it was', async (_name, status) => {
  const at = await station({ protocol: 'ocpp2.1', answers: { Reset: { status } } });
  expect((await ask(at, 'reset?wait=true', { type: 'resume' })).status).toBe('accepted');
  expect(at.asked('Reset')).toEqual([{ type: 'ImmediateAndResume' }]);
});

test('TC_F_100_CSMS 2.1: a trigger of the vendor', async () => {
  const at = await station({ protocol: 'ocpp2.1' });
  await ask(at, 'trigger?wait=true', { message: 'custom', custom: 'SelfTest' });
  expect(at.asked('TriggerMessage')).toEqual([{ requestedMessage: 'CustomTrigger', customTrigger: 'SelfTest' }]);
});

test('what only 2.1 has is refused for 2.0.1, by its schema', async () => {
  const { id } = await station({ protocol: 'ocpp2.0.1' });
  expect(await refused(id, 'reset', { type: 'resume' })).toEqual([400, expect.stringContaining('type')]);
  expect((await refused(id, 'trigger', { message: 'custom', custom: 'X' }))[0]).toBe(400);
});

describe('ocpp1.6 by the same routes', () => {
  test('says what it can, and why it cannot do the rest', async () => {
    const { id, identity, key } = await app.chargePoint();
    const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, identity, key }, () => ({ status: 'Accepted' }));
    const sent = (action: string) =>
      charger.asked.filter((each) => each.action === action).map(({ payload }) => payload);
    await ask({ id }, 'unlock?wait=true', { evse_id: 2, connector_id: 2 });
    await ask({ id }, 'unlock?wait=true', { connector_id: 1 });
    expect(sent('UnlockConnector')).toEqual([{ connectorId: 2 }, { connectorId: 1 }]);
    await ask({ id }, 'availability?wait=true', { operative: false, evse_id: 1 });
    expect(sent('ChangeAvailability')).toEqual([{ connectorId: 1, type: 'Inoperative' }]);
    await ask({ id }, 'trigger?wait=true', { message: 'status', evse_id: 2 });
    await ask({ id }, 'trigger?wait=true', { message: 'status' });
    expect(sent('TriggerMessage')).toEqual([
      { requestedMessage: 'StatusNotification', connectorId: 2 },
      { requestedMessage: 'StatusNotification' },
    ]);
    await ask({ id }, 'data-transfer?wait=true', { vendor_id: 'V', data: { level: 40 } });
    expect(sent('DataTransfer')).toEqual([{ vendorId: 'V', data: '{"level":40}' }]);
    expect(await refused(id, 'unlock', { evse_id: 1, connector_id: 2 })).toEqual([
      400,
      expect.stringContaining('evse_id'),
    ]);
    expect(await refused(id, 'unlock', {})).toEqual([400, expect.stringContaining('connector_id')]);
    expect(await refused(id, 'reset', { type: 'resume' })).toEqual([400, expect.stringContaining('resume')]);
    expect(await refused(id, 'reset', { evse_id: 1 })).toEqual([400, expect.stringContaining('whole charge point')]);
    expect(await refused(id, 'trigger', { message: 'transaction' })).toEqual([
      400,
      expect.stringContaining('transaction'),
    ]);
    expect(await refused(id, 'diagnostics', { kind: 'data_collector_log' })).toEqual([
      400,
      expect.stringContaining('data_collector_log'),
    ]);
    await charger.close();
  });
});
