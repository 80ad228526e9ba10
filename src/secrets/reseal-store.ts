/**
 * Rows that hang on keys of the ring, of all organizations: for the admin who replaces a key. A row is written only if it still
 * is what was read, so nothing that the server changes meanwhile is overwritten.
 */
import type { Database, Statement } from '../database/contract.ts';
import type { PASSING, SealedTable } from './sealed-columns.ts';

type Db = Pick<Database, 'rows'>;

/** Plan: its primary key, in steps. */
const sealedOf = ({ table, key, secret, previous }: SealedTable): Statement => ({
  name: `secrets_${table}`,
  text: `SELECT ${idOf(key, 't.')} AS id, t.${secret} AS secret, ${previous === null ? 'NULL::bytea' : `t.${previous}`} AS previous FROM ${table} t
          WHERE ($1 = '' OR (${key.map(([column]) => `t.${column}`).join(', ')}) > (${partsOf('$1', key)}))
            AND (t.${secret} IS NOT NULL${previous === null ? '' : ` OR t.${previous} IS NOT NULL`})
          ORDER BY ${key.map(([column]) => `t.${column}`).join(', ')} LIMIT $2`,
});
const resealOf = ({ table, key, secret, previous }: SealedTable): Statement => ({
  name: `secrets_reseal_${table}`,
  text: `UPDATE ${table} t SET ${secret} = n.secret${previous === null ? '' : `, ${previous} = n.previous`}
           FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[])
                AS n(id, old_secret, secret, old_previous, previous)
          WHERE (${key.map(([column]) => `t.${column}`).join(', ')}) = (${partsOf('n.id', key)})
            AND t.${secret} IS NOT DISTINCT FROM n.old_secret${previous === null ? '' : ` AND t.${previous} IS NOT DISTINCT FROM n.old_previous`}
         RETURNING n.id`,
});
/** No part of a key has a blank. */
const idOf = (key: SealedTable['key'], of: string): string =>
  key.map(([column]) => `${of}${column}::text`).join(` || ' ' || `);
/** Of an empty id no part is looked at, but each must be of its type. */
const partsOf = (id: string, key: SealedTable['key']): string =>
  key
    .map(([, type], i) =>
      type === 'text' ? `split_part(${id}, ' ', ${i + 1})` : `nullif(split_part(${id}, ' ', ${i + 1}), '')::${type}`,
    )
    .join(', ');
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
/** The kid stands behind a version and its length (cipher.ts). */
const kidIn = (bytes: string): string => `encode(substr(${bytes}, 3, get_byte(${bytes}, 1)), 'escape')`;
const kidInBase64 = (text: string): string => kidIn(`decode(left(${text}, 48), 'base64')`);
/** Gone by themselves, soon. Plans: sequential, once. */
const PASSING_ROWS: Statement = {
  name: 'secrets_passing',
  text: `SELECT 'idempotency' AS purpose, ${kidInBase64('response_body')} AS kid, count(*)::int AS rows, max(created_at) AS latest
           FROM idempotency_keys WHERE response_body IS NOT NULL GROUP BY 2
         UNION ALL
         SELECT 'command-secret', kid, count(*)::int, NULL
           FROM (SELECT ${kidInBase64('sealed')} AS kid FROM commands WHERE sealed IS NOT NULL
                 UNION ALL
                 SELECT ${kidInBase64(`item->>'sealed'`)} FROM configuration_changes, jsonb_array_elements(items) item
                  WHERE due_at IS NOT NULL AND item->>'sealed' IS NOT NULL) k GROUP BY kid
         UNION ALL
         SELECT 'customer-information', ${kidIn('content')}, count(*)::int, max(created_at)
           FROM customer_reports WHERE content IS NOT NULL GROUP BY 2`,
};
const PROCESSES: Statement = {
  name: 'secrets_processes',
  text: `SELECT host, pid, started_at AS "startedAt" FROM nodes WHERE stopped_at IS NULL AND seen_at > now() - interval '30 seconds' ORDER BY started_at`,
};

export type SealedRow = { readonly id: string; readonly secret: Buffer | null; readonly previous: Buffer | null };
export type Resealed = { readonly before: SealedRow; readonly after: SealedRow };

export const sealedRows = (db: Db, of: SealedTable, afterId: string, limit: number): Promise<SealedRow[]> =>
  db.rows<SealedRow>(sealedOf(of), [afterId, limit]);

/** Ids of those that were written; the others have changed since they were read. */
export const reseal = async (db: Db, of: SealedTable, rows: readonly Resealed[]): Promise<string[]> =>
  (
    await db.rows<{ id: string }>(resealOf(of), [
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

export type Passing = {
  readonly purpose: keyof typeof PASSING;
  readonly kid: string;
  readonly rows: number;
  /** Of what goes a day after it was made, when the last one was; null: it goes when what it is for has ended. */
  readonly latest: Date | null;
};
export const passingRows = (db: Db): Promise<Passing[]> => db.rows<Passing>(PASSING_ROWS, []);

export type LiveProcess = { readonly host: string; readonly pid: number; readonly startedAt: Date };
export const liveProcesses = (db: Db): Promise<LiveProcess[]> => db.rows<LiveProcess>(PROCESSES, []);
