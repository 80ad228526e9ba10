/**
 * Logging in by single sign-on: authorization code with PKCE, state and nonce (RFC 9700, OpenID Connect Core §3.1). Whoever is refused is
 * told nothing; the audit log of the organization is told why.
 */
import { randomBytes } from 'node:crypto';
import {
  endSsoLogins,
  insertUser,
  isLoginOpen,
  type LoggedIn,
  type Logins,
  membershipsOf,
  type Passwords,
  standingOf,
} from '../auth/index.ts';
import type { Database, Tx } from '../database/contract.ts';
import { lockMembers } from '../members/index.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { nameField } from '../platform/fields.ts';
import { newId } from '../platform/ids.ts';
import { type Claims, decideLink, decideSignOn } from './machine.ts';
import { findAccount, holderOf, linkAccount, unlinkAccount, type Whom, wantsSecondFactor } from './people-store.ts';
import { isUnreachable, type Providers, type Said, whyOf } from './providers.ts';
import { noSso, type Settings } from './settings.ts';
import { type SettingsRow, settingsOf } from './settings-store.ts';
import type { Tickets } from './tickets.ts';

const MOST_EMAIL = 254;
const MOST_SUBJECT = 255;
type From = { readonly address: string; readonly device: string | undefined };
/** A member who is logged in, by which login. */
export type Linking = { readonly userId: string; readonly loginId?: string | undefined };
export type SignOn = ReturnType<typeof createSignOn>;

