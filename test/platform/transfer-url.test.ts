/** URLs that chargers fetch from and send to: what may be named, and what is shown of them. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { redactUrls, redactUrlsWithin, transferSchemes, transferUrlFault } from '../../src/platform/transfer-url.ts';

test.each([
  'file:///etc/passwd',
  'javascript:alert(1)',
  'gopher://host/x',
  'data:text/plain,x',
  '//host/x',
  '/relative',
  'https:///nohost',
  'https:host',
  'ftp://',
  ' https://host/',
  'https://ho st/',
  'https://host/\n',
  'https:\\\\host\\x',
  `https://host/${'x'.repeat(600)}`,
  '',
])('%j is no place for a charger', (url) => {
  expect(transferUrlFault(url, transferSchemes)).toEqual(expect.any(String));
});

test('what the installation leaves out is refused by name', () => {
  expect(transferUrlFault('ftp://host/x', ['https', 'sftp'])).toBe('must be a URL that begins with https://, sftp://');
  for (const scheme of transferSchemes)
    expect(transferUrlFault(`${scheme}://u:p@host/x?y=1`, [scheme])).toBeUndefined();
});

test.each([
  ['ftp://user:hidden@host/a@b', 'ftp://***@host/a@b'],
  ['sftp:\\/\\/user:hidden@host', 'sftp:\\/\\/***@host'],
  ['https://h/x?token=hidden&page=2#top', 'https://h/x?token=***&page=2#top'],
  ['https://h/x?a=1&X-Amz-Credential=hidden', 'https://h/x?a=1&X-Amz-Credential=***'],
  ['https://h/x?a=1\\u0026sig=hidden"', 'https://h/x?a=1\\u0026sig=***"'],
  [`http://h/firmware/${'Ab-_'.repeat(10)}xyz/x1.bin`, 'http://h/firmware/***/x1.bin'],
  [`http://h/uploads/${'Ab-_'.repeat(10)}xyz/diag.zip`, 'http://h/uploads/***/diag.zip'],
  ['https://h/x?a=b?token=hidden?more', 'https://h/x?a=b?token=***'],
  ['https://h/x?key?sig=hidden&sig', 'https://h/x?key?sig=***&sig'],
  ['see https://a:hidden@h and https://b:hidden@h', 'see https://***@h and https://***@h'],
  ['no url at all: user@host?token=kept', 'no url at all: user@host?token=kept'],
])('of %s is shown %s', (url, shown) => {
  expect(redactUrls(url)).toBe(shown);
  expect(redactUrlsWithin({ a: [{ b: url }], c: 1, d: null })).toEqual({ a: [{ b: shown }], c: 1, d: null });
});

test('no password of a URL is ever shown, whatever surrounds it', () => {
  const word = fc.string({ unit: fc.constantFrom(...'abcXYZ0189-._~!$&()*+,;='), minLength: 1 });
  fc.assert(
    fc.property(fc.constantFrom(...transferSchemes), word, word, fc.string(), (scheme, user, rest, around) => {
      const secret = `S3CR3T${rest}`;
      expect(redactUrls(`${around}${scheme}://${user}:${secret}@host/path`)).not.toContain('S3CR3T');
    }),
  );
});
