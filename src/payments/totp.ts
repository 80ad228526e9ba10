/**
 * The one-time password in a station's QR code (2.1 C25, TOTP algorithm version 1): HMAC-SHA256 of the number of the time interval,
 * written in the digits and letters of base 62 from an offset that its last byte says. Pure, but for nothing: the time is given.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

const BASE62 = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const TOTP_VERSION = 'v1';

export type TotpSettings = { readonly validityS: number; readonly length: number };

export const intervalAt = (now: Date, { validityS }: TotpSettings): bigint =>
  BigInt(Math.floor(now.getTime() / 1000 / validityS));

export function totpOf(secret: string, interval: bigint, { length }: TotpSettings): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(interval);
  const hash = createHmac('sha256', Buffer.from(secret, 'utf8')).update(counter).digest();
  const offset = (hash.at(-1) ?? 0) & 0x0f;
  const letters = Array.from(
    { length },
    (_, i) => BASE62[(hash[(offset + i) % hash.length] ?? 0) % BASE62.length] ?? '',
  );
  return letters.join('');
}

/** C25.FR.07: of this interval, the one before or the one after it. All are compared, each in constant time. */
export function isTotp(said: string, secrets: readonly string[], settings: TotpSettings, now: Date): boolean {
  const interval = intervalAt(now, settings);
  const given = Buffer.from(said, 'utf8');
  let isRight = false;
  for (const secret of secrets) {
    for (const shift of [-1n, 0n, 1n]) {
      const right = Buffer.from(totpOf(secret, interval + shift, settings), 'utf8');
      const same = given.length === right.length && timingSafeEqual(given, right);
      isRight = isRight || same;
    }
  }
  return isRight;
}
