/**
 * API keys: `dyn_live_` + public part + secret + checksum. Kept only as an HMAC under a pepper: a random key of 130 bits needs no
 * slow hash. It must never let a key be read back.
 */
import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Peppers } from '../secrets/index.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const HEAD = 'dyn_live_';
const PUBLIC_CHARS = 10;
/** 22 × log2(62) = 131 bits */
const SECRET_CHARS = 22;
const CHECKSUM_CHARS = 6;
const GENERATED = new RegExp(`^${HEAD}[0-9A-Za-z]{${PUBLIC_CHARS + SECRET_CHARS + CHECKSUM_CHARS}}$`);
/** A key that an operator chose himself (BOOTSTRAP_API_KEY): long enough beyond its public part. */
const CHOSEN = /^[\x21-\x7e]{32,256}$/;
const CHOSEN_PUBLIC_CHARS = 8;

const base62 = (length: number): string =>
  Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');

/** Lets scanners of leaked secrets tell a key from a text that looks like one, and refuses typing errors without a lookup. */
function checksum(text: string): string {
  let rest = crc32(text);
  let out = '';
  for (let i = 0; i < CHECKSUM_CHARS; i += 1) {
    out = ALPHABET.charAt(rest % ALPHABET.length) + out;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return out;
}

export function generateApiKey(): string {
  const body = HEAD + base62(PUBLIC_CHARS + SECRET_CHARS);
  return body + checksum(body);
}

/** The public part, by which a key is found and shown; undefined: this cannot be a key. */
export function publicPart(key: string): string | undefined {
  if (GENERATED.test(key)) {
    const body = key.slice(0, -CHECKSUM_CHARS);
    return key === body + checksum(body) ? key.slice(0, HEAD.length + PUBLIC_CHARS) : undefined;
  }
  if (!CHOSEN.test(key)) return undefined;
  return key.slice(0, key.startsWith(HEAD) ? HEAD.length + CHOSEN_PUBLIC_CHARS : CHOSEN_PUBLIC_CHARS);
}

const digest = (pepper: Buffer, key: string): Buffer => createHmac('sha256', pepper).update(key, 'utf8').digest();

export type ApiKeyHash = { readonly hash: Buffer; readonly kid: string };

export function hashApiKey(peppers: Peppers, key: string): ApiKeyHash {
  const { kid, key: pepper } = peppers.current();
  return { hash: digest(pepper, key), kid };
}

/** Takes the same time whether there is such a key or not. */
export function matchesApiKey(
  peppers: Peppers,
  key: string,
  stored: { readonly hash: Uint8Array; readonly kid: string } | undefined,
): boolean {
  const pepper = stored === undefined ? undefined : peppers.byKid(stored.kid);
  const hash = digest(pepper ?? peppers.current().key, key);
  const isComparable = stored !== undefined && pepper !== undefined && stored.hash.length === hash.length;
  const isSame = timingSafeEqual(hash, isComparable ? stored.hash : Buffer.alloc(hash.length));
  return isComparable && isSame;
}
