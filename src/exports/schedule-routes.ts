/** REST: files that are written every day, week or month by themselves; what became of each; their content. */
import { z } from 'zod';
import { ownChargePoint } from '../charge-points/index.ts';
import type { Database } from '../database/contract.ts';
import { idField, idParam, instantOut, nameField } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, downloadRoute, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { contentTypes, exportFormats } from '../platform/row-text.ts';
import { siteById } from '../sites/index.ts';
import type { Folder } from '../uploads/index.ts';
import { periods, spanAt } from './calendar.ts';
import { type FileRow, fileById, listFiles } from './file-store.ts';
import {
  createSchedule,
  deleteSchedule,
  kinds,
  listSchedules,
  MOST_SCHEDULES,
  type ScheduleRow,
  scheduleById,
} from './schedule-store.ts';
import { zoneOf } from './zone-store.ts';

const tag = 'Exports';
const text = z.string().nullable();
const schedule = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(kinds),
    format: z.enum(exportFormats),
    period: z.enum(periods),
    site_id: text,
    charge_point_id: text,
    next_at: instantOut.meta({ description: 'When its next file is written: two hours after the day, week or month' }),
    created_by: z.string(),
    created_at: instantOut,
  })
  .meta({ id: 'ExportSchedule' });
const newSchedule = z
  .strictObject({
    name: nameField,
    kind: z.enum(kinds),
    format: z.enum(exportFormats).default('csv'),
    period: z.enum(periods).meta({ description: 'On the calendar of the organization; weeks begin on Monday' }),
    site_id: idField('site').optional(),
    charge_point_id: idField('cp').optional(),
  })
  .meta({ examples: [{ name: 'Accounting', kind: 'sessions', period: 'monthly' }] });
const file = z
  .object({
    id: z.string(),
    schedule_id: z.string(),
    kind: z.enum(kinds),
    format: z.enum(exportFormats),
    from: instantOut.meta({ description: 'Sessions that ended at or after' }),
    to: instantOut.meta({ description: 'Sessions that ended before' }),
    timezone: z.string().meta({ description: 'Of the organization when the file became due' }),
    status: z.enum(['waiting', 'ready', 'failed', 'removed']),
    error: text,
    size_bytes: z.int().nullable(),
    sha256: text,
    created_at: instantOut,
    completed_at: instantOut.nullable(),
  })
  .meta({ id: 'ExportFile' });

export type ScheduleRoutesNeeds = {
  readonly db: Pick<Database, 'rows' | 'transaction' | 'prisma'>;
  readonly folder: Folder;
  readonly clock: Clock;
};

const params = z.object({ id: idParam('exs') });
const fileParams = z.object({ id: idParam('exf') });
const noSchedule = (): AppError => new AppError('not_found', 'There is no such export schedule');
const noFile = (): AppError => new AppError('not_found', 'There is no such export file');

