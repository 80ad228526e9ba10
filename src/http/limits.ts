/**
 * Who asks, and how often he may. Requests are limited per principal, failed authentications per address. A credential that was
 * good a moment ago is never locked out by the failures of others behind the same address.
 */
import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../platform/errors.ts';
import type { Principal } from '../platform/principal.ts';

export type HttpLimits = {
  /** Per API key or user and minute; 0: no limit. A generous guard against a runaway client, not a quota. */
  readonly requestsPerMinute: number;
  /** Refused credentials per address (IPv6: per /56) and minute; 0: no limit. */
  readonly authFailuresPerMinute: number;
};
export const defaultLimits: HttpLimits = { requestsPerMinute: 30_000, authFailuresPerMinute: 600 };

/** How many good credentials are remembered; the oldest is forgotten first. */
const REMEMBERED = 10_000;

/** Throws unauthorized or too_many_requests. */
export function createIdentify(needs: {
  /** Throws unauthorized, one text for every reason. */
  readonly authenticate: (credential: string) => Promise<Principal>;
  readonly limits: HttpLimits;
}): (req: Request) => Promise<Principal> {
  const { authenticate, limits } = needs;
  const requests = limiter(limits.requestsPerMinute);
  const failures = limiter(limits.authFailuresPerMinute);
  const good = new Set<string>();

  return async (req) => {
    const address = addressOf(req);
    const credential = credentialOf(req);
    const digest = credential === undefined ? '' : createHash('sha256').update(credential).digest('base64');
    if (failures !== undefined && !good.has(digest)) {
      const past = await failures.get(address);
      if (past !== null && past.remainingPoints <= 0) throw tooMany(past.msBeforeNext, 'Too many refused credentials');
    }
    let principal: Principal;
    try {
      principal = await authenticate(credential ?? '');
    } catch (cause) {
      if (cause instanceof AppError && cause.code === 'unauthorized') {
        good.delete(digest);
        await failures?.penalty(address, 1);
      }
      throw cause;
    }
    good.delete(digest); // set again at the end: the order of the set is the order of use
    good.add(digest);
    const oldest = good.size > REMEMBERED ? good.values().next().value : undefined;
    if (oldest !== undefined) good.delete(oldest);
    if (requests !== undefined) await consume(requests, principal.id);
    return principal;
  };
}

/** The address that is throttled. Behind proxies: the one that a configured proxy reports. */
export const addressOf = (req: Request): string => (req.ip === undefined ? 'unknown' : ipKeyGenerator(req.ip));

/** `Authorization: Bearer …` or `X-API-Key`, never the query string. */
function credentialOf(req: Request): string | undefined {
  const bearer = /^Bearer +([^\s]+) *$/i.exec(req.get('authorization') ?? '');
  return bearer?.[1] ?? req.get('x-api-key');
}

const limiter = (points: number): RateLimiterMemory | undefined =>
  points > 0 ? new RateLimiterMemory({ points, duration: 60 }) : undefined;

async function consume(by: RateLimiterMemory, key: string): Promise<void> {
  try {
    await by.consume(key);
  } catch (cause) {
    if (cause instanceof RateLimiterRes) throw tooMany(cause.msBeforeNext, 'Too many requests');
    throw cause;
  }
}

function tooMany(ms: number, why: string): AppError {
  const retryAfterS = Math.max(1, Math.ceil(ms / 1000));
  return new AppError('too_many_requests', `${why}; try again in ${retryAfterS} s`, { retryAfterS });
}
