/**
 * What becomes of a refresh token that is shown. Each is good once; a second use means that two hold it, and ends the whole login
 * (RFC 9700 §4.14.2). For a little while a second use is taken for what it mostly is: an answer that was lost, or two tabs at once.
 */

/** As long as Okta's grace period by default. */
export const GRACE_MS = 30_000;

export type ShownToken = {
  readonly usedAt: Date | null;
  readonly expiresAt: Date;
  readonly login: { readonly revokedAt: Date | null; readonly expiresAt: Date };
  readonly isDisabled: boolean;
};
export type RefreshDecision =
  /** It is used up now, and another one is given. */
  | { readonly do: 'rotate' }
  /** It stays used since then, and another one is given. */
  | { readonly do: 'repeat' }
  /** Two hold it: the login ends. */
  | { readonly do: 'revoke' }
  | { readonly do: 'refuse'; readonly why: 'ended' | 'expired' | 'disabled' };

export function decideRefresh(token: ShownToken, now: Date): RefreshDecision {
  if (token.login.revokedAt !== null) return { do: 'refuse', why: 'ended' };
  if (token.isDisabled) return { do: 'refuse', why: 'disabled' };
  if (token.login.expiresAt <= now) return { do: 'refuse', why: 'expired' };
  if (token.usedAt !== null)
    return now.getTime() - token.usedAt.getTime() <= GRACE_MS ? { do: 'repeat' } : { do: 'revoke' };
  return token.expiresAt <= now ? { do: 'refuse', why: 'expired' } : { do: 'rotate' };
}
