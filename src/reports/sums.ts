/** The job that adds up sessions by days: what has changed first, then what has settled, then what was before. Totals are made of it. */
import type { Database } from '../database/contract.ts';
import { claimJob } from '../nodes/index.ts';
import { dayOf, startOfDay } from '../pricing/index.ts';
import { calendars, forgetDays, type Next, nextDays } from './sum-days-store.ts';
import { addUpDay, changedDays, type DayOf, forgetChanges, SETTLED_MS } from './sums-store.ts';

const DAY_MS = 86_400_000;
/** Of a minute: the years before an upgrade are made up for little by little, the last days first. */
const WITHIN_MS = 20_000;

export type SumsNeeds = {
  readonly db: Pick<Database, 'rows' | 'transaction'>;
  readonly nodeId: string;
  readonly now: () => Date;
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number;
};

/** Every minute. It returns how many days were added up. */
export async function sumSessions({ db, nodeId, now, monotonic }: SumsNeeds): Promise<number> {
  const at = now();
  if (!(await claimJob(db, { name: 'session_sums', nodeId, now: at, everyMs: 60_000 }))) return 0;
  const begun = monotonic();
  const hasTime = (): boolean => monotonic() - begun < WITHIN_MS;
  const add = (day: DayOf & { readonly id?: number }) => db.transaction((tx) => addUpDay(tx, day));

  let count = 0;
  for (const day of await changedDays(db)) if (hasTime() && (await add(day))) count += 1;
  while (hasTime() && (await db.transaction(forgetChanges)));
  while (hasTime() && (await forgetDays(db)));

  let open = (await calendars(db)).map((each) => ({ ...each, until: settledUntil(each.zone, at) }));
  while (open.length > 0 && hasTime()) {
    const moved = new Set<string>();
    for (const next of await nextDays(db, open)) {
      const day = dayAfter(next);
      if (day === undefined || !hasTime() || !(await add(day))) continue;
      moved.add(next.id);
      count += 1;
    }
    open = open.filter(({ id }) => moved.has(id));
  }
  return count;
}

/** The end of the last day that has settled. */
const settledUntil = (zone: string, at: Date): Date =>
  new Date(startOfDay(zone, Date.parse(dayOf(zone, at.getTime() - SETTLED_MS))));

/** The next day forward, else the next one back. Days without sessions are passed over; days never overlap, even if the calendar itself was changed. */
function dayAfter({ id, zone, oldest, newest, after, before }: Next): DayOf | undefined {
  const instant = after ?? before;
  if (instant === null) return undefined;
  const midnight = Date.parse(dayOf(zone, instant.getTime()));
  const [starts, ends] = [startOfDay(zone, midnight), startOfDay(zone, midnight + DAY_MS)];
  return {
    ...{ organizationId: id, zone },
    startsAt: new Date(after === null || newest === null ? starts : Math.max(starts, newest.getTime())),
    endsAt: new Date(after !== null || oldest === null ? ends : Math.min(ends, oldest.getTime())),
  };
}