export function createSignOn(needs: {
  readonly db: Pick<Database, 'prisma' | 'rows' | 'transaction'>;
  readonly settings: Pick<Settings, 'of' | 'clientOf'>;
  readonly providers: Pick<Providers, 'leave' | 'return'>;
  readonly tickets: Tickets;
  readonly passwords: Passwords;
  readonly logins: Pick<Logins, 'begin' | 'endBefore'>;
  readonly publicUrl: () => string;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void };
}) {
  const { db, settings, providers, tickets, passwords, logins, publicUrl, clock, log } = needs;
  const redirectUri = (organizationId: string): string => `${publicUrl()}/api/v1/auth/sso/${organizationId}/callback`;
  async function found(organizationId: string): Promise<SettingsRow> {
    const row = await settings.of(organizationId);
    if (row === undefined) throw noSso();
    return row;
  }

  /**
   * The organization's settings, under the lock of its members, so that two who come at once are one. Who was asked about by another client
   * is perhaps another subject to this one (OpenID Connect Core §8.1).
   */
  async function settingsUnderLock(tx: Tx, { organizationId, issuer, clientId }: SettingsRow): Promise<SettingsRow> {
    await lockMembers(tx, organizationId);
    const row = await settingsOf(tx, organizationId);
    if (row?.issuer !== issuer || row.clientId !== clientId)
      throw refusal(organizationId, 'the settings were changed at the same time');
    return row;
  }

  async function accept(asked: SettingsRow, said: Said, from: From): Promise<LoggedIn> {
    const { organizationId, issuer } = asked;
    const claims = claimsOf(said);
    const whom: Whom = { organizationId, issuer, subject: said.subject, email: claims.email };
    // A password that nobody knows: made before the lock is taken, since it takes a while, and only where it may be needed.
    const isNew = asked.defaultRole !== null && (await findAccount(db, whom)) === undefined;
    const passwordHash = isNew ? await passwords.hash(randomBytes(32).toString('base64url')) : undefined;
    return db.transaction(async (tx) => {
      const { emailDomains, defaultRole } = await settingsUnderLock(tx, asked);
      const now = clock.now();
      const account = await findAccount(tx, whom);
      const wants = await wantsSecondFactor(tx, organizationId);
      const decision = decideSignOn(claims, { emailDomains, defaultRole, wantsSecondFactor: wants, account });
      if (decision.do === 'refuse') throw refusal(organizationId, decision.why, account?.userId);
      const userId = account?.userId ?? newId('usr');
      if (decision.do === 'provision') {
        const { email = '' } = claims;
        // What a provider says of an address is its organization's word alone.
        const membership = { role: defaultRole ?? '', siteIds: [], createdBy: null, addressProven: false, now };
        const account = {
          id: userId,
          organizationId,
          email,
          name: nameOf(said.name),
          passwordHash: passwordHash ?? '',
        };
        const made = passwordHash !== undefined && (await insertUser(tx, { ...account, ...membership }));
        if (made === undefined || made === false)
          throw refusal(organizationId, 'the account was changed at the same time');
      }
      if (decision.do !== 'log_in') await linkAccount(tx, whom, userId, now);
      // Still under the lock: who ends the logins of single sign-on after this one ends this one too.
      const membership = (await membershipsOf(tx, userId)).find((each) => each.organizationId === organizationId);
      if (membership === undefined) throw refusal(organizationId, 'no_member', userId);
      const done = await logins.begin(tx, userId, membership, from, { sso: { mfa: claims.mfa } });
      if (done === undefined) throw refusal(organizationId, 'account_disabled', userId);
      return done;
    });
  }

  /** Of who has said with his password that it is he. Gives his id. */
  async function link(asked: SettingsRow, said: Said, { userId, loginId }: Linking): Promise<string> {
    const { organizationId, issuer } = asked;
    const claims = claimsOf(said);
    const whom: Whom = { organizationId, issuer, subject: said.subject, email: claims.email };
    return db.transaction(async (tx) => {
      const { emailDomains } = await settingsUnderLock(tx, asked);
      const standing = await standingOf(tx, userId, organizationId, undefined);
      const isMember = standing !== undefined && standing.disabledAt === null && standing.role !== null;
      const mayStillAct = isMember && (loginId === undefined || (await isLoginOpen(tx, userId, loginId, clock.now())));
      const { holder, isLinkedElse } = await holderOf(tx, whom, userId);
      const wants = await wantsSecondFactor(tx, organizationId);
      const decision = decideLink(claims, {
        ...{ emailDomains, wantsSecondFactor: wants, mayStillAct, isLinkedElse },
        holder: holder === null ? 'nobody' : holder === userId ? 'himself' : 'another',
      });
      if (decision.do === 'refuse') throw refusal(organizationId, decision.why, userId);
      if (decision.do === 'link') await linkAccount(tx, whom, userId, clock.now());
      return userId;
    });
  }

  function away(organizationId: string, cause: unknown): AppError {
    log.warn({ organization: organizationId, reason: whyOf(cause) }, 'an identity provider cannot be asked');
    const message = 'The identity provider cannot be asked at the moment; try again';
    return new AppError('unavailable', message, { retryAfterS: 10, cause });
  }

  return {
    /** Whoever came by it there comes by his password again. Throws not_found. */
    async unlink(organizationId: string, userId: string): Promise<void> {
      await db.transaction(async (tx) => {
        await lockMembers(tx, organizationId);
        if (!(await unlinkAccount(tx, organizationId, userId)))
          throw new AppError('not_found', 'Your account is not linked with single sign-on here');
        await endSsoLogins(tx, organizationId, clock.now(), userId);
      });
    },
    redirectUri,
    startUrl: (organizationId: string): string => `${publicUrl()}/api/v1/auth/sso/${organizationId}/start`,

    /** Throws not_found, unavailable. */
    async leave(
      organizationId: string,
      as: { readonly before: Buffer | undefined } | { readonly linking: Linking },
    ): Promise<{ readonly url: string; readonly ticket: string }> {
      const row = await found(organizationId);
      try {
        const { url, ...asked } = await providers.leave(settings.clientOf(row), redirectUri(organizationId));
        const held = { organizationId, issuer: row.issuer, ...asked };
        if ('linking' in as) return { url, ticket: tickets.issue({ ...held, linking: as.linking }) };
        const before = as.before?.toString('base64');
        return { url, ticket: tickets.issue(before === undefined ? held : { ...held, before }) };
      } catch (cause) {
        throw isUnreachable(cause) ? away(organizationId, cause) : cause;
      }
    },

    /** Of somebody else's organization there is none, whether it has one or not. Throws not_found, unavailable. */
    async leaveToLink(
      organizationId: string,
      linking: Linking,
    ): Promise<{ readonly url: string; readonly ticket: string }> {
      const isMember = (await membershipsOf(db, linking.userId)).some((each) => each.organizationId === organizationId);
      if (!isMember) throw noSso();
      return this.leave(organizationId, { linking });
    },

    /** Throws not_found, unavailable, and unauthorized with one text for every reason. `linked`: who came to be linked; his login goes on. */
    async comeBack(
      organizationId: string,
      { ticket: text, query, ...from }: { readonly ticket: string | undefined; readonly query: URLSearchParams } & From,
    ): Promise<{ readonly loggedIn: LoggedIn } | { readonly linked: string }> {
      const row = await found(organizationId);
      const ticket = text === undefined ? undefined : tickets.open(text);
      if (ticket === undefined) throw refusal(organizationId, 'no cookie of this browser, or one that is too old');
      if (ticket.organizationId !== organizationId || ticket.issuer !== row.issuer)
        throw refusal(organizationId, 'the cookie is for another provider');
      const url = new URL(redirectUri(organizationId));
      url.search = query.toString();
      const said = await providers.return(settings.clientOf(row), url, ticket).catch((cause: unknown) => {
        throw isUnreachable(cause) ? away(organizationId, cause) : refusal(organizationId, whyOf(cause));
      });
      if (said.subject.length > MOST_SUBJECT) throw refusal(organizationId, 'the subject is too long');
      if (ticket.linking !== undefined) return { linked: await link(row, said, ticket.linking) };
      const done = await accept(row, said, from);
      await logins.endBefore(ticket.before === undefined ? undefined : Buffer.from(ticket.before, 'base64'));
      return { loggedIn: done };
    },
  };
}

/** What a provider says is another's text. */
function claimsOf({ email, emailVerified, amr }: Said): Claims {
  const text = typeof email === 'string' ? email.trim().toLowerCase() : '';
  const isOne = text.length <= MOST_EMAIL && /^[^\s\p{C}@]+@[^\s\p{C}@]+$/u.test(text);
  return {
    email: isOne ? text : undefined,
    isEmailVerified: emailVerified === true,
    mfa: Array.isArray(amr) && amr.includes('mfa'),
  };
}
const nameOf = (said: unknown): string | null => nameField.safeParse(said).data ?? null;

const refusal = (organizationId: string, reason: string, userId?: string): AppError =>
  new AppError('unauthorized', 'Single sign-on did not succeed: begin anew, or ask an owner of your organization', {
    untold: { organizationId, reason },
    subject: userId === undefined ? undefined : { kind: 'user', id: userId, organizationId },
  });
