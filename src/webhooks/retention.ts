/** What is older than 30 days goes: ended deliveries first, then events that no delivery refers to any more. */
import type { RetentionStore } from './retention-store.ts';

export const DAY_MS = 86_400_000;
/** Nothing is made anew of what the next deletion may take at this moment. */
export const RETENTION_MARGIN_MS = 300_000;

export type RetentionNeeds = {
  readonly store: RetentionStore;
  readonly now: () => Date;
  readonly days?: number;
  /** Rows per statement, and statements per run and table: the rest waits for the next run. */
  readonly batch?: number;
  readonly maxBatches?: number;
};

/** One run; to be called hourly. Returns what it deleted. */
export function createRetention({ store, now, days = 30, batch = 5000, maxBatches = 200 }: RetentionNeeds) {
  return async (): Promise<{ deliveries: number; events: number }> => {
    const before = new Date(now().getTime() - days * DAY_MS);
    return {
      deliveries: await repeat(() => store.deleteDeliveries(before, batch), batch, maxBatches),
      events: await repeat(() => store.deleteEvents(before, batch), batch, maxBatches),
    };
  };
}

async function repeat(remove: () => Promise<number>, batch: number, times: number): Promise<number> {
  let all = 0;
  for (let i = 0; i < times; i += 1) {
    const removed = await remove();
    all += removed;
    if (removed < batch) break;
  }
  return all;
}
