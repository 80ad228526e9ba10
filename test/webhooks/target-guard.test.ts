import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTargetGuard } from '../../src/webhooks/target-guard.ts';

/** Any text that is taken for a name seems harmless: only what was recognised as an address can be refused. */
const PUBLIC = ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'];
const guard = createTargetGuard({ allowSubnets: [], resolve: async () => PUBLIC });
const REFUSED = 'must not lead to a private, local or otherwise reserved address';

const refusedIPv4 = [
  '0.0.0.0',
  '0.255.255.255',
  '10.0.0.1',
  '10.255.255.255',
  '100.64.0.1',
  '100.100.100.200',
  '100.127.255.255',
  '127.0.0.1',
  '127.255.255.254',
  '168.63.129.16',
  '169.254.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.0.0.192',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.0.1',
  '192.168.255.255',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
];
const allowedIPv4 = [
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.1',
  '168.63.129.15',
  '169.253.255.255',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
];
const refusedIPv6 = [
  '::',
  '::1',
  '::7f00:1',
  '::ffff:8.8.8.8',
  '64:ff9b::808:808',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:0:4136:e378:8000:63bf:3fff:fdd2',
  '2001:2::1',
  '2001:10::1',
  '2001:20::1',
  '2001:db8::1',
  '2002:808:808::1',
  '2002:7f00:1::',
  '3fff::1',
  '5f00::1',
  'fc00::1',
  'fd00:ec2::254',
  'fd20:ce::254',
  'fe80::1',
  'febf::1',
  'fec0::1',
  'ff02::1',
];
const allowedIPv6 = [
  '2606:4700:4700::1111',
  '2001:4860:4860::8888',
  '2a00:1450:4001:82a::200e',
  '2003::1',
  '2400:cb00::1',
];

const octets = (address: string): number[] => address.split('.').map(Number);
const hex = (value: number, digits = 0): string => value.toString(16).padStart(digits, '0');
const fullWidth = (text: string): string =>
  text.replace(/[0-9]/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));

/** All the ways in which an IPv4 address can be written into a URL. */
function spellingsOf(address: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = octets(address);
  const whole = ((a * 256 + b) * 256 + c) * 256 + d;
  const groups = `${hex(a * 256 + b)}:${hex(c * 256 + d)}`;
  return [
    address,
    `${address}.`,
    String(whole),
    `0x${hex(whole)}`,
    `0${whole.toString(8)}`,
    `${a}.${(b * 256 + c) * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    [a, b, c, d].map((part) => `0x${hex(part)}`).join('.'),
    [a, b, c, d].map((part) => `0${part.toString(8)}`).join('.'),
    `0x${hex(a)}.0${b.toString(8)}.${c * 256 + d}`,
    `000${a.toString(8)}.${b}.${c}.${d}`,
    fullWidth(address),
    address.replaceAll('.', '。'),
    address.replaceAll('.', '%2E'),
    [...address].map((letter) => `%${hex(letter.charCodeAt(0))}`).join(''),
    `[::ffff:${address}]`,
    `[::FFFF:${groups}]`,
    `[0:0:0:0:0:ffff:${groups}]`,
    `[::${address}]`,
    `[64:ff9b::${address}]`,
    `[2002:${groups}::1]`,
    `[2001:0:${groups}::1]`,
  ];
}
const wholeIPv6 = (address: string): string => {
  const [head = '', tail = ''] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const middle = address.includes('::') ? Array(8 - left.length - right.length).fill('0') : [];
  return [...left, ...middle, ...right].map((group) => group.padStart(4, '0')).join(':');
};

const refusedHosts = [
  ...refusedIPv4.flatMap(spellingsOf),
  ...refusedIPv6.map((address) => `[${address}]`),
  ...refusedIPv6.filter((address) => !address.includes('.')).map((address) => `[${wholeIPv6(address).toUpperCase()}]`),
];

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