export function exportScheduleRoutes({ db, folder, clock }: ScheduleRoutesNeeds): AnyRoute[] {
  return [
    route({
      method: 'post',
      path: '/exports/schedules',
      operationId: 'createExportSchedule',
      summary: 'Have a file written every day, week or month',
      description:
        'Of the sessions that ended in it, with what they cost, or of their meter values. The first file is that of the day, week or ' +
        'month that runs. Nothing is left out, and nothing told twice: after a pause of the server the files are made up for, and after a ' +
        'change of the time zone each file goes on where the one before ended.',
      tag,
      access: 'write:billing',
      status: 201,
      body: newSchedule,
      response: schedule,
      errors: { 409: `The organization has ${MOST_SCHEDULES} schedules.` },
      handle: async ({ principal: { organizationId, id: createdBy }, body }) => {
        const { name, kind, format, period, site_id: siteId, charge_point_id: chargePointId } = body;
        if (siteId !== undefined && (await siteById(db, organizationId, siteId)) === undefined)
          throw new AppError('not_found', 'There is no such site');
        if (chargePointId !== undefined) await ownChargePoint(db, organizationId, chargePointId);
        const createdAt = clock.now();
        const first = spanAt(period, await zoneOf(db, organizationId), createdAt);
        const place = { siteId: siteId ?? null, chargePointId: chargePointId ?? null };
        const made = await createSchedule(db, organizationId, {
          name,
          kind,
          format,
          period,
          ...place,
          first,
          createdBy,
          createdAt,
        });
        if (made === undefined)
          throw new AppError('conflict', `There are ${MOST_SCHEDULES} export schedules; delete one first`);
        return presentSchedule(made);
      },
    }),
    route({
      method: 'get',
      path: '/exports/schedules',
      operationId: 'listExportSchedules',
      summary: 'List export schedules, newest first',
      tag,
      access: 'read:billing',
      status: 200,
      query: z.strictObject(pageQuery),
      response: pageOf(schedule),
      handle: async ({ principal: { organizationId }, query }) => {
        const page = readPage(query, idKey);
        return pageFrom(await listSchedules(db, organizationId, page), page.limit, ({ id }) => id, presentSchedule);
      },
    }),
    route({
      method: 'get',
      path: '/exports/schedules/{id}',
      operationId: 'getExportSchedule',
      summary: 'Get an export schedule',
      tag,
      access: 'read:billing',
      status: 200,
      params,
      response: schedule,
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        const found = await scheduleById(db, organizationId, id);
        if (found === undefined) throw noSchedule();
        return presentSchedule(found);
      },
    }),
    route({
      method: 'delete',
      path: '/exports/schedules/{id}',
      operationId: 'deleteExportSchedule',
      summary: 'Delete an export schedule',
      description: 'Its files stay as long as they are kept.',
      tag,
      access: 'write:billing',
      status: 204,
      params,
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        if (!(await deleteSchedule(db, organizationId, id))) throw noSchedule();
      },
    }),
    route({
      method: 'get',
      path: '/exports/files',
      operationId: 'listExportFiles',
      summary: 'List the files of export schedules, newest first',
      tag,
      access: 'read:billing',
      status: 200,
      query: z.strictObject({ schedule_id: idField('exs').optional(), ...pageQuery }),
      response: pageOf(file),
      handle: async ({ principal: { organizationId }, query }) => {
        const page = readPage(query, idKey);
        const rows = await listFiles(db, organizationId, query.schedule_id, page);
        return pageFrom(rows, page.limit, ({ id }) => id, presentFile);
      },
    }),
    route({
      method: 'get',
      path: '/exports/files/{id}',
      operationId: 'getExportFile',
      summary: 'What became of an export file',
      tag,
      access: 'read:billing',
      status: 200,
      params: fileParams,
      response: file,
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        const found = await fileById(db, organizationId, id);
        if (found === undefined) throw noFile();
        return presentFile(found);
      },
    }),
    downloadRoute({
      path: '/exports/files/{id}/content',
      operationId: 'downloadExportFile',
      summary: 'Download an export file',
      tag,
      access: 'read:billing',
      params: fileParams,
      errors: { 409: 'It is not written yet, could not be written, or was removed.' },
      download: Object.values(contentTypes),
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        const found = await fileById(db, organizationId, id);
        if (found === undefined) throw noFile();
        const stored = found.storedAs === null ? undefined : await folder.read(found.storedAs);
        if (stored === undefined) throw new AppError('conflict', `The file is not there: it is ${found.status}`);
        const fileName = `${found.kind.replace('_', '-')}-${found.from.toISOString().slice(0, 10)}.${found.format}`;
        const { stream, sizeBytes } = stored;
        return { fileName, contentType: contentTypes[found.format], sizeBytes, body: stream };
      },
    }),
  ];
}

const presentSchedule = (row: ScheduleRow) => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  format: row.format,
  period: row.period,
  site_id: row.siteId,
  charge_point_id: row.chargePointId,
  next_at: row.dueAt,
  created_by: row.createdBy,
  created_at: row.createdAt,
});

const presentFile = (row: FileRow) => ({
  id: row.id,
  schedule_id: row.scheduleId,
  kind: row.kind,
  format: row.format,
  from: row.from,
  to: row.to,
  timezone: row.timezone,
  status: row.status,
  error: row.error,
  size_bytes: row.sizeBytes,
  sha256: row.sha256,
  created_at: row.createdAt,
  completed_at: row.completedAt,
});
