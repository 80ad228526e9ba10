/** Logins: how one begins, goes on by refreshing, and ends. A refresh token leaves the server once and is kept as a hash. */
import type { Database, Tx } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { tokenHashOf } from '../platform/link-token.ts';
import { ACCESS_TOKEN_S, type AccessTokens } from './access-tokens.ts';
import {
  type BySso,
  endLogin,
  endLogins,
  type FoundToken,
  insertLogin,
  insertRefreshToken,
  lockToken,
  touchLogin,
  useToken,
} from './login-store.ts';
import { decideRefresh } from './machine.ts';
import { createOneTimeToken } from './one-time-token.ts';
import { membershipsOf, type OwnMembership, type Proven, recordLogin, type UserRow, userById } from './user-store.ts';

/** Without a refresh for so long it is over; and after so long in any case. */
export const IDLE_MS = 14 * 86_400_000;
export const LONGEST_MS = 60 * 86_400_000;
const MOST_DEVICE = 200;

export type From = { readonly address: string; readonly device: string | undefined };
export type LoggedIn = {
  readonly accessToken: string;
  readonly expiresInS: number;
  readonly refreshToken: string;
  readonly refreshExpiresAt: Date;
  readonly user: UserRow;
  readonly membership: OwnMembership;
};
export type Logins = ReturnType<typeof createLogins>;

export function createLogins(needs: {
  readonly db: Pick<Database, 'prisma' | 'rows' | 'transaction'>;
  readonly accessTokens: AccessTokens;
  readonly clock: Clock;
}) {
  const { db, accessTokens, clock } = needs;

  async function freshToken(tx: Tx, loginId: string, loginExpiresAt: Date, now: Date) {
    const { token, hash } = createOneTimeToken('refresh');
    const expiresAt = new Date(Math.min(now.getTime() + IDLE_MS, loginExpiresAt.getTime()));
    await insertRefreshToken(tx, { hash, loginId, now, expiresAt });
    return { refreshToken: token, refreshExpiresAt: expiresAt };
  }
  const accessFor = (userId: string, loginId: string, { organizationId }: OwnMembership) => ({
    accessToken: accessTokens.issue(userId, { organizationId, loginId }),
    expiresInS: ACCESS_TOKEN_S,
  });

  return {
    /** In one transaction with what `by` rests on. Undefined: he is disabled, or not any more what he was proven to be. */
    async begin(
      tx: Tx,
      userId: string,
      membership: OwnMembership,
      { address, device }: From,
      by: { readonly password: Proven } | { readonly sso: BySso },
    ): Promise<LoggedIn | undefined> {
      const now = clock.now();
      const user = await recordLogin(tx, userId, 'password' in by ? by.password : undefined, now);
      if (user === undefined) return undefined;
      const id = newId('lgn');
      const expiresAt = new Date(now.getTime() + LONGEST_MS);
      const { organizationId } = membership;
      const times = { createdAt: now, lastUsedAt: now, expiresAt };
      const row = { id, userId, organizationId, address, device: deviceText(device), ...times };
      await insertLogin(tx, row, 'sso' in by ? by.sso : undefined);
      const made = await freshToken(tx, id, expiresAt, now);
      return { ...accessFor(userId, id, membership), ...made, user, membership };
    },

    /**
     * `token`: by its form a refresh token. Throws unauthorized, one text for every reason; forbidden where the login is good and
     * does not open that organization: then the token is not used.
     */
    async refresh(token: string, organizationId: string | undefined, { address, device }: From): Promise<LoggedIn> {
      const now = clock.now();
      const hash = tokenHashOf(token);
      const outcome = await db.transaction(async (tx) => {
        const found = await lockToken(tx, hash);
        if (found === undefined) return undefined;
        const decision = decideRefresh(shownOf(found), now);
        if (decision.do === 'revoke') await endLogin(tx, found.userId, found.loginId, 'reuse', now);
        if (decision.do === 'revoke' || decision.do === 'refuse') return { found };
        const { ssoOrganizationId: sso } = found;
        const mine = await membershipsOf(tx, found.userId);
        const all = mine.filter((each) => (sso === null ? !each.isSsoOnly : each.organizationId === sso));
        const wanted = organizationId ?? found.organizationId;
        // Removed from where he worked last: wherever else he is a member. What he asks for he gets, or nothing.
        const membership =
          all.find((each) => each.organizationId === wanted) ?? (organizationId === undefined ? all[0] : undefined);
        if (membership === undefined && all.length > 0) {
          const isMember = mine.some((each) => each.organizationId === wanted);
          throw notOpened(isMember ? { organizationId: wanted, isBySso: sso !== null } : 'no_member');
        }
        if (membership === undefined) return { found };
        if (decision.do === 'rotate') await useToken(tx, hash, now);
        const to = { now, organizationId: membership.organizationId, address, device: deviceText(device) };
        await touchLogin(tx, found.loginId, to);
        return { found, membership, made: await freshToken(tx, found.loginId, found.loginExpiresAt, now) };
      });
      const user = outcome === undefined ? undefined : await userById(db, outcome.found.userId);
      if (outcome?.made === undefined || user === undefined)
        throw new AppError('unauthorized', 'Log in again', {
          subject: outcome && {
            kind: 'user',
            id: outcome.found.userId,
            organizationId: outcome.found.organizationId,
          },
        });
      const { membership, made, found } = outcome;
      return { ...accessFor(user.id, found.loginId, membership), ...made, user, membership };
    },

    /** Whoever logs in anew in a browser leaves no other login behind in it. Of its refresh token; undefined: it had none. */
    async endBefore(hash: Buffer | undefined): Promise<void> {
      if (hash === undefined) return;
      const now = clock.now();
      await db.transaction(async (tx) => {
        const found = await lockToken(tx, hash);
        if (found !== undefined) await endLogin(tx, found.userId, found.loginId, 'logout', now);
      });
    },
    end: (userId: string, loginId: string): Promise<boolean> => endLogin(db, userId, loginId, 'logout', clock.now()),
    endAll: (userId: string): Promise<unknown> => endLogins(db, userId, 'everywhere', clock.now()),
  };
}

/** `why`: of a member, by which login; of no member it is not told whether there is such an organization. */
function notOpened(why: { readonly organizationId: string; readonly isBySso: boolean } | 'no_member'): AppError {
  const message =
    why === 'no_member'
      ? 'you are no member there'
      : why.isBySso
        ? 'this login is by single sign-on of another organization: log in there anew'
        : `takes single sign-on only, but of its owners: begin at /api/v1/auth/sso/${why.organizationId}/start`;
  return new AppError('forbidden', 'This login does not open that organization', {
    details: [{ field: 'organization_id', message }],
  });
}

const shownOf = (found: FoundToken) => ({
  usedAt: found.usedAt,
  expiresAt: found.tokenExpiresAt,
  login: { revokedAt: found.revokedAt, expiresAt: found.loginExpiresAt },
  isDisabled: found.disabledAt !== null,
});

/** One line of printable text, or nothing. */
const deviceText = (said: string | undefined): string | null =>
  said
    ?.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ')
    .trim()
    .slice(0, MOST_DEVICE) || null;
