/**
 * Counts wrong keys per source and per (source, identity). It never looks at a right one: a guesser can make the answer to
 * wrong keys worse, for himself and others behind his address, but cannot lock the real charger out.
 */
import { RateLimiterMemory } from 'rate-limiter-flexible';

export type ThrottleOptions = {
  readonly perCharger: number;
  readonly perSource: number;
  readonly windowS: number;
};

export type Throttle = {
  /** One more wrong key. Resolves with the seconds until another try makes sense, undefined: not throttled. */
  wrong(source: string, identity: string): Promise<number | undefined>;
};

/** Keys are folded into this many places, so memory is bounded. Sharing a place only ever worsens the answer to a wrong key. */
const PLACES = 65_536;

export function createThrottle({ perCharger, perSource, windowS }: ThrottleOptions): Throttle {
  const chargers = new RateLimiterMemory({ points: perCharger, duration: windowS, keyPrefix: 'charger' });
  const sources = new RateLimiterMemory({ points: perSource, duration: windowS, keyPrefix: 'source' });
  return {
    async wrong(source, identity) {
      const network = networkOf(source);
      const [charger, all] = await Promise.all([
        chargers.penalty(place(`${network} ${identity}`)),
        sources.penalty(place(network)),
      ]);
      let waitMs = 0;
      if (charger.consumedPoints > perCharger) waitMs = charger.msBeforeNext;
      if (all.consumedPoints > perSource) waitMs = Math.max(waitMs, all.msBeforeNext);
      return waitMs === 0 ? undefined : Math.max(1, Math.ceil(waitMs / 1000));
    },
  };
}

/** An IPv6 host owns its whole /64. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = ''] = address.split('::', 1);
  return head.split(':').slice(0, 4).join(':');
}

function place(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return String((hash >>> 0) % PLACES);
}
