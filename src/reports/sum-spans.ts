/** Of a range, what is taken from days that are added up, and what has to be added up from its sessions. Pure. */
import type { Range } from './range.ts';

export type SumDay = { readonly id: number; readonly startsAt: Date; readonly endsAt: Date };
export type SumSpans = {
  readonly dayIds: readonly number[];
  /** The spans of these days, and what lies between and around them; oldest first. */
  readonly summed: readonly Range[];
  readonly raw: readonly Range[];
};

/** What lies between is added up with them: a statement has few parts. */
const MOST_RUNS = 3;

type Run = { readonly days: SumDay[]; readonly from: Date; to: Date };

/** `days` lie within the range, oldest first, and do not overlap. */
export function sumSpans(days: readonly SumDay[], { from, to }: Range): SumSpans {
  const runs: Run[] = [];
  for (const day of days) {
    const last = runs.at(-1);
    if (last?.to.getTime() === day.startsAt.getTime()) {
      last.days.push(day);
      last.to = day.endsAt;
    } else runs.push({ days: [day], from: day.startsAt, to: day.endsAt });
  }
  const longest = [...runs].sort((a, b) => b.days.length - a.days.length).slice(0, MOST_RUNS);
  const kept = runs.filter((run) => longest.includes(run));
  const raw: Range[] = [];
  let since = from;
  for (const run of kept) {
    if (since < run.from) raw.push({ from: since, to: run.from });
    since = run.to;
  }
  if (since < to) raw.push({ from: since, to });
  return {
    dayIds: kept.flatMap((run) => run.days.map(({ id }) => id)),
    summed: kept.map((run) => ({ from: run.from, to: run.to })),
    raw,
  };
}
