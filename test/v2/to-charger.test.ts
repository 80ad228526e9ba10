import { describe, expect, test } from '@jest/globals';
import { createCallValidator } from '../../src/ocpp/index.ts';
import { loadSchemas } from '../../src/ocpp/rpc.ts';
import { refuse } from '../../src/ocpp/v2/index.ts';
import { versionOf } from './support.ts';

const versions = { 'ocpp2.0.1': versionOf('ocpp2.0.1'), 'ocpp2.1': versionOf('ocpp2.1') } as const;

/** Part 2 of each edition: what a CSMS may send. */
const COUNTS = { 'ocpp2.0.1': 40, 'ocpp2.1': 55 } as const;

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('%s', (protocol) => {
  const { toCharger } = versions[protocol];
  const validate = createCallValidator([versions[protocol]]);

  test('everything that a CSMS may send can be sent', () => {
    expect(toCharger.size).toBe(COUNTS[protocol]);
    const known = loadSchemas(protocol);
    for (const action of toCharger.keys()) expect(known.has(`${action} request`)).toBe(true);
  });

  test.each([...toCharger.values()].map((each) => [each.action, each] as const))(
    'the example of %s satisfies its schema',
    (action, { example }) => {
      expect(validate(protocol, action, example)).toEqual([]);
    },
  );
});

describe('whether the station agreed', () => {
  test.each([
    ['RequestStartTransaction', { status: 'Accepted' }, true],
    ['RequestStartTransaction', { status: 'Rejected' }, false],
    ['Reset', { status: 'Scheduled' }, true],
    ['UnlockConnector', { status: 'OngoingAuthorizedTransaction' }, false],
    ['UnlockConnector', { status: 'Unlocked' }, true],
    ['ChangeAvailability', { status: 'Scheduled' }, true],
    ['GetBaseReport', { status: 'EmptyResultSet' }, true],
    ['GetBaseReport', { status: 'NotSupported' }, false],
    [
      'SetVariables',
      { setVariableResult: [{ attributeStatus: 'Accepted' }, { attributeStatus: 'RebootRequired' }] },
      true,
    ],
    ['SetVariables', { setVariableResult: [{ attributeStatus: 'Accepted' }, { attributeStatus: 'Rejected' }] }, false],
    ['SetVariables', { setVariableResult: [] }, false],
    ['SetVariables', {}, false],
    ['ClearTariffs', { clearTariffsResult: [{ status: 'Accepted' }] }, true],
    ['ClearTariffs', { clearTariffsResult: [{ status: 'NoTariff' }] }, false],
    ['UpdateFirmware', { status: 'AcceptedCanceled' }, true],
    ['UpdateFirmware', { status: 'InvalidCertificate' }, false],
    ['UnpublishFirmware', { status: 'NoFirmware' }, false],
  ])('%s %j: %s', (action, result, agreed) => {
    expect(versions['ocpp2.1'].toCharger.get(action)?.accepted(result)).toBe(agreed);
  });
});

test('the password of a station is not set as a variable', () => {
  const setting = (name: string) => ({
    action: 'SetVariables',
    payload: { setVariableData: [{ component: { name: 'SecurityCtrlr' }, variable: { name }, attributeValue: 'x' }] },
  });
  expect(refuse(setting('BasicAuthPassword'))).toContain('rotate the key');
  expect(refuse(setting('basicauthPassword '))).toContain('rotate the key');
  expect(refuse(setting('Identity'))).toBeUndefined();
});
