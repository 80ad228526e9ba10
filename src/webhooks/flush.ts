/**
 * A receiver is back: what waits for a retry is brought forward, spread out, so that it need not wait for hours. Only across a time
 * that its outage justifies: else one delivery that always fails among many that succeed would use up its retries in minutes. Never the
 * last retry of any: one success is no proof that it would be answered (docs/decisions/015-last-retries.md).
 */
import type { Recovered } from './completion-store.ts';
import type { HealthStore } from './health-store.ts';
import type { Log } from './types.ts';

export type FlushNeeds = {
  readonly store: Pick<HealthStore, 'pullForward'>;
  readonly now: () => Date;
  /** How often a delivery is tried again at most. */
  readonly retries: number;
  readonly log: Pick<Log, 'warn'>;
  readonly batch?: number;
};

/** 250 retries per second: 10,000 that have gathered in a day are through in 40 s. */
const GAP_MS = 4;
/**
 * The offsets of the schedule grow by less than 7, so whoever failed throughout an outage waits for less than 8 times its
 * length. A minute on top for those that failed only once.
 */
const STRETCH = 8;
const LEAST_MS = 60_000;

/** Until when planned retries may be pulled forward. */
export const pulledUntil = (failingSince: Date, now: Date): Date =>
  new Date(now.getTime() + LEAST_MS + STRETCH * Math.max(0, now.getTime() - failingSince.getTime()));

/** Returns how many retries it looked at. Never rejects: the retries have their own times. */
export function createFlush({ store, now, retries, log, batch = 1000 }: FlushNeeds) {
  return async ({ endpointId, failingSince }: Recovered): Promise<number> => {
    const at = now();
    const until = pulledUntil(failingSince, at);
    let after: Date | null = at;
    let all = 0;
    try {
      while (after !== null) {
        const from = new Date(at.getTime() + all * GAP_MS);
        const { count, last } = await store.pullForward({
          endpointId,
          after,
          until,
          from,
          limit: batch,
          gapMs: GAP_MS,
          retries,
        });
        all += count;
        after = count < batch ? null : last;
      }
    } catch (cause) {
      log.warn({ err: cause, endpointId }, 'retries of a webhook endpoint could not be brought forward');
    }
    return all;
  };
}
