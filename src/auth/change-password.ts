/**
 * A new password: by who knows the old one, or by who reads the e-mail of the account. Whether there is such an account shows nowhere:
 * what was typed is put into the outbox, and looked up when its mail is due.
 */
import { type Composed, writeAccountEmail } from '../account-emails/index.ts';
import type { Database, Tx } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { tokenHashOf } from '../platform/link-token.ts';
import { endLogins } from './login-store.ts';
import type { LoginThrottle } from './login-throttle.ts';
import { createOneTimeToken, MOST_TOKEN } from './one-time-token.ts';
import { checkPassword } from './password-rules.ts';
import * as store from './password-store.ts';
import type { Passwords } from './passwords.ts';
import { removeFactor } from './second-factor-store.ts';
import { createThrottle } from './throttle.ts';
import { emailKey, proveAddress, type UserRow } from './user-store.ts';

export const RESET_MINUTES = 30;
const HOUR_S = 3600;

export type ChangePassword = ReturnType<typeof createChangePassword>;

export function createChangePassword(needs: {
  readonly db: Pick<Database, 'rows' | 'transaction'>;
  readonly passwords: Passwords;
  readonly throttle: LoginThrottle;
  readonly clock: Clock;
  readonly publicUrl: () => string;
  /** That it was linked with at providers of single sign-on (src/sso). */
  readonly unlinkEverywhere: (tx: Tx, userId: string) => Promise<unknown>;
}) {
  const { db, passwords, throttle, clock, publicUrl, unlinkEverywhere } = needs;
  const perAddress = createThrottle({ points: 100, seconds: HOUR_S });
  /** Nobody's mailbox is filled by others. */
  const perMailbox = createThrottle({ points: 5, seconds: HOUR_S });

  return {
    /** Throws unless it is the person's password; gives its hash. */
    async demand(user: UserRow, password: string, address: string): Promise<string> {
      await throttle.attempt(user.email, address);
      const hash = await store.passwordHashOf(db, user.id);
      if (hash === undefined || !(await passwords.verify(password, hash))) throw wrongPassword();
      await throttle.succeeded(user.email, address);
      return hash;
    },

    /** `proven`: what `demand` gave; one that was changed since stays, and it throws. Every other login of the person ends. */
    async change(
      user: UserRow,
      wanted: { readonly proven: string; readonly password: string; readonly loginId: string | undefined },
    ): Promise<void> {
      checkPassword(wanted.password, user, 'new_password');
      const hash = await passwords.hash(wanted.password);
      await db.transaction(async (tx) => {
        if (!(await store.replacePasswordHash(tx, user.id, { from: wanted.proven, to: hash }))) throw wrongPassword();
        await store.forgetResets(tx, user.id);
        await endLogins(tx, user.id, 'password', clock.now(), wanted.loginId);
      });
    },

    /** The same for whoever: only the mailbox will tell. */
    async askReset(email: string, address: string): Promise<void> {
      await perAddress.attempt(address);
      await perMailbox.attempt(emailKey(email));
      const row = { id: newId('aem'), kind: 'password_reset', email: emailKey(email), subjectId: null } as const;
      await writeAccountEmail(db, { ...row, now: clock.now() });
    },

    /** Of the mail that is due. */
    async compose({ email }: { readonly email: string }, tx: Tx): Promise<Composed | undefined> {
      const { token, hash } = createOneTimeToken('reset');
      const now = clock.now();
      const expiresAt = new Date(now.getTime() + RESET_MINUTES * 60_000);
      if (!(await store.insertReset(tx, email, { hash, expiresAt, now }))) return undefined;
      return {
        subject: 'A new password for Dynamo CSMS',
        text: [
          'Somebody, perhaps you, wants to set a new password for this account.',
          '',
          `Set it: ${publicUrl()}/password-reset#${token}`,
          '',
          `The link is good once, for ${RESET_MINUTES} minutes. If it was not you, do nothing: your password stays.`,
        ].join('\n'),
      };
    },

    /**
     * Every login of the person ends; the second factor stays, unless nobody had shown before that he reads this mail: then whoever
     * made the account may be another, and nothing of his opens it or keeps it shut. Throws not_found, one text for every reason.
     */
    async reset(token: string, password: string, address: string): Promise<store.ResetPerson> {
      await perAddress.attempt(address);
      const hash = tokenHashOf(token.slice(0, MOST_TOKEN));
      const person = await store.findReset(db, hash, clock.now());
      if (person === undefined) throw noUse();
      checkPassword(password, person);
      const hashed = await passwords.hash(password);
      await db.transaction(async (tx) => {
        const now = clock.now();
        if (!(await store.takeReset(tx, hash, now))) throw noUse();
        await store.setPasswordHash(tx, person.id, hashed);
        await endLogins(tx, person.id, 'reset', now);
        if (await proveAddress(tx, person.id)) {
          await removeFactor(tx, person.id);
          await unlinkEverywhere(tx, person.id);
        }
      });
      return person;
    },
  };
}

const wrongPassword = (): AppError =>
  new AppError('validation_failed', 'The password is wrong', { details: [{ field: 'password', message: 'is wrong' }] });

const noUse = (): AppError => new AppError('not_found', 'This link cannot be used, or not any more: ask for a new one');
