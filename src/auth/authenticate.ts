/**
 * A credential → who is asking. Every request looks it up, so that revoking a key, disabling a user and changing a membership act at
 * once, on every node. It must never say why a credential is refused.
 */
import type { Database } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { AuditSubject, Principal } from '../platform/principal.ts';
import type { Peppers } from '../secrets/index.ts';
import type { AccessTokens } from './access-tokens.ts';
import { apiKeyByPrefix, touchApiKey } from './api-key-store.ts';
import { matchesApiKey, publicPart } from './api-keys.ts';
import { knownScopes, scopesFor } from './roles.ts';
import { standingOf } from './user-store.ts';
import { withinOf } from './within.ts';

const TOUCH_EVERY_MS = 60_000;

type Needs = {
  readonly db: Pick<Database, 'prisma' | 'rows'>;
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

  async function byApiKey(key: string): Promise<Principal> {
    const prefix = publicPart(key);
    if (prefix === undefined) throw refusal();
    const stored = await apiKeyByPrefix(db, prefix);
    // A guess that begins like a key of somebody is not told to him as one of his.
    if (!matchesApiKey(peppers, key, stored) || stored === undefined) throw refusal();
    const now = clock.now();
    const { id, organizationId } = stored;
    const subject = { kind: 'api_key', id, organizationId } as const;
    if (stored.revokedAt !== null || (stored.expiresAt !== null && stored.expiresAt <= now)) throw refusal(subject);
    touch(id, stored.lastUsedAt, now);
    return { ...subject, scopes: knownScopes(stored.scopes) };
  }

  async function byAccessToken(token: string): Promise<Principal> {
    const named = accessTokens.verify(token);
    const user =
      named === undefined ? undefined : await standingOf(db, named.userId, named.organizationId, named.loginId);
    if (user === undefined) throw refusal();
    const { userId, role, siteIds, organizationId } = user;
    const isMember = organizationId !== null && role !== null && siteIds !== null;
    const subject = { kind: 'user', id: userId, organizationId: organizationId ?? user.homeOrganizationId } as const;
    if (!isMember || user.disabledAt !== null || user.isOver) throw refusal(subject);
    const within = withinOf(db, { userId, organizationId, role, siteIds });
    // Who lacks a second factor that is wanted of him may do what needs no scope: see to it.
    const scopes = user.lacksFactor ? scopesFor('none') : scopesFor(role);
    const loginId = named?.loginId;
    const guest = user.isGuest ? { isGuest: true as const } : {};
    return {
      ...subject,
      ...guest,
      scopes,
      ...(loginId !== undefined && { loginId }),
      ...(within !== undefined && { within }),
    };
  }

  return (credential) => (isJwt(credential) ? byAccessToken(credential) : byApiKey(credential));
}

/** One text for whatever is wrong; whom it names is for the audit log alone. */
const refusal = (subject?: AuditSubject): AppError =>
  new AppError(
    'unauthorized',
    'A valid credential is needed: Authorization: Bearer with an API key or access token, or X-API-Key',
    { subject },
  );

const isJwt = (credential: string): boolean => /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(credential);
