/**
 * Group commit in small: while one run is in flight, items gather; all that has gathered goes into the next run.
 * An idle batcher runs at once, a busy one carries hundreds of items per run. No timers.
 */
export type Batcher<Item, Result> = {
  /** Resolves with this item's result; rejects if its run failed, or at once with `overflow` when too many wait. */
  add(item: Item): Promise<Result>;
  /** How many items wait or run now. */
  size(): number;
  /** Resolves when all that was added has run. */
  idle(): Promise<void>;
};

export type BatcherOptions<Item, Result> = {
  /** One result per item, in order. */
  run(items: readonly Item[]): Promise<readonly Result[]>;
  maxItems: number;
  /** Runs side by side. */
  lanes?: number;
  /** Items that may wait; one more is refused. */
  capacity?: number;
};

type Waiting<Item, Result> = { item: Item; resolve(result: Result): void; reject(cause: unknown): void };

export function createBatcher<Item, Result>(options: BatcherOptions<Item, Result>): Batcher<Item, Result> {
  const { run, maxItems, lanes = 1, capacity = Number.POSITIVE_INFINITY } = options;
  let waiting: Waiting<Item, Result>[] = [];
  let running = 0;
  let inFlight = 0;
  const idlers: (() => void)[] = [];

  async function lane(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxItems);
      waiting = waiting.slice(maxItems);
      inFlight += batch.length;
      try {
        const results = await run(batch.map((entry) => entry.item));
        batch.forEach((entry, i) => {
          entry.resolve(results[i] as Result);
        });
      } catch (cause) {
        for (const entry of batch) entry.reject(cause);
      }
      inFlight -= batch.length;
    }
    running -= 1;
    if (running === 0 && waiting.length === 0) {
      for (const done of idlers.splice(0)) done();
    }
  }

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= capacity) return reject(new Error('overflow'));
        waiting.push({ item, resolve, reject });
        if (running < lanes) {
          running += 1;
          setImmediate(() => void lane()); // lane never rejects: every fault is handed to its items
        }
      }),
    size: () => waiting.length + inFlight,
    idle: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => idlers.push(resolve))),
  };
}
