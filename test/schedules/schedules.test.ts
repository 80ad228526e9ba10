/** What the log says of jobs that fail: a fault that passes by itself once, any other each time. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createSchedules } from '../../src/schedules/index.ts';

beforeEach(() => void jest.useFakeTimers({ now: Date.parse('2026-11-27T12:00:00.900Z') }));
afterEach(() => void jest.useRealTimers());

test('a database that is away for a minute is told once for each job, and once that it is back', async () => {
  const lines: string[] = [];
  const say = (level: string) => (fields: object, message: string) =>
    void lines.push(`${level} ${'job' in fields ? fields.job : ''}: ${message}`);
  let fault: Error | undefined = new Error('away');
  const measured: boolean[] = [];
  const schedules = createSchedules(
    ['a', 'b'].map((name) => ({
      name,
      cron: '* * * * * *',
      run: () => (fault === undefined ? Promise.resolve() : Promise.reject(fault)),
    })),
    {
      log: { info: say('info'), warn: say('warn'), error: say('error') },
      measure: (_job, _seconds, ok) => void measured.push(ok),
      isTransient: (cause) => cause instanceof Error && cause.message === 'away',
    },
  );
  schedules.start();
  await jest.advanceTimersByTimeAsync(60_000);
  const waits = 'a scheduled job waits for what is away; it is tried at each of its times';
  expect(lines.splice(0)).toEqual([`warn a: ${waits}`, `warn b: ${waits}`]);
  expect(measured.length).toBeGreaterThan(100);
  expect(measured).not.toContain(true);
  fault = undefined;
  await jest.advanceTimersByTimeAsync(5_000);
  expect(lines.splice(0)).toEqual(['info a: the scheduled job runs again', 'info b: the scheduled job runs again']);
  fault = new Error('a fault of ours');
  await jest.advanceTimersByTimeAsync(3_000);
  expect(lines.filter((line) => line.startsWith('error a'))).toHaveLength(3);
  await schedules.stop(1000);
});
