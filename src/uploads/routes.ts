/** REST: asking chargers for files, and the files that came. */
import { z } from 'zod';
import { knownChargePoint, ownChargePoint } from '../charge-points/index.ts';
import type { Database } from '../database/contract.ts';
import { idParam, instantIn, instantOut, listParam } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, downloadRoute, type Principal, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { Folder } from './folder.ts';
import type { StoredUpload, UploadStore } from './read-store.ts';
import type { RequestUpload } from './request-upload.ts';
import { uploadErrors, uploadKinds, uploadStatuses } from './types.ts';

const upload = z
  .object({
    id: z.string(),
    charge_point_id: z.string(),
    kind: z.enum(uploadKinds),
    status: z.enum(uploadStatuses),
    request_id: z.int().meta({ description: 'What the charger names it by (GetLog)' }),
    command_id: z.string().meta({ description: 'The command that asked for it' }),
    upload_url: z
      .string()
      .nullable()
      .meta({ description: 'Where the charger sends it, credentials masked; null: here' }),
    from: instantOut.nullable(),
    to: instantOut.nullable(),
    expires_at: instantOut.meta({ description: 'Until then the file is taken' }),
    requested_by: z.string().meta({ description: 'key_… or usr_…' }),
    created_at: instantOut,
    completed_at: instantOut.nullable(),
    charger_status: z.string().nullable().meta({ description: 'As the charger said it last' }),
    error: z.object({ code: z.enum(uploadErrors), message: z.string() }).nullable(),
    file_name: z.string().nullable().meta({ description: 'As the charger calls it' }),
    size_bytes: z.int().nullable(),
    sha256: z.string().nullable(),
    stored_at: instantOut.nullable(),
    removed_at: instantOut
      .nullable()
      .meta({ description: 'When its content was deleted, by hand or by the retention' }),
  })
  .meta({ id: 'Upload' });

const present = (row: StoredUpload): z.input<typeof upload> => ({
  id: row.id,
  charge_point_id: row.chargePointId,
  kind: row.kind,
  status: row.status,
  request_id: row.requestId,
  command_id: row.commandId,
  upload_url: row.externalUrl,
  from: row.logFrom,
  to: row.logTo,
  expires_at: row.expiresAt,
  requested_by: row.requestedBy,
  created_at: row.createdAt,
  completed_at: row.completedAt,
  charger_status: row.chargerStatus,
  error: row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? '' },
  file_name: row.fileName,
  size_bytes: row.sizeBytes,
  sha256: row.sha256,
  stored_at: row.storedAt,
  removed_at: row.removedAt,
});

const tag = 'Diagnostics';
const params = z.object({ id: idParam('cp') });
const uploadParams = z.object({ id: idParam('upl') });
const listQuery = { status: listParam(uploadStatuses).optional(), ...pageQuery };

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly store: UploadStore;
  readonly folder: Folder;
  readonly requestUpload: RequestUpload;
  readonly clock: Clock;
};

