/**
 * How much of a budget each EVSE gets. Who charges gets at least its minimum or nothing, since below it no car charges; if that is not
 * enough for all, some wait, and take turns. What is left beyond the minima goes by the strategy. Whole numbers; the sum is never more
 * than the budget. Pure.
 */
import type { Demand, Share, Strategy } from '../types.ts';

export type Claim = {
  readonly key: string;
  readonly demand: Exclude<Demand, 'none'>;
  readonly min: number;
  readonly max: number;
  readonly priority: number;
  readonly arrivedAt: number;
  readonly before: Share | undefined;
};

export type Rules = { readonly strategy: Strategy; readonly turnMs: number; readonly now: number };

/** By key; who is not in it waits. */
export function allocate(budget: number, claims: readonly Claim[], rules: Rules): ReadonlyMap<string, number> {
  const inTurn = [...claims].sort(orderBy(rules));
  const given = new Map<string, number>();
  let left = Math.max(0, budget);
  const admitted: Claim[] = [];
  for (const claim of inTurn) {
    if (claim.max < claim.min || claim.min > left) continue;
    left -= claim.min;
    given.set(claim.key, claim.min);
    admitted.push(claim);
  }
  const hungry = admitted.filter(({ demand }) => demand === 'full');
  for (const equals of ranksOf(hungry, rules.strategy)) left = fill(given, equals, left);
  return given;
}

/** Groups that are served one after the other. */
function ranksOf(claims: readonly Claim[], strategy: Strategy): readonly (readonly Claim[])[] {
  if (strategy === 'equal') return [claims];
  if (strategy === 'first_come_first_served') return [...claims].sort(byArrival).map((claim) => [claim]);
  const levels = [...new Set(claims.map(({ priority }) => priority))].sort((a, b) => b - a);
  return levels.map((level) => claims.filter(({ priority }) => priority === level));
}

/** All rise together, each to its maximum at most. What is left. */
function fill(given: Map<string, number>, equals: readonly Claim[], budget: number): number {
  let left = budget;
  const has = ({ key }: Claim): number => given.get(key) ?? 0;
  const rising = [...equals].sort((a, b) => a.max - b.max || byKey(a, b));
  // The level that all who can reach it stand at: found from the one that can take the least upwards.
  let total = left + rising.reduce((sum, claim) => sum + has(claim), 0);
  let count = rising.length;
  for (const claim of rising) {
    const level = Math.max(has(claim), Math.min(claim.max, Math.floor(total / count)));
    const more = Math.min(level - has(claim), left);
    given.set(claim.key, has(claim) + more);
    left -= more;
    total -= has(claim);
    count -= 1;
  }
  return left;
}

function orderBy({ strategy, turnMs, now }: Rules): (a: Claim, b: Claim) => number {
  if (strategy === 'first_come_first_served') return byArrival;
  // Whose turn it is stays until it is over; then who waited longest is next.
  const turn = ({ before }: Claim): number => {
    if (before === undefined || before.state === 'idle' || before.state === 'paused') return 1;
    return now - before.since < turnMs ? 0 : 2;
  };
  const since = ({ before, arrivedAt }: Claim): number => (before?.state === 'paused' ? before.since : arrivedAt);
  const byTurn = (a: Claim, b: Claim): number => turn(a) - turn(b) || since(a) - since(b) || byKey(a, b);
  return strategy === 'equal' ? byTurn : (a, b) => b.priority - a.priority || byTurn(a, b);
}

const byKey = (a: Claim, b: Claim): number => (a.key < b.key ? -1 : 1);
const byArrival = (a: Claim, b: Claim): number => a.arrivedAt - b.arrivedAt || byKey(a, b);
