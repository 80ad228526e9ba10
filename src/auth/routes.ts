/**
 * REST: logging in, going on, and who am I. The refresh token travels in a cookie that no script can read and no other site sends; never
 * in a body.
 */
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { cookieOf, giveCookie, giveMark, takeCookieAway, takeMarkAway } from '../http/kit/cookies.ts';
import { idField, instantOut } from '../http/kit/fields.ts';
import { type AnyRoute, identifiedAs, route } from '../http/kit/route.ts';
import { organizationById } from '../organizations/index.ts';
import { AppError } from '../platform/errors.ts';
import { tokenHashOf } from '../platform/link-token.ts';
import { ACCESS_TOKEN_S } from './access-tokens.ts';
import { apiKeyById } from './api-key-store.ts';
import type { Login } from './login.ts';
import type { LoggedIn, Logins } from './logins.ts';
import { isOneTimeToken } from './one-time-token.ts';
import { roles } from './roles.ts';
import type { Throttle } from './throttle.ts';
import { forPersons, loggedInAs, personOf } from './user-routes.ts';
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
      description: 'The second factor, for accounts that have one: of the authenticator, or a recovery code',
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
  readonly logins: Logins;
  /** Of refreshing, by address: a token is beyond guessing; this bounds what trying costs us. */
  readonly throttle: Throttle;
  /** src/http addressOf */
  readonly addressOf: (req: Request) => string;
}): AnyRoute[] {
  const { db, login, logins, throttle, addressOf } = needs;
  const from = (req: Request) => ({ address: addressOf(req), device: req.get('user-agent') });
  function present(req: Request, res: Response, done: LoggedIn) {
    const { accessToken, expiresInS, user, membership } = done;
    keepLogin(req, res, done);
    return {
      access_token: accessToken,
      token_type: 'Bearer' as const,
      expires_in: expiresInS,
      user: presentUser(user, membership),
    };
  }
  return [
    route({
      method: 'post',
      path: '/auth/login',
      operationId: 'login',
      summary: 'Log in with e-mail address and password',
      description: 'The login that this browser had before, if it sends its cookie, ends.',
      tag,
      access: 'public',
      status: 200,
      errors: {
        401: 'The e-mail address or the password is wrong, or a code is needed.',
        429: 'Too many failed logins.',
      },
      body: credentials,
      response: loggedIn,
      handle: async ({ body: { email, password, code, organization_id: organizationId }, req, res }) => {
        const done = await login({ email, password, code, organizationId, ...from(req) });
        await logins.endBefore(refreshHashOf(req));
        return present(req, res, done);
      },
    }),
    route({
      method: 'post',
      path: '/auth/refresh',
      operationId: 'refreshLogin',
      summary: 'Get a new access token with the refresh cookie',
      description:
        'The cookie is good once, and the answer sets the next one. A second use of one ends the login, unless it is within 30 s (an answer that was lost, two tabs). `organization_id`: work there from now on.',
      tag,
      access: 'public',
      status: 200,
      errors: {
        401: 'Log in again.',
        403: 'This login does not open that organization: it goes on where it was, with the same cookie.',
        429: 'Too many tries.',
      },
      body: z.strictObject({ organization_id: idField('org').optional() }).optional(),
      response: loggedIn,
      handle: async ({ body, req, res }) => {
        const token = refreshTokenOf(req);
        // Browsers say where a request comes from; the cookie is SameSite besides.
        const isOurs = [undefined, 'same-origin', 'none'].includes(req.get('sec-fetch-site'));
        try {
          if (token === undefined || !isOurs) throw new AppError('unauthorized', 'Log in again');
          await throttle.attempt(addressOf(req));
          const done = await logins.refresh(token, body?.organization_id, from(req)).catch(async (cause: unknown) => {
            // a database that is away is nobody's guess
            if (!isRefused(cause)) await throttle.succeeded(addressOf(req));
            throw cause;
          });
          await throttle.succeeded(addressOf(req));
          return present(req, res, done);
        } catch (cause) {
          if (isOurs && isRefused(cause)) forgetLogin(req, res);
          throw cause;
        }
      },
    }),
    route({
      method: 'post',
      path: '/auth/logout',
      operationId: 'logout',
      summary: 'End this login',
      description: 'Its access tokens are refused from now on.',
      tag,
      access: 'authenticated',
      confined: 'no_site',
      status: 204,
      errors: forPersons,
      body: z.strictObject({}).optional(),
      handle: async ({ principal, req, res }) => {
        const userId = loggedInAs(principal);
        if (principal.loginId !== undefined) await logins.end(userId, principal.loginId);
        forgetLogin(req, res);
      },
    }),
    route({
      method: 'post',
      path: '/auth/logout-everywhere',
      operationId: 'logoutEverywhere',
      summary: 'End all your logins, this one too',
      tag,
      access: 'authenticated',
      confined: 'no_site',
      status: 204,
      errors: forPersons,
      body: z.strictObject({}).optional(),
      handle: async ({ principal, req, res }) => {
        await logins.endAll(personOf(principal));
        forgetLogin(req, res);
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

/** Gives the browser its refresh token, and the audit log a name. */
export function keepLogin(req: Request, res: Response, done: LoggedIn): void {
  const { refreshToken, refreshExpiresAt, user, membership } = done;
  identifiedAs(res, { kind: 'user', id: user.id, organizationId: membership.organizationId });
  giveCookie({ req, res }, COOKIE, refreshToken, { expires: refreshExpiresAt });
  giveMark({ req, res }, MARK, { expires: refreshExpiresAt });
}

function forgetLogin(req: Request, res: Response): void {
  takeCookieAway({ req, res }, COOKIE);
  takeMarkAway({ req, res }, MARK);
}

const isRefused = (cause: unknown): boolean => cause instanceof AppError && cause.code === 'unauthorized';

/** The refresh token of this browser. */
const COOKIE = { name: 'dyn_refresh', sameSite: 'strict', path: '/api/v1/auth' } as const;
/** So that a console which has none asks for nothing: each refusal would be an entry of the audit log. */
const MARK = { name: 'dyn_signed_in' } as const;
/** undefined: the browser sends none, or what is none. */
function refreshTokenOf(req: Request): string | undefined {
  const token = cookieOf(req, COOKIE);
  return token !== undefined && isOneTimeToken('refresh', token) ? token : undefined;
}
/** As it is kept. */
export function refreshHashOf(req: Request): Buffer | undefined {
  const token = refreshTokenOf(req);
  return token === undefined ? undefined : tokenHashOf(token);
}

/** The answer's schema refuses a role that it does not know. */
const presentUser = ({ id, email, name }: UserRow, { organizationId, role }: OwnMembership) => ({
  id,
  organization_id: organizationId,
  email,
  name,
  role: role as (typeof roles)[number],
});
