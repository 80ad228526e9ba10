/** REST: logging in, and who am I. */
import type { Request } from 'express';
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idField, instantOut } from '../http/kit/fields.ts';
import { type AnyRoute, identifiedAs, route } from '../http/kit/route.ts';
import { organizationById } from '../organizations/index.ts';
import { AppError } from '../platform/errors.ts';
import { ACCESS_TOKEN_S } from './access-tokens.ts';
import { apiKeyById } from './api-key-store.ts';
import type { Login } from './login.ts';
import { roles } from './roles.ts';
import { membershipsOf, type OwnMembership, type UserRow, userById } from './user-store.ts';

const tag = 'Authentication';

const credentials = z
  .strictObject({
    email: z.string().trim().min(3).max(320),
    password: z.string().min(1).max(1024),
    organization_id: idField('org').optional().meta({
      description: 'Where to work, for members of several organizations. Default: where the account was made',
    }),
    code: z.string().max(64).optional().meta({
      description:
        'The second factor, for accounts that have one. No account has one in this version: it is not looked at',
    }),
  })
  .meta({ examples: [{ email: 'owner@example.com', password: 'correct horse battery staple' }] });

const user = z.object({
  id: z.string(),
  organization_id: z.string(),
  email: z.string(),
  name: z.string().nullable(),
  role: z.enum(roles),
});
const loggedIn = z.object({
  access_token: z.string().meta({ description: 'For `Authorization: Bearer`' }),
  token_type: z.literal('Bearer'),
  expires_in: z.int().meta({ description: 'Seconds', examples: [ACCESS_TOKEN_S] }),
  user,
});
const me = z.object({
  kind: z.enum(['api_key', 'user']),
  id: z.string(),
  organization: z.object({ id: z.string(), name: z.string() }),
  scopes: z.array(z.string()),
  user: user.nullable(),
  api_key: z.object({ name: z.string(), prefix: z.string(), expires_at: instantOut.nullable() }).nullable(),
});

export function authRoutes(needs: {
  readonly db: Pick<Database, 'prisma' | 'rows'>;
  readonly login: Login;
  /** src/http addressOf */
  readonly addressOf: (req: Request) => string;
}): AnyRoute[] {
  const { db, login, addressOf } = needs;
  return [
    route({
      method: 'post',
      path: '/auth/login',
      operationId: 'login',
      summary: 'Log in with e-mail address and password',
      tag,
      access: 'public',
      status: 200,
      errors: { 401: 'The e-mail address or the password is wrong.', 429: 'Too many failed logins.' },
      body: credentials,
      response: loggedIn,
      handle: async ({ body: { email, password, organization_id: organizationId }, req, res }) => {
        const attempt = { email, password, organizationId, address: addressOf(req) };
        const { accessToken, expiresInS, user, membership } = await login(attempt);
        identifiedAs(res, { kind: 'user', id: user.id, organizationId: membership.organizationId });
        return {
          access_token: accessToken,
          token_type: 'Bearer' as const,
          expires_in: expiresInS,
          user: presentUser(user, membership),
        };
      },
    }),
    route({
      method: 'get',
      path: '/auth/me',
      operationId: 'whoAmI',
      summary: 'Who this credential is, and what it may do',
      tag,
      access: 'authenticated',
      confined: 'no_site',
      status: 200,
      response: me,
      handle: async ({ principal: { kind, id, organizationId, scopes } }) => {
        const organization = await organizationById(db, organizationId);
        const person = kind === 'user' ? await userById(db, id) : undefined;
        const membership =
          person && (await membershipsOf(db, id)).find((each) => each.organizationId === organizationId);
        const key = kind === 'api_key' ? await apiKeyById(db, organizationId, id) : undefined;
        if (organization === undefined) throw new AppError('not_found', 'There is no such organization');
        return {
          kind,
          id,
          organization: { id: organization.id, name: organization.name },
          scopes: [...scopes],
          user: person === undefined || membership === undefined ? null : presentUser(person, membership),
          api_key: key === undefined ? null : { name: key.name, prefix: key.prefix, expires_at: key.expiresAt },
        };
      },
    }),
  ];
}

/** The answer's schema refuses a role that it does not know. */
const presentUser = ({ id, email, name }: UserRow, { organizationId, role }: OwnMembership) => ({
  id,
  organization_id: organizationId,
  email,
  name,
  role: role as (typeof roles)[number],
});
