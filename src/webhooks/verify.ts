/**
 * What a receiver does with a delivery before it believes it. It must be given the raw body, byte for byte: JSON that was
 * parsed and written again has another signature. It never throws for what came over the wire.
 */
import { timingSafeEqual } from 'node:crypto';
import { plainSignature, standardKey, standardSignature } from './sign.ts';

export type Verification =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly why: 'missing_headers' | 'bad_timestamp' | 'too_old' | 'too_new' | 'wrong_signature';
      /** For a log: which header is wrong, and how. */
      readonly message: string;
    };

/** As Node's http, Express and most frameworks have them, or as `fetch` does. Names in any case. */
export type WebhookHeaders =
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | { forEach(each: (value: string, name: string) => void): void };

export type VerifyOptions = {
  /** How far `webhook-timestamp` may be away from now, in seconds. Default 300. */
  readonly toleranceS?: number;
  /** true: a delivery must carry `webhook-signature`, which alone covers the time; so none can be played again later. */
  readonly requireTimestamp?: boolean;
  readonly now?: Date;
};

/** More is no delivery: during a rotation there are two. */
const MAX_SIGNATURES = 16;
const MAX_HEADER = 4096;

/**
 * Every signature header that is there must be right under one of the secrets, and at least one must be there. While a secret
 * is being replaced the sender signs with both: one right value of several is enough, so any of the two secrets will do.
 * Throws TypeError when it is called wrongly (no secret, a parsed body), never for what a sender sent.
 */
export function verifyWebhook(
  rawBody: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string | readonly string[],
  { toleranceS = 300, requireTimestamp = false, now = new Date() }: VerifyOptions = {},
): Verification {
  const secrets = usable(secret);
  if (typeof rawBody !== 'string' && !(rawBody instanceof Uint8Array))
    throw new TypeError(
      'verifyWebhook wants the raw body, a string or bytes as they came, and not what was parsed of it',
    );
  const read = readerOf(headers);
  const standard = signaturesIn(read('webhook-signature'));
  const plain = [...signaturesIn(read('x-webhook-signature')), ...signaturesIn(read('x-webhook-signature-previous'))];
  if (standard.length === 0 && plain.length === 0) return missing('there is no signature');
  if (standard.length === 0 && requireTimestamp) return missing('there is no webhook-signature');

  if (plain.length > 0) {
    const expected = secrets.map((each) => plainSignature(each, rawBody));
    if (!hasCommon(plain, expected)) return no('wrong_signature', 'X-Webhook-Signature is wrong');
  }
  if (standard.length === 0) return { ok: true };

  const [id, ...otherIds] = read('webhook-id');
  const [timestamp, ...otherTimestamps] = read('webhook-timestamp');
  if (id === undefined || id === '' || otherIds.length > 0) return missing('webhook-id must be there, once');
  if (timestamp === undefined || otherTimestamps.length > 0) return missing('webhook-timestamp must be there, once');
  if (!/^\d{1,12}$/.test(timestamp)) return no('bad_timestamp', 'webhook-timestamp is no time in seconds');
  const ageS = now.getTime() / 1000 - Number(timestamp);
  if (ageS > toleranceS) return no('too_old', 'webhook-timestamp is too far from now');
  if (ageS < -toleranceS) return no('too_new', 'webhook-timestamp is too far from now');
  const expected = secrets.map((each) => standardSignature(each, id, timestamp, rawBody));
  if (!hasCommon(standard, expected)) return no('wrong_signature', 'webhook-signature is wrong');
  return { ok: true };
}

type Refusal = Extract<Verification, { ok: false }>;
const no = (why: Refusal['why'], message: string): Verification => ({ ok: false, why, message });
const missing = (message: string): Verification => no('missing_headers', message);

/** An empty key would make everybody's signatures right. */
function usable(secret: string | readonly string[]): readonly string[] {
  const secrets: readonly unknown[] = typeof secret === 'string' ? [secret] : Array.isArray(secret) ? secret : [];
  const isKey = (each: unknown): each is string => typeof each === 'string' && standardKey(each).length > 0;
  if (secrets.length > 0 && secrets.every(isKey)) return secrets;
  throw new TypeError('verifyWebhook wants the secret of the endpoint, or several of them: is it configured?');
}

/** All values of a header, whatever it was called; what is no text, or too long to be ours, is none. */
function readerOf(headers: WebhookHeaders): (name: string) => string[] {
  const found = new Map<string, string[]>();
  const add = (name: unknown, value: unknown): void => {
    if (typeof name !== 'string' || typeof value !== 'string' || value.length > MAX_HEADER) return;
    const key = name.toLowerCase();
    const values = found.get(key);
    if (values === undefined) found.set(key, [value]);
    else if (!values.includes(value)) values.push(value);
  };
  try {
    const each: unknown = Reflect.get(Object(headers), 'forEach');
    if (typeof each === 'function') Reflect.apply(each, headers, [(value: unknown, name: unknown) => add(name, value)]);
    else
      for (const [name, value] of Object.entries(headers ?? {}))
        for (const one of Array.isArray(value) ? value : [value]) add(name, one);
  } catch {
    found.clear(); // headers that cannot be read are none
  }
  return (name) => found.get(name) ?? [];
}

/** Separated by blanks; by commas and blanks where a server has put two headers together. */
const signaturesIn = (values: readonly string[]): string[] =>
  values
    .flatMap((value) => value.split(/,?\s+/))
    .filter((value) => value !== '')
    .slice(0, MAX_SIGNATURES);

/** Looks at every pair, and at all of each: the time does not tell how much of it is right. */
function hasCommon(given: readonly string[], expected: readonly string[]): boolean {
  let isFound = false;
  for (const one of given) for (const other of expected) if (isSame(one, other)) isFound = true;
  return isFound;
}

function isSame(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
