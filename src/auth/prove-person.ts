/**
 * Somebody without a login shows that an account is his, also when it is a member of no organization any more and no login opens it. As a
 * login: unknown, disabled and wrong answer alike, and of a code hears who knows the password alone.
 */
import type { Database } from '../database/contract.ts';
import { wantsSso, wrongCredentials } from './login.ts';
import type { LoginThrottle } from './login-throttle.ts';
import type { Passwords } from './passwords.ts';
import type { SecondFactor } from './second-factor.ts';
import { membershipsOf, type UserRow, userByEmail } from './user-store.ts';

/** Throws unauthorized, too_many_requests. */
export type ProvePerson = (shown: {
  readonly email: string;
  readonly password: string;
  readonly code: string | undefined;
  readonly address: string;
}) => Promise<UserRow>;

export const createProvePerson =
  (needs: {
    readonly db: Pick<Database, 'prisma' | 'rows'>;
    readonly passwords: Pick<Passwords, 'verify'>;
    readonly secondFactor: Pick<SecondFactor, 'check'>;
    readonly throttle: LoginThrottle;
  }): ProvePerson =>
  async ({ email, password, code, address }) => {
    const { db, passwords, secondFactor, throttle } = needs;
    await throttle.attempt(email, address);
    const user = await userByEmail(db, email);
    const isRight = await passwords.verify(password, user?.passwordHash);
    if (user === undefined || !isRight || user.disabledAt !== null) throw wrongCredentials(user);
    await throttle.succeeded(email, address);
    // Where all his organizations take single sign-on alone, his password opens nothing, and nothing new either.
    const all = await membershipsOf(db, user.id);
    if (all.length > 0 && all.every((each) => each.isSsoOnly)) throw wantsSso(user);
    await secondFactor.check(user, code, address);
    return user;
  };
