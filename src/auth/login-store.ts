/** SQL of logins and their refresh tokens. */
import type { Statement, Tx } from '../database/contract.ts';
import { deleteAll, deleteFew } from '../database/in-batches.ts';

export type LoginEnd = 'logout' | 'everywhere' | 'reuse' | 'password' | 'reset' | 'second_factor' | 'too_many' | 'sso';
export type LoginRow = {
  readonly id: string;
  readonly userId: string;
  readonly organizationId: string;
  readonly device: string | null;
  readonly address: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
};
/** By single sign-on of the organization; `mfa`: with several factors, as its provider says. */
export type BySso = { readonly mfa: boolean };

const INSERT: Statement = {
  name: 'logins_insert',
  text: `INSERT INTO user_logins (id, user_id, organization_id, device, address, created_at, last_used_at, expires_at,
                                  sso_organization_id, sso_mfa)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $9::boolean IS NULL THEN NULL ELSE $3 END, COALESCE($9, false))`,
};
/** One person has no more open logins: the one that was used longest ago ends. */
export const MOST_LOGINS = 50;
const TRIM: Statement = {
  name: 'logins_trim',
  text: `UPDATE user_logins SET revoked_at = $2, revoked_why = 'too_many'
          WHERE id IN (SELECT id FROM user_logins WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2
                        ORDER BY last_used_at DESC, id DESC OFFSET ${MOST_LOGINS})`,
};
export async function insertLogin(tx: Tx, login: LoginRow, sso: BySso | undefined): Promise<void> {
  const { id, userId, organizationId, device, address, createdAt, lastUsedAt, expiresAt } = login;
  const times = [createdAt, lastUsedAt, expiresAt];
  await tx.rows(INSERT, [id, userId, organizationId, device, address, ...times, sso?.mfa ?? null]);
  await tx.rows(TRIM, [userId, createdAt]);
}

const INSERT_TOKEN: Statement = {
  name: 'logins_insert_token',
  text: 'INSERT INTO refresh_tokens (hash, login_id, issued_at, expires_at) VALUES ($1, $2, $3, $4)',
};
export const insertRefreshToken = (
  tx: Tx,
  token: { readonly hash: Buffer; readonly loginId: string; readonly now: Date; readonly expiresAt: Date },
): Promise<unknown> => tx.rows(INSERT_TOKEN, [token.hash, token.loginId, token.now, token.expiresAt]);

export type FoundToken = {
  readonly usedAt: Date | null;
  readonly tokenExpiresAt: Date;
  readonly loginId: string;
  readonly userId: string;
  readonly organizationId: string;
  readonly loginExpiresAt: Date;
  readonly revokedAt: Date | null;
  readonly disabledAt: Date | null;
  readonly ssoOrganizationId: string | null;
};
/** Without an organization: the token finds out who asks. The login is its family's lock. Plan: refresh_tokens_pkey. */
const FIND: Statement = {
  name: 'logins_find_token',
  text: `SELECT t.used_at AS "usedAt", t.expires_at AS "tokenExpiresAt", l.id AS "loginId", l.user_id AS "userId",
                l.organization_id AS "organizationId", l.expires_at AS "loginExpiresAt", l.revoked_at AS "revokedAt",
                u.disabled_at AS "disabledAt", l.sso_organization_id AS "ssoOrganizationId"
           FROM refresh_tokens t JOIN user_logins l ON l.id = t.login_id JOIN users u ON u.id = l.user_id
          WHERE t.hash = $1 FOR UPDATE OF l, t`,
};
export const lockToken = async (tx: Tx, hash: Buffer): Promise<FoundToken | undefined> =>
  (await tx.rows<FoundToken>(FIND, [hash]))[0];

const USE: Statement = { name: 'logins_use_token', text: 'UPDATE refresh_tokens SET used_at = $2 WHERE hash = $1' };
export const useToken = (tx: Tx, hash: Buffer, now: Date): Promise<unknown> => tx.rows(USE, [hash, now]);

const TOUCH: Statement = {
  name: 'logins_touch',
  text: 'UPDATE user_logins SET last_used_at = $2, organization_id = $3, address = $4, device = $5 WHERE id = $1',
};
export const touchLogin = (
  tx: Tx,
  id: string,
  to: { readonly now: Date; readonly organizationId: string; readonly address: string; readonly device: string | null },
): Promise<unknown> => tx.rows(TOUCH, [id, to.now, to.organizationId, to.address, to.device]);

/** Plan: user_logins_user_id_id_idx. $4: but this one. */
const END_ALL: Statement = {
  name: 'logins_end_all',
  text: `UPDATE user_logins SET revoked_at = $2, revoked_why = $3
          WHERE user_id = $1 AND revoked_at IS NULL AND ($4::text IS NULL OR id <> $4)`,
};
export const endLogins = (
  tx: Tx,
  userId: string,
  why: LoginEnd,
  now: Date,
  but: string | undefined = undefined,
): Promise<unknown> => tx.rows(END_ALL, [userId, now, why, but ?? null]);

const END: Statement = {
  name: 'logins_end',
  text: `UPDATE user_logins SET revoked_at = $3, revoked_why = $4 WHERE user_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING id`,
};
/** False: there is no such login, or it is over. */
export const endLogin = async (tx: Tx, userId: string, id: string, why: LoginEnd, now: Date): Promise<boolean> =>
  (await tx.rows(END, [userId, id, now, why])).length > 0;

/** Of a person, not over. Plan: user_logins_pkey. */
const OPEN: Statement = {
  name: 'logins_open',
  text: 'SELECT 1 FROM user_logins WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > $3',
};
export const isLoginOpen = async (tx: Tx, userId: string, id: string, now: Date): Promise<boolean> =>
  (await tx.rows(OPEN, [id, userId, now])).length > 0;

/** Whoever came by single sign-on of an organization comes anew; $3: this person alone. Plan: user_logins_sso_organization_id_idx. */
const END_SSO: Statement = {
  name: 'logins_end_sso',
  text: `UPDATE user_logins SET revoked_at = $2, revoked_why = 'sso'
          WHERE sso_organization_id = $1 AND revoked_at IS NULL AND ($3::text IS NULL OR user_id = $3)`,
};
export const endSsoLogins = (
  tx: Tx,
  organizationId: string,
  now: Date,
  userId: string | undefined = undefined,
): Promise<unknown> => tx.rows(END_SSO, [organizationId, now, userId ?? null]);

/** Those that are open, newest first. Plan: user_logins_user_id_id_idx, backwards. */
const LIST: Statement = {
  name: 'logins_list',
  text: `SELECT id, user_id AS "userId", organization_id AS "organizationId", device, address, created_at AS "createdAt",
                last_used_at AS "lastUsedAt", expires_at AS "expiresAt"
           FROM user_logins WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY id DESC LIMIT ${MOST_LOGINS}`,
};
export const listLogins = (tx: Tx, userId: string, now: Date): Promise<LoginRow[]> =>
  tx.rows<LoginRow>(LIST, [userId, now]);

/** $1: before which nothing is of use. Used tokens are kept as long as one could be shown again. */
const FORGET: readonly Statement[] = [
  deleteFew('logins_forget_tokens', 'refresh_tokens', 'expires_at < $1'),
  deleteFew('logins_forget', 'user_logins', 'expires_at < $1'),
  deleteFew('logins_forget_resets', 'password_resets', 'expires_at < $1'),
];
export async function forgetLogins(tx: Tx, before: Date): Promise<void> {
  for (const statement of FORGET) await deleteAll(tx, statement, [before]);
}
