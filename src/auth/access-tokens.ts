/**
 * Access tokens of users: JWT, HS256 only, 15 minutes. A token names a user, the organization that he works in, and the login that
 * it came from, and nothing else: rights are looked up each time.
 */
import { randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { Clock } from '../platform/clock.ts';
import type { KeyRing } from '../secrets/index.ts';

export const ACCESS_TOKEN_S = 15 * 60;
const ISSUER = 'dynamo-csms';
const AUDIENCE = 'dynamo-csms-api';

export type Named = {
  readonly userId: string;
  /** Undefined: where the account was made. */
  readonly organizationId: string | undefined;
  /** The login that it is of: when that ends, so does it. */
  readonly loginId: string | undefined;
};

export type AccessTokens = {
  issue(userId: string, of?: { readonly organizationId?: string; readonly loginId?: string }): string;
  /** Whom the token names; undefined: it is no valid token. */
  verify(token: string): Named | undefined;
};

export function createAccessTokens({
  keys,
  clock,
}: {
  keys: ReturnType<KeyRing['jwtKeys']>;
  clock: Clock;
}): AccessTokens {
  const seconds = () => Math.floor(clock.now().getTime() / 1000);
  return {
    issue(userId, { organizationId, loginId } = {}) {
      const { kid, key } = keys.current;
      const iat = seconds();
      const claims = {
        ...{ sub: userId, iat, exp: iat + ACCESS_TOKEN_S, jti: randomUUID() },
        ...(organizationId !== undefined && { org: organizationId }),
        ...(loginId !== undefined && { sid: loginId }),
      };
      return jwt.sign(claims, key, { algorithm: 'HS256', issuer: ISSUER, audience: AUDIENCE, keyid: kid });
    },
    verify(token) {
      try {
        const kid = jwt.decode(token, { complete: true })?.header.kid;
        const key = keys.all.find((each) => each.kid === kid)?.key;
        if (key === undefined) return undefined;
        const claims = jwt.verify(token, key, {
          algorithms: ['HS256'],
          issuer: ISSUER,
          audience: AUDIENCE,
          maxAge: ACCESS_TOKEN_S,
          clockTimestamp: seconds(),
        });
        if (typeof claims === 'string' || claims.sub === undefined) return undefined;
        return { userId: claims.sub, organizationId: textOf(claims['org']), loginId: textOf(claims['sid']) };
      } catch {
        return undefined; // expired, tampered, of another issuer, or no JWT at all: all the same to the caller
      }
    },
  };
}

const textOf = (claim: unknown): string | undefined => (typeof claim === 'string' ? claim : undefined);
