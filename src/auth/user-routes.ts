/** REST: a person's own account. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { nameField } from '../http/kit/fields.ts';
import { type AnyRoute, type Principal, route } from '../http/kit/route.ts';
import { AppError } from '../platform/errors.ts';
import { roles } from './roles.ts';
import { membershipsOf, renameUser, type UserRow, userById } from './user-store.ts';

const tag = 'Users';
const membership = z.object({
  organization: z.object({ id: z.string(), name: z.string() }),
  role: z.enum(roles),
  site_ids: z.array(z.string()).meta({ description: 'Nothing of other sites is seen; empty: the whole organization' }),
  current: z.boolean().meta({ description: 'The one that this credential works in' }),
});
const ownUser = z
  .object({ id: z.string(), email: z.string(), name: z.string().nullable(), memberships: z.array(membership) })
  .meta({ id: 'OwnUser' });
export const forPersons = { 403: 'An API key is nobody: this is for people who are logged in.' };

export function userRoutes({ db }: { readonly db: Pick<Database, 'prisma' | 'rows'> }): AnyRoute[] {
  async function shown(principal: Principal, row: UserRow | undefined) {
    if (row === undefined) throw new AppError('not_found', 'There is no such user');
    const { id, email, name } = row;
    const memberships = (await membershipsOf(db, id)).map(({ organizationId, organizationName, role, siteIds }) => ({
      organization: { id: organizationId, name: organizationName },
      role: role as (typeof roles)[number], // the answer's schema refuses a role that it does not know
      site_ids: siteIds,
      current: organizationId === principal.organizationId,
    }));
    return { id, email, name, memberships };
  }
  return [
    route({
      method: 'get',
      path: '/users/me',
      operationId: 'getOwnUser',
      summary: 'Your account, and where you are a member',
      tag,
      access: 'authenticated',
      confined: 'no_site',
      status: 200,
      errors: forPersons,
      response: ownUser,
      handle: async ({ principal }) => shown(principal, await userById(db, personOf(principal))),
    }),
    route({
      method: 'patch',
      path: '/users/me',
      operationId: 'updateOwnUser',
      summary: 'Change your account',
      tag,
      access: 'authenticated',
      confined: 'no_site',
      status: 200,
      errors: forPersons,
      body: z.strictObject({ name: nameField.nullable() }).meta({ examples: [{ name: 'Ada Lovelace' }] }),
      response: ownUser,
      handle: async ({ principal, body }) => shown(principal, await renameUser(db, personOf(principal), body.name)),
    }),
  ];
}

/** The id of the person who asks, for what is of this login alone. */
export function loggedInAs({ kind, id }: Principal): string {
  if (kind === 'user') return id;
  throw new AppError('forbidden', 'This is for people who are logged in, not for API keys');
}

/** The id of the person who asks, for what is of the account: a provider of an organization where he is a guest does not reach that. */
export function personOf(principal: Principal): string {
  if (principal.isGuest !== true) return loggedInAs(principal);
  throw new AppError('forbidden', 'Log in with your password for this: your account was made in another organization');
}
