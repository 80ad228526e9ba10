/**
 * Writes what came of attempts, many per statement. While the database is away it keeps trying as long as the leases hold; then
 * it lets go, and those deliveries are sent once more. It must never report as saved what is not.
 */
import type { Completion, Log } from './types.ts';

export type Completions = {
  /** Resolves when it is saved (true), or was not ours any more, or had to be given up. */
  add(completion: Completion): Promise<boolean>;
  /** Writes what waits now. */
  flush(): void;
};

export type CompletionsOptions = {
  save(batch: readonly Completion[]): Promise<ReadonlySet<string>>;
  readonly log: Log;
  /** Statements are at least so far apart … */
  readonly gapMs: number;
  /** … unless so many wait. */
  readonly enough: number;
  readonly maxItems: number;
  readonly now?: () => number;
};

type Waiting = { readonly completion: Completion; readonly done: (isSaved: boolean) => void };

const RETRY_MS = [50, 100, 250, 500, 1000] as const;

export function createCompletions(options: CompletionsOptions): Completions {
  const { save, log, gapMs, enough, maxItems, now = () => performance.now() } = options;
  let waiting: Waiting[] = [];
  let isSaving = false;
  let savedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  function schedule(): void {
    if (isSaving || waiting.length === 0) return;
    const restMs = waiting.length >= enough ? 0 : savedAt + gapMs - now();
    if (restMs > 0) timer ??= setTimeout(start, restMs);
    else start();
  }

  function start(): void {
    clearTimeout(timer);
    timer = undefined;
    if (isSaving || waiting.length === 0) return;
    isSaving = true;
    savedAt = now();
    const batch = waiting.slice(0, maxItems);
    waiting = waiting.slice(maxItems);
    void saveAll(batch).finally(() => {
      isSaving = false;
      schedule();
    }); // saveAll never rejects
  }

  async function saveAll(batch: readonly Waiting[]): Promise<void> {
    let left = batch;
    for (let attempt = 0; left.length > 0; attempt += 1) {
      try {
        const saved = await save(left.map(({ completion }) => completion));
        for (const { completion, done } of left) done(saved.has(completion.id));
        return;
      } catch (cause) {
        const alive = left.filter(({ completion }) => completion.leasedUntilMs > now());
        for (const lost of left) if (!alive.includes(lost)) lost.done(false);
        if (attempt === 0 || alive.length < left.length)
          log.warn(
            { err: cause, deliveries: alive.length, givenUp: left.length - alive.length },
            'results of webhook deliveries cannot be saved; those given up will be sent again',
          );
        left = alive;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]));
      }
    }
  }

  return {
    add: (completion) =>
      new Promise((done) => {
        waiting.push({ completion, done });
        schedule();
      }),
    flush: start,
  };
}
