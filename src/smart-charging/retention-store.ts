/** Charging profiles that have long been held by no charger are forgotten. */
import type { Database } from '../database/contract.ts';
import { deleteAll, deleteFew } from '../database/in-batches.ts';
import { firstIdAt } from '../platform/ids.ts';
import { idOf } from './machine.ts';

const KEPT_DAYS = 400;
const DAY_MS = 86_400_000;

// Plan: charging_profiles_pkey, its old end, past what is still held.
const FORGET = deleteFew(
  'charging_profiles_forget',
  'charging_profiles',
  `t.id < $1 AND t.updated_at < $2 AND t.status <> 'active' AND t.status <> 'pending'`,
  't.id',
);

/** Returns how many went. */
export function forgetProfiles(db: Pick<Database, 'rows'>, now: Date): Promise<number> {
  const before = new Date(now.getTime() - KEPT_DAYS * DAY_MS);
  const id = idOf(firstIdAt('cmd', before)); // they are drawn from their commands' (machine/row-id.ts)
  return deleteAll(db, FORGET, [id, before]);
}
