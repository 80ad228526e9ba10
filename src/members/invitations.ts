/**
 * Asking somebody to become a member: by e-mail, whose token is made when it is sent, or by a link that is shown once. Whoever holds
 * the token may accept once, as himself if there is an account under the invited address, else by making one.
 */
import { type Composed, dropAccountEmails, writeAccountEmail } from '../account-emails/index.ts';
import {
  type Credentials,
  checkPassword,
  createOneTimeToken,
  emailKey,
  endLogins,
  insertUser,
  MOST_MEMBERSHIPS,
  MOST_TOKEN,
  type Passwords,
  type ProvePerson,
  proveAddress,
  type Role,
  userById,
} from '../auth/index.ts';
import type { Database, Tx } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { tokenHashOf } from '../platform/link-token.ts';
import { idInRequest } from '../platform/request-ids.ts';
import { checkGrant, checkRank, checkReach, type Granting, rankOf } from './change-members.ts';
import * as store from './invitation-store.ts';
import { addMember, lockMembers } from './member-store.ts';

export const VALID_DAYS = 7;
const DAY_MS = 86_400_000;

type Needs = {
  readonly db: Pick<Database, 'prisma' | 'rows' | 'transaction'>;
  readonly passwords: Passwords;
  readonly provePerson: ProvePerson;
  readonly clock: Clock;
  readonly isMailing: boolean;
  /** Where people open the console: no slash at its end. */
  readonly publicUrl: () => string;
};
/** Who is logged in, and by which login. */
type Self = { readonly userId: string; readonly loginId: string | undefined };
export type Delivery = 'email' | 'link';
export type Shown = { readonly row: store.InvitationRow; readonly token: string | undefined };
type Wanted = {
  readonly email: string;
  readonly role: Role;
  readonly siteIds: readonly string[];
  readonly delivery: Delivery;
};

export type Invitations = ReturnType<typeof createInvitations>;

