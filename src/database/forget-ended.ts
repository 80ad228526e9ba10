/**
 * What was asked for once, and has ended, is forgotten after a year and some weeks: the one rule of the rooms that have no days of
 * their own to set. Who compares a year with the year before still finds it.
 */
import type { Database } from './contract.ts';
import { deleteAll, deleteFew } from './in-batches.ts';

const KEPT_DAYS = 400;
const DAY_MS = 86_400_000;

type Ended = {
  /** `t` in the condition. */
  readonly table: string;
  /** The smallest id of that time: ids sort by when a row was made. */
  readonly firstIdAt: (at: Date) => string;
  /** SQL: it has ended before $1 (timestamptz), and nobody needs it any more. */
  readonly when: string;
};

/** For the table of periodic jobs. What it makes returns how many rows went. Plan: the old end of the table's primary key. */
export function forgetEnded({
  table,
  firstIdAt,
  when,
}: Ended): (db: Pick<Database, 'rows'>, now: Date) => Promise<number> {
  const statement = deleteFew(`${table}_forget_ended`, table, `t.id < $2 AND ${when}`, 't.id');
  return (db, now) => {
    const before = new Date(now.getTime() - KEPT_DAYS * DAY_MS);
    return deleteAll(db, statement, [before, firstIdAt(before)]);
  };
}
