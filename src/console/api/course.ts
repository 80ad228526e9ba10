/** The readings of a session, oldest first, page by page to its end. While it runs, only what has come since is asked for. Pure. */
import type { Page } from './every-page.ts';

export type CourseOf<T> = {
  readonly readings: readonly T[];
  /** How many of them are on pages that are full, and where the next page begins. */
  readonly whole: number;
  readonly cursor: string | undefined;
  /** There are more than a browser keeps: these are the first. */
  readonly isCut: boolean;
};

/** More than two days of one every ten seconds. */
export const MOST = 20_000;

export async function courseOf<T extends { readonly at: string }>(
  ask: (cursor: string | undefined) => Promise<Page<T>>,
  known?: CourseOf<T>,
): Promise<CourseOf<T>> {
  const readings = known?.readings.slice(0, known.whole) ?? [];
  let cursor = known?.cursor;
  while (readings.length < MOST) {
    const page = await ask(cursor);
    const whole = readings.length;
    readings.push(...page.data);
    if (page.next_cursor === null) return { readings, whole, cursor, isCut: false };
    cursor = page.next_cursor;
  }
  return { readings, whole: readings.length, cursor, isCut: true };
}
