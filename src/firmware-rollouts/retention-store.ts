/** Rollouts that ended long ago are forgotten, with who was in them. */
import type { Database, Statement } from '../database/contract.ts';
import { inBatches } from '../database/in-batches.ts';
import { firstIdAt } from '../platform/ids.ts';

const KEPT_DAYS = 400;
const DAY_MS = 86_400_000;
/** One may have every charge point of an organization in it. */
const BATCH = 20;

// Plan: firmware_rollouts_pkey up to $1; firmware_rollout_members_pkey.
const FORGET = (limit: number): Statement => ({
  name: `firmware_rollouts_forget_${limit}`,
  text: `WITH old AS (SELECT id FROM firmware_rollouts WHERE id < $1 AND ended_at < $2 ORDER BY id LIMIT ${limit}),
              members AS (DELETE FROM firmware_rollout_members m USING old WHERE m.rollout_id = old.id)
         DELETE FROM firmware_rollouts r USING old WHERE r.id = old.id RETURNING 1 AS one`,
});

/** Returns how many went. */
export function forgetRollouts(db: Pick<Database, 'rows'>, now: Date): Promise<number> {
  const before = new Date(now.getTime() - KEPT_DAYS * DAY_MS);
  return inBatches(BATCH, async () => (await db.rows(FORGET(BATCH), [firstIdAt('rol', before), before])).length);
}
