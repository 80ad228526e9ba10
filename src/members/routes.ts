/** REST for the members of an organization: who they are, what they may, which charge points an installer works at. */
import { z } from 'zod';
import { personOf, roles, type SecondFactor } from '../auth/index.ts';
import type { Database } from '../database/contract.ts';
import { idField, idParam, instantOut } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { changeMembership, checkFactorReset, endMembership, noMember } from './change-members.ts';
import { giveJob, type JobRow, listJobs, listMembers, type MemberRow, memberById, takeJob } from './member-store.ts';

const tag = 'Members';
const params = z.object({ id: idParam('usr') });
const jobParams = z.object({ id: idParam('usr'), charge_point_id: idParam('cp') });
export const MOST_SITES = 100;
export const siteIds = z.array(idField('site')).max(MOST_SITES).meta({
  description: 'Nothing of other sites exists for this member. Empty: the whole organization',
});

const member = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string().nullable(),
    role: z.enum(roles),
    site_ids: z.array(z.string()),
    disabled: z.boolean(),
    second_factor: z.boolean(),
    last_login_at: instantOut.nullable(),
    created_by: z.string().nullable(),
    created_at: instantOut,
  })
  .meta({ id: 'Member' });
const job = z
  .object({
    charge_point_id: z.string(),
    identity: z.string(),
    name: z.string().nullable(),
    created_by: z.string(),
    created_at: instantOut,
  })
  .meta({ id: 'InstallerJob' });

export function memberRoutes(needs: {
  readonly db: Pick<Database, 'rows' | 'transaction'>;
  readonly secondFactor: Pick<SecondFactor, 'reset'>;
  readonly clock: Clock;
}): AnyRoute[] {
  const { db, secondFactor, clock } = needs;
  async function shown(organizationId: string, id: string) {
    const row = await memberById(db, organizationId, id);
    if (row === undefined) throw noMember();
    return present(row);
  }
  return [
    route({
      method: 'get',
      path: '/members',
      operationId: 'listMembers',
      summary: 'List the members of your organization, newest account first',
      tag,
      access: 'read:members',
      status: 200,
      query: z.strictObject({ role: z.enum(roles).optional(), ...pageQuery }),
      response: pageOf(member),
      handle: async ({ principal: { organizationId }, query }) => {
        const page = readPage(query, idKey);
        const rows = await listMembers(db, organizationId, query.role, page);
        return pageFrom(rows, page.limit, (row) => row.userId, present);
      },
    }),
    route({
      method: 'get',
      path: '/members/{id}',
      operationId: 'getMember',
      summary: 'Get a member',
      tag,
      access: 'read:members',
      status: 200,
      params,
      response: member,
      handle: ({ principal: { organizationId }, params: { id } }) => shown(organizationId, id),
    }),
    route({
      method: 'patch',
      path: '/members/{id}',
      operationId: 'changeMember',
      summary: 'Change what a member may',
      description: 'It holds from the next request on, also for tokens that were issued before.',
      tag,
      access: 'write:members',
      status: 200,
      params,
      errors: {
        403: 'Only an owner makes or changes owners, and nobody grants a role that may more than his credential.',
        409: 'The last owner stays one.',
      },
      body: z
        .strictObject({ role: z.enum(roles).optional(), site_ids: siteIds.optional() })
        .meta({ examples: [{ role: 'operator', site_ids: [] }] }),
      response: member,
      handle: async ({ principal, params: { id }, body: { role, site_ids } }) => {
        await changeMembership(db, principal, id, { role, siteIds: site_ids }, clock.now());
        return shown(principal.organizationId, id);
      },
    }),
    route({
      method: 'delete',
      path: '/members/{id}',
      operationId: 'removeMember',
      summary: 'Remove a member',
      description: 'The account stays, and its memberships of other organizations. What it did stays under its id.',
      tag,
      access: 'write:members',
      status: 204,
      params,
      errors: { 403: 'Only an owner removes owners.', 409: 'The last owner stays.' },
      handle: ({ principal, params: { id } }) => endMembership(db, principal, id),
    }),
    route({
      method: 'post',
      path: '/members/{id}/reset-second-factor',
      operationId: 'resetMemberSecondFactor',
      summary: 'Take the second factor from a member who has lost it',
      description: 'All logins of the member end. Only in the organization where the account was made.',
      tag,
      access: 'write:members',
      status: 204,
      params,
      errors: {
        403: 'Only an owner does so to owners.',
        409: 'It is your own, or of an account of another organization.',
      },
      body: z.strictObject({}),
      handle: async ({ principal, params: { id } }) => {
        await checkFactorReset(db, principal, id);
        await secondFactor.reset(id);
      },
    }),
    route({
      method: 'post',
      path: '/users/me/leave',
      operationId: 'leaveOrganization',
      summary: 'Leave the organization that this credential works in',
      tag,
      access: 'authenticated',
      confined: 'no_site',
      status: 204,
      errors: { 403: 'An API key is nobody: this is for people who are logged in.', 409: 'The last owner stays.' },
      body: z.strictObject({}),
      handle: ({ principal }) => endMembership(db, principal, personOf(principal)),
    }),
    route({
      method: 'get',
      path: '/members/{id}/jobs',
      operationId: 'listInstallerJobs',
      summary: 'List the charge points that an installer works at',
      description: 'Nothing else exists for him. What he registers himself is among them.',
      tag,
      access: 'read:members',
      status: 200,
      params,
      query: z.strictObject(pageQuery),
      response: pageOf(job),
      handle: async ({ principal: { organizationId }, params: { id }, query }) => {
        await shown(organizationId, id);
        const page = readPage(query, idKey);
        const rows = await listJobs(db, organizationId, id, page);
        return pageFrom(rows, page.limit, (row) => row.chargePointId, presentJob);
      },
    }),
    route({
      method: 'put',
      path: '/members/{id}/jobs/{charge_point_id}',
      operationId: 'giveInstallerJob',
      summary: 'Give an installer a charge point to work at',
      tag,
      access: 'write:members',
      status: 204,
      params: jobParams,
      handle: async ({ principal: { organizationId, id: by }, params: { id: userId, charge_point_id } }) => {
        const job = { organizationId, userId, chargePointId: charge_point_id, by };
        if (!(await giveJob(db, job, clock.now()))) throw noJob();
      },
    }),
    route({
      method: 'delete',
      path: '/members/{id}/jobs/{charge_point_id}',
      operationId: 'takeInstallerJob',
      summary: 'Take a charge point from an installer',
      tag,
      access: 'write:members',
      status: 204,
      params: jobParams,
      handle: async ({ principal: { organizationId }, params: { id, charge_point_id } }) => {
        if (!(await takeJob(db, organizationId, id, charge_point_id))) throw noJob();
      },
    }),
  ];
}

const noJob = (): AppError => new AppError('not_found', 'There is no such member or charge point');

const present = (row: MemberRow) => ({
  id: row.userId,
  email: row.email,
  name: row.name,
  role: row.role as (typeof roles)[number], // the answer's schema refuses a role that it does not know
  site_ids: row.siteIds,
  disabled: row.disabledAt !== null,
  second_factor: row.hasSecondFactor,
  last_login_at: row.lastLoginAt,
  created_by: row.createdBy,
  created_at: row.createdAt,
});
const presentJob = (row: JobRow) => ({
  charge_point_id: row.chargePointId,
  identity: row.identity,
  name: row.name,
  created_by: row.createdBy,
  created_at: row.createdAt,
});
