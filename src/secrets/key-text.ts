/**
 * A key ring as text, `kid:base64` separated by commas or line ends, the first one current. Its messages never show a key.
 */
import { randomBytes } from 'node:crypto';

export const KEY_BYTES = 32;

export type RingKey = { readonly kid: string; readonly bytes: Buffer };

export const HOW_TO_MAKE_A_KEY =
  "This prints one to put in SECRET_KEYS and to keep safe: node -p \"'k1:' + crypto.randomBytes(32).toString('base64')\"";

const KID = /^[A-Za-z0-9_-]{1,32}$/;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/** What 32 random bytes cannot look like in the lifetime of the universe, and typed or copied ones do. */
function weakness(bytes: Buffer): string | undefined {
  if (bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) return 'is readable text and not random';
  // 32 random bytes have some 30 different values; fewer than 16 do not happen
  if (new Set(bytes).size < 16) return 'repeats itself and is not random';
  const step = (bytes.readUInt8(1) - bytes.readUInt8(0)) & 0xff;
  if (bytes.every((byte, i) => i === 0 || ((byte - bytes.readUInt8(i - 1)) & 0xff) === step)) {
    return 'counts up or down and is not random';
  }
  return undefined;
}

/** Either keys or faults; at least one of the two is not empty. */
export function parseKeyRing(text: string): { readonly keys: readonly RingKey[]; readonly faults: readonly string[] } {
  const entries = text
    .split(/[,\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '' && !entry.startsWith('#'));
  const keys: RingKey[] = [];
  const faults: string[] = [];
  entries.forEach((entry, i) => {
    const colon = entry.indexOf(':');
    const [kid, encoded] = [entry.slice(0, Math.max(colon, 0)), entry.slice(colon + 1)];
    if (colon < 0 || !KID.test(kid)) {
      faults.push(`entry ${i + 1} wants the form kid:base64, kid of letters, digits, - and _. ${HOW_TO_MAKE_A_KEY}`);
      return;
    }
    const bytes = BASE64.test(encoded) ? Buffer.from(encoded, 'base64') : Buffer.alloc(0);
    const weak = bytes.length === KEY_BYTES ? weakness(bytes) : undefined;
    if (bytes.length !== KEY_BYTES) {
      faults.push(`key "${kid}" has ${bytes.length} bytes, wants ${KEY_BYTES} in base64. ${HOW_TO_MAKE_A_KEY}`);
    } else if (weak !== undefined) {
      faults.push(`key "${kid}" ${weak}. ${HOW_TO_MAKE_A_KEY}`);
    } else if (keys.some((other) => other.kid === kid)) {
      faults.push(`two keys are called "${kid}"`);
    } else if (keys.some((other) => other.bytes.equals(bytes))) {
      faults.push(`key "${kid}" is the same as another one`);
    } else keys.push({ kid, bytes });
  });
  if (entries.length === 0) faults.push(`there is no key in it. ${HOW_TO_MAKE_A_KEY}`);
  return { keys, faults };
}

/** A random key with a kid that no other ring has, so that two rings can be put together. */
export const newKeyText = (): string =>
  `k${randomBytes(4).toString('hex')}:${randomBytes(KEY_BYTES).toString('base64')}`;
