/** Ends a transfer that hardly moves: a sender that drips bytes must not hold a connection for an hour. */
export type SlowWatch = { readonly signal: AbortSignal; moved(bytes: number): void; stop(): void };

export type Pace = { readonly everyMs: number; readonly leastBytes: number };
/** GPRS brings a hundred times as much. */
export const defaultPace: Pace = { everyMs: 30_000, leastBytes: 4096 };

/** `signal` aborts with {@link TooSlow}. */
export function watchPace({ everyMs, leastBytes }: Pace): SlowWatch {
  const abort = new AbortController();
  let moved = 0;
  const timer = setInterval(() => {
    if (moved < leastBytes) abort.abort(new TooSlow());
    moved = 0;
  }, everyMs);
  return {
    signal: abort.signal,
    moved(bytes) {
      moved += bytes;
    },
    stop: () => clearInterval(timer),
  };
}

export class TooSlow extends Error {
  override readonly name = 'TooSlow';
}
