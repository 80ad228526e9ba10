/** REST: a person's logins, password and second factor. */
import type { Request } from 'express';
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idParam, instantOut } from '../http/kit/fields.ts';
import { type AnyRoute, identifiedAs, type Principal, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { type ChangePassword, RESET_MINUTES } from './change-password.ts';
import { listLogins } from './login-store.ts';
import type { Logins } from './logins.ts';
import { MOST_TOKEN } from './one-time-token.ts';
import { MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS } from './password-rules.ts';
import { RECOVERY_CODES, type SecondFactor } from './second-factor.ts';
import { forPersons, personOf } from './user-routes.ts';
import { type UserRow, userById } from './user-store.ts';

const tag = 'Users';
const own = { tag, access: 'authenticated', confined: 'no_site' } as const;
const password = z.string().min(1).max(1024);
const newPassword = z
  .string()
  .min(1)
  .max(4 * MAX_PASSWORD_CHARS)
  .meta({
    description: `${MIN_PASSWORD_CHARS} characters at least, and none that is tried first`,
    examples: ['engines of difference'],
  });
const code = z
  .string()
  .min(1)
  .max(64)
  .meta({ description: 'Of the authenticator, or a recovery code', examples: ['123456'] });
const recoveryCodes = z.object({
  recovery_codes: z.array(z.string()).meta({ description: `${RECOVERY_CODES}, each good once. Shown once` }),
});
const login = z
  .object({
    id: z.string(),
    device: z.string().nullable(),
    address: z.string(),
    created_at: instantOut,
    last_used_at: instantOut,
    expires_at: instantOut,
    current: z.boolean(),
  })
  .meta({ id: 'Login' });

export function ownAccountRoutes(needs: {
  readonly db: Pick<Database, 'prisma' | 'rows'>;
  readonly logins: Logins;
  readonly passwords: ChangePassword;
  readonly secondFactor: SecondFactor;
  /** src/http addressOf */
  readonly addressOf: (req: Request) => string;
  readonly clock: Clock;
}): AnyRoute[] {
  const { db, logins, passwords, secondFactor, addressOf, clock } = needs;
  async function personIn(principal: Principal): Promise<UserRow> {
    const user = await userById(db, personOf(principal));
    if (user === undefined) throw new AppError('not_found', 'There is no such user');
    return user;
  }
  return [
    route({
      ...own,
      method: 'get',
      path: '/users/me/logins',
      operationId: 'listOwnLogins',
      summary: 'List where you are logged in, newest first',
      status: 200,
      errors: forPersons,
      response: z.object({ data: z.array(login) }),
      handle: async ({ principal }) => ({
        data: (await listLogins(db, personOf(principal), clock.now())).map((row) => ({
          id: row.id,
          device: row.device,
          address: row.address,
          created_at: row.createdAt,
          last_used_at: row.lastUsedAt,
          expires_at: row.expiresAt,
          current: row.id === principal.loginId,
        })),
      }),
    }),
    route({
      ...own,
      method: 'delete',
      path: '/users/me/logins/{id}',
      operationId: 'endOwnLogin',
      summary: 'End one of your logins',
      description: 'Its access tokens are refused from now on.',
      status: 204,
      errors: forPersons,
      params: z.object({ id: idParam('lgn') }),
      handle: async ({ principal, params: { id } }) => {
        if (!(await logins.end(personOf(principal), id))) throw new AppError('not_found', 'There is no such login');
      },
    }),
    route({
      ...own,
      method: 'put',
      path: '/users/me/password',
      operationId: 'changeOwnPassword',
      summary: 'Change your password',
      description: 'All your other logins end.',
      status: 204,
      errors: { ...forPersons, 429: 'Too many tries.' },
      body: z.strictObject({ password, new_password: newPassword }).meta({
        examples: [{ password: 'correct horse battery staple', new_password: 'engines of difference' }],
      }),
      handle: async ({ principal, body, req }) => {
        const user = await personIn(principal);
        const proven = await passwords.demand(user, body.password, addressOf(req));
        await passwords.change(user, { proven, password: body.new_password, loginId: principal.loginId });
      },
    }),
    route({
      tag: 'Authentication',
      access: 'public',
      method: 'post',
      path: '/auth/password-reset',
      operationId: 'askPasswordReset',
      summary: 'Ask for a link to set a new password',
      description: `Answers alike whether there is such an account or not. The link is good once, for ${RESET_MINUTES} minutes.`,
      status: 202,
      errors: { 429: 'Too many tries.' },
      body: z
        .strictObject({ email: z.string().trim().min(3).max(254) })
        .meta({ examples: [{ email: 'ada@example.com' }] }),
      response: z.object({ sent: z.literal('if_there_is_an_account') }),
      handle: async ({ body, req }) => {
        await passwords.askReset(body.email, addressOf(req));
        return { sent: 'if_there_is_an_account' as const };
      },
    }),
    route({
      tag: 'Authentication',
      access: 'public',
      method: 'post',
      path: '/auth/password-reset/confirm',
      operationId: 'resetPassword',
      summary: 'Set a new password with a link',
      description:
        'All logins of the account end. A second factor stays, unless this is the first proof that somebody reads the mail of this address: then it goes, and so do links with single sign-on.',
      status: 204,
      errors: { 404: 'The link cannot be used, or not any more.', 429: 'Too many tries.' },
      body: z
        .strictObject({ token: z.string().min(1).max(MOST_TOKEN), password: newPassword })
        .meta({ examples: [{ token: 'dyn_reset_AbCdEf', password: 'engines of difference' }] }),
      handle: async ({ body, req, res }) => {
        const { id, organizationId } = await passwords.reset(body.token, body.password, addressOf(req));
        identifiedAs(res, { kind: 'user', id, organizationId });
      },
    }),
    route({
      ...own,
      method: 'get',
      path: '/users/me/second-factor',
      operationId: 'getSecondFactor',
      summary: 'Whether your account has a second factor',
      status: 200,
      errors: forPersons,
      response: z.object({ enabled: z.boolean(), recovery_codes_left: z.int() }),
      handle: async ({ principal }) => {
        const { enabled, recoveryCodesLeft } = await secondFactor.stateOf(personOf(principal));
        return { enabled, recovery_codes_left: recoveryCodesLeft };
      },
    }),
    route({
      ...own,
      method: 'post',
      path: '/users/me/second-factor',
      operationId: 'beginSecondFactor',
      summary: 'Begin to set up a second factor',
      description:
        'Put the secret into an authenticator (RFC 6238), then confirm with a code. Until then nothing changes.',
      status: 200,
      errors: { ...forPersons, 409: 'There is one already.', 429: 'Too many tries.' },
      body: z.strictObject({ password }).meta({ examples: [{ password: 'correct horse battery staple' }] }),
      response: z.object({ secret: z.string(), otpauth_uri: z.string() }),
      handle: async ({ principal, body, req }) => {
        const user = await personIn(principal);
        await passwords.demand(user, body.password, addressOf(req));
        const { secret, uri } = await secondFactor.begin(user);
        return { secret, otpauth_uri: uri };
      },
    }),
    route({
      ...own,
      method: 'post',
      path: '/users/me/second-factor/confirm',
      operationId: 'confirmSecondFactor',
      summary: 'Confirm the second factor with a code',
      description: 'From now on each login asks for one. All your other logins end.',
      status: 200,
      errors: { ...forPersons, 409: 'Nothing waits to be confirmed.', 429: 'Too many tries.' },
      body: z.strictObject({ code }),
      response: recoveryCodes,
      handle: async ({ principal, body, req }) => {
        const userId = personOf(principal);
        return { recovery_codes: await secondFactor.confirm(userId, body.code, addressOf(req), principal.loginId) };
      },
    }),
    route({
      ...own,
      method: 'post',
      path: '/users/me/second-factor/recovery-codes',
      operationId: 'renewRecoveryCodes',
      summary: 'Make new recovery codes',
      description: 'Those before cannot be used any more.',
      status: 200,
      errors: { ...forPersons, 409: 'There is no second factor.', 429: 'Too many tries.' },
      body: z.strictObject({ code }),
      response: recoveryCodes,
      handle: async ({ principal, body, req }) => ({
        recovery_codes: await secondFactor.regenerate(personOf(principal), body.code, addressOf(req)),
      }),
    }),
    route({
      ...own,
      method: 'post',
      path: '/users/me/second-factor/remove',
      operationId: 'removeSecondFactor',
      summary: 'Remove your second factor',
      status: 204,
      errors: { ...forPersons, 409: 'There is no second factor.', 429: 'Too many tries.' },
      body: z
        .strictObject({ password, code })
        .meta({ examples: [{ password: 'correct horse battery staple', code: '123456' }] }),
      handle: async ({ principal, body, req }) => {
        const user = await personIn(principal);
        await passwords.demand(user, body.password, addressOf(req));
        await secondFactor.remove(user.id, body.code, addressOf(req));
      },
    }),
  ];
}
