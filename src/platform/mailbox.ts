/**
 * What is pushed for one reader of an open stream and pulled by it as fast as it reads. It must never keep more for a slow reader
 * than it was told.
 */

/** One open stream, as what feeds it sees it. */
export type OpenStream = {
  /** Aborted when it is over, whoever ended it. */
  readonly signal: AbortSignal;
  /** Ends it at once, with whatever its reader has not taken yet. */
  cutOff(): void;
};

export type Mailbox<T> = AsyncIterable<T> & {
  /** Counts `bytes` until it is taken. Past the limit the stream is cut off. */
  put(item: T, bytes: number): void;
};

/** What was put and not yet taken, in order, for one reader; it ends with the stream. */
export function createMailbox<T>({ signal, cutOff }: OpenStream, maxBytes: number): Mailbox<T> {
  const waiting: { readonly item: T; readonly bytes: number }[] = [];
  let bytesWaiting = 0;
  let wake = (): void => undefined;
  signal.addEventListener('abort', () => wake(), { once: true });
  return {
    put(item, bytes) {
      if (signal.aborted) return;
      bytesWaiting += bytes;
      if (bytesWaiting > maxBytes) return cutOff();
      waiting.push({ item, bytes });
      wake();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        if (signal.aborted) return;
        const next = waiting.shift();
        if (next !== undefined) {
          yield next.item; // counted while it is being written
          bytesWaiting -= next.bytes;
          continue;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
