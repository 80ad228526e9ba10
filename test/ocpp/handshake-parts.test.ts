import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readBasicAuth } from '../../src/ocpp/basic-auth.ts';
import { chooseVersion } from '../../src/ocpp/subprotocol.ts';

const v16 = { protocol: 'ocpp1.6' } as const;
const v201 = { protocol: 'ocpp2.0.1' } as const;
const v21 = { protocol: 'ocpp2.1' } as const;

test.each([
  ['ocpp1.6', 'ocpp1.6', 'ocpp1.6'],
  ['OCPP1.6', 'OCPP1.6', 'ocpp1.6'],
  ['ocpp1.6, ocpp1.6', 'ocpp1.6', 'ocpp1.6'],
  ['ocpp1.6,ocpp2.0.1', 'ocpp2.0.1', 'ocpp2.0.1'],
  ['ocpp2.0.1,ocpp1.6', 'ocpp2.0.1', 'ocpp2.0.1'],
  ['ocpp1.5, ocpp1.6, soap', 'ocpp1.6', 'ocpp1.6'],
  [' ,, Ocpp1.6 ,', 'Ocpp1.6', 'ocpp1.6'],
  ['ocpp2.1,ocpp2.0.1', 'ocpp2.0.1', 'ocpp2.0.1'], // 2.1 is not served here
  ['we"ird, ocpp1.6', 'ocpp1.6', 'ocpp1.6'],
])('T7: of %j the token %j is echoed and means %s', (header, token, protocol) => {
  expect(chooseVersion(header, [v16, v201])).toEqual({ token, version: expect.objectContaining({ protocol }) });
});

test.each([undefined, '', ',', 'ocpp1.5', 'ocpp 1.6', 'xocpp1.6', 'ocpp1.6;', `${'ocpp1.5,'.repeat(200)}ocpp1.6`])(
  'T6: %j offers nothing that is served',
  (header) => {
    expect(chooseVersion(header, [v16, v201])).toBeUndefined();
  },
);

test('the newest version that both sides speak is taken', () => {
  expect(chooseVersion('ocpp1.6,ocpp2.0.1,ocpp2.1', [v16, v201, v21])?.version).toBe(v21);
});

const basic = (bytes: Buffer | string): string => `Basic ${Buffer.from(bytes).toString('base64')}`;

test('the password starts after the first colon and may hold more of them', () => {
  const read = readBasicAuth(basic('CP-1:a:b:c'));
  expect(read?.username).toBe('CP-1');
  expect(Buffer.from(read?.password ?? []).toString()).toBe('a:b:c');
});

test('T11: a binary password comes through byte by byte', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (password) => {
      const read = readBasicAuth(basic(Buffer.concat([Buffer.from('CP-1:'), password])));
      expect(read?.username).toBe('CP-1');
      expect(Buffer.from(read?.password ?? [])).toEqual(Buffer.from(password));
    }),
  );
});

test.each(['bAsIc Q1AtMTp4', '  Basic   Q1AtMTp4  '])('%j is read however it is written', (header) => {
  expect(readBasicAuth(header)).toMatchObject({ username: 'CP-1' });
});

test.each([undefined, '', 'Basic', 'Basic !!!', 'Bearer abc', basic('no-colon'), `Basic ${'A'.repeat(2000)}`])(
  '%j holds no credentials',
  (header) => {
    expect(readBasicAuth(header)).toBeUndefined();
  },
);
