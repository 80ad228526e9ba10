/**
 * REST: a browser leaves for the identity provider and comes back. Each organization has an address of its own to come back to, so that
 * one provider's answer is never taken for another's (RFC 9700 §4.4). No token stands in any URL.
 */
import type { Request } from 'express';
import { z } from 'zod';
import { cookieOf, createThrottle, keepLogin } from '../auth/index.ts';
import { idParam } from '../http/kit/fields.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { AppError } from '../platform/errors.ts';
import type { SignOn } from './sign-on.ts';
import { TICKET_S } from './tickets.ts';

const COOKIE = 'dyn_sso';
/** Lax: the browser comes from the provider's pages. */
const cookie = (req: Request) =>
  ({ httpOnly: true, sameSite: 'lax', secure: req.protocol === 'https', path: '/api/v1/auth/sso' }) as const;
const tag = 'Authentication';
const params = z.object({ id: idParam('org') });

export function signOnRoutes({
  signOn,
  addressOf,
}: {
  readonly signOn: SignOn;
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
        const { url, ticket } = await signOn.leave(id);
        res.cookie(COOKIE, ticket, { ...cookie(req), maxAge: TICKET_S * 1000 });
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
        res.clearCookie(COOKIE, cookie(req));
        const said = new URLSearchParams();
        for (const [name, value] of Object.entries(query)) if (value !== undefined) said.set(name, value);
        const from = { address: addressOf(req), device: req.get('user-agent') };
        keepLogin(req, res, await signOn.comeBack(id, { ticket, query: said, ...from }));
        res.location('/');
      },
    }),
  ];
}
