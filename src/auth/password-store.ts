/** SQL of passwords: the one that holds, and tokens to set a new one. */
import type { Statement, Tx } from '../database/contract.ts';

const HASH: Statement = { name: 'passwords_hash', text: 'SELECT password_hash AS hash FROM users WHERE id = $1' };
export const passwordHashOf = async (db: Tx, userId: string): Promise<string | undefined> =>
  (await db.rows<{ hash: string }>(HASH, [userId]))[0]?.hash;

const SET: Statement = { name: 'passwords_set', text: 'UPDATE users SET password_hash = $2 WHERE id = $1' };
export const setPasswordHash = (tx: Tx, userId: string, hash: string): Promise<unknown> => tx.rows(SET, [userId, hash]);

const REPLACE: Statement = {
  name: 'passwords_replace',
  text: 'UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2 RETURNING id',
};
/** In place of the one that was proven. False: it was changed, or made anew at today's cost, meanwhile. */
export const replacePasswordHash = async (
  tx: Tx,
  userId: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<boolean> => (await tx.rows(REPLACE, [userId, from, to])).length > 0;

/** The one before is void. Nobody, or who is disabled, gets none. Plan: users_email_key. */
const RESET: Statement = {
  name: 'passwords_reset',
  text: `INSERT INTO password_resets (user_id, token_hash, expires_at, created_at)
         SELECT id, $2, $3, $4 FROM users WHERE email = $1 AND disabled_at IS NULL
         ON CONFLICT (user_id) DO UPDATE
            SET token_hash = excluded.token_hash, expires_at = excluded.expires_at, created_at = excluded.created_at
         RETURNING user_id`,
};
export const insertReset = async (
  db: Tx,
  email: string,
  reset: { readonly hash: Buffer; readonly expiresAt: Date; readonly now: Date },
): Promise<boolean> => (await db.rows(RESET, [email, reset.hash, reset.expiresAt, reset.now])).length > 0;

export type ResetPerson = {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly organizationId: string;
};
/** Plan: password_resets_token_hash_key. */
const FIND: Statement = {
  name: 'passwords_find_reset',
  text: `SELECT u.id, u.email, u.name, u.organization_id AS "organizationId" FROM password_resets r JOIN users u ON u.id = r.user_id
          WHERE r.token_hash = $1 AND r.expires_at > $2 AND u.disabled_at IS NULL`,
};
export const findReset = async (db: Tx, hash: Buffer, now: Date): Promise<ResetPerson | undefined> =>
  (await db.rows<ResetPerson>(FIND, [hash, now]))[0];

const TAKE: Statement = {
  name: 'passwords_take_reset',
  text: 'DELETE FROM password_resets WHERE token_hash = $1 AND expires_at > $2 RETURNING user_id',
};
/** Good once, whoever is first. */
export const takeReset = async (tx: Tx, hash: Buffer, now: Date): Promise<boolean> =>
  (await tx.rows(TAKE, [hash, now])).length > 0;

const FORGET: Statement = { name: 'passwords_forget_resets', text: 'DELETE FROM password_resets WHERE user_id = $1' };
export const forgetResets = (tx: Tx, userId: string): Promise<unknown> => tx.rows(FORGET, [userId]);
