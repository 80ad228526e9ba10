/**
 * What a charger may draw at most, by what it was told and what it said to that. What was refused, or never answered, counts as the
 * higher of what it may be. Pure.
 */
import type { InFlight, Line, Outcome } from '../types.ts';

export const emptyLine: Line = { confirmed: null, inFlight: [], sentAt: null, failures: 0, retryAt: null };

const FIRST_RETRY_MS = 15_000;
export const LONGEST_RETRY_MS = 600_000;

/** max: by its make, which it may draw as long as it was never told less. */
export function ceilingOf({ confirmed, inFlight }: Line, max: number): number {
  let ceiling = confirmed === null || confirmed.isGone ? max : Math.min(confirmed.amount, max);
  for (const { amount } of inFlight) ceiling = Math.max(ceiling, Math.min(amount, max));
  return ceiling;
}

/** The least that it may be held to at this moment: one of those that it was ever told and that nothing has surely replaced. */
export const floorOf = ({ confirmed, inFlight }: Line, max: number): number =>
  Math.min(max, confirmed?.amount ?? max, ...inFlight.map(({ amount }) => amount));

/** The limit that it has, or will have when it takes what is on its way. undefined: nobody knows. */
export function newest({ confirmed, inFlight }: Line): number | undefined {
  const last = inFlight.at(-1);
  if (last === undefined) return confirmed === null || confirmed.isGone ? undefined : confirmed.amount;
  return last.doubtful ? undefined : last.amount;
}

/**
 * What became of the commands since. A charger carries them out in the order in which they were sent to it, which need not be that of our
 * wishes: another process may have been faster. What it took replaces all that it was sent before, also that of which nobody knows; what
 * is still on its way stays counted. `isGone`: the limit confirmed last is held no more (cleared, or replaced by somebody else).
 */
export function settled(line: Line, outcomeOf: (commandId: string) => Fate, isGone: boolean, now: number): Line {
  const fates = line.inFlight.map((each) => ({ each, fate: outcomeOf(each.commandId) }));
  const taken = fates
    .filter(({ fate }) => fate.outcome === 'taken')
    .sort((a, b) => sentAt(a.fate) - sentAt(b.fate))
    .at(-1);
  const isBefore = (fate: Fate): boolean => taken !== undefined && sentAt(fate) < sentAt(taken.fate);
  const left: InFlight[] = [];
  let failed = 0;
  for (const { each, fate } of fates) {
    if (fate.outcome === 'open') left.push(each);
    else if (fate.outcome === 'unknown' && !isBefore(fate)) {
      if (!each.doubtful) failed += 1;
      left.push(each.doubtful ? each : { ...each, doubtful: true });
    } else if (fate.outcome === 'refused' || fate.outcome === 'unsent') failed += 1;
  }
  const isSame = left.length === line.inFlight.length && left.every((each, i) => each === line.inFlight[i]);
  const { confirmed } = line;
  if (isSame && (confirmed === null || confirmed.isGone === isGone)) return line;
  const failures = failed > 0 ? line.failures + failed : taken !== undefined ? 0 : line.failures;
  const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(10, failures - 1));
  return {
    ...line,
    confirmed:
      taken !== undefined
        ? { commandId: taken.each.commandId, amount: taken.each.amount, at: now, isGone: false }
        : confirmed && { ...confirmed, isGone },
    inFlight: withFewDoubts(left),
    failures,
    retryAt: failed > 0 ? now + wait : taken !== undefined ? null : line.retryAt,
  };
}

/** sentAt: by the clock of the process that holds its connection; null: it was not sent. */
export type Fate = { readonly outcome: Outcome; readonly sentAt: number | null };
const sentAt = (fate: Fate): number => fate.sentAt ?? 0;

const MOST_DOUBTFUL = 4;

/** What nobody knows is one question, however often it was asked: the highest and the least answer count, and the last was the last. */
function withFewDoubts(left: readonly InFlight[]): readonly InFlight[] {
  const doubtful = left.filter((each) => each.doubtful);
  if (doubtful.length <= MOST_DOUBTFUL) return left;
  const byAmount = [...doubtful].sort((a, b) => b.amount - a.amount);
  const counting = new Set([byAmount.at(0), byAmount.at(-1), doubtful.at(-1)]);
  return left.filter((each) => !each.doubtful || counting.has(each));
}
