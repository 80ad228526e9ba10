/** REST for invitations: by those who invite, and by those who are invited. */
import type { Request } from 'express';
import { z } from 'zod';
import { MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS, MOST_TOKEN, personOf, roles, type Throttle } from '../auth/index.ts';
import type { Database } from '../database/contract.ts';
import { idParam, instantOut, nameField } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, identifiedAs, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { type InvitationRow, invitationById, listInvitations } from './invitation-store.ts';
import { type Invitations, linkOf, noInvitation, type Shown, VALID_DAYS } from './invitations.ts';
import { siteIds } from './routes.ts';

const tag = 'Members';
const params = z.object({ id: idParam('inv') });
const statuses = ['pending', 'accepted', 'revoked', 'expired'] as const;
const emailField = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s<>@,;:"()[\]\\\p{Cc}]{1,64}@[A-Za-z0-9.-]{1,190}$/u, { error: 'must be an e-mail address' });
const delivery = z
  .enum(['email', 'link'])
  .meta({ description: 'email: it is sent. link: the answer shows it, once, to be handed over' });
const token = z
  .string()
  .min(1)
  .max(MOST_TOKEN)
  .meta({ examples: ['dyn_invitation_AbCdEf'] });

const fields = {
  id: z.string(),
  email: z.string(),
  role: z.enum(roles),
  site_ids: z.array(z.string()),
  status: z.enum(statuses),
  sent_at: instantOut.nullable(),
  expires_at: instantOut,
  accepted_at: instantOut.nullable(),
  accepted_by: z.string().nullable(),
  revoked_at: instantOut.nullable(),
  created_by: z.string(),
  created_at: instantOut,
};
const invitation = z.object(fields).meta({ id: 'Invitation' });
const shownOnce = z.object({
  ...fields,
  link: z.string().nullable().meta({ description: 'Shown once; null: it is sent by e-mail' }),
  token: z.string().nullable().meta({ description: 'What is behind # in the link' }),
});
const preview = z.object({
  organization: z.string(),
  email: z.string(),
  role: z.enum(roles),
  expires_at: instantOut,
  has_account: z.boolean().meta({
    description:
      'true: log in and accept there, or accept with its password; false: accept with a name and a new password',
  }),
});

