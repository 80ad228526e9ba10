/**
 * Rows that hang on keys of the ring, of all organizations: for the admin who replaces a key. A row is written only if it still
 * is what was read, so nothing that the server changes meanwhile is overwritten.
 */
import type { Database, Statement } from '../database/contract.ts';

type Db = Pick<Database, 'rows'>;

/** Plan: webhook_endpoints_pkey, in steps. */
const SECRETS: Statement = {
  name: 'secrets_webhook_secrets',
  text: `SELECT id, secret, previous_secret AS previous FROM webhook_endpoints
          WHERE id > $1 AND (secret IS NOT NULL OR previous_secret IS NOT NULL) ORDER BY id LIMIT $2`,
};
const RESEAL: Statement = {
  name: 'secrets_reseal_webhook_secrets',
  text: `UPDATE webhook_endpoints w SET secret = n.secret, previous_secret = n.previous
           FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[])
                AS n(id, old_secret, secret, old_previous, previous)
          WHERE w.id = n.id AND w.secret IS NOT DISTINCT FROM n.old_secret
            AND w.previous_secret IS NOT DISTINCT FROM n.old_previous
         RETURNING w.id`,
};
/** One row per kid; what is expired or revoked is asked by nobody any more. Plans: sequential, once. */
const PEPPERED: Statement = {
  name: 'secrets_peppered',
  text: `SELECT 'api_keys' AS "table", kid, count(*)::int AS rows FROM api_keys
          WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) GROUP BY kid
         UNION ALL
         SELECT 'charge_points', kid, count(*)::int
           FROM (SELECT key_kid AS kid FROM charge_points UNION ALL SELECT next_key_kid FROM charge_points) AS k
          WHERE kid IS NOT NULL GROUP BY kid
         UNION ALL
         SELECT 'audit_entries', kid, count(*)::int FROM audit_entries GROUP BY kid`,
};
/** Kept for a day. The kid stands behind a version and its length (cipher.ts). Plan: sequential, once. */
const ANSWERS: Statement = {
  name: 'secrets_sealed_answers',
  text: `SELECT encode(substr(decode(left(response_body, 48), 'base64'), 3, get_byte(decode(left(response_body, 4), 'base64'), 1)), 'escape') AS kid,
                count(*)::int AS rows, max(created_at) AS latest
           FROM idempotency_keys WHERE response_body IS NOT NULL GROUP BY 1`,
};
const PROCESSES: Statement = {
  name: 'secrets_processes',
  text: `SELECT host, pid, started_at AS "startedAt" FROM nodes WHERE stopped_at IS NULL AND seen_at > now() - interval '30 seconds' ORDER BY started_at`,
};

export type SealedRow = { readonly id: string; readonly secret: Buffer | null; readonly previous: Buffer | null };
export type Resealed = { readonly before: SealedRow; readonly after: SealedRow };

export const sealedSecrets = (db: Db, afterId: string, limit: number): Promise<SealedRow[]> =>
  db.rows<SealedRow>(SECRETS, [afterId, limit]);

/** Ids of those that were written; the others have changed since they were read. */
export const reseal = async (db: Db, rows: readonly Resealed[]): Promise<string[]> =>
  (
    await db.rows<{ id: string }>(RESEAL, [
      rows.map(({ before }) => before.id),
      rows.map(({ before }) => before.secret),
      rows.map(({ after }) => after.secret),
      rows.map(({ before }) => before.previous),
      rows.map(({ after }) => after.previous),
    ])
  ).map(({ id }) => id);

export type Peppered = {
  readonly table: 'api_keys' | 'charge_points' | 'audit_entries';
  readonly kid: string;
  readonly rows: number;
};
export const pepperedRows = (db: Db): Promise<Peppered[]> => db.rows<Peppered>(PEPPERED, []);

export const sealedAnswers = (db: Db): Promise<{ kid: string; rows: number; latest: Date }[]> => db.rows(ANSWERS, []);

export type LiveProcess = { readonly host: string; readonly pid: number; readonly startedAt: Date };
export const liveProcesses = (db: Db): Promise<LiveProcess[]> => db.rows<LiveProcess>(PROCESSES, []);
