/**
 * The job that sends e-mails of accounts. What is secret in one (the token of its link) is made when it is sent, at each try anew, so
 * that none lies in the outbox. A mail is taken for a while before it is sent; after a crash in between it is sent again.
 */
import type { Database, Tx } from '../database/contract.ts';
import type { Mailer } from '../mail/index.ts';
import {
  type AccountEmailKind,
  type DueAccountEmail,
  forgetAccountEmails,
  holdAccountEmail,
  settleAccountEmail,
  takeAccountEmail,
} from './store.ts';

export type Composed = { readonly subject: string; readonly text: string };
/** undefined: there is nothing to send any more, or never was. In the transaction that holds the mail: its token is no other's. */
export type Compose = (email: DueAccountEmail, tx: Tx) => Promise<Composed | undefined>;

type Needs = {
  readonly db: Pick<Database, 'rows' | 'transaction'>;
  /** undefined: no SMTP server is configured; what waits is dropped. */
  readonly mailer: Mailer | undefined;
  readonly compose: Readonly<Record<AccountEmailKind, Compose>>;
  readonly now: () => Date;
  readonly log: { warn(fields: object, message: string): void };
};

const MOST_IN_A_RUN = 50;
/** Longer than one mail can take. */
const TAKEN_MS = 10 * 60_000;
/** After the first, second … failed attempt; then it is given up. */
const RETRY_S = [15, 60, 300, 1200];
const KEPT_MS = 30 * 86_400_000;

export function createAccountEmails({ db, mailer, compose, now, log }: Needs) {
  const composed = (email: DueAccountEmail): Promise<Composed | undefined> =>
    db.transaction(async (tx) => ((await holdAccountEmail(tx, email)) ? compose[email.kind](email, tx) : undefined));
  async function send(email: DueAccountEmail): Promise<boolean> {
    try {
      const mail = mailer === undefined ? undefined : await composed(email);
      if (mailer === undefined || mail === undefined) {
        await settleAccountEmail(db, email, { status: 'dropped', nextAt: null, error: null });
        return false;
      }
      await mailer.send({ to: email.email, ...mail, id: `${email.id}.${email.attempts}` });
      await settleAccountEmail(db, email, { status: 'sent', nextAt: null, error: null });
      return true;
    } catch (cause) {
      const error = cause instanceof Error ? cause.message.slice(0, 500) : 'unknown';
      log.warn({ email: email.id, kind: email.kind, error }, 'an e-mail of an account could not be sent');
      const waitS = RETRY_S[email.attempts - 1];
      const nextAt = waitS === undefined ? null : new Date(now().getTime() + waitS * 1000);
      await settleAccountEmail(db, email, { status: nextAt === null ? 'failed' : 'pending', nextAt, error });
      return false;
    }
  }
  return {
    /** Returns how many were sent. */
    async send(): Promise<number> {
      let sent = 0;
      for (let i = 0; i < MOST_IN_A_RUN; i += 1) {
        const at = now();
        const email = await takeAccountEmail(db, at, new Date(at.getTime() + TAKEN_MS));
        if (email === undefined) return sent;
        if (await send(email)) sent += 1;
      }
      return sent;
    },
    forget: (): Promise<unknown> => forgetAccountEmails(db, new Date(now().getTime() - KEPT_MS)),
  };
}
