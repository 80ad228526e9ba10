/**
 * Passwords of people: scrypt at the cost that OWASP recommends, kept as a PHC string. A few hashes at a time: each takes 32 MiB and a
 * core for some 200 ms, so an unbounded number of logins would be an attack on the chargers' messages.
 */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { AppError } from '../platform/errors.ts';

export type Passwords = {
  hash(password: string): Promise<string>;
  /** stored undefined: there is no such user. The work is the same for him, and for who has a hash of an earlier, lower cost. */
  verify(password: string, stored: string | undefined): Promise<boolean>;
  /** It was made at another cost than those of today: to be made anew when its password is known. */
  isOutdated(stored: string): boolean;
};
/** node:crypto scrypt; a test counts. */
export type Kdf = (password: string, salt: Buffer, bytes: number, cost: ScryptOptions) => Promise<Buffer>;

/** OWASP Password Storage Cheat Sheet, scrypt: of its equal choices the one with the least memory. */
const LOG_N = 15;
const R = 8;
const P = 3;
const HASH_BYTES = 32;
const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{16,})\$([A-Za-z0-9+/]{16,})$/;
/** Of earlier versions there are hashes with less work in them: the rest is done for nothing, so that they answer no sooner. */
const work = (logN: number, r: number, p: number): number => 2 ** logN * r * p;

export function createPasswords({
  concurrency = 2,
  maxWaiting = 64,
  /** Tests that log in a hundred times may take less. */
  parallelism = P,
  kdf = derive,
}: {
  readonly concurrency?: number;
  readonly maxWaiting?: number;
  readonly parallelism?: number;
  readonly kdf?: Kdf;
} = {}): Passwords {
  const costs = `ln=${LOG_N},r=${R},p=${parallelism}`;
  const cost = { N: 2 ** LOG_N, r: R, p: parallelism };
  /** Nobody's password: what the login of an unknown user is compared with. */
  const decoy = `$scrypt$${costs}$${'A'.repeat(22)}$${'A'.repeat(43)}`;
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
        const hash = await kdf(password, salt, HASH_BYTES, cost);
        return `$scrypt$${costs}$${unpadded(salt)}$${unpadded(hash)}`;
      }),
    verify: (password, stored) =>
      oneOfFew(async () => {
        const [, ln, r, p, salt = '', expected = ''] = PHC.exec(stored ?? decoy) ?? [];
        if (ln === undefined) throw new Error('a stored password hash cannot be read');
        const bytes = Buffer.from(expected, 'base64');
        const own = { N: 2 ** Number(ln), r: Number(r), p: Number(p) };
        const hash = await kdf(password, Buffer.from(salt, 'base64'), bytes.length, own);
        const lacking = Math.round((work(LOG_N, R, parallelism) - work(Number(ln), own.r, own.p)) / (cost.N * R));
        if (lacking > 0) await kdf(password, Buffer.from(salt, 'base64'), HASH_BYTES, { ...cost, p: lacking });
        return timingSafeEqual(hash, bytes) && stored !== undefined;
      }),
    isOutdated: (stored) => !stored.startsWith(`$scrypt$${costs}$`),
  };
}

function derive(password: string, salt: Buffer, bytes: number, cost: ScryptOptions): Promise<Buffer> {
  const { N = 1, r = 1, p = 1 } = cost;
  const options: ScryptOptions = { N, r, p, maxmem: 128 * N * r * p * 2 };
  // The same characters typed on another keyboard may be other code points.
  const secret = password.normalize('NFKC');
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, bytes, options, (cause, key) => (cause === null ? resolve(key) : reject(cause)));
  });
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
