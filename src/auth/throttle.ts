/** So many tries in so long, for each of some key; counted in this process, as logins are. Keys are hashed: of equal length. */
import { createHash } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../platform/errors.ts';

export type Throttle = {
  /** Throws too_many_requests. */
  attempt(key: string): Promise<void>;
  /** It was right, or no answer at all: it does not count. */
  succeeded(key: string): Promise<void>;
};

export function createThrottle({ points, seconds }: { readonly points: number; readonly seconds: number }): Throttle {
  const limiter = new RateLimiterMemory({ points, duration: seconds });
  const hashed = (key: string): string => createHash('sha256').update(key).digest('base64');
  return {
    async attempt(key) {
      try {
        await limiter.consume(hashed(key));
      } catch (cause) {
        if (!(cause instanceof RateLimiterRes)) throw cause;
        const retryAfterS = Math.max(1, Math.ceil(cause.msBeforeNext / 1000));
        throw new AppError('too_many_requests', `Too many tries; try again in ${retryAfterS} s`, { retryAfterS });
      }
    },
    async succeeded(key) {
      await limiter.reward(hashed(key), 1);
    },
  };
}
