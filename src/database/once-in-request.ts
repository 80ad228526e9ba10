/**
 * What a request changes without making anything that has an id of its own: a number goes up, a row is replaced. With an
 * Idempotency-Key that is written down in the same transaction, so that a repeat finds it done (docs/decisions/014-repeats.md).
 */
import { effectInRequest } from '../platform/request-ids.ts';
import type { Database, Statement, Tx } from './contract.ts';

// One that is under way is waited for.
const BEGIN: Statement = {
  name: 'request_effects_begin',
  text: `INSERT INTO request_effects (id, organization_id, created_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING RETURNING id`,
};
const KEEP: Statement = {
  name: 'request_effects_keep',
  text: 'UPDATE request_effects SET result = $3 WHERE id = $1 AND organization_id = $2',
};
const FIND: Statement = {
  name: 'request_effects_find',
  text: 'SELECT result FROM request_effects WHERE id = $1 AND organization_id = $2',
};
const CLEAN = (limit: number): Statement => ({
  name: 'request_effects_clean',
  text: `DELETE FROM request_effects WHERE id IN
           (SELECT id FROM request_effects WHERE created_at < $1::timestamptz ORDER BY created_at LIMIT ${limit}) RETURNING id`,
});

/** `work` gives what names its result, null where there is none; a repeat is given the same, and nothing is done. */
export async function onceInRequest(
  tx: Tx,
  { organizationId, now }: { readonly organizationId: string; readonly now: Date },
  work: () => Promise<string | null>,
): Promise<string | null> {
  const id = effectInRequest();
  if (id === undefined) return work();
  if ((await tx.rows(BEGIN, [id, organizationId, now])).length === 0) {
    const [done] = await tx.rows<{ result: string | null }>(FIND, [id, organizationId]);
    return done?.result ?? null;
  }
  const result = await work();
  await tx.rows(KEEP, [id, organizationId, result]);
  return result;
}

/** Deletes at most `limit` rows older than `before`; returns how many. */
export async function deleteEffectsBefore(db: Pick<Database, 'rows'>, before: Date, limit: number): Promise<number> {
  return (await db.rows(CLEAN(limit), [before])).length;
}
