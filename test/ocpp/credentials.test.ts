import { expect, test } from '@jest/globals';
import {
  generateChargerKey,
  hashChargerKey,
  type Peppers,
  verifyChargerKey,
} from '../../src/charge-points/credentials.ts';

const keys = new Map([
  ['k2', Buffer.alloc(32, 2)],
  ['k1', Buffer.alloc(32, 1)],
]);
const peppers: Peppers = { current: () => ({ kid: 'k2', key: Buffer.alloc(32, 2) }), byKid: (kid) => keys.get(kid) };
const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');

test('a generated key is 40 hexadecimal digits, and never the same', () => {
  const made = Array.from({ length: 50 }, generateChargerKey);
  for (const key of made) expect(key).toMatch(/^[0-9a-f]{40}$/);
  expect(new Set(made).size).toBe(50);
});

test('T11: the hexadecimal digits, in either case, and the bytes they stand for all match', () => {
  const key = generateChargerKey();
  const stored = hashChargerKey(peppers, key);
  expect(verifyChargerKey(peppers, bytes(key), stored)).toBe(true);
  expect(verifyChargerKey(peppers, bytes(key.toUpperCase()), stored)).toBe(true);
  expect(verifyChargerKey(peppers, Buffer.from(key, 'hex'), stored)).toBe(true);
});

test.each(['correct horse battery staple', 'ü'.repeat(20), 'abc', 'abcdef', 'f00dF00Df00df00d', '0123456789abcdefg'])(
  'a key that is %j matches itself and nothing else',
  (key) => {
    const stored = hashChargerKey(peppers, key);
    expect(verifyChargerKey(peppers, bytes(key), stored)).toBe(true);
    expect(verifyChargerKey(peppers, bytes(`${key} `), stored)).toBe(false);
    expect(verifyChargerKey(peppers, bytes(key.slice(1)), stored)).toBe(false);
    expect(verifyChargerKey(peppers, bytes(''), stored)).toBe(false);
  },
);

test('the hash tells nothing: the same key has another one each time', () => {
  const [one, two] = [hashChargerKey(peppers, 'abc'), hashChargerKey(peppers, 'abc')];
  expect(Buffer.from(one.hash).equals(Buffer.from(two.hash))).toBe(false);
  expect(one.kid).toBe('k2');
});

test('a hash under an older pepper matches, one under a lost pepper does not', () => {
  const old: Peppers = { current: () => ({ kid: 'k1', key: Buffer.alloc(32, 1) }), byKid: (kid) => keys.get(kid) };
  const stored = hashChargerKey(old, 'secret key of it');
  expect(verifyChargerKey(peppers, bytes('secret key of it'), stored)).toBe(true);
  expect(verifyChargerKey(peppers, bytes('secret key of it'), { ...stored, kid: 'gone' })).toBe(false);
  expect(verifyChargerKey(peppers, bytes('secret key of it'), undefined)).toBe(false);
});

test('without a key on record nothing matches, not even what hashes to nothing', () => {
  const empty = { hash: new Uint8Array(0), salt: new Uint8Array(16), kid: 'k2' };
  expect(verifyChargerKey(peppers, bytes(''), empty)).toBe(false);
  expect(verifyChargerKey(peppers, new Uint8Array(1000), undefined)).toBe(false);
});
