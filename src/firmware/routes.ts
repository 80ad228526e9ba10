/** REST: what a charger was asked to install or to publish, and what it says of it; publishing through a local controller. */
import { z } from 'zod';
import { knownChargePoint } from '../charge-points/index.ts';
import { asking, commandSchema, createSend, type IssueCommand } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { boolParam, idParam, instantOut } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { listFirmware } from './store.ts';
import { type FirmwareRow, firmwareKinds } from './types.ts';

const tag = 'Firmware';
const params = z.object({ id: idParam('cp') });
const checksum = z
  .string()
  .regex(/^[0-9a-fA-F]{32}$/, { error: 'must be an MD5 checksum: 32 hexadecimal digits' })
  .meta({ examples: ['9e107d9d372bb6826bd81d3542a419d6'] });

const firmwareRequest = z
  .object({
    id: z.string(),
    kind: z.enum(firmwareKinds).describe('publish: a local controller is to offer it to the stations behind it'),
    request_id: z.int().nullable().describe('null: OCPP 1.6 without the security extension has none'),
    command_id: z.string(),
    location: z.string().nullable().describe('Credentials masked'),
    checksum: z.string().nullable().describe('Of publish: MD5'),
    signed: z.boolean(),
    outcome: z.string().describe('How its command ended'),
    answer: z.string().nullable().describe('The word of the charger in its answer'),
    status: z.string().nullable().describe('As the charger said it last'),
    status_at: instantOut.nullable(),
    statuses: z
      .array(z.object({ status: z.string(), at: z.string(), info: z.string().optional() }))
      .describe('Oldest first, the last 50'),
    locations: z.array(z.string()).describe('Of publish: where other stations get it'),
    published_at: instantOut.nullable(),
    unpublished_at: instantOut.nullable(),
    created_at: instantOut,
    updated_at: instantOut,
  })
  .meta({ id: 'FirmwareRequest' });

const present = (row: FirmwareRow): z.input<typeof firmwareRequest> => ({
  id: row.id,
  kind: row.kind,
  request_id: row.requestId,
  command_id: row.commandId,
  location: row.location,
  checksum: row.checksum,
  signed: row.signed,
  outcome: row.outcome,
  answer: row.answer,
  status: row.status,
  status_at: row.statusAt,
  statuses: [...row.statuses],
  locations: [...row.locations],
  published_at: row.publishedAt,
  unpublished_at: row.unpublishedAt,
  created_at: row.createdAt,
  updated_at: row.updatedAt,
});

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly issue: IssueCommand;
  /** A fresh number by which the charger names the request. */
  readonly nextRequestId: () => number;
};

export function firmwareRoutes({ db, issue, nextRequestId }: Needs): AnyRoute[] {
  const send = createSend(issue);
  const asked = {
    method: 'post',
    tag,
    access: asking.access,
    status: 202,
    errors: asking.errors,
    params,
    query: z.strictObject(asking.query),
    response: commandSchema,
  } as const;
  return [
    route({
      method: 'get',
      path: '/charge-points/{id}/firmware-requests',
      operationId: 'listFirmwareRequests',
      summary: 'List what a charge point was asked to install or to publish, newest first',
      tag,
      access: 'read:charge_points',
      status: 200,
      errors: { 404: 'There is no such charge point' },
      params,
      query: z.strictObject({
        kind: z.enum(firmwareKinds).optional(),
        published: boolParam.optional().describe('true: what it offers to others now'),
        ...pageQuery,
      }),
      response: pageOf(firmwareRequest),
      async handle({ principal: { organizationId }, params: { id: chargePointId }, query }) {
        await knownChargePoint(db, organizationId, chargePointId);
        const page = readPage(query, idKey);
        const { kind, published } = query;
        const rows = await listFirmware(db, { organizationId, chargePointId, kind, published }, page);
        return pageFrom(rows, page.limit, ({ id }) => id, present);
      },
    }),
    route({
      ...asked,
      path: '/charge-points/{id}/firmware-publications',
      operationId: 'publishFirmware',
      summary: 'Have a local controller fetch a firmware and offer it to the stations behind it',
      description: 'OCPP 2.x, local controllers only. What becomes of it is listed under `firmware-requests`.',
      body: z.strictObject({
        location: z
          .string()
          .min(1)
          .max(512)
          .describe('Where the controller fetches it')
          .meta({ examples: ['https://firmware.example.com/1.4.2.bin'] }),
        checksum: checksum.describe('MD5 of the whole image'),
        retries: z.int().min(0).max(10).optional(),
        retry_interval_s: z.int().min(1).max(86_400).optional(),
        timeout_s: asking.timeoutS,
      }),
      handle(request) {
        const { location, checksum: md5, retries, retry_interval_s: retryIntervalS } = request.body;
        const requestId = nextRequestId();
        return send(request, { do: 'publish_firmware', requestId, location, checksum: md5, retries, retryIntervalS });
      },
    }),
    route({
      ...asked,
      path: '/charge-points/{id}/firmware-publications/withdraw',
      operationId: 'unpublishFirmware',
      summary: 'Have a local controller offer a firmware no more',
      description:
        'The answer `DownloadOngoing` (rejected) means that a station is still fetching it: ask again later.',
      body: z.strictObject({ checksum, timeout_s: asking.timeoutS }),
      handle: (request) => send(request, { do: 'unpublish_firmware', checksum: request.body.checksum }),
    }),
  ];
}
