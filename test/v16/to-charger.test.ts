import { describe, expect, test } from '@jest/globals';
import type { FriendlyCommand } from '../../src/commands/index.ts';
import { createCallRules } from '../../src/ocpp/call-rules.ts';
import { friendly, refuse } from '../../src/ocpp/v16/index.ts';
import { expectSound, recorder } from './support.ts';

const { version } = recorder();

describe('whether the charger agreed', () => {
  test.each([
    ['RemoteStartTransaction', { status: 'Accepted' }, true],
    ['RemoteStartTransaction', { status: 'Rejected' }, false],
    ['RemoteStopTransaction', { status: 'Accepted' }, true],
    ['RemoteStopTransaction', { status: 'Rejected' }, false],
    ['Reset', { status: 'Accepted' }, true],
    ['Reset', { status: 'Rejected' }, false],
    ['ChangeConfiguration', { status: 'Accepted' }, true],
    ['ChangeConfiguration', { status: 'RebootRequired' }, true],
    ['ChangeConfiguration', { status: 'Rejected' }, false],
    ['ChangeConfiguration', { status: 'NotSupported' }, false],
    ['GetConfiguration', { unknownKey: ['x'] }, true],
    ['GetConfiguration', {}, true],
    ['TriggerMessage', { status: 'Accepted' }, true],
    ['TriggerMessage', { status: 'NotImplemented' }, false],
    ['UnlockConnector', { status: 'Unlocked' }, true],
    ['UnlockConnector', { status: 'UnlockFailed' }, false],
    ['UnlockConnector', { status: 'NotSupported' }, false],
    ['CancelReservation', { status: 'Accepted' }, true],
    ['CancelReservation', { status: 'Rejected' }, false],
    ['CertificateSigned', { status: 'Accepted' }, true],
    ['CertificateSigned', { status: 'Rejected' }, false],
    ['ChangeAvailability', { status: 'Accepted' }, true],
    ['ChangeAvailability', { status: 'Scheduled' }, true],
    ['ChangeAvailability', { status: 'Rejected' }, false],
    ['ClearCache', { status: 'Accepted' }, true],
    ['ClearCache', { status: 'Rejected' }, false],
    ['ClearChargingProfile', { status: 'Accepted' }, true],
    ['ClearChargingProfile', { status: 'Unknown' }, false],
    ['DataTransfer', { status: 'Accepted', data: 'x' }, true],
    ['DataTransfer', { status: 'UnknownVendorId' }, false],
    ['DeleteCertificate', { status: 'Accepted' }, true],
    ['DeleteCertificate', { status: 'NotFound' }, false],
    ['ExtendedTriggerMessage', { status: 'Accepted' }, true],
    ['ExtendedTriggerMessage', { status: 'NotImplemented' }, false],
    ['GetCompositeSchedule', { status: 'Accepted' }, true],
    ['GetCompositeSchedule', { status: 'Rejected' }, false],
    ['GetDiagnostics', { fileName: 'diagnostics.txt' }, true],
    ['GetDiagnostics', {}, false],
    ['GetInstalledCertificateIds', { status: 'NotFound' }, true],
    ['GetLocalListVersion', { listVersion: -1 }, true],
    ['GetLog', { status: 'Accepted', filename: 'log.txt' }, true],
    ['GetLog', { status: 'AcceptedCanceled' }, true],
    ['GetLog', { status: 'Rejected' }, false],
    ['InstallCertificate', { status: 'Accepted' }, true],
    ['InstallCertificate', { status: 'Failed' }, false],
    ['ReserveNow', { status: 'Accepted' }, true],
    ['ReserveNow', { status: 'Occupied' }, false],
    ['SendLocalList', { status: 'Accepted' }, true],
    ['SendLocalList', { status: 'VersionMismatch' }, false],
    ['SetChargingProfile', { status: 'Accepted' }, true],
    ['SetChargingProfile', { status: 'NotSupported' }, false],
    ['SignedUpdateFirmware', { status: 'AcceptedCanceled' }, true],
    ['SignedUpdateFirmware', { status: 'InvalidCertificate' }, false],
    ['UpdateFirmware', {}, true],
  ])('%s %j: %s', (action, result, agreed) => {
    expectSound(action, result);
    expect(version.toCharger.get(action)?.accepted(result)).toBe(agreed);
    const emptyAnswers = ['GetConfiguration', 'UpdateFirmware'];
    if (!emptyAnswers.includes(action)) expect(version.toCharger.get(action)?.accepted({})).toBe(false);
  });
});

