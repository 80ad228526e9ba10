/** Figures that a person has corrected (billing/review-store.ts), and what its charger says after that. Pure. */
import type { SessionRow } from '../types.ts';
import { reviewed } from './cost.ts';

export const BY_PERSON = 'corrected_by_person';

/** What a person has written down stays; the charger's registers are kept beside it, and a person looks at it once more. */
export function keptByPerson(before: SessionRow, after: SessionRow, why: string): SessionRow {
  if (!before.flags.includes(BY_PERSON)) return after;
  const { energyWh, endedAt } = before;
  const isNews = after.energyWh !== energyWh || after.flags.some((each) => !before.flags.includes(each));
  const kept = { ...after, energyWh, endedAt };
  return isNews ? reopened(kept, why) : kept;
}

function reopened(session: SessionRow, why: string): SessionRow {
  const next = reviewed(session);
  const { cost } = next;
  if (cost === null || cost.tariff === null) return next;
  const reviewReasons = cost.reviewReasons.includes(why) ? cost.reviewReasons : [...cost.reviewReasons, why];
  return { ...next, cost: { ...cost, reviewStatus: 'open', reviewReasons } };
}