export function invitationRoutes(needs: {
  readonly db: Pick<Database, 'rows'>;
  readonly invitations: Invitations;
  readonly throttle: Throttle;
  /** src/http addressOf */
  readonly addressOf: (req: Request) => string;
  readonly publicUrl: () => string;
  readonly clock: Clock;
}): AnyRoute[] {
  const { db, invitations, throttle, addressOf, publicUrl, clock } = needs;
  const present = (row: InvitationRow) => presentAt(row, clock.now());
  const once = ({ row, token: made }: Shown) => ({
    ...present(row),
    link: made === undefined ? null : linkOf(publicUrl(), made),
    token: made ?? null,
  });
  /** A token is beyond guessing; this bounds what trying costs us. */
  async function throttled<T>(req: Request, work: () => Promise<T>): Promise<T> {
    const address = addressOf(req);
    await throttle.attempt(address);
    const done = await work();
    await throttle.succeeded(address);
    return done;
  }
  return [
    route({
      method: 'post',
      path: '/invitations',
      operationId: 'createInvitation',
      summary: 'Invite somebody to your organization',
      description: `Good once, for ${VALID_DAYS} days.`,
      tag,
      access: 'write:members',
      status: 201,
      errors: {
        403: 'Only an owner invites owners, and nobody grants a role that may more than his credential.',
        409: 'No mail server is configured, or too many are open.',
      },
      body: z
        .strictObject({
          email: emailField,
          role: z.enum(roles),
          site_ids: siteIds.optional(),
          delivery: delivery.optional(),
        })
        .meta({ examples: [{ email: 'ada@example.com', role: 'operator', delivery: 'link' }] }),
      response: shownOnce,
      handle: async ({ principal, body: { site_ids = [], delivery: by = 'email', ...wanted } }) =>
        once(await invitations.invite(principal, { ...wanted, siteIds: site_ids, delivery: by })),
    }),
    route({
      method: 'get',
      path: '/invitations',
      operationId: 'listInvitations',
      summary: 'List invitations, newest first',
      tag,
      access: 'read:members',
      status: 200,
      query: z.strictObject(pageQuery),
      response: pageOf(invitation),
      handle: async ({ principal: { organizationId }, query }) => {
        const page = readPage(query, idKey);
        return pageFrom(await listInvitations(db, organizationId, page), page.limit, (row) => row.id, present);
      },
    }),
    route({
      method: 'get',
      path: '/invitations/{id}',
      operationId: 'getInvitation',
      summary: 'Get an invitation',
      tag,
      access: 'read:members',
      status: 200,
      params,
      response: invitation,
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        const row = await invitationById(db, organizationId, id);
        if (row === undefined) throw noInvitation();
        return present(row);
      },
    }),
    route({
      method: 'post',
      path: '/invitations/{id}/resend',
      operationId: 'resendInvitation',
      summary: 'Send an invitation again',
      description: `What was sent before cannot be used any more. Good for ${VALID_DAYS} days from now.`,
      tag,
      access: 'write:members',
      status: 200,
      params,
      errors: {
        403: 'Only an owner invites owners, and nobody grants a role that may more than his credential.',
        409: 'It was accepted or revoked, or no mail server is configured.',
      },
      body: z.strictObject({ delivery: delivery.optional() }).meta({ examples: [{ delivery: 'link' }] }),
      response: shownOnce,
      handle: async ({ principal, params: { id }, body }) =>
        once(await invitations.resend(principal, id, body.delivery ?? 'email')),
    }),
    route({
      method: 'delete',
      path: '/invitations/{id}',
      operationId: 'revokeInvitation',
      summary: 'Revoke an invitation',
      tag,
      access: 'write:members',
      status: 204,
      params,
      errors: { 409: 'It was accepted or revoked already.' },
      handle: ({ principal: { organizationId }, params: { id } }) => invitations.revoke(organizationId, id),
    }),
    route({
      method: 'post',
      path: '/invitations/preview',
      operationId: 'previewInvitation',
      summary: 'What an invitation is for',
      tag,
      access: 'public',
      status: 200,
      errors: { 404: 'It cannot be used, or not any more.', 429: 'Too many tries.' },
      body: z.strictObject({ token }),
      response: preview,
      handle: ({ body, req, res }) =>
        throttled(req, async () => {
          const found = await invitations.look(body.token);
          identifiedAs(res, { kind: 'user', id: found.userId ?? found.id, organizationId: found.organizationId });
          return {
            organization: found.organizationName,
            email: found.email,
            role: found.role as (typeof roles)[number], // the answer's schema refuses a role that it does not know
            expires_at: found.expiresAt,
            has_account: found.userId !== null,
          };
        }),
    }),
    route({
      method: 'post',
      path: '/invitations/accept',
      operationId: 'acceptInvitation',
      summary: 'Accept an invitation, with a new account or with the password of one',
      description: `With \`name\`: a new account. Its password has ${MIN_PASSWORD_CHARS} characters at least and is none that is tried first. Without: by the password of the account that there is under the invited address, also when it is a member of no organization any more. Log in with it afterwards.`,
      tag,
      access: 'public',
      status: 201,
      errors: {
        401: 'The password of the account is wrong, or a code is needed.',
        404: 'It cannot be used, or not any more.',
        409: 'There is an account under this address: leave `name` out, or log in and use POST /users/me/accept-invitation. Or it is a member already.',
        429: 'Too many tries.',
      },
      body: z
        .strictObject({
          token,
          name: nameField.optional().meta({ description: 'Of a new account' }),
          password: z
            .string()
            .min(1)
            .max(4 * MAX_PASSWORD_CHARS),
          code: z.string().max(64).optional().meta({
            description: 'The second factor of the account, if it has one: of the authenticator, or a recovery code',
          }),
        })
        .meta({
          examples: [{ token: 'dyn_invitation_AbCdEf', name: 'Ada Lovelace', password: 'engines of difference' }],
        }),
      response: z.object({ id: z.string(), email: z.string(), organization: z.string() }),
      handle: ({ body, req, res }) =>
        throttled(req, async () => {
          const { token: shown, name, password, code } = body;
          const { user, invitation: found } =
            name === undefined
              ? await invitations.acceptByPassword(shown, { password, code, address: addressOf(req) })
              : await invitations.acceptAsNew(shown, { name, password });
          identifiedAs(res, { kind: 'user', id: user.id, organizationId: found.organizationId });
          return { id: user.id, email: user.email, organization: found.organizationName };
        }),
    }),
    route({
      method: 'post',
      path: '/users/me/accept-invitation',
      operationId: 'acceptInvitationAsSelf',
      summary: 'Accept an invitation to a further organization',
      tag,
      access: 'authenticated',
      confined: 'no_site',
      status: 200,
      errors: {
        403: 'An API key is nobody: this is for people who are logged in.',
        404: 'It cannot be used, not any more, or is for another address than yours.',
        409: 'You are a member already.',
        429: 'Too many tries.',
      },
      body: z.strictObject({ token }),
      response: z.object({ organization: z.object({ id: z.string(), name: z.string() }), role: z.enum(roles) }),
      handle: ({ principal, body, req }) =>
        throttled(req, async () => {
          const found = await invitations.acceptAs(
            { userId: personOf(principal), loginId: principal.loginId },
            body.token,
          );
          return {
            organization: { id: found.organizationId, name: found.organizationName },
            role: found.role as (typeof roles)[number],
          };
        }),
    }),
  ];
}

const statusOf = (row: InvitationRow, now: Date): (typeof statuses)[number] => {
  if (row.acceptedAt !== null) return 'accepted';
  if (row.revokedAt !== null) return 'revoked';
  return row.expiresAt <= now ? 'expired' : 'pending';
};
const presentAt = (row: InvitationRow, now: Date) => ({
  id: row.id,
  email: row.email,
  role: row.role as (typeof roles)[number],
  site_ids: row.siteIds,
  status: statusOf(row, now),
  sent_at: row.sentAt,
  expires_at: row.expiresAt,
  accepted_at: row.acceptedAt,
  accepted_by: row.acceptedBy,
  revoked_at: row.revokedAt,
  created_by: row.createdBy,
  created_at: row.createdAt,
});
