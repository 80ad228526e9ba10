/**
 * For how long a connector was kept free for a session before it began, and what that costs (component `reservation` of a tariff). Pure.
 * Only what was used costs: a reservation that nobody came for has no session, and is not charged for.
 */
import { type Timeline, withReservation } from '../../pricing/index.ts';
import type { SessionCost } from '../types.ts';

/** As long as a session may be: a clock that jumps by years must not be counted through. */
const MOST_MS = 31 * 86_400_000;

/** From when the charger agreed to keep it free until the session began; undefined: no time at all. */
export function reservedTime(from: Date, startedAt: Date): Timeline['reservation'] {
  const since = new Date(Math.max(from.getTime(), startedAt.getTime() - MOST_MS));
  return since < startedAt ? { from: since, until: startedAt } : undefined;
}

/** What it costs, with the time counted for which a connector was kept free for it. */
export function keptFree(cost: SessionCost, startedAt: Date, from: Date): SessionCost {
  const reservation = reservedTime(from, startedAt);
  if (reservation === undefined) return cost;
  const tally = withReservation(cost.plan, cost.count.tally, reservation);
  return { ...cost, count: { ...cost.count, tally, reservedFrom: reservation.from.getTime() } };
}
