/**
 * Slows guessing of tokens down: so many wrong ones per organization in a while. Counted before they are tried, so that many at
 * once do not slip through; in this process: with several nodes a guesser has that many times as many tries at 256 bits.
 */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../platform/errors.ts';

export type TokenThrottle = {
  /** Counts a try; throws too_many_requests. */
  attempt(organizationId: string): Promise<void>;
  /** The token was right: the try does not count. */
  succeeded(organizationId: string): Promise<void>;
};

export function createTokenThrottle(most = 30, windowS = 15 * 60): TokenThrottle {
  const limiter = new RateLimiterMemory({ points: most, duration: windowS });
  return {
    async attempt(organizationId) {
      try {
        await limiter.consume(organizationId);
      } catch (cause) {
        if (!(cause instanceof RateLimiterRes)) throw cause;
        const retryAfterS = Math.max(1, Math.ceil(cause.msBeforeNext / 1000));
        throw new AppError('too_many_requests', `Too many wrong handover tokens; try again in ${retryAfterS} s`, {
          retryAfterS,
        });
      }
    },
    async succeeded(organizationId) {
      await limiter.reward(organizationId, 1);
    },
  };
}
