/** A person logs in with address and password. Unknown, disabled and wrong answer alike, in text and in time. */
import type { Database } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { ACCESS_TOKEN_S, type AccessTokens } from './access-tokens.ts';
import type { LoginThrottle } from './login-throttle.ts';
import type { Passwords } from './passwords.ts';
import { membershipsOf, type OwnMembership, recordLogin, type UserRow, userByEmail } from './user-store.ts';

export type Login = (attempt: {
  readonly email: string;
  readonly password: string;
  /** Where it comes from, as far as throttling goes. */
  readonly address: string;
  /** Where he wants to work; undefined: where the account was made, or else wherever he is a member. */
  readonly organizationId: string | undefined;
}) => Promise<LoggedIn>;
export type LoggedIn = {
  readonly accessToken: string;
  readonly expiresInS: number;
  readonly user: UserRow;
  readonly membership: OwnMembership;
};

export const createLogin = (needs: {
  readonly db: Pick<Database, 'prisma' | 'rows'>;
  readonly passwords: Passwords;
  readonly accessTokens: AccessTokens;
  readonly throttle: LoginThrottle;
  readonly clock: Clock;
}): Login => {
  const { db, passwords, accessTokens, throttle, clock } = needs;
  return async ({ email, password, address, organizationId }) => {
    await throttle.attempt(email, address);
    const user = await userByEmail(db, email);
    const isRight = await passwords.verify(password, user?.passwordHash);
    const all = user === undefined ? [] : await membershipsOf(db, user.id);
    const membership =
      organizationId === undefined ? all[0] : all.find((each) => each.organizationId === organizationId);
    if (user === undefined || !isRight || user.disabledAt !== null || membership === undefined)
      throw new AppError('unauthorized', 'The e-mail address or the password is wrong', {
        subject: user && { kind: 'user', id: user.id, organizationId: user.organizationId },
      });
    await throttle.succeeded(email, address);
    await recordLogin(db, user.id, clock.now());
    const accessToken = accessTokens.issue(user.id, { organizationId: membership.organizationId });
    return { accessToken, expiresInS: ACCESS_TOKEN_S, user, membership };
  };
};
