/** REST: single sign-on of the caller's organization, set up by its owners. */
import { z } from 'zod';
import { instantOut } from '../http/kit/fields.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { firstRoles, noSso, type Settings } from './settings.ts';
import type { SettingsRow } from './settings-store.ts';
import type { SignOn } from './sign-on.ts';

const tag = 'Organization';
const MOST_DOMAINS = 20;
const enforcedMeans =
  'Members who are no owners come in by single sign-on alone; owners also with their password and a second factor';
const firstMeans =
  'Role of who has no account yet and comes for the first time. null: only who is a member already may come';

const domain = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/, {
    error: 'must be a domain such as example.com',
  });
const wanted = z
  .strictObject({
    issuer: z
      .string()
      .min(1)
      .max(500)
      .meta({ description: 'OpenID Connect: https, exactly as the provider calls itself' }),
    client_id: z
      .string()
      .min(1)
      .max(200)
      .regex(/^[!-~]+$/, { error: 'must be printable ASCII' }),
    client_secret: z
      .string()
      .min(1)
      .max(500)
      .regex(/^[ -~]+$/, { error: 'must be printable ASCII' })
      .optional()
      .meta({ description: 'Never shown. Absent: the one before, for the same issuer and client_id' }),
    email_domains: z
      .array(domain)
      .min(1)
      .max(MOST_DOMAINS)
      .meta({ description: 'Addresses of other domains are refused' }),
    default_role: z.enum(firstRoles).nullable().default(null).meta({ description: firstMeans }),
    enforced: z.boolean().default(false).meta({ description: enforcedMeans }),
  })
  .meta({
    examples: [
      {
        ...{ issuer: 'https://login.example.com', client_id: 'dynamo', client_secret: 'as the provider shows it' },
        ...{ email_domains: ['example.com'], default_role: 'viewer', enforced: false },
      },
    ],
  });
const shown = z
  .object({
    issuer: z.string(),
    client_id: z.string(),
    email_domains: z.array(z.string()),
    default_role: z.enum(firstRoles).nullable().meta({ description: firstMeans }),
    enforced: z.boolean().meta({ description: enforcedMeans }),
    start_url: z.string().meta({ description: 'Where members begin' }),
    redirect_uri: z.string().meta({ description: 'To be registered at the provider' }),
    created_at: instantOut,
    updated_at: instantOut,
  })
  .meta({ id: 'SingleSignOn' });

export function ssoRoutes({
  settings,
  signOn,
}: {
  readonly settings: Settings;
  readonly signOn: Pick<SignOn, 'redirectUri' | 'startUrl'>;
}): AnyRoute[] {
  async function read(organizationId: string) {
    const row = await settings.of(organizationId);
    if (row === undefined) throw noSso();
    return present(row);
  }
  const present = (row: SettingsRow) => ({
    issuer: row.issuer,
    client_id: row.clientId,
    email_domains: row.emailDomains,
    default_role: row.defaultRole as (typeof firstRoles)[number] | null, // the answer's schema refuses others
    enforced: row.enforced,
    start_url: signOn.startUrl(row.organizationId),
    redirect_uri: signOn.redirectUri(row.organizationId),
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  });
  return [
    route({
      method: 'get',
      path: '/organization/sso',
      operationId: 'getSingleSignOn',
      summary: 'Single sign-on of your organization',
      tag,
      access: 'read:members',
      status: 200,
      errors: { 404: 'There is none.' },
      response: shown,
      handle: ({ principal }) => read(principal.organizationId),
    }),
    route({
      method: 'put',
      path: '/organization/sso',
      operationId: 'setSingleSignOn',
      summary: 'Set up single sign-on (OpenID Connect)',
      description:
        'The provider is asked for its discovery document, and what is wrong with it is told. Register `redirect_uri` there. Another issuer or client_id ends all logins by the one before.',
      tag,
      access: 'write:members',
      status: 200,
      errors: { 403: 'Only an owner, who is logged in.' },
      body: wanted,
      response: shown,
      handle: async ({ principal, body }) => {
        await settings.set(principal, {
          issuer: body.issuer,
          clientId: body.client_id,
          clientSecret: body.client_secret,
          emailDomains: [...new Set(body.email_domains)],
          defaultRole: body.default_role,
          enforced: body.enforced,
        });
        return read(principal.organizationId);
      },
    }),
    route({
      method: 'delete',
      path: '/organization/sso',
      operationId: 'removeSingleSignOn',
      summary: 'End single sign-on',
      description:
        'All logins by it end. Who came by it alone sets a password by e-mail (`POST /auth/password-reset`).',
      tag,
      access: 'write:members',
      status: 204,
      errors: { 403: 'Only an owner, who is logged in.', 404: 'There is none.' },
      handle: ({ principal }) => settings.remove(principal),
    }),
  ];
}
