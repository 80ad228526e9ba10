/** SQL of second factors and recovery codes. */
import type { Statement, Tx } from '../database/contract.ts';

export type FactorRow = {
  readonly userId: string;
  readonly secret: Buffer | null;
  readonly confirmedAt: Date | null;
  readonly lastStep: number | null;
};
const GET: Statement = {
  name: 'second_factor_get',
  text: `SELECT id AS "userId", totp_secret AS secret, totp_confirmed_at AS "confirmedAt", totp_last_step AS "lastStep"
           FROM users WHERE id = $1`,
};
export const factorOf = async (db: Tx, userId: string): Promise<FactorRow | undefined> =>
  (await db.rows<FactorRow>(GET, [userId]))[0];

const BEGIN: Statement = {
  name: 'second_factor_begin',
  text: `UPDATE users SET totp_secret = $2, totp_last_step = NULL WHERE id = $1 AND totp_confirmed_at IS NULL RETURNING id`,
};
/** False: there is one already. */
export const beginFactor = async (db: Tx, userId: string, secret: Buffer): Promise<boolean> =>
  (await db.rows(BEGIN, [userId, secret])).length > 0;

/** A step is taken once, whoever is first. */
const TAKE: Statement = {
  name: 'second_factor_take',
  text: `UPDATE users SET totp_last_step = $2 WHERE id = $1 AND (totp_last_step IS NULL OR totp_last_step < $2) RETURNING id`,
};
export const takeStep = async (db: Tx, userId: string, step: number): Promise<boolean> =>
  (await db.rows(TAKE, [userId, step])).length > 0;

const CONFIRM: Statement = {
  name: 'second_factor_confirm',
  text: `UPDATE users SET totp_confirmed_at = $2 WHERE id = $1 AND totp_confirmed_at IS NULL AND totp_secret IS NOT NULL RETURNING id`,
};
export const confirmFactor = async (tx: Tx, userId: string, now: Date): Promise<boolean> =>
  (await tx.rows(CONFIRM, [userId, now])).length > 0;

const REMOVE: Statement = {
  name: 'second_factor_remove',
  text: 'UPDATE users SET totp_secret = NULL, totp_confirmed_at = NULL, totp_last_step = NULL WHERE id = $1',
};
const FORGET_CODES: Statement = {
  name: 'second_factor_forget_codes',
  text: 'DELETE FROM recovery_codes WHERE user_id = $1',
};
export async function removeFactor(tx: Tx, userId: string): Promise<void> {
  await tx.rows(REMOVE, [userId]);
  await tx.rows(FORGET_CODES, [userId]);
}

const INSERT_CODES: Statement = {
  name: 'second_factor_insert_codes',
  text: 'INSERT INTO recovery_codes (user_id, hash, created_at) SELECT $1, h, $3 FROM unnest($2::bytea[]) AS h',
};
/** Those before are void. */
export async function replaceCodes(tx: Tx, userId: string, hashes: readonly Buffer[], now: Date): Promise<void> {
  await tx.rows(FORGET_CODES, [userId]);
  await tx.rows(INSERT_CODES, [userId, hashes, now]);
}

const USE_CODE: Statement = {
  name: 'second_factor_use_code',
  text: 'UPDATE recovery_codes SET used_at = $3 WHERE user_id = $1 AND hash = $2 AND used_at IS NULL RETURNING user_id',
};
export const useCode = async (db: Tx, userId: string, hash: Buffer, now: Date): Promise<boolean> =>
  (await db.rows(USE_CODE, [userId, hash, now])).length > 0;

const LEFT: Statement = {
  name: 'second_factor_codes_left',
  text: 'SELECT count(*)::int AS left FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL',
};
export const codesLeft = async (db: Tx, userId: string): Promise<number> =>
  (await db.rows<{ left: number }>(LEFT, [userId]))[0]?.left ?? 0;
