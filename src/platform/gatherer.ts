/** Gathers small facts by key and writes them now and then, in one go. They may be lost in a crash: nothing else may hang on them. */
export type Gatherer<Item> = {
  /** Never waits. `merge` adds to what is there; `first` begins a new one. False: too many different ones wait already, it is not kept. */
  add(key: string, merge: (known: Item) => void, first: () => Item): boolean;
  flush(): Promise<void>;
  start(): void;
  /** Writes what has gathered. */
  stop(): Promise<void>;
};

export type GathererOptions<Item> = {
  readonly everyMs: number;
  /** Different keys that wait to be written; further ones are not kept. */
  readonly maxWaiting: number;
  write(items: readonly Item[]): Promise<void>;
  /** They could not be written, and are gone. */
  onLost(cause: unknown, items: number): void;
};

export function createGatherer<Item>({ everyMs, maxWaiting, write, onLost }: GathererOptions<Item>): Gatherer<Item> {
  let waiting = new Map<string, Item>();
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    const taken = [...waiting.values()];
    waiting = new Map();
    try {
      await write(taken);
    } catch (cause) {
      onLost(cause, taken.length);
    }
  }

  function flush(): Promise<void> {
    if (waiting.size === 0) return flushing ?? Promise.resolve();
    flushing ??= writeAll().finally(() => {
      flushing = undefined;
    });
    return flushing;
  }

  return {
    add(key, merge, first) {
      const known = waiting.get(key);
      if (known !== undefined) merge(known);
      else if (waiting.size < maxWaiting) waiting.set(key, first());
      else return false;
      return true;
    },
    flush,
    start() {
      timer ??= setInterval(() => void flush(), everyMs); // flush never rejects
    },
    async stop() {
      clearInterval(timer);
      timer = undefined;
      await flush();
      await flush(); // what came while the first one was writing
    },
  };
}
