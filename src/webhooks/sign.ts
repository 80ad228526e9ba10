/**
 * The signatures of a delivery: the seed's X-Webhook-Signature and those of Standard Webhooks beside it. Pure.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { createHmac } from 'node:crypto';
import type { Signatures } from './types.ts';

export const WHSEC = 'whsec_';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Why this cannot be a secret, or undefined. */
export function secretFault(secret: string): string | undefined {
  if (!/^[\x20-\x7e]*$/.test(secret)) return 'must be printable ASCII';
  if (secret.length < 16 || secret.length > 256) return 'must have 16 to 256 characters';
  if (secret.startsWith(WHSEC) && !BASE64.test(secret.slice(WHSEC.length)))
    return `must be base64 after ${WHSEC}, or not begin with it`;
  return undefined;
}

/** The key of Standard Webhooks: a `whsec_` secret is base64-decoded, any other is used as its bytes. */
export function standardKey(secret: string): Buffer {
  return secret.startsWith(WHSEC) ? Buffer.from(secret.slice(WHSEC.length), 'base64') : Buffer.from(secret, 'utf8');
}

/** `sha256=` and hex, over the raw body, under the secret's UTF-8 bytes. */
export function plainSignature(secret: string, body: string | Uint8Array): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** `v1,` and base64, over id.timestamp.body. `timestampS`: Unix seconds of the attempt. */
export function standardSignature(
  secret: string,
  id: string,
  timestampS: number | string,
  body: string | Uint8Array,
): string {
  const mac = createHmac('sha256', standardKey(secret)).update(`${id}.${timestampS}.`).update(body);
  return `v1,${mac.digest('base64')}`;
}

/** Of such headers; undefined: it was not signed. */
export function signaturesOf(headers: Readonly<Record<string, string>>): Signatures | undefined {
  const plain = headers['X-Webhook-Signature'];
  const standard = headers['webhook-signature'];
  if (plain === undefined || standard === undefined) return undefined;
  return { plain, previous: headers['X-Webhook-Signature-Previous'], standard };
}
