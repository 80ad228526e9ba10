/** Rows of idempotency_keys. One statement claims a key, so that of several equal requests one runs. */
import type { Database, Statement } from '../../database/contract.ts';

type Needs = Pick<Database, 'rows'>;

export type StoredRequest = {
  readonly requestHash: string;
  /** null: it is still running, or its process died; {@link UNKNOWN}: nobody knows whether it was done. */
  readonly responseStatus: number | null;
  readonly responseBody: string | null;
};

/** No answer that is kept has it. */
export const UNKNOWN = 503;

// A row is taken over when it is older than 24 hours, as if it were not there; and by an equal request when the one before did not
// finish, or nobody knows whether it did: then it keeps its time, of which ids are drawn. $5 and $6 are the two limits.
const CLAIM: Statement = {
  name: 'idempotency_claim',
  text: `INSERT INTO idempotency_keys AS k (organization_id, key, request_hash, created_at)
         VALUES ($1::text, $2::text, $3::text, $4::timestamptz)
         ON CONFLICT (organization_id, key) DO UPDATE
            SET request_hash = excluded.request_hash, response_status = NULL, response_body = NULL,
                created_at = CASE WHEN k.created_at < $5::timestamptz THEN excluded.created_at ELSE k.created_at END
          WHERE k.created_at < $5::timestamptz
             OR (k.request_hash = excluded.request_hash
                 AND (k.response_status = ${UNKNOWN} OR (k.response_status IS NULL AND k.created_at < $6::timestamptz)))
      RETURNING created_at AS "at", created_at <> $4::timestamptz AS "isRepeat"`,
};
const FIND: Statement = {
  name: 'idempotency_find',
  text: `SELECT request_hash AS "requestHash", response_status AS "responseStatus", response_body AS "responseBody"
           FROM idempotency_keys WHERE organization_id = $1 AND key = $2`,
};
// created_at is the fence: a key that was forgotten and taken again meanwhile is not ours any more.
const FINISH: Statement = {
  name: 'idempotency_finish',
  text: `UPDATE idempotency_keys SET response_status = $4, response_body = $5
          WHERE organization_id = $1 AND key = $2 AND created_at = $3::timestamptz AND response_status IS NULL`,
};
const RELEASE: Statement = {
  name: 'idempotency_release',
  text: `DELETE FROM idempotency_keys
          WHERE organization_id = $1 AND key = $2 AND created_at = $3::timestamptz AND response_status IS NULL`,
};
const LEAVE: Statement = {
  name: 'idempotency_leave_unknown',
  text: `UPDATE idempotency_keys SET response_status = ${UNKNOWN}
          WHERE organization_id = $1 AND key = $2 AND created_at = $3::timestamptz AND response_status IS NULL`,
};
const CLEAN = (limit: number): Statement => ({
  name: `idempotency_clean_${limit}`,
  text: `DELETE FROM idempotency_keys WHERE (organization_id, key) IN
           (SELECT organization_id, key FROM idempotency_keys WHERE created_at < $1::timestamptz ORDER BY created_at LIMIT ${limit})
      RETURNING 1 AS deleted`,
});

export type Claim = { readonly organizationId: string; readonly key: string; readonly at: Date };

/** `at`: when the first equal request came. `isRepeat`: one came before, and may have been done. */
export type Claimed = { readonly at: Date; readonly isRepeat: boolean };

/** undefined: another request has it. */
export async function claimKey(
  db: Needs,
  claim: Claim & { readonly requestHash: string; readonly expiredBefore: Date; readonly deadBefore: Date },
): Promise<Claimed | undefined> {
  const { organizationId, key, requestHash, at, expiredBefore, deadBefore } = claim;
  return (await db.rows<Claimed>(CLAIM, [organizationId, key, requestHash, at, expiredBefore, deadBefore]))[0];
}

export async function findKey(
  db: Needs,
  claim: Pick<Claim, 'organizationId' | 'key'>,
): Promise<StoredRequest | undefined> {
  return (await db.rows<StoredRequest>(FIND, [claim.organizationId, claim.key]))[0];
}

export async function finishKey(db: Needs, claim: Claim, status: number, body: string | null): Promise<void> {
  await db.rows(FINISH, [claim.organizationId, claim.key, claim.at, status, body]);
}

/** The request was refused, and nothing done: the key is free for any other. */
export async function releaseKey(db: Needs, claim: Claim): Promise<void> {
  await db.rows(RELEASE, [claim.organizationId, claim.key, claim.at]);
}

/** Nobody knows whether the request was done: an equal one may look. */
export async function leaveKey(db: Needs, claim: Claim): Promise<void> {
  await db.rows(LEAVE, [claim.organizationId, claim.key, claim.at]);
}

/** Deletes at most `limit` rows older than `before`; returns how many. */
export async function deleteKeysBefore(db: Needs, before: Date, limit: number): Promise<number> {
  return (await db.rows(CLEAN(limit), [before])).length;
}
