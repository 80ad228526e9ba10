/** REST: updates of single chargers. */
import { z } from 'zod';
import { knownChargePoint } from '../charge-points/index.ts';
import type { Database } from '../database/contract.ts';
import { boolParam, idParam, listParam } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import { PATIENCE_MS, type SubmitFor } from '../ingest/contract.ts';
import type { CancelUpdateReply } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { optionFields, optionsIn, presentUpdate, updateSchema } from './fields.ts';
import { findUpdate, listUpdates, type StoredUpdate } from './read-store.ts';
import type { RequestUpdate } from './request-update.ts';
import { updateStatuses } from './types.ts';

const tag = 'Firmware';
const params = z.object({ id: idParam('fwu') });
const ofCharger = z.object({ id: idParam('cp') });
const listQuery = {
  status: listParam(updateStatuses).optional(),
  failed: boolParam.optional().describe('true: those that failed, also after they had been told to be installed'),
  ...pageQuery,
};

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly submit: SubmitFor;
  readonly requestUpdate: RequestUpdate;
  readonly clock: Clock;
};

export function updateRoutes({ db, submit, requestUpdate, clock }: Needs): AnyRoute[] {
  async function found(organizationId: string, id: string): Promise<StoredUpdate> {
    const row = await findUpdate(db, organizationId, id);
    if (row === undefined) throw new AppError('not_found', 'There is nothing under this id');
    return row;
  }
  type Asked = Pick<Parameters<typeof listUpdates>[1], 'organizationId' | 'chargePointId' | 'rolloutId'>;
  async function list(
    of: Asked,
    query: Parameters<typeof readPage>[0] & {
      readonly status?: (typeof updateStatuses)[number][] | undefined;
      readonly failed?: boolean | undefined;
    },
  ) {
    const page = readPage(query, idKey);
    const rows = await listUpdates(db, { ...of, statuses: query.status, failed: query.failed }, page);
    return pageFrom(rows, page.limit, ({ id }) => id, presentUpdate);
  }
  return [
    route({
      method: 'post',
      path: '/charge-points/{id}/firmware-updates',
      operationId: 'createFirmwareUpdate',
      summary: 'Update the firmware of a charge point',
      description:
        'It waits for a charge point that is offline or charges. What comes of it is told by `firmware.update_started`, ' +
        '`firmware.update_completed` and `firmware.update_failed`.',
      tag,
      access: 'write:commands',
      status: 202,
      errors: {
        404: 'There is no such charge point',
        409: 'An update of it has not ended, or the image has no file yet',
      },
      params: ofCharger,
      body: z.strictObject({
        ...optionFields,
        any_model: z.boolean().default(false).describe('Also if the image is for another vendor or model'),
      }),
      response: updateSchema,
      async handle({ principal: { organizationId, id: requestedBy }, params: { id: chargePointId }, body, res }) {
        const { image_id: imageId, signed, any_model: anyModel } = body;
        const traceId = traceIdOf(res);
        const of = { organizationId, chargePointId, imageId, signed, anyModel, requestedBy, traceId };
        return presentUpdate(await requestUpdate({ ...of, ...optionsIn(body) }));
      },
    }),
    route({
      method: 'get',
      path: '/charge-points/{id}/firmware-updates',
      operationId: 'listFirmwareUpdatesOfChargePoint',
      summary: 'List the updates of a charge point, newest first',
      tag,
      access: 'read:charge_points',
      status: 200,
      params: ofCharger,
      query: z.strictObject(listQuery),
      response: pageOf(updateSchema),
      async handle({ principal: { organizationId }, params: { id: chargePointId }, query }) {
        await knownChargePoint(db, organizationId, chargePointId);
        return list({ organizationId, chargePointId, rolloutId: undefined }, query);
      },
    }),
    route({
      method: 'get',
      path: '/firmware-updates',
      operationId: 'listFirmwareUpdates',
      summary: 'List updates of firmware, newest first',
      tag,
      access: 'read:charge_points',
      status: 200,
      query: z.strictObject({
        charge_point_id: z.string().max(200).optional(),
        rollout_id: z.string().max(200).optional(),
        ...listQuery,
      }),
      response: pageOf(updateSchema),
      handle: ({ principal: { organizationId }, query }) =>
        list({ organizationId, chargePointId: query.charge_point_id, rolloutId: query.rollout_id }, query),
    }),
    route({
      method: 'get',
      path: '/firmware-updates/{id}',
      operationId: 'getFirmwareUpdate',
      summary: 'Get an update of firmware',
      tag,
      access: 'read:charge_points',
      status: 200,
      params,
      response: updateSchema,
      handle: async ({ principal, params: { id } }) => presentUpdate(await found(principal.organizationId, id)),
    }),
    route({
      method: 'post',
      path: '/firmware-updates/{id}/cancel',
      operationId: 'cancelFirmwareUpdate',
      summary: 'Call off an update that its charge point has not been told of',
      tag,
      access: 'write:commands',
      status: 200,
      errors: { 409: 'It has ended, or the charge point knows of it: OCPP has no word to call it off' },
      params,
      response: updateSchema,
      async handle({ principal: { organizationId }, params: { id: updateId }, res }) {
        const { chargePointId } = await found(organizationId, updateId);
        const about = { chargePointId, updateId, onlyFor: organizationId };
        const input = { room: 'firmware_updates', type: 'cancel_requested', ...about } as const;
        const how = { patienceMs: PATIENCE_MS, traceId: traceIdOf(res) };
        const reply = (await submit({ ...input, receivedAt: clock.now() }, how)) as CancelUpdateReply; // as promised
        if (reply.cancelled) return presentUpdate(await found(organizationId, updateId));
        const why =
          reply.why === 'under_way'
            ? 'The charge point has been told of it, and OCPP has no word to call it off'
            : 'The update has ended';
        throw new AppError('conflict', why);
      },
    }),
  ];
}
