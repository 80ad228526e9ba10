/**
 * Slows guessing of passwords down: per account and address, per address, and, much wider, per account from anywhere. Attempts
 * are counted before they are tried, so that many at once do not slip through; it answers alike for accounts that do not exist.
 * Counted in this process: with several nodes a guesser has that many times as many attempts.
 */
import { createHash } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../platform/errors.ts';
import { emailKey } from './user-store.ts';

export type LoginLimits = {
  /** Failed attempts in 15 minutes. */
  readonly perAccountAndAddress: number;
  readonly perAddress: number;
  readonly perAccount: number;
};
export const defaultLoginLimits: LoginLimits = { perAccountAndAddress: 10, perAddress: 100, perAccount: 200 };
const WINDOW_S = 15 * 60;

export type LoginThrottle = {
  /** Counts an attempt; throws too_many_requests. */
  attempt(email: string, address: string): Promise<void>;
  /** The attempt was right: it does not count. */
  succeeded(email: string, address: string): Promise<void>;
};

export function createLoginThrottle(limits: LoginLimits = defaultLoginLimits): LoginThrottle {
  const of = (points: number) => new RateLimiterMemory({ points, duration: WINDOW_S });
  const [pair, perAddress, perAccount] = [
    of(limits.perAccountAndAddress),
    of(limits.perAddress),
    of(limits.perAccount),
  ];
  /** Hashed: of equal length, and no list of addresses in memory. */
  const keysOf = (email: string, address: string) => {
    const account = createHash('sha256').update(emailKey(email)).digest('base64');
    return [
      [pair, `${account} ${address}`],
      [perAddress, address],
      [perAccount, account],
    ] as const;
  };
  return {
    async attempt(email, address) {
      for (const [limiter, key] of keysOf(email, address)) {
        try {
          await limiter.consume(key);
        } catch (cause) {
          if (!(cause instanceof RateLimiterRes)) throw cause;
          const retryAfterS = Math.max(1, Math.ceil(cause.msBeforeNext / 1000));
          throw new AppError('too_many_requests', `Too many failed logins; try again in ${retryAfterS} s`, {
            retryAfterS,
          });
        }
      }
    },
    async succeeded(email, address) {
      const [[own, key], ...others] = keysOf(email, address);
      await own.delete(key);
      for (const [limiter, other] of others) await limiter.reward(other, 1);
    },
  };
}
