import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ConfigError } from '../../src/config/index.ts';
import { HOW_TO_MAKE_A_KEY, openKeyRing, SealedError, sealedUnder } from '../../src/secrets/index.ts';
import { makeKeyFile } from '../../src/secrets/key-file.ts';
import { parseKeyRing } from '../../src/secrets/key-text.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'dynamo-secrets-'));
  folders.push(made);
  return made;
}
const key = (kid: string): string => `${kid}:${randomBytes(32).toString('base64')}`;
const ring = (...entries: string[]) => openKeyRing({ keys: entries.join(','), dataDir: '/nowhere' });

describe('the text of a key ring', () => {
  test.each([
    ['nothing', '', /no key/],
    ['no kid', randomBytes(32).toString('base64'), /kid:base64/],
    ['a kid with a blank', key('my key'), /kid:base64/],
    ['16 bytes', `k1:${randomBytes(16).toString('base64')}`, /has 16 bytes, wants 32/],
    ['33 bytes', `k1:${randomBytes(33).toString('base64')}`, /has 33 bytes/],
    ['hex instead of base64', `k1:${randomBytes(32).toString('hex')}`, /has 48 bytes/],
    ['no base64 at all', 'k1:****', /has 0 bytes/],
    ['zeros', `k1:${Buffer.alloc(32).toString('base64')}`, /repeats itself/],
    ['one byte over and over', `k1:${Buffer.alloc(32, 0xa7).toString('base64')}`, /repeats itself/],
    ['a short pattern', `k1:${Buffer.alloc(32, '\x01\xfe\x80\x99').toString('base64')}`, /repeats itself/],
    ['a pass phrase', `k1:${Buffer.from('change-me-please-change-me-now!!').toString('base64')}`, /readable text/],
    ['counting bytes', `k1:${Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString('base64')}`, /counts up/],
    [
      'counting down in sevens',
      `k1:${Buffer.from(Array.from({ length: 32 }, (_, i) => (-7 * i) & 0xff)).toString('base64')}`,
      /counts up or down/,
    ],
  ])('%s is refused', (_name, text, why) => {
    const { faults } = parseKeyRing(text);
    expect(faults).toEqual([expect.stringMatching(why)]);
    expect(() => openKeyRing({ keys: text, dataDir: '/nowhere' })).toThrow(ConfigError);
  });

  test('the same kid or the same key twice is refused', () => {
    const one = key('k1');
    expect(parseKeyRing(`${one},${key('k1')}`).faults).toEqual(['two keys are called "k1"']);
    expect(parseKeyRing(`${one},k2${one.slice(2)}`).faults).toEqual(['key "k2" is the same as another one']);
  });

  test('a fault never shows the key', () => {
    const almost = randomBytes(31).toString('base64');
    expect(parseKeyRing(`k1:${almost}`).faults.join()).not.toContain(almost.slice(0, 8));
  });

  test('random keys are never taken for weak ones', () => {
    fc.assert(
      fc.property(fc.constant(null), () => {
        expect(parseKeyRing(key('k1')).faults).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  test('the command that the messages name makes a key that is accepted', async () => {
    const [, script = ''] = /node -p "(.*)"$/.exec(HOW_TO_MAKE_A_KEY) ?? [];
    const { stdout } = await promisify(execFile)(process.execPath, ['-p', script]);
    expect(parseKeyRing(stdout.trim())).toMatchObject({ keys: [{ kid: 'k1' }], faults: [] });
  });
});

describe('the key file', () => {
  test('is made once, closed to others, and used from then on', () => {
    const dataDir = join(folder(), 'data');
    const first = openKeyRing({ keys: undefined, dataDir });
    const file = join(dataDir, 'secret-keys');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = openKeyRing({ keys: undefined, dataDir });
    expect(again.kids).toEqual(first.kids);
    expect(again.jwtKeys().current.key).toEqual(first.jwtKeys().current.key);
    expect(readFileSync(file, 'utf8')).toMatch(/^# .*\nk[0-9a-f]{8}:[A-Za-z0-9+/]{43}=\n$/);
  });

  test('a process that was a moment late uses the keys of the first', () => {
    const dataDir = folder();
    const first = openKeyRing({ keys: undefined, dataDir });
    makeKeyFile(dataDir); // it had looked before the first one was done
    expect(openKeyRing({ keys: undefined, dataDir }).kids).toEqual(first.kids);
    expect(readdirSync(dataDir)).toEqual(['secret-keys']);
  });

  test('that others can read stops the start and says what to do', () => {
    const dataDir = folder();
    openKeyRing({ keys: undefined, dataDir });
    chmodSync(join(dataDir, 'secret-keys'), 0o644);
    expect(() => openKeyRing({ keys: undefined, dataDir })).toThrow(/chmod 600/);
  });

  test('that holds nonsense stops the start and is left as it is', () => {
    const dataDir = folder();
    const file = join(dataDir, 'secret-keys');
    writeFileSync(file, 'k1:AAAA\n', { mode: 0o600 });
    expect(() => openKeyRing({ keys: undefined, dataDir })).toThrow(/secret-keys: key "k1" has 3 bytes/);
    expect(readFileSync(file, 'utf8')).toBe('k1:AAAA\n');
  });

  test('is not touched when SECRET_KEYS is set', () => {
    const dataDir = folder();
    openKeyRing({ keys: key('k1'), dataDir });
    expect(statSync(join(dataDir, 'secret-keys'), { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe('derived keys', () => {
  test('differ by purpose and by ring key, and are the same at every start', () => {
    const [one, two] = [key('k1'), key('k2')];
    const both = ring(two, one);
    const keys = [
      both.peppers('api-key').current().key,
      both.peppers('charger-key').current().key,
      both.jwtKeys().current.key,
      both.peppers('api-key').byKid('k1'),
    ].map((bytes) => bytes?.toString('hex'));
    expect(new Set(keys).size).toBe(4);
    expect(ring(one).peppers('api-key').current().key.toString('hex')).toBe(keys[3]);
  });

  test('the first key of the ring is current, the others are found by kid, unknown ones are not', () => {
    const peppers = ring(key('new'), key('old')).peppers('api-key');
    expect(peppers.current().kid).toBe('new');
    expect(peppers.byKid('old')).toHaveLength(32);
    expect(peppers.byKid('lost')).toBeUndefined();
  });
});

describe('the cipher', () => {
  const plain = Buffer.from('whsec_secret of an endpoint');

  test('opens what it sealed, whatever it is', () => {
    const cipher = ring(key('k1')).cipher('webhook-secret');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.string(), (bytes, aad) => {
        expect(cipher.decrypt(cipher.encrypt(Buffer.from(bytes), aad), aad)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test('opens nothing that was changed in any bit, cut, or made longer', () => {
    const cipher = ring(key('k1')).cipher('webhook-secret');
    const sealed = cipher.encrypt(plain, 'whe_1');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => cipher.decrypt(changed, 'whe_1')).toThrow(SealedError);
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => cipher.decrypt(sealed.subarray(0, length), 'whe_1')).toThrow(SealedError);
    }
    expect(() => cipher.decrypt(Buffer.concat([sealed, Buffer.from([0])]), 'whe_1')).toThrow(SealedError);
  });

  test('opens nothing for another record or another purpose', () => {
    const keys = ring(key('k1'));
    const sealed = keys.cipher('webhook-secret').encrypt(plain, 'whe_1');
    expect(() => keys.cipher('webhook-secret').decrypt(sealed, 'whe_2')).toThrow(/another record/);
    expect(() => keys.cipher('idempotency').decrypt(sealed, 'whe_1')).toThrow(SealedError);
  });

  test('after a rotation old texts open and new ones are sealed under the new key', () => {
    const [one, two] = [key('k1'), key('k2')];
    const old = ring(one).cipher('webhook-secret').encrypt(plain, 'whe_1');
    const rotated = ring(two, one).cipher('webhook-secret');
    expect(rotated.decrypt(old, 'whe_1')).toEqual(plain);
    expect(sealedUnder(old)).toBe('k1');
    expect(sealedUnder(rotated.encrypt(plain, 'whe_1'))).toBe('k2');
  });

  test('a key that was taken out of the ring is named', () => {
    const sealed = ring(key('k1')).cipher('webhook-secret').encrypt(plain, 'whe_1');
    const opening = () => ring(key('k2')).cipher('webhook-secret').decrypt(sealed, 'whe_1');
    expect(opening).toThrow(
      expect.objectContaining({ reason: 'unknown_key', message: expect.stringContaining('"k1"') }),
    );
  });

  test('the same text sealed twice looks different', () => {
    const cipher = ring(key('k1')).cipher('webhook-secret');
    expect(cipher.encrypt(plain, 'a')).not.toEqual(cipher.encrypt(plain, 'a'));
  });
});
