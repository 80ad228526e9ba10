/** Versions of tariffs made ready to be counted with. A version never changes, so this process remembers those it was asked for last. */
import type { Tx } from '../database/contract.ts';
import { type Plan, planOf } from '../pricing/index.ts';
import { termsOfVersions } from './store.ts';
import { shownTerms, termsOf } from './terms.ts';

export type WantedPlan = { readonly tariffId: string; readonly version: number; readonly timezone: string };
export type Plans = {
  /** Asks the database only for those it does not know. What it resolves with throws for a version that does not exist. */
  of(db: Pick<Tx, 'rows'>, wanted: readonly WantedPlan[]): Promise<(one: WantedPlan) => Plan>;
};

const MOST_KEPT = 2_000;
const keyOf = ({ tariffId, version, timezone }: WantedPlan): string => `${tariffId} ${version} ${timezone}`;

export function createPlans(most: number = MOST_KEPT): Plans {
  /** The oldest first. */
  const kept = new Map<string, Plan>();
  return {
    async of(db, wanted) {
      const found = new Map<string, Plan>();
      const missing = new Map<string, WantedPlan>();
      for (const one of wanted) {
        const plan = kept.get(keyOf(one));
        if (plan === undefined) missing.set(keyOf(one), one);
        else found.set(keyOf(one), plan);
      }
      if (missing.size > 0) {
        const terms = await termsOfVersions(db, [...missing.values()]);
        for (const [key, one] of missing) {
          const stored = terms(one);
          if (stored === undefined) continue;
          const plan = planOf(termsOf(shownTerms.parse(stored)), one.timezone);
          found.set(key, plan);
          kept.set(key, plan);
        }
        for (const key of kept.keys()) {
          if (kept.size <= most) break;
          kept.delete(key);
        }
      }
      return (one) => {
        const plan = found.get(keyOf(one));
        if (plan === undefined) throw new Error(`there is no tariff ${keyOf(one)}`);
        return plan;
      };
    },
  };
}
