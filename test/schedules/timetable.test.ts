/** Jobs are due by the wall clock, once for all that was missed, and whichever way that clock jumps. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createTimetable } from '../../src/schedules/timetable.ts';

const HOUR_MS = 3_600_000;
const start = new Date('2026-11-26T12:00:00.005Z').getTime();
beforeEach(() => {
  jest.useFakeTimers({ now: start });
});
afterEach(() => {
  jest.useRealTimers();
});

function look(timetable: ReturnType<typeof createTimetable>, ms: number): number[] {
  jest.setSystemTime(start + ms);
  return timetable.due(new Date());
}
const timetable = () => createTimetable(['* * * * * *', '*/5 * * * * *', '0 17 3 * * *'], new Date());

test('each job is due at its time, once', () => {
  const jobs = timetable();
  expect([1, 2, 3, 4, 5, 5.4, 6].map((s) => look(jobs, s * 1000))).toEqual([[0], [0], [0], [0], [0, 1], [], [0]]);
});

test('a day that was slept through is made up for by one run of each, and at once', () => {
  const jobs = timetable();
  expect(look(jobs, 24 * HOUR_MS)).toEqual([0, 1, 2]);
  expect(look(jobs, 24 * HOUR_MS + 1000)).toEqual([0]);
});

test('after the clock was set back by an hour jobs go on, and none is due twice for that', () => {
  const jobs = timetable();
  expect(look(jobs, 1000)).toEqual([0]);
  expect(look(jobs, 2000 - HOUR_MS)).toEqual([]);
  expect([3, 4, 5, 6].map((s) => look(jobs, s * 1000 - HOUR_MS))).toEqual([[0], [0], [0, 1], [0]]);
});
