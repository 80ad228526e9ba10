import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTargetGuard } from '../../src/webhooks/target-guard.ts';
import { allowedIPv4, allowedIPv6, refusedHosts, refusedIPv4, refusedIPv6 } from './support/addresses.ts';

/** Any text that is taken for a name seems harmless: only what was recognised as an address can be refused. */
const PUBLIC = ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'];
const guard = createTargetGuard({ allowSubnets: [], resolve: async () => PUBLIC });
const REFUSED = 'must not lead to a private, local or otherwise reserved address';

test('every spelling of every reserved address is refused', async () => {
  expect(refusedHosts.length).toBeGreaterThan(600);
  const faults = await Promise.all(refusedHosts.map((host) => guard.faultOf(`https://${host}/hook`)));
  expect(refusedHosts.filter((_, i) => faults[i] === undefined)).toEqual([]);
});

test('public addresses and names stay allowed', async () => {
  const hosts = [
    ...allowedIPv4,
    ...allowedIPv6.map((address) => `[${address}]`),
    'example.com',
    'example.com:8443',
    'EXAMPLE.com.',
    'münchen.example',
    '127.0.0.1.example.com',
    'localhost.example.com',
  ];
  const faults = await Promise.all(hosts.map((host) => guard.faultOf(`https://${host}/hook?x=1`)));
  expect(hosts.filter((_, i) => faults[i] !== undefined)).toEqual([]);
});

test.each([
  ['http://example.com/hook', 'must begin with https://'],
  ['HTTP://example.com', 'must begin with https://'],
  ['ftp://example.com', 'must begin with https://'],
  ['wss://example.com', 'must begin with https://'],
  ['file:///etc/passwd', 'must begin with https://'],
  ['javascript:alert(1)', 'must begin with https://'],
  ['data:text/plain,x', 'must begin with https://'],
  ['https:example.com', 'must be an absolute URL, such as https://example.com/hooks'],
  ['https:/example.com', 'must be an absolute URL, such as https://example.com/hooks'],
  ['https:///example.com', 'must be an absolute URL, such as https://example.com/hooks'],
  ['//example.com', 'must be an absolute URL, such as https://example.com/hooks'],
  ['example.com', 'must be an absolute URL, such as https://example.com/hooks'],
  ['', 'must be an absolute URL, such as https://example.com/hooks'],
  ['https://', 'must be an absolute URL, such as https://example.com/hooks'],
  ['https://256.256.256.256', 'must be an absolute URL, such as https://example.com/hooks'],
  ['https://[fe80::1%25eth0]/', 'must be an absolute URL, such as https://example.com/hooks'],
  ['https://example.com:99999', 'must be an absolute URL, such as https://example.com/hooks'],
  ['https://user@example.com', 'must not contain a user name or password'],
  ['https://user:word@example.com', 'must not contain a user name or password'],
  ['https://:@example.com', 'must not contain a user name or password'],
  ['https://@example.com', 'must not contain a user name or password'],
  ['https://example.com\\@10.0.0.1/', 'must not contain spaces, control characters or backslashes'],
  ['https://10.0.0.1\\.example.com/', 'must not contain spaces, control characters or backslashes'],
  ['https://example.com/a b', 'must not contain spaces, control characters or backslashes'],
  [' https://example.com', 'must not contain spaces, control characters or backslashes'],
  ['https://exam\nple.com', 'must not contain spaces, control characters or backslashes'],
  ['https://exam\tple.com', 'must not contain spaces, control characters or backslashes'],
  ['https://example.com/\u0000', 'must not contain spaces, control characters or backslashes'],
  ['https://example.com/\u2028', 'must not contain spaces, control characters or backslashes'],
  [`https://example.com/${'x'.repeat(2048)}`, 'must have at most 2048 characters'],
])('%j %s', async (url, fault) => {
  expect(await guard.faultOf(url)).toBe(fault);
});

const guardOf = (addresses: readonly string[], allowSubnets: readonly string[] = []) =>
  createTargetGuard({ allowSubnets, resolve: async () => addresses });

test('a name is refused when any of its addresses is reserved', async () => {
  expect(await guardOf(['93.184.215.14']).faultOf('https://a.example/')).toBeUndefined();
  for (const address of [...refusedIPv4, ...refusedIPv6])
    expect(await guardOf(['93.184.215.14', address]).faultOf('https://a.example/')).toBe(REFUSED);
});

test('where hosts are named, no other is a target, whatever its address', async () => {
  const allowHosts = ['hooks.example.com', '*.partner.net'];
  const strict = createTargetGuard({ allowSubnets: [], allowHosts, resolve: async () => PUBLIC });
  const faultOf = (host: string) => strict.faultOf(`https://${host}/hook`);
  for (const host of [
    'hooks.example.com',
    'HOOKS.example.com.',
    'hooks.example.com:8443',
    'a.partner.net',
    'a.b.partner.net',
  ])
    expect(await faultOf(host)).toBeUndefined();
  for (const host of [
    'example.com',
    'x.hooks.example.com',
    'partner.net',
    'evilpartner.net',
    'partner.net.evil.com',
    '93.184.215.14',
  ])
    expect(await faultOf(host)).toBe('must be at one of the hosts that this installation allows');
  const named = createTargetGuard({ allowSubnets: [], allowHosts, resolve: async () => ['127.0.0.1'] });
  expect(await named.faultOf('https://hooks.example.com/')).toBe(REFUSED);
});

test('a name that cannot be resolved now is let pass: the dial asks again', async () => {
  const lost = createTargetGuard({ allowSubnets: [], resolve: () => Promise.reject(new Error('ENOTFOUND')) });
  expect(await lost.faultOf('https://not-yet.example/')).toBeUndefined();
});

test('allowed subnets are exceptions, of their family and no further', async () => {
  const local = guardOf([], ['127.0.0.0/8', ' 10.1.0.0/16', 'fd00:1::/32', '192.168.7.7']);
  for (const address of ['127.0.0.1', '10.1.2.3', 'fd00:1::5', '192.168.7.7', '8.8.8.8'])
    expect(local.allows(address)).toBe(true);
  for (const address of [
    '10.2.0.1',
    '::1',
    'fd00:2::1',
    '192.168.7.8',
    '169.254.169.254',
    'fe80::1%eth0',
    'localhost',
    '',
  ])
    expect(local.allows(address)).toBe(false);
});

test.each(['10.0.0.0/33', '10.0.0/8', 'fd00::/129', 'localhost/8', '10.0.0.0/8/8', '10.0.0.0/-1', 'x', '10.0.0.0/ 8'])(
  '%j is not taken for a subnet',
  (cidr) => {
    expect(() => guardOf([], [cidr])).toThrow(`"${cidr}" is not a subnet`);
  },
);

test('no IPv4 address is judged differently when it comes in IPv6 clothes, unless to be refused', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      if (!guard.allows(address)) expect(guard.allows(`::ffff:${address}`)).toBe(false);
      expect(guard.allows(`::${address}`)).toBe(false);
      expect(guard.allows(`64:ff9b::${address}`)).toBe(false);
    }),
  );
});
