/**
 * Keys of chargers: made here, kept only as a salted HMAC. A key of 160 random bits needs no slow hash, which would cost
 * seconds of CPU when thousands of chargers reconnect at once. It must never store or log a key.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** The secrets that hashes are made under; `current` for new ones. src/secrets provides it. */
export type Peppers = {
  current(): { readonly kid: string; readonly key: Uint8Array };
  byKid(kid: string): Uint8Array | undefined;
};

export type ChargerKeyHash = {
  readonly hash: Uint8Array<ArrayBuffer>;
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly kid: string;
};

const KEY_BYTES = 20;
const SALT_BYTES = 16;

/**
 * OCPP 1.6 security whitepaper A00.FR.205: 16 to 20 bytes, set as hexadecimal digits; OCPP 2.x A00.FR.205: 16 to 40 characters.
 * 40 hexadecimal digits are right for both.
 */
export const generateChargerKey = (): string => randomBytes(KEY_BYTES).toString('hex');

export function hashChargerKey(peppers: Peppers, key: string): ChargerKeyHash {
  const { kid, key: pepper } = peppers.current();
  const salt = randomBytes(SALT_BYTES);
  return { hash: plain(digest(pepper, salt, meantBytes(Buffer.from(key, 'utf8')))), salt: plain(salt), kid };
}

/** A new one with its hash, for whoever takes it to the charger at once. */
export function makeChargerKey(peppers: Peppers): ChargerKeyHash & { readonly key: string } {
  const key = generateChargerKey();
  return { key, ...hashChargerKey(peppers, key) };
}

type Stored = { readonly hash: Uint8Array; readonly salt: Uint8Array; readonly kid: string };

/**
 * Chargers send the key as the hexadecimal digits or as the bytes they stand for (T11): both match.
 * It takes the same time for a charger that has no key, or does not exist.
 */
export function verifyChargerKey(peppers: Peppers, presented: Uint8Array, stored: Stored | undefined): boolean {
  const pepper = stored === undefined ? undefined : peppers.byKid(stored.kid);
  const known = stored !== undefined && pepper !== undefined && stored.hash.length === DECOY.length;
  const expected = known ? stored.hash : DECOY;
  const key = pepper ?? peppers.current().key;
  const salt = stored?.salt ?? DECOY_SALT;
  const asBytes = timingSafeEqual(digest(key, salt, presented), expected);
  const asDigits = timingSafeEqual(digest(key, salt, meantBytes(presented)), expected);
  return known && (asBytes || asDigits);
}

const DECOY = new Uint8Array(32);
const DECOY_SALT = new Uint8Array(SALT_BYTES);
const HEX = /^(?:[0-9a-fA-F]{2}){8,64}$/;

/** What is hashed: the bytes behind hexadecimal digits, or the text itself. */
function meantBytes(key: Uint8Array): Uint8Array {
  if (key.length > 128) return key;
  const text = Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
  return HEX.test(text) ? Buffer.from(text, 'hex') : key;
}

const digest = (pepper: Uint8Array, salt: Uint8Array, key: Uint8Array): Buffer =>
  createHmac('sha256', pepper).update(salt).update(key).digest();

const plain = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);