test('every call that OCPP 1.6 knows has an example that satisfies its schema', () => {
  expect(version.toCharger.size).toBe(26);
  for (const { action, example } of version.toCharger.values()) expectSound(action, example, 'request');
});

describe('friendly commands', () => {
  test.each<[FriendlyCommand, string, Record<string, unknown>]>([
    [{ do: 'start', tokenUid: 'TAG' }, 'RemoteStartTransaction', { idTag: 'TAG' }],
    [{ do: 'start', tokenUid: 'TAG', connectorId: 2 }, 'RemoteStartTransaction', { idTag: 'TAG', connectorId: 2 }],
    [{ do: 'stop', transactionId: 7 }, 'RemoteStopTransaction', { transactionId: 7 }],
    [{ do: 'reset', kind: 'soft' }, 'Reset', { type: 'Soft' }],
    [{ do: 'reset', kind: 'hard' }, 'Reset', { type: 'Hard' }],
    [
      { do: 'availability', connectorId: 0, operative: false },
      'ChangeAvailability',
      { connectorId: 0, type: 'Inoperative' },
    ],
    [
      { do: 'availability', connectorId: 2, operative: true },
      'ChangeAvailability',
      { connectorId: 2, type: 'Operative' },
    ],
    [{ do: 'clear_cache' }, 'ClearCache', {}],
    [{ do: 'data_transfer', vendorId: 'com.example' }, 'DataTransfer', { vendorId: 'com.example' }],
    [
      { do: 'data_transfer', vendorId: 'com.example', messageId: 'M', data: 'x' },
      'DataTransfer',
      { vendorId: 'com.example', messageId: 'M', data: 'x' },
    ],
    [
      { do: 'trigger', message: 'sign_certificate' },
      'ExtendedTriggerMessage',
      { requestedMessage: 'SignChargePointCertificate' },
    ],
    [{ do: 'trigger', message: 'log_status' }, 'ExtendedTriggerMessage', { requestedMessage: 'LogStatusNotification' }],
    [{ do: 'unlock', connectorId: 1 }, 'UnlockConnector', { connectorId: 1 }],
    [{ do: 'trigger', message: 'boot' }, 'TriggerMessage', { requestedMessage: 'BootNotification' }],
    [
      { do: 'trigger', message: 'meter_values', connectorId: 1 },
      'TriggerMessage',
      { requestedMessage: 'MeterValues', connectorId: 1 },
    ],
  ])('%j', (command, action, payload) => {
    expect(friendly(command)).toEqual({ action, payload });
    expectSound(action, payload, 'request');
    expect(version.toCharger.has(action)).toBe(true);
  });
});

describe('the rules that REST asks', () => {
  const rules = createCallRules(
    [{ version, friendly, refuse }],
    (_protocol, action) => (action === 'Reset' ? [{ field: 'type', message: 'is required' }] : []),
    ['https', 'ftp'],
  );

  test('tell the actions of a version, and nothing of a version that is not served', () => {
    expect(rules.actions('ocpp1.6')).toContain('Reset');
    expect(rules.actions('ocpp2.1')).toEqual([]);
    expect(rules.translate('ocpp2.1', { do: 'reset', kind: 'soft' })).toBeUndefined();
    expect(rules.validate('ocpp1.6', { action: 'Reset', payload: {} })).toHaveLength(1);
  });

  test('refuse to set the key of the charger as a mere setting', () => {
    const change = (key: unknown) => ({ action: 'ChangeConfiguration', payload: { key, value: 'x' } });
    expect(rules.refuse('ocpp1.6', change('AuthorizationKey'))).toContain('rotate');
    expect(rules.refuse('ocpp1.6', change(' authorizationkey'))).toContain('rotate');
    expect(rules.refuse('ocpp1.6', change('HeartbeatInterval'))).toBeUndefined();
    expect(rules.refuse('ocpp1.6', change(7))).toBeUndefined();
    expect(rules.refuse('ocpp1.6', { action: 'Reset', payload: { key: 'AuthorizationKey' } })).toBeUndefined();
  });
});