export function uploadRoutes({ db, store, folder, requestUpload, clock }: Needs): AnyRoute[] {
  const mustExist = ({ organizationId }: Principal, chargePointId: string) =>
    ownChargePoint(db, organizationId, chargePointId);
  async function found({ organizationId }: Principal, id: string): Promise<StoredUpload> {
    const row = await store.find(organizationId, id);
    if (row === undefined) throw new AppError('not_found', 'There is no such upload');
    return row;
  }
  async function list(
    principal: Principal,
    chargePointId: string | undefined,
    query: z.infer<z.ZodObject<typeof listQuery>>,
  ) {
    const page = readPage(query, idKey);
    const rows = await store.list({ ...principal, chargePointId, statuses: query.status, page });
    return pageFrom(rows, page.limit, ({ id }) => id, present);
  }

  return [
    route({
      method: 'post',
      path: '/charge-points/{id}/diagnostics',
      operationId: 'requestDiagnostics',
      summary: 'Ask a charge point for its diagnostics or logs',
      description:
        'Without `upload_url` the charger sends its file here, to an address that only it knows and that ends after ' +
        '`expires_in_s`. The answer moves requested → uploading → uploaded, failed or timed_out. A failure that the charger reports ' +
        'of a file for an `upload_url` is shown as `error`, and final at `expires_at`, as it may retry; at once with `retries` 0.',
      tag,
      access: 'write:commands',
      status: 202,
      errors: {
        404: 'There is no such charge point',
        409: 'The charge point is offline',
        429: 'Too many uploads of this charge point are open, or too many commands wait for it',
      },
      params,
      body: z.strictObject({
        kind: z
          .enum(uploadKinds)
          .default('diagnostics')
          .meta({
            description:
              'diagnostics: what every charger has; the other logs need OCPP 2.x or the security extension of 1.6, data_collector_log needs 2.1. ' +
              'A charger that does not know the one of diagnostics and diagnostics_log is asked for the other by itself',
          }),
        from: instantIn.optional().meta({ description: 'The oldest entry that is wanted' }),
        to: instantIn.optional().meta({ description: 'The newest entry that is wanted' }),
        upload_url: z
          .string()
          .max(512)
          .optional()
          .meta({ description: 'Send it there instead; its credentials are never shown again' }),
        retries: z.int().min(0).max(10).optional(),
        retry_interval_s: z.int().min(1).max(86_400).optional(),
        expires_in_s: z.int().min(60).max(86_400).default(3600),
      }),
      response: upload,
      async handle({ principal, params: { id: chargePointId }, body, res }) {
        await mustExist(principal, chargePointId);
        const row = await requestUpload({
          organizationId: principal.organizationId,
          chargePointId,
          requestedBy: principal.id,
          traceId: traceIdOf(res),
          kind: body.kind,
          from: body.from,
          to: body.to,
          url: body.upload_url,
          retries: body.retries,
          retryIntervalS: body.retry_interval_s,
          expiresInS: body.expires_in_s,
        });
        return present(row);
      },
    }),
    route({
      method: 'get',
      path: '/charge-points/{id}/diagnostics',
      operationId: 'listDiagnostics',
      summary: 'List the files that a charge point was asked for, newest first',
      tag,
      access: 'read:charge_points',
      status: 200,
      params,
      query: z.strictObject(listQuery),
      response: pageOf(upload),
      async handle({ principal, params: { id }, query }) {
        await knownChargePoint(db, principal.organizationId, id);
        return list(principal, id, query);
      },
    }),
    route({
      method: 'get',
      path: '/uploads',
      operationId: 'listUploads',
      summary: 'List the files that chargers were asked for, newest first',
      tag,
      access: 'read:charge_points',
      status: 200,
      query: z.strictObject({ charge_point_id: z.string().max(200).optional(), ...listQuery }),
      response: pageOf(upload),
      handle: ({ principal, query }) => list(principal, query.charge_point_id, query),
    }),
    route({
      method: 'get',
      path: '/uploads/{id}',
      operationId: 'getUpload',
      summary: 'Get what became of a file that a charger was asked for',
      tag,
      access: 'read:charge_points',
      status: 200,
      params: uploadParams,
      response: upload,
      handle: async ({ principal, params: { id } }) => present(await found(principal, id)),
    }),
    downloadRoute({
      path: '/uploads/{id}/content',
      operationId: 'downloadUpload',
      summary: 'Download a file that a charger sent',
      description: 'As it came. It is of a charger: do not open it without care.',
      tag,
      access: 'read:charge_points',
      errors: { 404: 'Unknown, of another organization, or there is no file (any more)' },
      params: uploadParams,
      download: ['application/octet-stream'],
      async handle({ principal, params: { id } }) {
        const row = await found(principal, id);
        if (row.storedAs === null) throw new AppError('not_found', whyNoFile(row));
        const file = await folder.read(row.storedAs);
        if (file === undefined)
          throw new AppError(
            'not_found',
            'The file is not in the folder of this process; processes must share UPLOADS_DIR',
          );
        const fileName = row.fileName ?? `${row.kind}-${row.id}.bin`;
        return { fileName, contentType: 'application/octet-stream', sizeBytes: file.sizeBytes, body: file.stream };
      },
    }),
    route({
      method: 'delete',
      path: '/uploads/{id}/content',
      operationId: 'deleteUploadContent',
      summary: 'Delete a file that a charger sent; what is known of it stays',
      tag,
      access: 'write:charge_points',
      status: 204,
      params: uploadParams,
      async handle({ principal, params: { id } }) {
        const { storedAs } = await found(principal, id);
        if (storedAs === null) return;
        await folder.remove(storedAs);
        await store.markRemoved([id], clock.now());
      },
    }),
  ];
}

function whyNoFile({ status, removedAt, externalUrl }: StoredUpload): string {
  if (removedAt !== null) return 'The file was removed';
  if (externalUrl !== null) return 'The charger sends this file elsewhere';
  return status === 'requested' || status === 'uploading' ? 'The file has not arrived yet' : 'No file arrived';
}
