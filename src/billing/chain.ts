/** What was billed for a session, one after the other: the first cost, and each cost that a correction put in its place. Pure. */
import type { Cost } from '../pricing/index.ts';
import type { Bill, Correction } from './bill-store.ts';

export type Billed = {
  /** 1, 2, … */
  readonly number: number;
  readonly cost: Cost;
  readonly since: Date;
  /** Why it took the place of the one before. */
  readonly reason: string | undefined;
};

/** Corrections that left the cost as it was, and times in which there was none, are no bills. */
export function chainOf(
  bill: Pick<Bill, 'cost' | 'endedAt' | 'startedAt'>,
  corrections: readonly Correction[],
): Billed[] {
  const chain: Billed[] = [];
  const add = (cost: Cost | null, since: Date, reason: string | undefined): void => {
    const last = chain.at(-1);
    if (cost === null || (last !== undefined && sameCost(last.cost, cost))) return;
    chain.push({ number: chain.length + 1, cost, since, reason: last === undefined ? undefined : reason });
  };
  add(corrections[0] === undefined ? bill.cost : corrections[0].before, bill.endedAt ?? bill.startedAt, undefined);
  for (const { after, at, reason } of corrections) add(after, at, reason);
  return chain;
}

const sameCost = (a: Cost, b: Cost): boolean => JSON.stringify(a) === JSON.stringify(b);
