/** Every periodic job of the server stands in one table (src/app.ts builds it); it is run when it is due, never twice at once. */
import { within } from '../platform/within.ts';
import { createTimetable } from './timetable.ts';

export type Job = {
  readonly name: string;
  /** Six fields, seconds first, by UTC. */
  readonly cron: string;
  readonly run: () => Promise<unknown>;
};
type Log = Record<'info' | 'warn' | 'error', (fields: object, message: string) => void>;
type Needs = {
  readonly log: Log;
  readonly measure: Measure;
  /** Whether a fault passes by itself, as that of a database that is away for a while. */
  readonly isTransient: (cause: unknown) => boolean;
};
type Measure = (job: string, seconds: number, ok: boolean) => void;

const LOOK_MS = 1_000;
/** Behind the full second, so that a timer that comes a moment early does not miss it. */
const BEHIND_MS = 5;

/** stop() waits for the runs in hand, at most for `withinMs`. */
export function createSchedules(jobs: readonly Job[], { log, measure, isTransient }: Needs) {
  const running = new Set<Promise<void>>();
  /** What starts each job, by its name. */
  const starts = new Map<string, (isWanted: boolean) => void>();
  /** Jobs that failed for what passes by itself: told once, as dozens of them fail each second while the database is away. */
  const waiting = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function once(job: Job): Promise<void> {
    const startedAt = performance.now();
    try {
      await job.run();
      measure(job.name, (performance.now() - startedAt) / 1000, true);
      if (waiting.delete(job.name)) log.info({ job: job.name }, 'the scheduled job runs again');
    } catch (cause) {
      measure(job.name, (performance.now() - startedAt) / 1000, false);
      tell(job.name, cause);
    }
  }

  function tell(job: string, cause: unknown): void {
    if (!isTransient(cause)) {
      log.error({ err: cause, job }, 'a scheduled job failed; it runs again at its next time');
      return;
    }
    if (!waiting.has(job))
      log.warn({ err: cause, job }, 'a scheduled job waits for what is away; it is tried at each of its times');
    waiting.add(job);
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
