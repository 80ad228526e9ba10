/** Time-based one-time passwords (RFC 6238: HMAC-SHA-1, 30 s, 6 digits), as every authenticator knows them. Pure. */
import { createHmac, timingSafeEqual } from 'node:crypto';

export const STEP_S = 30;
const DIGITS = 6;
/** Clocks of phones are off a little: one step before and after. */
const WINDOW = 1;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export const stepAt = (at: Date): number => Math.floor(at.getTime() / 1000 / STEP_S);

/** RFC 4226 §5.3 */
export function codeAt(secret: Uint8Array, step: number, digits = DIGITS): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  const number = (mac.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** digits;
  return String(number).padStart(digits, '0');
}

/** The step that the code is of, now or next to it, and later than the one that was used last; undefined: none. */
export function stepOf(secret: Uint8Array, code: string, at: Date, lastStep: number | null): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const shown = Buffer.from(code);
  let found: number | undefined;
  for (let step = stepAt(at) - WINDOW; step <= stepAt(at) + WINDOW; step += 1) {
    const isRight = timingSafeEqual(Buffer.from(codeAt(secret, step)), shown);
    if (isRight && (lastStep === null || step > lastStep)) found = step;
  }
  return found;
}

/** RFC 4648 §6, without padding. */
export function base32(bytes: Uint8Array): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** What authenticators read from a QR code (Key URI Format). */
export function otpauthUri({ secret, email, issuer }: { secret: Uint8Array; email: string; issuer: string }): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(email)}`;
  const parameters = new URLSearchParams({
    secret: base32(secret),
    issuer,
    algorithm: 'SHA1',
    digits: '6',
    period: '30',
  });
  return `otpauth://totp/${label}?${parameters.toString().replaceAll('+', '%20')}`;
}
