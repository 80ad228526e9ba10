/**
 * When each job is due by the wall clock, which may jump: a machine slept, its time was set. node-cron reads the expressions only. Its own
 * timers walk through every second that a jump forward has left out (minutes of a standing process after a day), and after a
 * jump back they sleep until the old time comes again.
 */
import cron from 'node-cron';

/** Between two looks the clock goes forward by about a second; back by as much as this it was set. */
const BACK_MS = 2_000;

export type Timetable = {
  /** The numbers of the jobs that are due now. What was missed since the last look is due once, however often it was. */
  due(now: Date): number[];
};

export function createTimetable(expressions: readonly string[], now: Date): Timetable {
  const jobs = expressions.map((expression) => {
    // by UTC: on the night when the summer time of a zone ends, node-cron finds nothing in the hour that comes twice
    const task = cron.createTask(expression, () => undefined, { timezone: 'UTC' });
    /** After the present moment of the system's clock. */
    const next = (): number => task.getNextRuns(1)[0]?.getTime() ?? Number.POSITIVE_INFINITY;
    return { next, at: next() };
  });
  let lookedAt = now.getTime();
  return {
    due(moment) {
      const at = moment.getTime();
      const wasSetBack = at < lookedAt - BACK_MS;
      lookedAt = at;
      const numbers: number[] = [];
      jobs.forEach((job, number) => {
        if (wasSetBack) job.at = job.next();
        else if (at >= job.at) {
          numbers.push(number);
          job.at = job.next();
        }
      });
      return numbers;
    },
  };
}
