/** Looks at a timetable each minute from the given moment on, for eight hours, and tells how often each job was due. TZ says where. */
import { mock } from 'node:test';
import { createTimetable } from '../../../src/schedules/timetable.ts';

const start = Date.parse(process.argv[2] ?? '');
mock.timers.enable({ apis: ['Date'], now: start });
const timetable = createTimetable(['* * * * * *', '*/5 * * * * *', '0 17 * * * *', '0 57 2 * * *'], new Date());
const times = [0, 0, 0, 0];
for (let minute = 1; minute <= 480; minute += 1) {
  mock.timers.setTime(start + minute * 60_000 + 5);
  for (const number of timetable.due(new Date())) times[number] = (times[number] ?? 0) + 1;
}
process.stdout.write(JSON.stringify(times));
