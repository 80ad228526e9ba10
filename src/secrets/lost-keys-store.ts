/**
 * Whether the ring still has every key that something hangs on. A lost key file would be made anew in silence otherwise, and
 * every API key and charger be refused without a reason that anybody can see. Reads only.
 */
import type { Database, Statement } from '../database/contract.ts';

const KEYS_IN_USE: Statement = {
  name: 'secrets_keys_in_use',
  text: `SELECT kid, sum(api_keys)::int AS "apiKeys", sum(chargers)::int AS "chargerKeys"
           FROM (SELECT kid, count(*) AS api_keys, 0 AS chargers FROM api_keys WHERE revoked_at IS NULL GROUP BY kid
                 UNION ALL
                 SELECT key_kid, 0, count(*) FROM charge_points WHERE key_kid IS NOT NULL GROUP BY key_kid
                 UNION ALL
                 SELECT next_key_kid, 0, count(*) FROM charge_points WHERE next_key_kid IS NOT NULL GROUP BY next_key_kid) AS used
          GROUP BY kid`,
};

type InUse = { readonly kid: string; readonly apiKeys: number; readonly chargerKeys: number };

/** Says it as an error, as a person must act; the server starts all the same, for what hangs on the other keys. */
export async function warnOfLostKeys(needs: {
  readonly db: Pick<Database, 'rows'>;
  readonly keyRing: { readonly kids: readonly string[] };
  readonly log: { error(fields: object, message: string): void };
}): Promise<void> {
  const { db, keyRing, log } = needs;
  for (const { kid, apiKeys, chargerKeys } of await db.rows<InUse>(KEYS_IN_USE, [])) {
    if (keyRing.kids.includes(kid)) continue;
    log.error(
      { kid, apiKeys, chargerKeys },
      'keys are missing from the key ring: what was made under this one is refused until it is put back (docs/operations.md)',
    );
  }
}
