/** REST for maintenance windows: while one is open, nothing new is alerted there. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { boolParam, idField, idParam, instantIn, instantOut, nameField, timezoneField } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { idInRequest } from '../platform/request-ids.ts';
import {
  changeWindow,
  countWindows,
  createWindow,
  deleteWindow,
  listWindows,
  MOST_WINDOWS,
  type WindowRow,
  windowById,
} from './maintenance-store.ts';
import { presentScope, scopeId } from './scope.ts';

const tag = 'Alerts';
const params = z.object({ id: idParam('mtw') });
const repeats = ['never', 'daily', 'weekly'] as const;
const DAY_MS = 86_400_000;

const windowSchema = z
  .object({
    id: z.string(),
    site_id: z.string().nullable(),
    charge_point_id: z.string().nullable().meta({ description: 'Both null: the whole organization' }),
    reason: z.string().nullable(),
    starts_at: instantOut,
    ends_at: instantOut,
    repeats: z.enum(repeats).meta({ description: 'When it is over it moves on to its next time' }),
    timezone: z.string(),
    active: z.boolean(),
    created_by: z.string(),
    created_at: instantOut,
    updated_at: instantOut,
  })
  .meta({ id: 'MaintenanceWindow' });

const changeable = {
  reason: nameField.nullable().optional(),
  starts_at: instantIn,
  ends_at: instantIn.meta({ description: 'At most 90 days later; of one that repeats: a day, or a week' }),
  repeats: z.enum(repeats).optional().meta({ description: 'Default: never' }),
  timezone: timezoneField.optional().meta({ description: 'By whose clock it repeats. Default: UTC' }),
};
const newWindow = z
  .strictObject({ site_id: idField('site').optional(), charge_point_id: idField('cp').optional(), ...changeable })
  .meta({
    examples: [{ reason: 'Transformer works', starts_at: '2026-11-23T22:00:00Z', ends_at: '2026-11-24T04:00:00Z' }],
  });
const changes = z
  .strictObject(changeable)
  .partial()
  .meta({ examples: [{ ends_at: '2026-11-24T05:00:00Z' }] });

type Needs = { readonly db: Pick<Database, 'prisma' | 'rows'>; readonly clock: Clock };

export function maintenanceRoutes({ db, clock }: Needs): AnyRoute[] {
  async function find(organizationId: string, id: string): Promise<WindowRow> {
    const row = await windowById(db, organizationId, id);
    if (row === undefined) throw unknown();
    return row;
  }
  return [
    route({
      method: 'post',
      path: '/maintenance-windows',
      operationId: 'createMaintenanceWindow',
      summary: 'Announce maintenance of a site, a charge point or everything',
      tag,
      access: 'write:charge_points',
      status: 201,
      errors: { 404: 'There is no such site or charge point', 409: `There are ${MOST_WINDOWS} of them already` },
      body: newWindow,
      response: windowSchema,
      handle: async ({ principal: { organizationId, id: createdBy }, body }) => {
        const now = clock.now();
        const scope = await scopeId(db, organizationId, body);
        checkSpan({ startsAt: body.starts_at, endsAt: body.ends_at, repeats: body.repeats ?? 'never' });
        if ((await countWindows(db, organizationId)) >= MOST_WINDOWS)
          throw new AppError('conflict', `There are ${MOST_WINDOWS} maintenance windows already; delete some first`);
        const row = {
          id: idInRequest('mtw'),
          organizationId,
          scopeId: scope,
          reason: body.reason ?? null,
          startsAt: body.starts_at,
          endsAt: body.ends_at,
          anchorAt: null,
          repeats: body.repeats ?? 'never',
          timezone: body.timezone ?? 'UTC',
          createdBy,
          createdAt: now,
          updatedAt: now,
        };
        return present(await createWindow(db, row), now);
      },
    }),
    route({
      method: 'get',
      path: '/maintenance-windows',
      operationId: 'listMaintenanceWindows',
      summary: 'List maintenance windows, newest first',
      tag,
      access: 'read:charge_points',
      status: 200,
      query: z.strictObject({
        site_id: idParam('site').optional(),
        charge_point_id: idParam('cp').optional(),
        active: boolParam.optional().meta({ description: 'true: only those that are open now' }),
        ...pageQuery,
      }),
      response: pageOf(windowSchema),
      handle: async ({ principal: { organizationId }, query }) => {
        const page = readPage(query, idKey);
        const now = clock.now();
        const filter = {
          scopeId: query.charge_point_id ?? query.site_id,
          activeAt: query.active === true ? now : undefined,
        };
        const rows = await listWindows(db, organizationId, filter, page);
        return pageFrom(
          rows,
          page.limit,
          ({ id }) => id,
          (row) => present(row, now),
        );
      },
    }),
    route({
      method: 'get',
      path: '/maintenance-windows/{id}',
      operationId: 'getMaintenanceWindow',
      summary: 'Get a maintenance window',
      tag,
      access: 'read:charge_points',
      status: 200,
      params,
      response: windowSchema,
      handle: async ({ principal: { organizationId }, params: { id } }) =>
        present(await find(organizationId, id), clock.now()),
    }),
    route({
      method: 'patch',
      path: '/maintenance-windows/{id}',
      operationId: 'changeMaintenanceWindow',
      summary: 'Change a maintenance window',
      tag,
      access: 'write:charge_points',
      status: 200,
      params,
      body: changes,
      response: windowSchema,
      handle: async ({ principal: { organizationId }, params: { id }, body }) => {
        const row = await find(organizationId, id);
        const change = {
          startsAt: body.starts_at ?? row.startsAt,
          endsAt: body.ends_at ?? row.endsAt,
          repeats: body.repeats ?? row.repeats,
          timezone: body.timezone ?? row.timezone,
          reason: body.reason === undefined ? row.reason : body.reason,
        };
        checkSpan(change);
        // Only another start, or another clock, is another time of day.
        const isSameTime = change.startsAt.getTime() === row.startsAt.getTime() && change.timezone === row.timezone;
        const anchorAt = isSameTime ? row.anchorAt : null;
        const now = clock.now();
        const after = await changeWindow(db, organizationId, id, { ...change, anchorAt, updatedAt: now });
        if (after === undefined) throw unknown();
        return present(after, now);
      },
    }),
    route({
      method: 'delete',
      path: '/maintenance-windows/{id}',
      operationId: 'deleteMaintenanceWindow',
      summary: 'Delete a maintenance window',
      tag,
      access: 'write:charge_points',
      status: 204,
      params,
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        if (!(await deleteWindow(db, organizationId, id))) throw unknown();
      },
    }),
  ];
}

const unknown = (): AppError => new AppError('not_found', 'There is no such maintenance window');

function checkSpan({ startsAt, endsAt, repeats: how }: Pick<WindowRow, 'startsAt' | 'endsAt' | 'repeats'>): void {
  const lengthMs = endsAt.getTime() - startsAt.getTime();
  const most = how === 'daily' ? DAY_MS : how === 'weekly' ? 7 * DAY_MS : 90 * DAY_MS;
  if (lengthMs > 0 && lengthMs <= most) return;
  const message = lengthMs <= 0 ? 'must be after starts_at' : `must be at most ${most / DAY_MS} days after starts_at`;
  throw new AppError('validation_failed', `The request body is not valid: ends_at ${message}`, {
    details: [{ field: 'ends_at', message }],
  });
}

const present = (row: WindowRow, now: Date): z.input<typeof windowSchema> => ({
  id: row.id,
  ...presentScope(row.scopeId),
  reason: row.reason,
  starts_at: row.startsAt,
  ends_at: row.endsAt,
  repeats: repeats.find((each) => each === row.repeats) ?? 'never',
  timezone: row.timezone,
  active: row.startsAt <= now && row.endsAt > now,
  created_by: row.createdBy,
  created_at: row.createdAt,
  updated_at: row.updatedAt,
});
