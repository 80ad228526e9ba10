/**
 * Waits for the outcome of commands on behalf of REST calls with ?wait=true. The row is the truth: a notification of this
 * process only makes it look at once, and a poll sees what another node has written. It must never hold up a shutdown.
 */
export type CommandWaiter = {
  /** Resolves when the command is neither queued nor sent any more, at `withinMs`, when `signal` aborts, or at stop(). */
  settled(
    command: { readonly id: string; readonly chargePointId: string },
    options: { readonly withinMs: number; readonly signal?: AbortSignal },
  ): Promise<void>;
  /** To be called for every wake 'commands' of this process. */
  notify(chargePointId: string): void;
  /** Lets everybody go with what there is; later waits return at once. */
  stop(): void;
};

type Waiting = { look(): void; release(): void };

export function createCommandWaiter({
  isOpen,
  pollMs = 1000,
}: {
  readonly isOpen: (commandId: string) => Promise<boolean>;
  readonly pollMs?: number;
}): CommandWaiter {
  const waiting = new Map<string, Set<Waiting>>();
  let stopped = false;

  return {
    settled({ id, chargePointId }, { withinMs, signal }) {
      if (stopped || signal?.aborted === true || withinMs <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        let isLooking = false;
        let lookAgain = false;
        const look = (): void => {
          if (isLooking) {
            lookAgain = true;
            return;
          }
          isLooking = true;
          isOpen(id)
            .catch(() => true) // the database is away: the next poll will tell, or the time runs out
            .then((open) => {
              isLooking = false;
              if (!open) return release();
              if (lookAgain) {
                lookAgain = false;
                look();
              }
            }, release);
        };
        const here = waiting.get(chargePointId) ?? new Set<Waiting>();
        const me: Waiting = { look, release };
        function release(): void {
          clearInterval(poll);
          clearTimeout(end);
          signal?.removeEventListener('abort', release);
          here.delete(me);
          if (here.size === 0 && waiting.get(chargePointId) === here) waiting.delete(chargePointId);
          resolve();
        }
        const poll = setInterval(look, pollMs);
        const end = setTimeout(release, withinMs);
        signal?.addEventListener('abort', release, { once: true });
        waiting.set(chargePointId, here.add(me));
        look(); // it may have ended before we began to wait
      });
    },

    notify(chargePointId) {
      for (const each of waiting.get(chargePointId) ?? []) each.look();
    },

    stop() {
      stopped = true;
      for (const here of [...waiting.values()]) for (const each of [...here]) each.release();
    },
  };
}
