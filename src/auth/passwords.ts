/**
 * Passwords of people: scrypt, kept as a PHC string. A few hashes at a time: each takes 32 MiB and a core for some 100 ms, so an
 * unbounded number of logins would be an attack on the chargers' messages.
 */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { AppError } from '../platform/errors.ts';

export type Passwords = {
  hash(password: string): Promise<string>;
  /** stored undefined: there is no such user; takes as long as a real comparison and is false. */
  verify(password: string, stored: string | undefined): Promise<boolean>;
};

const LOG_N = 15;
const R = 8;
const P = 1;
const HASH_BYTES = 32;
const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{16,})\$([A-Za-z0-9+/]{16,})$/;
/** Nobody's password: what the login of an unknown user is compared with. */
const DECOY = `$scrypt$ln=${LOG_N},r=${R},p=${P}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

export function createPasswords({ concurrency = 2, maxWaiting = 64 } = {}): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];

  async function oneOfFew<T>(work: () => Promise<T>): Promise<T> {
    if (running >= concurrency) {
      if (waiting.length >= maxWaiting)
        throw new AppError('too_many_requests', 'Too many logins at once; try again in a moment', { retryAfterS: 5 });
      await new Promise<void>((resolve) => waiting.push(resolve)); // the one before hands its place over
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  }

  return {
    hash: (password) =>
      oneOfFew(async () => {
        const salt = randomBytes(16);
        const hash = await derive(password, salt, HASH_BYTES, LOG_N, R, P);
        return `$scrypt$ln=${LOG_N},r=${R},p=${P}$${unpadded(salt)}$${unpadded(hash)}`;
      }),
    verify: (password, stored) =>
      oneOfFew(async () => {
        const [, ln, r, p, salt = '', expected = ''] = PHC.exec(stored ?? DECOY) ?? [];
        if (ln === undefined) throw new Error('a stored password hash cannot be read');
        const bytes = Buffer.from(expected, 'base64');
        const hash = await derive(
          password,
          Buffer.from(salt, 'base64'),
          bytes.length,
          Number(ln),
          Number(r),
          Number(p),
        );
        return timingSafeEqual(hash, bytes) && stored !== undefined;
      }),
  };
}

function derive(password: string, salt: Buffer, bytes: number, logN: number, r: number, p: number): Promise<Buffer> {
  const N = 2 ** logN;
  const options: ScryptOptions = { N, r, p, maxmem: 128 * N * r * p * 2 };
  // The same characters typed on another keyboard may be other code points.
  const secret = password.normalize('NFKC');
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, bytes, options, (cause, key) => (cause === null ? resolve(key) : reject(cause)));
  });
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
