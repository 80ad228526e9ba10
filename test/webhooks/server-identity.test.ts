import { expect, test } from '@jest/globals';
import { checkServerIdentity } from '../../src/webhooks/server-identity.ts';

// As Node writes it; only this is read.
const certificate = (subjectaltname: string) =>
  ({ subject: { CN: 'x' }, subjectaltname }) as unknown as Parameters<typeof checkServerIdentity>[1];
const HOST = '2606:2800:220:1::1946';
const fault = (host: string, names: string) => checkServerIdentity(host, certificate(names));

test('an IPv6 address is found however it is written, and only among addresses', () => {
  expect(fault(HOST, 'DNS:a.test, IP Address:2606:2800:220:1:0:0:0:1946')).toBeUndefined();
  expect(fault('2606:2800:220:1::ABCD', 'IP Address:2606:2800:220:1:0:0:0:ABCD')).toBeUndefined();
  const code = 'ERR_TLS_CERT_ALTNAME_INVALID';
  for (const names of [
    '',
    'IP Address:2606:2800:220:1:0:0:0:1947',
    `DNS:${HOST}`,
    `DNS:"a, IP Address:2606:2800:220:1:0:0:0:1946, b"`,
    `DNS:"a\\", IP Address:${HOST}, b"`,
    'IP Address:nonsense',
  ])
    expect(fault(HOST, names)).toMatchObject({ code });
});

test('names and IPv4 addresses are as Node sees them', () => {
  expect(fault('a.test', 'DNS:a.test')).toBeUndefined();
  expect(fault('93.184.216.34', 'IP Address:93.184.216.34')).toBeUndefined();
  expect(fault('b.test', 'DNS:a.test')).toBeInstanceOf(Error);
});
