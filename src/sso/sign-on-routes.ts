/**
 * REST: a browser leaves for the identity provider and comes back. Each organization has an address of its own to come back to, so that
 * one provider's answer is never taken for another's (RFC 9700 §4.4). No token stands in any URL.
 */
import type { Request } from 'express';
import { z } from 'zod';
import { createThrottle, forPersons, keepLogin, personOf, refreshHashOf } from '../auth/index.ts';
import { cookieOf, giveCookie, takeCookieAway } from '../http/kit/cookies.ts';
import { idField, idParam } from '../http/kit/fields.ts';
import { type AnyRoute, identifiedAs, route } from '../http/kit/route.ts';
import { AppError } from '../platform/errors.ts';
import type { SignOn } from './sign-on.ts';
import { TICKET_S } from './tickets.ts';

/** Lax: the browser comes from the provider's pages. */
const COOKIE = { name: 'dyn_sso', sameSite: 'lax', path: '/api/v1/auth/sso' } as const;
const tag = 'Authentication';
const ownTag = 'Users';
const atOrganization = idField('org')
  .optional()
  .meta({ description: 'Where you are a member. Default: where this login works' });
const params = z.object({ id: idParam('org') });

export function signOnRoutes({
  signOn,
  demandPassword,
  addressOf,
}: {
  readonly signOn: SignOn;
  /** Throws unless it is this person's. */
  readonly demandPassword: (userId: string, password: string, address: string) => Promise<void>;
  /** src/http addressOf */
  readonly addressOf: (req: Request) => string;
}): AnyRoute[] {
  const throttle = createThrottle({ points: 120, seconds: 60 });
  return [
    route({
      method: 'get',
      path: '/auth/sso/{id}/start',
      operationId: 'startSingleSignOn',
      summary: 'Sends a browser to the identity provider of an organization',
      description: 'For browsers. `GET /organization/sso` shows this address as `start_url`.',
      tag,
      access: 'public',
      status: 303,
      params,
      errors: {
        ...{ 403: 'A page of another site opened it, and no person.', 404: 'There is no single sign-on here.' },
        ...{ 429: 'Too many tries.', 503: 'The provider cannot be asked.' },
      },
      handle: async ({ params: { id }, req, res }) => {
        // A link that somebody follows says ?1; a browser that says neither is an old one.
        if (req.get('sec-fetch-site') === 'cross-site' && req.get('sec-fetch-user') !== '?1')
          throw new AppError('forbidden', 'Open this address yourself');
        await throttle.attempt(addressOf(req));
        const { url, ticket } = await signOn.leave(id, { before: refreshHashOf(req) });
        giveCookie({ req, res }, COOKIE, ticket, { maxAge: TICKET_S * 1000 });
        res.location(url);
      },
    }),
    route({
      method: 'get',
      path: '/auth/sso/{id}/callback',
      operationId: 'finishSingleSignOn',
      summary: 'Where the identity provider sends the browser back: logs in, and goes on to /',
      description:
        'The login is one of this organization alone. Whoever is refused is told one text; the audit log has the reason.',
      tag,
      access: 'public',
      changes: true,
      status: 303,
      params,
      // Providers add parameters of their own: they are left out.
      query: z.object({
        code: z.string().max(4096).optional(),
        state: z.string().max(500).optional(),
        iss: z.string().max(500).optional(),
        error: z.string().max(200).optional(),
        error_description: z.string().max(2000).optional(),
      }),
      errors: {
        ...{ 401: 'Single sign-on did not succeed.', 404: 'There is no single sign-on here.' },
        ...{ 429: 'Too many tries.', 503: 'The provider cannot be asked.' },
      },
      handle: async ({ params: { id }, query, req, res }) => {
        await throttle.attempt(addressOf(req));
        const ticket = cookieOf(req, COOKIE);
        takeCookieAway({ req, res }, COOKIE);
        const said = new URLSearchParams();
        for (const [name, value] of Object.entries(query)) if (value !== undefined) said.set(name, value);
        const from = { address: addressOf(req), device: req.get('user-agent') };
        const came = await signOn.comeBack(id, { ticket, query: said, ...from });
        if ('loggedIn' in came) keepLogin(req, res, came.loggedIn);
        else identifiedAs(res, { kind: 'user', id: came.linked, organizationId: id });
        res.location('/');
      },
    }),
    route({
      method: 'post',
      path: '/users/me/single-sign-on',
      operationId: 'linkSingleSignOn',
      summary: 'Link your account with single sign-on of an organization where you are a member',
      description:
        'Open `url` in this browser: whoever comes back from the provider is from then on you, in this organization alone. For guests, and for ' +
        'who is known there by another address. The address there must be of an allowed domain.',
      tag: ownTag,
      access: 'authenticated',
      confined: 'no_site',
      status: 200,
      errors: {
        ...{ 403: forPersons[403], 404: 'There is no single sign-on here.' },
        ...{ 429: 'Too many tries.', 503: 'The provider cannot be asked.' },
      },
      body: z
        .strictObject({ password: z.string().min(1).max(1024), organization_id: atOrganization })
        .meta({ examples: [{ password: 'correct horse battery staple' }] }),
      response: z.object({ url: z.string() }),
      handle: async ({ principal, body, req, res }) => {
        const userId = personOf(principal);
        await throttle.attempt(addressOf(req));
        await demandPassword(userId, body.password, addressOf(req));
        const linking = { userId, loginId: principal.loginId };
        const organizationId = body.organization_id ?? principal.organizationId;
        const { url, ticket } = await signOn.leaveToLink(organizationId, linking);
        giveCookie({ req, res }, COOKIE, ticket, { maxAge: TICKET_S * 1000 });
        return { url };
      },
    }),
    route({
      method: 'delete',
      path: '/users/me/single-sign-on',
      operationId: 'unlinkSingleSignOn',
      summary: 'End the link of your account with single sign-on of this organization',
      description: 'Your logins by it end.',
      tag: ownTag,
      access: 'authenticated',
      confined: 'no_site',
      status: 204,
      query: z.strictObject({ organization_id: atOrganization }),
      errors: { 403: forPersons[403], 404: 'It is not linked.' },
      handle: ({ principal, query }) =>
        signOn.unlink(query.organization_id ?? principal.organizationId, personOf(principal)),
    }),
  ];
}
