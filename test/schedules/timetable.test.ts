/** Jobs are due by the wall clock, once for all that was missed, and whichever way that clock jumps. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createTimetable } from '../../src/schedules/timetable.ts';
import { installation } from '../database/processes.ts';

const HOUR_MS = 3_600_000;
const night = join(await installation('test/schedules/programs/night.ts'), 'test/schedules/programs/night.js');
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

test.each([
  ['Europe/Berlin', 'summer time begins', '2027-03-27T22:00:00Z'],
  ['Europe/Berlin', 'summer time ends', '2026-10-24T22:00:00Z'],
  ['America/New_York', 'summer time begins', '2027-03-14T02:00:00Z'],
  ['America/New_York', 'summer time ends', '2026-11-01T02:00:00Z'],
])('in %s, on the night when %s, no job waits for an hour or runs twice', (TZ, _what, from) => {
  // the zone of a process is set when it starts
  const said = execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', night, from], {
    env: { TZ },
    encoding: 'utf8',
  });
  expect(JSON.parse(said)).toEqual([480, 480, 8, 1]);
});
