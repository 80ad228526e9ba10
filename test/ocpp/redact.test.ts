import { expect, test } from '@jest/globals';
import { redactFrame } from '../../src/frames/redact.ts';

const SECRET = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00';

test.each([
  ['ChangeConfiguration', [2, '1', 'ChangeConfiguration', { key: 'AuthorizationKey', value: SECRET }]],
  ['ChangeConfiguration in another case', [2, '1', 'ChangeConfiguration', { value: SECRET, key: 'authorizationkey' }]],
  ['GetConfiguration', [3, '1', { configurationKey: [{ key: 'AuthorizationKey', readonly: false, value: SECRET }] }]],
  [
    'SetVariables',
    [
      2,
      '1',
      'SetVariables',
      {
        setVariableData: [
          { component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' }, attributeValue: SECRET },
        ],
      },
    ],
  ],
  [
    'NotifyReport',
    [
      2,
      '1',
      'NotifyReport',
      {
        reportData: [
          { variable: { name: 'BasicAuthPassword' }, variableAttribute: [{ type: 'Actual', value: SECRET }] },
        ],
      },
    ],
  ],
  [
    'SetNetworkProfile',
    [
      2,
      '1',
      'SetNetworkProfile',
      {
        connectionData: {
          apn: { apnPassword: SECRET, simPin: 47114711 },
          vpn: { password: 'x', key: SECRET, user: 'u' },
          basicAuthPassword: SECRET,
        },
      },
    ],
  ],
  [
    'NotifyEvent',
    [2, '1', 'NotifyEvent', { eventData: [{ variable: { name: 'ModemPassword' }, actualValue: SECRET }] }],
  ],
  ['a URL', [2, '1', 'GetDiagnostics', { location: `ftp://user:${SECRET}@host/path` }]],
  ['a URL without a user', [2, '1', 'UpdateFirmware', { location: `https://${SECRET}@host/fw.bin` }]],
  ['a URL with slashes as some write them', [2, '1', 'GetLog', { log: { remoteLocation: `sftp://u:${SECRET}@host` } }]],
  ['a signed URL', [2, '1', 'UpdateFirmware', { location: `https://host/fw.bin?X-Amz-Signature=${SECRET}&v=2` }]],
  [
    'an upload target of ours',
    [2, '1', 'GetDiagnostics', { location: `https://csms.example/uploads/${SECRET}abc` }], // 43 characters
  ],
  ['a text within', [2, '1', 'DataTransfer', { data: `{"key":"AuthorizationKey","value":"${SECRET}"}` }]],
])('the secret in %s is not kept', (_, frame) => {
  const kept = redactFrame(JSON.stringify(frame));
  expect(kept).not.toContain(SECRET);
  expect(kept).not.toContain('47114711');
  expect(JSON.parse(kept)).toHaveLength(frame.length);
  expect(kept).toContain('***');
});

test('what names a secret and is no JSON is not kept at all', () => {
  const kept = redactFrame(`[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"${SECRET}`);
  expect(kept).not.toContain('c0ffee');
});

test('a frame without a secret is kept to the letter', () => {
  for (const raw of ['[2, "1","Heartbeat",{} ]', 'no json', '[2,"1","GetDiagnostics",{"location":"ftp://host/a@b"}]']) {
    expect(redactFrame(raw)).toBe(raw);
  }
});
