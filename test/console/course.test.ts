/** The course of a session is asked for to its end, and while it runs only on from there. */
import { expect, test } from '@jest/globals';
import { type CourseOf, courseOf, MOST } from '../../src/console/api/course.ts';

/** A list of the API that grows, in pages of 100. */
function listOf(all: { at: string }[]) {
  let asked = 0;
  return {
    asked: () => asked,
    async ask(cursor: string | undefined) {
      asked += 1;
      const until = Number(cursor ?? 0) + 100;
      return { data: all.slice(until - 100, until), next_cursor: until < all.length ? String(until) : null };
    },
  };
}
const readings = (count: number) => Array.from({ length: count }, (_, at) => ({ at: String(at) }));

test('a long session is there to its end', async () => {
  const all = readings(4_321);
  expect(await courseOf(listOf(all).ask)).toMatchObject({ readings: all, isCut: false });
});

test('while it runs only its last page, and what is new, is asked for', async () => {
  const all = readings(1_000);
  const list = listOf(all);
  let course: CourseOf<{ at: string }> | undefined;
  for (const [more, asked] of [
    [0, 10],
    [30, 2],
    [70, 1],
    [1, 2],
  ] as const) {
    all.push(...readings(more));
    const before = list.asked();
    course = await courseOf(list.ask, course);
    expect([course.readings, list.asked() - before]).toEqual([all, asked]);
  }
});

test('of more than a browser keeps the first are there, and it is said', async () => {
  const course = await courseOf(listOf(readings(MOST + 1)).ask);
  expect([course.readings.length, course.isCut]).toEqual([MOST, true]);
  expect((await courseOf(listOf(readings(MOST)).ask)).isCut).toBe(false);
});
