/** Whether the page is seen: what nobody looks at lets go of its streams. */

/** Whoever looks at another tab for a moment keeps them. */
const UNSEEN_MS = 1_000;

/** A signal that ends a moment after the page is hidden, or with `signal`. */
export function whileSeen(signal: AbortSignal): { readonly signal: AbortSignal; letGo(): void; end(): void } {
  const over = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const changed = (): void => {
    clearTimeout(timer);
    if (document.visibilityState === 'hidden') timer = setTimeout(() => over.abort(), UNSEEN_MS);
  };
  const abort = (): void => over.abort();
  document.addEventListener('visibilitychange', changed);
  signal.addEventListener('abort', abort);
  return {
    signal: over.signal,
    letGo: abort,
    end() {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', changed);
      signal.removeEventListener('abort', abort);
    },
  };
}

/** Resolves when the page is seen again, or with `signal`. */
export function becomesSeen(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (document.visibilityState === 'hidden' && !signal.aborted) return;
      document.removeEventListener('visibilitychange', look);
      signal.removeEventListener('abort', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
    signal.addEventListener('abort', look);
    look();
  });
}
