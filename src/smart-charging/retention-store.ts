/** Charging profiles that have long been held by no charger are forgotten. */
import type { Database, Statement } from '../database/contract.ts';
import { inBatches } from '../database/in-batches.ts';
import { firstIdAt } from '../platform/ids.ts';
import { idOf } from './machine.ts';

const KEPT_DAYS = 400;
const DAY_MS = 86_400_000;
const BATCH = 5_000;

// Plan: charging_profiles_pkey, its old end, past what is still held.
const FORGET: Statement = {
  name: 'charging_profiles_forget',
  text: `DELETE FROM charging_profiles WHERE id IN (
           SELECT id FROM charging_profiles
            WHERE id < $1 AND updated_at < $2 AND status <> 'active' AND status <> 'pending'
            ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED) RETURNING 1 AS one`,
};

/** Returns how many went. */
export function forgetProfiles(db: Pick<Database, 'rows'>, now: Date): Promise<number> {
  const before = new Date(now.getTime() - KEPT_DAYS * DAY_MS);
  const id = idOf(firstIdAt('cmd', before)); // they are drawn from their commands' (machine/row-id.ts)
  return inBatches(BATCH, async () => (await db.rows(FORGET, [id, before])).length);
}
