/**
 * A credential → who is asking. Every request looks it up, so that revoking a key or disabling a user acts at once. It must
 * never say why a credential is refused.
 */
import type { Database } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { Principal } from '../platform/principal.ts';
import type { Peppers } from '../secrets/index.ts';
import type { AccessTokens } from './access-tokens.ts';
import { apiKeyByPrefix, touchApiKey } from './api-key-store.ts';
import { matchesApiKey, publicPart } from './api-keys.ts';
import { knownScopes, scopesFor } from './roles.ts';
import { userById } from './user-store.ts';

const TOUCH_EVERY_MS = 60_000;

type Needs = {
  readonly db: Pick<Database, 'prisma'>;
  readonly peppers: Peppers;
  readonly accessTokens: AccessTokens;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void };
};

/** Throws unauthorized, with one text for whatever is wrong. */
export function createAuthenticate({
  db,
  peppers,
  accessTokens,
  clock,
  log,
}: Needs): (credential: string) => Promise<Principal> {
  /** Keys whose time of use is being written. */
  const touching = new Set<string>();

  function touch(id: string, lastUsedAt: Date | null, now: Date): void {
    const limit = new Date(now.getTime() - TOUCH_EVERY_MS);
    if ((lastUsedAt !== null && lastUsedAt >= limit) || touching.has(id)) return;
    touching.add(id);
    // Not awaited: the request need not wait for it, and losing it loses a minute of "last used".
    void touchApiKey(db, id, now, limit)
      .catch((err: unknown) => log.warn({ err, key: id }, 'the time of use of an API key could not be written'))
      .finally(() => touching.delete(id));
  }

  async function byApiKey(key: string): Promise<Principal | undefined> {
    const prefix = publicPart(key);
    if (prefix === undefined) return undefined;
    const stored = await apiKeyByPrefix(db, prefix);
    if (!matchesApiKey(peppers, key, stored) || stored === undefined) return undefined;
    const now = clock.now();
    if (stored.revokedAt !== null || (stored.expiresAt !== null && stored.expiresAt <= now)) return undefined;
    touch(stored.id, stored.lastUsedAt, now);
    const { id, organizationId } = stored;
    return { kind: 'api_key', id, organizationId, scopes: knownScopes(stored.scopes) };
  }

  async function byAccessToken(token: string): Promise<Principal | undefined> {
    const userId = accessTokens.verify(token);
    const user = userId === undefined ? undefined : await userById(db, userId);
    if (user === undefined || user.disabledAt !== null) return undefined;
    return { kind: 'user', id: user.id, organizationId: user.organizationId, scopes: scopesFor(user.role) };
  }

  return async (credential) => {
    const principal = isJwt(credential) ? await byAccessToken(credential) : await byApiKey(credential);
    if (principal !== undefined) return principal;
    throw new AppError(
      'unauthorized',
      'A valid credential is needed: Authorization: Bearer with an API key or access token, or X-API-Key',
    );
  };
}

const isJwt = (credential: string): boolean => /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(credential);
