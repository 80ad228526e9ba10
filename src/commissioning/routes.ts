/** REST for commissioning: begin, watch and cancel a run at a charge point, look back at runs, take a charge point out of operation. */
import type { Response } from 'express';
import { z } from 'zod';
import { templateStore } from '../configuration/index.ts';
import type { Database } from '../database/contract.ts';
import { idField, idParam, listParam } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import { PATIENCE_MS, type SubmitFor } from '../ingest/contract.ts';
import type { CommissioningInput, CommissioningReply, DecommissionReply, ExpectedOutlet } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { decommissionedSchema, presentRun, runSchema } from './present.ts';
import { lastRunOf, listRuns, type RunView, runById, targetOf } from './read-store.ts';
import { commissioningReportRoutes } from './report-routes.ts';
import { runStatuses } from './types.ts';

const tag = 'Commissioning';
const params = z.object({ id: idParam('cp') });
const DEFAULT_STEP_S = 120;
const DEFAULT_DEADLINE_S = 600;

const outlet = z
  .strictObject({
    connector_id: z.int().min(1).max(1000).optional(),
    evse_id: z.int().min(1).max(1000).optional(),
  })
  .refine(({ connector_id, evse_id }) => connector_id !== undefined || evse_id !== undefined, {
    error: 'must name connector_id, or evse_id, or both',
  });
const wish = z
  .strictObject({
    template_id: idField('cft').optional().meta({
      description: 'Configuration template to apply, whether it matches or not; absent: all that match the charger',
    }),
    skip_test_transaction: z.boolean().optional(),
    connectors: z.array(outlet).min(1).max(128).optional().meta({
      description:
        'Connectors that the charger must report: connector_id alone is its one number (that of its EVSE in OCPP 2.x), both name one connector of an EVSE. Absent: at least one, whichever',
    }),
    step_timeout_s: z
      .int()
      .min(1)
      .max(3600)
      .optional()
      .meta({ description: `Default ${DEFAULT_STEP_S}` }),
    deadline_s: z
      .int()
      .min(1)
      .max(86_400)
      .optional()
      .meta({ description: `Of the run; default ${DEFAULT_DEADLINE_S}` }),
  })
  .meta({ examples: [{ skip_test_transaction: true }] });

const expectedOf = ({ connector_id: connectorId, evse_id: evseId }: z.infer<typeof outlet>): ExpectedOutlet =>
  evseId === undefined ? { evseId: connectorId ?? 0, connectorId: null } : { evseId, connectorId: connectorId ?? null };

type Needs = {
  readonly db: Pick<Database, 'rows' | 'prisma'>;
  readonly submit: SubmitFor;
  readonly newId: (prefix: 'com') => string;
  readonly clock: Clock;
};
type Asked = CommissioningInput extends infer I ? (I extends unknown ? Omit<I, 'room' | 'receivedAt'> : never) : never;