export function createInvitations({ db, passwords, provePerson, clock, isMailing, publicUrl }: Needs) {
  const mailFor = (id: string, email: string, now: Date) =>
    ({ id: idInRequest('aem'), kind: 'invitation', email, subjectId: id, now }) as const;
  function freshToken(delivery: Delivery) {
    if (delivery === 'link') return createOneTimeToken('invitation');
    if (isMailing) return undefined;
    throw new AppError('conflict', 'No mail server is configured (SMTP_URL): ask for a link and hand it over yourself');
  }
  const validUntil = (now: Date): Date => new Date(now.getTime() + VALID_DAYS * DAY_MS);

  return {
    invite: (by: Granting, { email, role, siteIds, delivery }: Wanted): Promise<Shown> =>
      db.transaction(async (tx) => {
        const { organizationId, id: createdBy } = by;
        const now = clock.now();
        await lockMembers(tx, organizationId);
        checkRank(await rankOf(tx, by), role);
        checkGrant(by, role);
        await checkReach(tx, organizationId, { role, siteIds });
        const fresh = freshToken(delivery);
        const row = await store.insertInvitation(tx, {
          ...{
            id: idInRequest('inv'),
            organizationId,
            email: emailKey(email),
            role,
            siteIds,
            createdBy,
            createdAt: now,
          },
          ...{ tokenHash: fresh?.hash ?? null, sentAt: fresh === undefined ? null : now, expiresAt: validUntil(now) },
        });
        if (row === undefined)
          throw new AppError('conflict', `There are ${store.MOST_OPEN} open invitations: revoke some of them first`);
        if (fresh === undefined) await writeAccountEmail(tx, mailFor(row.id, row.email, now));
        return { row, token: fresh?.token };
      }),

    /** Whoever holds what was sent before has nothing. */
    resend: (by: Granting, id: string, delivery: Delivery): Promise<Shown> =>
      db.transaction(async (tx) => {
        const { organizationId } = by;
        const now = clock.now();
        const before = await store.invitationById(tx, organizationId, id);
        if (before === undefined) throw noInvitation();
        checkRank(await rankOf(tx, by), before.role);
        checkGrant(by, before.role);
        const fresh = freshToken(delivery);
        // First, and before the invitation is locked, as who sends it does: a mail that comes later would void what is made here.
        await dropAccountEmails(tx, { kind: 'invitation', subjectId: id });
        const to = {
          tokenHash: fresh?.hash ?? null,
          sentAt: fresh === undefined ? null : now,
          expiresAt: validUntil(now),
        };
        const row = await store.renewInvitation(tx, { organizationId, id }, to);
        if (row === undefined) throw new AppError('conflict', 'It was accepted or revoked already');
        if (fresh === undefined) await writeAccountEmail(tx, mailFor(id, row.email, now));
        return { row, token: fresh?.token };
      }),

    async revoke(organizationId: string, id: string): Promise<void> {
      if (await store.revokeInvitation(db, organizationId, id, clock.now())) return;
      if ((await store.invitationById(db, organizationId, id)) === undefined) throw noInvitation();
      throw new AppError('conflict', 'It was accepted or revoked already');
    },

    /** What its receiver may know before he decides. Throws not_found. */
    async look(token: string): Promise<store.FoundInvitation> {
      const found = await store.findInvitation(db, hashOf(token), clock.now());
      if (found === undefined) throw noUse();
      return found;
    },

    /** By somebody without an account. */
    async acceptAsNew(token: string, { name, password }: { readonly name: string; readonly password: string }) {
      const { email } = await this.look(token);
      checkPassword(password, { email, name });
      const passwordHash = await passwords.hash(password);
      return db.transaction(async (tx) => {
        const now = clock.now();
        const found = await store.lockInvitation(tx, hashOf(token), now);
        if (found === undefined) throw noUse();
        const { organizationId, role, siteIds, createdBy, mailed: addressProven } = found;
        const membership = { role, siteIds, createdBy, now };
        const account = {
          id: idInRequest('usr'),
          organizationId,
          email,
          name,
          passwordHash,
          addressProven,
          ...membership,
        };
        const user = found.userId === null ? await insertUser(tx, account) : undefined;
        if (user === undefined)
          throw new AppError(
            'conflict',
            'There is an account under this address: accept with its password and no name, or log in and accept there',
          );
        await store.acceptedInvitation(tx, found.id, now, user.id);
        return { user, invitation: found };
      });
    },

    /** By somebody who has an account and is not logged in: who is a member nowhere any more cannot be. */
    async acceptByPassword(token: string, shown: Omit<Credentials, 'email'>) {
      const { email, userId } = await this.look(token);
      if (userId === null)
        throw new AppError('validation_failed', 'There is no account under this address: choose a name', {
          details: [{ field: 'name', message: 'is needed: there is no account under this address' }],
        });
      const { user } = await provePerson({ email, ...shown }, true);
      return { user, invitation: await this.acceptAs({ userId: user.id, loginId: undefined }, token) };
    },

    /** By somebody who is logged in, under the invited address. */
    acceptAs: ({ userId, loginId }: Self, token: string) =>
      db.transaction(async (tx) => {
        const now = clock.now();
        const found = await store.lockInvitation(tx, hashOf(token), now);
        // Another person's invitation is none to him.
        if (found === undefined || found.userId !== userId || (await userById(db, userId)) === undefined) throw noUse();
        const { organizationId, role, siteIds, createdBy } = found;
        const row = { organizationId, userId, role, siteIds, createdBy, now, atMost: MOST_MEMBERSHIPS };
        if (!(await addMember(tx, row)))
          throw new AppError('conflict', `You are a member already, or one of ${MOST_MEMBERSHIPS} organizations`);
        await store.acceptedInvitation(tx, found.id, now, userId);
        // His second factor stays: with one, this login knows it or has set it up.
        if (found.mailed && (await proveAddress(tx, userId))) await endLogins(tx, userId, 'everywhere', now, loginId);
        return found;
      }),

    async compose({ subjectId }: { readonly subjectId: string | null }, tx: Tx): Promise<Composed | undefined> {
      const { token, hash } = createOneTimeToken('invitation');
      const sent = await store.tokenForMail(tx, subjectId ?? '', hash, clock.now());
      if (sent === undefined) return undefined;
      const { organizationName, role, expiresAt } = sent;
      return {
        subject: `Invitation to ${organizationName}`,
        text: [
          `You are invited to ${organizationName} on Dynamo CSMS, as ${role}.`,
          '',
          `Accept: ${linkOf(publicUrl(), token)}`,
          '',
          `The link is good once, until ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
          'If you do not know what this is about, do nothing.',
        ].join('\n'),
      };
    },

    forget: (): Promise<unknown> => store.forgetInvitations(db, new Date(clock.now().getTime() - 400 * DAY_MS)),
  };
}

/** Behind #: no server and no log on the way sees it. */
export const linkOf = (publicUrl: string, token: string): string => `${publicUrl}/invitation#${token}`;

const hashOf = (token: string): Buffer => tokenHashOf(token.slice(0, MOST_TOKEN));
export const noInvitation = (): AppError => new AppError('not_found', 'There is no such invitation');
/** Wrong, used, expired, revoked and somebody else's answer alike. */
const noUse = (): AppError => new AppError('not_found', 'This invitation cannot be used, or not any more');
