/** SQL of the e-mails of accounts: which wait, and what became of them. */
import type { Statement, Tx } from '../database/contract.ts';
import { deleteAll, deleteFew } from '../database/in-batches.ts';

export type AccountEmailKind = 'invitation' | 'password_reset';

/** More than this never waits: whoever floods the outbox keeps others from nothing but mail. */
const MOST_WAITING = 10_000;
const WRITE: Statement = {
  name: 'account_emails_write',
  text: `INSERT INTO account_emails (id, kind, email, subject_id, status, attempts, next_attempt_at, created_at)
         SELECT $1, $2, $3, $4, 'pending', 0, $5, $5
          WHERE (SELECT count(*) FROM (SELECT 1 FROM account_emails WHERE next_attempt_at IS NOT NULL LIMIT ${MOST_WAITING}) w) < ${MOST_WAITING}`,
};
export const writeAccountEmail = (
  tx: Tx,
  email: {
    readonly id: string;
    readonly kind: AccountEmailKind;
    readonly email: string;
    readonly subjectId: string | null;
    readonly now: Date;
  },
): Promise<unknown> => tx.rows(WRITE, [email.id, email.kind, email.email, email.subjectId, email.now]);

/**
 * The one that is due longest, for this process until $2: who dies with it leaves it to the next. One only, so that none waits in
 * this process's memory while its time runs out. Plan: account_emails_due.
 */
const TAKE: Statement = {
  name: 'account_emails_take',
  text: `WITH due AS (
           SELECT id FROM account_emails WHERE next_attempt_at <= $1 ORDER BY next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
         )
         UPDATE account_emails e SET next_attempt_at = $2, attempts = e.attempts + 1 FROM due WHERE e.id = due.id
         RETURNING e.id, e.kind, e.email, e.subject_id AS "subjectId", e.attempts, e.next_attempt_at AS until`,
};
export type DueAccountEmail = {
  readonly id: string;
  readonly kind: AccountEmailKind;
  readonly email: string;
  readonly subjectId: string | null;
  readonly attempts: number;
  /** It is this process's until then, and as long as nothing else stands there. */
  readonly until: Date;
};
export const takeAccountEmail = async (db: Tx, now: Date, until: Date): Promise<DueAccountEmail | undefined> =>
  (await db.rows<DueAccountEmail>(TAKE, [now, until]))[0];

/** Whoever drops it waits until this transaction has ended. */
const HOLD: Statement = {
  name: 'account_emails_hold',
  text: 'SELECT id FROM account_emails WHERE id = $1 AND next_attempt_at = $2 FOR UPDATE',
};
/** false: it was dropped, or is another's by now. */
export const holdAccountEmail = async (tx: Tx, { id, until }: DueAccountEmail): Promise<boolean> =>
  (await tx.rows(HOLD, [id, until])).length > 0;

/** What was dropped, or is another's by now, stays as it is. */
const SETTLE: Statement = {
  name: 'account_emails_settle',
  text: `UPDATE account_emails SET status = $3, next_attempt_at = $4, last_error = $5 WHERE id = $1 AND next_attempt_at = $2`,
};
export const settleAccountEmail = (
  db: Tx,
  { id, until }: DueAccountEmail,
  to: {
    readonly status: 'pending' | 'sent' | 'failed' | 'dropped';
    readonly nextAt: Date | null;
    readonly error: string | null;
  },
): Promise<unknown> => db.rows(SETTLE, [id, until, to.status, to.nextAt, to.error]);

/** Plan: account_emails_due, of all that wait. */
const DROP: Statement = {
  name: 'account_emails_drop',
  text: `UPDATE account_emails SET status = 'dropped', next_attempt_at = NULL
          WHERE next_attempt_at IS NOT NULL AND kind = $1 AND subject_id = $2`,
};
/** What still waits about this subject is not sent; nor tried again, if it is being tried now. */
export const dropAccountEmails = (
  tx: Tx,
  { kind, subjectId }: { readonly kind: AccountEmailKind; readonly subjectId: string },
): Promise<unknown> => tx.rows(DROP, [kind, subjectId]);

/** Plan: account_emails_created_at_idx. */
const FORGET = deleteFew('account_emails_forget', 'account_emails', 'created_at < $1');
export const forgetAccountEmails = (db: Tx, before: Date): Promise<unknown> => deleteAll(db, FORGET, [before]);