export function commissioningRoutes({ db, submit, newId, clock }: Needs): AnyRoute[] {
  const templates = templateStore(db);
  const send = (asked: Asked & { readonly onlyFor: string }, res: Response): Promise<unknown> =>
    submit(
      { room: 'commissioning', receivedAt: clock.now(), ...asked },
      { patienceMs: PATIENCE_MS, traceId: traceIdOf(res) },
    );

  async function targetOr404(organizationId: string, id: string) {
    const target = await targetOf(db, organizationId, id);
    if (target === undefined) throw new AppError('not_found', 'There is no such charge point');
    return target;
  }
  const shown = (run: RunView | undefined) => {
    if (run === undefined) throw new AppError('not_found', 'There is no such commissioning run');
    return presentRun(run);
  };

  return [
    route({
      method: 'post',
      path: '/charge-points/{id}/commissioning',
      operationId: 'startCommissioning',
      summary: 'Put a charge point into operation',
      description:
        'Five steps, one after the other: connectivity, heartbeat, configuration, connectors, test_transaction. The run goes on by itself, also when the server restarts; watch it, or wait for commissioning.completed or commissioning.failed. A decommissioned charge point is let in again.',
      tag,
      access: 'write:commands',
      status: 202,
      params,
      errors: { 404: 'There is no such charge point', 409: 'A run is open already' },
      body: wish,
      response: runSchema,
      async handle({ params: { id }, body, principal: { organizationId, id: requestedBy }, res }) {
        const { identity } = await targetOr404(organizationId, id);
        const { template_id: templateId = null } = body;
        if (templateId !== null && (await templates.find(organizationId, templateId)) === undefined) {
          const details = [{ field: 'template_id', message: 'there is no such template' }];
          const message = 'The request body is not valid: template_id: there is no such template';
          throw new AppError('validation_failed', message, { details });
        }
        const runId = newId('com');
        const reply = (await send(
          {
            type: 'requested',
            chargePointId: id,
            onlyFor: organizationId,
            runId,
            templateId,
            skipTest: body.skip_test_transaction ?? false,
            expected: body.connectors?.map(expectedOf) ?? null,
            stepTimeoutS: body.step_timeout_s ?? DEFAULT_STEP_S,
            deadlineS: body.deadline_s ?? DEFAULT_DEADLINE_S,
            // 20 characters: the longest idTag of OCPP 1.6.
            testToken: `TEST${runId.slice(-16)}`,
            requestedBy,
          },
          res,
        )) as CommissioningReply; // what `requested` promises, see ingest/inputs/commissioning.ts
        if (!reply.done) {
          const open = reply.why === 'open' ? `: ${reply.runId}` : '';
          throw new AppError('conflict', `Charge point ${identity} is being commissioned already${open}`);
        }
        return shown(await runById(db, organizationId, runId));
      },
    }),
    route({
      method: 'get',
      path: '/charge-points/{id}/commissioning',
      operationId: 'getCommissioning',
      summary: 'Get the latest commissioning run of a charge point',
      tag,
      access: 'read:charge_points',
      status: 200,
      params,
      errors: { 404: 'There is no such charge point, or it was never commissioned' },
      response: runSchema,
      handle: async ({ params: { id }, principal: { organizationId } }) =>
        shown(await lastRunOf(db, organizationId, id)),
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/commissioning/cancel',
      operationId: 'cancelCommissioning',
      summary: 'Cancel the commissioning run of a charge point',
      description:
        'A test session that runs is stopped. What was set at the charger stays. It is told as commissioning.failed with the code cancelled.',
      tag,
      access: 'write:commands',
      status: 200,
      params,
      errors: { 404: 'There is no such charge point', 409: 'No run is open' },
      body: z.strictObject({}),
      response: runSchema,
      async handle({ params: { id }, principal: { organizationId, id: requestedBy }, res }) {
        const { identity } = await targetOr404(organizationId, id);
        const reply = (await send(
          {
            type: 'cancel_requested',
            chargePointId: id,
            onlyFor: organizationId,
            requestedBy,
          },
          res,
        )) as CommissioningReply; // what `cancel_requested` promises
        if (!reply.done) throw new AppError('conflict', `Charge point ${identity} is not being commissioned`);
        return shown(await runById(db, organizationId, reply.runId));
      },
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/decommission',
      operationId: 'decommissionChargePoint',
      summary: 'Take a charge point out of operation',
      description:
        'It is disconnected, and refused until a commissioning run begins. Its record, sessions and events stay.',
      tag,
      access: 'write:charge_points',
      status: 200,
      params,
      errors: { 404: 'There is no such charge point', 409: 'A session or a commissioning run is open' },
      body: z.strictObject({}),
      response: decommissionedSchema,
      async handle({ params: { id }, principal: { organizationId }, res }) {
        const { identity } = await targetOr404(organizationId, id);
        const about = { chargePointId: id, onlyFor: organizationId };
        const reply = (await send({ type: 'decommission_requested', ...about }, res)) as DecommissionReply; // what it promises
        if (!reply.done) {
          const why =
            reply.why === 'charging'
              ? 'has a running session; stop it first'
              : 'is being commissioned; cancel that first';
          throw new AppError('conflict', `Charge point ${identity} ${why}`);
        }
        return { charge_point_id: id, lifecycle: 'decommissioned' as const };
      },
    }),
    route({
      method: 'get',
      path: '/commissioning-runs',
      operationId: 'listCommissioningRuns',
      summary: 'List commissioning runs, newest first',
      tag,
      access: 'read:charge_points',
      confined: 'by_handler',
      status: 200,
      query: z.strictObject({
        charge_point_id: idField('cp').optional(),
        status: listParam(runStatuses).optional(),
        ...pageQuery,
      }),
      response: pageOf(runSchema),
      async handle({ principal: { organizationId, within }, query }) {
        const page = readPage(query, idKey);
        const reached = await within?.chargePointIds();
        const filter = { chargePointId: query.charge_point_id, statuses: query.status, reached };
        const rows = await listRuns(db, organizationId, filter, page);
        return pageFrom(rows, page.limit, (row) => row.id, presentRun);
      },
    }),
    route({
      method: 'get',
      path: '/commissioning-runs/{id}',
      operationId: 'getCommissioningRun',
      summary: 'Get a commissioning run',
      tag,
      access: 'read:charge_points',
      status: 200,
      params: z.object({ id: idParam('com') }),
      response: runSchema,
      handle: async ({ params: { id }, principal: { organizationId } }) => shown(await runById(db, organizationId, id)),
    }),
    ...commissioningReportRoutes({ db }),
  ];
}
