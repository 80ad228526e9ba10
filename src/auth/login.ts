/**
 * A person logs in with address and password, and a code where the account has a second factor. Unknown, disabled and wrong answer
 * alike, in text and in time; that a code is missing or wrong is told to who knows the password alone.
 */
import type { Database } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { LoginThrottle } from './login-throttle.ts';
import type { From, LoggedIn, Logins } from './logins.ts';
import { renewPasswordHash } from './password-store.ts';
import type { Passwords } from './passwords.ts';
import type { SecondFactor } from './second-factor.ts';
import { membershipsOf, recordLogin, type UserRow, userByEmail } from './user-store.ts';

export type Login = (
  attempt: {
    readonly email: string;
    readonly password: string;
    readonly code?: string | undefined;
    /** Where he wants to work; undefined: where the account was made, or else wherever he is a member. */
    readonly organizationId: string | undefined;
  } & From,
) => Promise<LoggedIn>;

export const createLogin = (needs: {
  readonly db: Pick<Database, 'prisma' | 'rows'>;
  readonly passwords: Passwords;
  readonly logins: Pick<Logins, 'begin'>;
  readonly secondFactor: Pick<SecondFactor, 'check'>;
  readonly throttle: LoginThrottle;
  readonly clock: Clock;
}): Login => {
  const { db, passwords, logins, secondFactor, throttle, clock } = needs;
  return async ({ email, password, code, organizationId, ...from }) => {
    await throttle.attempt(email, from.address);
    const user = await userByEmail(db, email);
    const isRight = await passwords.verify(password, user?.passwordHash);
    const all = await membershipsOf(db, user?.id ?? NOBODY);
    const membership =
      organizationId === undefined
        ? (all.find((each) => !each.isSsoOnly) ?? all[0])
        : all.find((each) => each.organizationId === organizationId);
    if (user === undefined || !isRight || user.disabledAt !== null || membership === undefined)
      throw wrongCredentials(user);
    await throttle.succeeded(email, from.address);
    if (membership.isSsoOnly) throw wantsSso(user);
    await secondFactor.check(user, code, from.address);
    if (passwords.isOutdated(user.passwordHash))
      await renewPasswordHash(db, user.id, { from: user.passwordHash, to: await passwords.hash(password) });
    await recordLogin(db, user.id, clock.now());
    return logins.begin(user, membership, from);
  };
};

/** Asked for like any other, so that the answer for who has no account takes as many questions. */
const NOBODY = 'usr_0';

export const wrongCredentials = (user: UserRow | undefined): AppError =>
  new AppError('unauthorized', 'The e-mail address or the password is wrong', {
    subject: user && { kind: 'user', id: user.id, organizationId: user.organizationId },
  });

/** Told to who knows the password alone. */
export const wantsSso = ({ id, organizationId }: UserRow): AppError =>
  new AppError('unauthorized', 'This organization takes single sign-on only', {
    details: [{ field: 'organization_id', message: 'takes single sign-on only, but of its owners' }],
    subject: { kind: 'user', id, organizationId },
  });
