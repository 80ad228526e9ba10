/** Every periodic job of the server stands in one table (src/app.ts builds it); it is run when it is due, never twice at once. */
import { within } from '../platform/within.ts';
import { createTimetable } from './timetable.ts';

export type Job = {
  readonly name: string;
  /** Six fields, seconds first. */
  readonly cron: string;
  readonly run: () => Promise<unknown>;
};
type Log = { error(fields: object, message: string): void };
type Measure = (job: string, seconds: number, ok: boolean) => void;

const LOOK_MS = 1_000;
/** Behind the full second, so that a timer that comes a moment early does not miss it. */
const BEHIND_MS = 5;

/** stop() waits for the runs in hand, at most for `withinMs`. */
export function createSchedules(jobs: readonly Job[], { log, measure }: { log: Log; measure: Measure }) {
  const running = new Set<Promise<void>>();
  /** What starts each job, by its name. */
  const starts = new Map<string, (isWanted: boolean) => void>();
  let timer: NodeJS.Timeout | undefined;
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
      for (const job of jobs) {
        let busy = false;
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
      }
      const timetable = createTimetable(
        jobs.map(({ cron }) => cron),
        new Date(),
      );
      /** A look that a busy process missed is made up for by the next one. */
      const look = (): void => {
        const now = new Date();
        timer = setTimeout(look, LOOK_MS - (now.getTime() % LOOK_MS) + BEHIND_MS);
        for (const number of timetable.due(now)) starts.get(jobs[number]?.name ?? '')?.(false);
      };
      look();
    },
    /** Runs that job now, or once more when the run in hand is over. Does nothing before start() and after stop(). */
    soon(name: string): void {
      starts.get(name)?.(true);
    },
    async stop(withinMs: number): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      await within(withinMs, Promise.all(running));
    },
  };
}
