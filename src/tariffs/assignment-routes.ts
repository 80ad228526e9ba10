/** REST: whom or what a tariff holds for, and which one holds at a charge point for a token. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idField, idParam, instantOut } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { tokenKey } from '../platform/token-key.ts';
import {
  type AssignmentView,
  assignedAt,
  assignmentById,
  assignTariff,
  deleteAssignment,
  listAssignments,
} from './assignment-store.ts';
import { type Assigned, byPrecedence, levels } from './resolve.ts';

const tag = 'Tariffs';
const params = z.object({ id: idParam('tas') });
const target = z.enum(levels);

const assignment = z
  .object({
    id: z.string(),
    target,
    target_id: z.string(),
    tariff_id: z.string(),
    created_by: z.string(),
    created_at: instantOut,
  })
  .meta({ id: 'TariffAssignment' });

const prefixes = { token: 'tok', token_group: 'tgr', charge_point: 'cp', site: 'site', organization: 'org' } as const;
const newAssignment = z
  .strictObject({
    target,
    target_id: z.string().max(200).optional().describe('Not needed for the organization: it is yours'),
    tariff_id: idField('tar'),
  })
  .superRefine(({ target: level, target_id: id }, context) => {
    const prefix = prefixes[level];
    if (id === undefined ? level === 'organization' : new RegExp(`^${prefix}_[0-9A-Z]{26}$`).test(id)) return;
    const message = `must be the id of a ${level.replace('_', ' ')}, such as ${prefix}_01KAT3Z6Y8Q0000000000000AA`;
    context.addIssue({ code: 'custom', path: ['target_id'], message });
  })
  .meta({ examples: [{ target: 'organization', tariff_id: 'tar_01KAT3Z6Y8Q0000000000000AA' }] });

const held = z.object({
  target: target.describe('Why it holds: what it is assigned to'),
  target_id: z.string(),
  tariff_id: z.string(),
  name: z.string(),
  version: z.int(),
});
const resolution = z
  .object({
    tariff: held.nullable().describe('The one that holds; null: none, a session has no cost'),
    others: z.array(held).describe('Those that it goes before, in this order'),
  })
  .meta({ id: 'TariffResolution' });

type Needs = { readonly db: Pick<Database, 'rows' | 'transaction'>; readonly clock: Clock };

export function tariffAssignmentRoutes({ db, clock }: Needs): AnyRoute[] {
  return [
    route({
      method: 'post',
      path: '/tariff-assignments',
      operationId: 'assignTariff',
      summary: 'Assign a tariff',
      description:
        'To a token, a token group, a charge point, a site or the organization; whoever comes first in this order decides. Replaces what the target had. Holds for sessions that begin from now on.',
      tag,
      access: 'write:billing',
      status: 201,
      body: newAssignment,
      response: assignment,
      handle: async ({ principal, body }) => {
        const { organizationId } = principal;
        const done = await assignTariff(db, {
          organizationId,
          level: body.target,
          targetId: body.target_id ?? organizationId,
          tariffId: body.tariff_id,
          createdBy: principal.id,
          now: clock.now(),
        });
        if (done.at === 'assigned') return present(done.assignment);
        if (done.at === 'deleted')
          throw new AppError('conflict', 'It was assigned, and somebody has deleted that since');
        throw invalid(done.what, done.what === 'tariff_id' ? 'tariff' : body.target.replace('_', ' '));
      },
    }),
    route({
      method: 'get',
      path: '/tariff-assignments',
      operationId: 'listTariffAssignments',
      summary: 'List assignments of tariffs, newest first',
      tag,
      access: 'read:billing',
      status: 200,
      query: z.strictObject({
        tariff_id: idField('tar').optional(),
        target: target.optional(),
        target_id: z.string().max(200).optional(),
        ...pageQuery,
      }),
      response: pageOf(assignment),
      handle: async ({ principal: { organizationId }, query }) => {
        const page = readPage(query, idKey);
        const filter = { tariffId: query.tariff_id, level: query.target, targetId: query.target_id };
        return pageFrom(await listAssignments(db, organizationId, filter, page), page.limit, (row) => row.id, present);
      },
    }),
    route({
      method: 'get',
      path: '/tariff-assignments/{id}',
      operationId: 'getTariffAssignment',
      summary: 'Get an assignment',
      tag,
      access: 'read:billing',
      status: 200,
      params,
      response: assignment,
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        const row = await assignmentById(db, organizationId, id);
        if (row === undefined) throw unknown();
        return present(row);
      },
    }),
    route({
      method: 'delete',
      path: '/tariff-assignments/{id}',
      operationId: 'deleteTariffAssignment',
      summary: 'Take an assignment back',
      description: 'Its target then has the tariff of whatever comes next, or none.',
      tag,
      access: 'write:billing',
      status: 204,
      params,
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        if (!(await deleteAssignment(db, organizationId, id))) throw unknown();
      },
    }),
    route({
      method: 'get',
      path: '/charge-points/{id}/tariff',
      operationId: 'resolveTariff',
      summary: 'Which tariff holds, and why',
      description: 'For a session that would begin now.',
      tag,
      access: 'read:billing',
      status: 200,
      params: z.object({ id: idParam('cp') }),
      query: z.strictObject({ token: z.string().trim().min(1).max(255).optional().describe('Its uid') }),
      response: resolution,
      handle: async ({ principal: { organizationId }, params: { id: chargePointId }, query: { token } }) => {
        const place = { chargePointId, uidKey: token === undefined ? undefined : tokenKey(token) };
        const assigned = await assignedAt(db, organizationId, place);
        if (assigned === undefined) throw new AppError('not_found', 'There is no such charge point');
        const [holding, ...others] = byPrecedence(assigned).map(presentHeld);
        return { tariff: holding ?? null, others };
      },
    }),
  ];
}

const unknown = (): AppError => new AppError('not_found', 'There is no such assignment of a tariff');

function invalid(field: string, what: string): AppError {
  const message = `there is no such ${what}`;
  return new AppError('validation_failed', `The request body is not valid: ${field}: ${message}`, {
    details: [{ field, message }],
  });
}

const present = (row: AssignmentView): z.input<typeof assignment> => ({
  id: row.id,
  target: row.level,
  target_id: row.targetId,
  tariff_id: row.tariffId,
  created_by: row.createdBy,
  created_at: row.createdAt,
});

const presentHeld = ({ level, targetId, tariffId, name, version }: Assigned): z.input<typeof held> => ({
  target: level,
  target_id: targetId,
  tariff_id: tariffId,
  name,
  version,
});
