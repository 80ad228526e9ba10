/** Every periodic job of the server stands in one table (src/app.ts builds it); node-cron runs it, never twice at once. */
import cron, { type ScheduledTask } from 'node-cron';

export type Job = {
  readonly name: string;
  /** Six fields, seconds first. */
  readonly cron: string;
  readonly run: () => Promise<unknown>;
};
type Log = { error(fields: object, message: string): void };
type Measure = (job: string, seconds: number, ok: boolean) => void;

/** stop() waits for the runs in hand, at most for `withinMs`. */
export function createSchedules(jobs: readonly Job[], { log, measure }: { log: Log; measure: Measure }) {
  const running = new Set<Promise<void>>();
  /** What starts each job, by its name. */
  const starts = new Map<string, (isWanted: boolean) => void>();
  let tasks: ScheduledTask[] = [];
  let stopped = false;

  async function once(job: Job): Promise<void> {
    const startedAt = performance.now();
    try {
      await job.run();
      measure(job.name, (performance.now() - startedAt) / 1000, true);
    } catch (cause) {
      measure(job.name, (performance.now() - startedAt) / 1000, false);
      log.error({ err: cause, job: job.name }, 'a scheduled job failed; it runs again at its next time');
    }
  }

  return {
    start(): void {
      tasks = jobs.map((job) => {
        let busy = false; // our own guard as well: node-cron's noOverlap logs each skipped run
        let again = false;
        const start = (isWanted: boolean): void => {
          again ||= busy && isWanted;
          if (busy || stopped) return;
          busy = true;
          const run = once(job).finally(() => {
            busy = false;
            running.delete(run);
            if (!again) return;
            again = false;
            start(true);
          });
          running.add(run);
        };
        starts.set(job.name, start);
        // A tick that a busy process missed is made up for by the next one.
        return cron.schedule(job.cron, () => start(false), { name: job.name, suppressMissedWarning: true });
      });
    },
    /** Runs that job now, or once more when the run in hand is over. Does nothing before start() and after stop(). */
    soon(name: string): void {
      starts.get(name)?.(true);
    },
    async stop(withinMs: number): Promise<void> {
      stopped = true;
      for (const task of tasks) await task.destroy();
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([
        Promise.all(running),
        new Promise((resolve) => {
          timer = setTimeout(resolve, withinMs);
        }),
      ]);
      clearTimeout(timer);
    },
  };
}
