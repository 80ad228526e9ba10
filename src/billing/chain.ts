/** What was billed for a session, one after the other: its first cost, and each that a correction put in its place. Pure. */
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

/** Corrections that left cost, energy and times as they were, and times in which there was no cost, are no bills. */
export function chainOf(
  bill: Pick<Bill, 'cost' | 'endedAt' | 'startedAt'>,
  corrections: readonly Correction[],
): Billed[] {
  const chain: Billed[] = [];
  const add = (cost: Cost | null, since: Date, reason?: string, figuresChanged = false): void => {
    const last = chain.at(-1);
    if (cost === null || (last !== undefined && !figuresChanged && sameCost(last.cost, cost))) return;
    chain.push({ number: chain.length + 1, cost, since, reason: last === undefined ? undefined : reason });
  };
  add(corrections[0] === undefined ? bill.cost : corrections[0].before, bill.endedAt ?? bill.startedAt);
  for (const { after, at, reason, figuresChanged } of corrections) add(after, at, reason, figuresChanged);
  return chain;
}

const sameCost = (a: Cost, b: Cost): boolean => JSON.stringify(a) === JSON.stringify(b);
