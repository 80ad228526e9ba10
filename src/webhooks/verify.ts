/**
 * What a receiver does with a delivery before it believes it. It must be given the raw body, byte for byte: JSON that was
 * parsed and written again has another signature.
 */
import { timingSafeEqual } from 'node:crypto';
import { plainSignature, standardSignature } from './sign.ts';

export type Verification =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly why: 'missing_headers' | 'bad_timestamp' | 'too_old' | 'too_new' | 'wrong_signature';
    };

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Both signatures must be right, and the timestamp, which only `webhook-signature` covers, at most `toleranceS` (default
 * 300) seconds away from `now`: so a delivery that somebody recorded cannot be played again later.
 */
export function verifyWebhook(
  rawBody: string | Buffer,
  headers: Headers,
  secret: string,
  { toleranceS = 300, now = new Date() }: { readonly toleranceS?: number; readonly now?: Date } = {},
): Verification {
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const header = (name: string): string | undefined => {
    const value = byName.get(name);
    return typeof value === 'string' ? value : value?.join(' ');
  };
  const id = header('webhook-id');
  const timestamp = header('webhook-timestamp');
  const standard = header('webhook-signature');
  const plain = header('x-webhook-signature');
  if (id === undefined || timestamp === undefined || standard === undefined || plain === undefined)
    return { ok: false, why: 'missing_headers' };
  if (!/^\d{1,12}$/.test(timestamp)) return { ok: false, why: 'bad_timestamp' };
  const timestampS = Number(timestamp);
  const ageS = now.getTime() / 1000 - timestampS;
  if (ageS > toleranceS) return { ok: false, why: 'too_old' };
  if (ageS < -toleranceS) return { ok: false, why: 'too_new' };
  const expected = standardSignature(secret, id, timestampS, rawBody);
  // several values, one per key, while a secret is being replaced
  const isStandardRight = standard.split(' ').filter((value) => same(value, expected)).length > 0;
  return isStandardRight && same(plain, plainSignature(secret, rawBody))
    ? { ok: true }
    : { ok: false, why: 'wrong_signature' };
}

/** In a time that does not depend on how much of it is right. */
function same(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
