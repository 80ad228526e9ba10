/**
 * A person shows that an account is his, by address and password, and a code where the account has a second factor. Unknown, disabled and
 * wrong answer alike, in text and in time; that a code is missing or wrong is told to who knows the password alone.
 */
import type { Database } from '../database/contract.ts';
import { AppError } from '../platform/errors.ts';
import type { LoginThrottle } from './login-throttle.ts';
import type { Passwords } from './passwords.ts';
import type { SecondFactor } from './second-factor.ts';
import { membershipsOf, type OwnMembership, type UserRow, type UserSecret, userByEmail } from './user-store.ts';

export type Credentials = {
  readonly email: string;
  readonly password: string;
  readonly code?: string | undefined;
  readonly address: string;
  /** Where he wants to work; undefined: where the account was made, or else wherever he is a member. */
  readonly organizationId?: string | undefined;
};
/**
 * And his membership of where he wants to work. `mayBeNowhere`: also who is a member of nothing any more, so that no login opens (undefined).
 * Throws unauthorized, too_many_requests.
 */
export type ProvePerson = (
  shown: Credentials,
  mayBeNowhere: boolean,
) => Promise<{
  readonly user: UserSecret;
  /** Of his second factor (second-factor.ts). */
  readonly factorSince: Date | null;
  readonly membership: OwnMembership | undefined;
}>;

export const createProvePerson =
  (needs: {
    readonly db: Pick<Database, 'prisma' | 'rows'>;
    readonly passwords: Pick<Passwords, 'verify'>;
    readonly secondFactor: Pick<SecondFactor, 'check'>;
    readonly throttle: LoginThrottle;
  }): ProvePerson =>
  async (shown, mayBeNowhere) => {
    const { email, password, code, address, organizationId } = shown;
    const { db, passwords, secondFactor, throttle } = needs;
    await throttle.attempt(email, address);
    const user = await userByEmail(db, email);
    const isRight = await passwords.verify(password, user?.passwordHash);
    const all = await membershipsOf(db, user?.id ?? NOBODY);
    const membership =
      organizationId === undefined
        ? (all.find((each) => !each.isSsoOnly) ?? all[0])
        : all.find((each) => each.organizationId === organizationId);
    if (user === undefined || !isRight || user.disabledAt !== null || (membership === undefined && !mayBeNowhere))
      throw wrongCredentials(user);
    await throttle.succeeded(email, address);
    // Where all his organizations take single sign-on alone, his password opens nothing, and nothing new either.
    if (membership?.isSsoOnly === true) throw wantsSso(user);
    const factorSince = await secondFactor.check(user, code, address);
    return { user, factorSince, membership };
  };

/** Asked for like any other, so that the answer for who has no account takes as many questions. */
const NOBODY = 'usr_0';

export const wrongCredentials = (user: UserRow | undefined): AppError =>
  new AppError('unauthorized', 'The e-mail address or the password is wrong', {
    subject: user && { kind: 'user', id: user.id, organizationId: user.organizationId },
  });

/** Told to who knows the password alone. */
const wantsSso = ({ id, organizationId }: UserRow): AppError =>
  new AppError('unauthorized', 'This organization takes single sign-on only', {
    details: [{ field: 'organization_id', message: 'takes single sign-on only, but of its owners' }],
    subject: { kind: 'user', id, organizationId },
  });
