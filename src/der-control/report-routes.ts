/** REST: what a charge point says that it holds of DER controls, and what it told of them: alarms, begins, ends. */

import { z } from 'zod';
import { knownChargePoint, ownChargePoint } from '../charge-points/index.ts';
import { asking } from '../commands/index.ts';
import { idParam, instantOut } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, type Principal, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import { AppError } from '../platform/errors.ts';
import { nextRequestId } from '../platform/ids.ts';
import { partsDueAt } from '../platform/parts.ts';
import { type DerNeeds, tag } from './routes.ts';
import { controlTypes, presentControl, shownControl } from './schemas.ts';
import type { DerEvent, DerReport } from './types.ts';

const { params, timeoutS, errors, access } = asking;
const path = '/charge-points/{id}/der-control-reports';

const report = z
  .object({
    id: z.string(),
    command_id: z.string().nullable(),
    status: z
      .enum(['requested', 'receiving', 'complete', 'failed', 'incomplete'])
      .describe('incomplete: its last part has not come within two minutes'),
    controls: z.array(z.object({ ...shownControl, is_superseded: z.boolean() })),
    drift: z
      .array(z.object({ control_id: z.string(), kind: z.enum(['missing', 'unknown', 'different']) }))
      .nullable()
      .describe(
        'How it differs from what this system knew; the list of DER controls follows what the charge point says',
      ),
    why: z.string().nullable(),
    requested_by: z.string(),
    created_at: instantOut,
    updated_at: instantOut,
  })
  .meta({ id: 'DerControlReport' });

function presentReport(row: DerReport, now: Date): z.input<typeof report> {
  const waits = row.status === 'requested' || row.status === 'receiving';
  return {
    id: row.id,
    command_id: row.commandId,
    status: waits && partsDueAt(row.updatedAt) <= now ? 'incomplete' : row.status,
    controls: row.controls.map((each) => ({ ...presentControl(each), is_superseded: each.isSuperseded })),
    drift: row.drift?.map(({ controlId, kind }) => ({ control_id: controlId, kind })) ?? null,
    why: row.why,
    requested_by: row.requestedBy,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  };
}

const event = z
  .object({
    id: z.string(),
    kind: z.enum(['alarm', 'alarm_ended', 'started', 'stopped']),
    control_id: z.string().nullable().describe('Of started and stopped'),
    control_type: z.string().nullable().describe('Of an alarm: what it has set off'),
    fault: z.string().nullable().describe('Of an alarm, in words of OCPP: OverVoltage, UnderFrequency, …'),
    info: z.string().nullable(),
    superseded_ids: z.array(z.string()).describe('Of started: the controls that it overrules'),
    at: instantOut.describe("By the charge point's clock where that is sane"),
    raw_at: z.string().nullable(),
    historical: z.boolean(),
    received_at: instantOut,
  })
  .meta({ id: 'DerEvent' });

const presentEvent = (row: DerEvent): z.input<typeof event> => ({
  id: row.id,
  kind: row.kind,
  control_id: row.controlId,
  control_type: row.controlType,
  fault: row.fault,
  info: row.info,
  superseded_ids: [...row.supersededIds],
  at: row.at,
  raw_at: row.rawAt,
  historical: row.historical,
  received_at: row.receivedAt,
});

export function derReportRoutes({ db, reads, issue, newId, clock }: DerNeeds): AnyRoute[] {
  const mustExist = ({ organizationId }: Principal, chargePointId: string) =>
    ownChargePoint(db, organizationId, chargePointId);
  return [
    route({
      method: 'post',
      path,
      operationId: 'requestDerControlReport',
      summary: 'Ask a charge point which DER controls it holds',
      description:
        'OCPP 2.1. It answers in parts; read the report until it is complete. What is given is met together.',
      tag,
      access,
      status: 202,
      errors,
      params,
      body: z.strictObject({
        is_default: z.boolean().optional(),
        control_id: z.string().min(1).max(36).optional(),
        type: z.enum(controlTypes).optional(),
        timeout_s: timeoutS,
      }),
      response: report,
      async handle({ params, body, principal, res }) {
        const where = await mustExist(principal, params.id);
        const reportId = newId('drp');
        const requestId = nextRequestId();
        const criteria = { isDefault: body.is_default, controlId: body.control_id, controlType: body.type };
        await issue({
          ...where,
          command: { do: 'report_der_controls', requestId, criteria },
          requestedBy: principal.id,
          traceId: traceIdOf(res),
          timeoutS: body.timeout_s,
          alongside: (commandId) => ({
            room: 'der_control',
            type: 'report_requested',
            chargePointId: params.id,
            receivedAt: clock.now(),
            reportId,
            commandId,
            requestId,
            criteria,
            requestedBy: principal.id,
          }),
        });
        const stored = await reads.report({ ...where, id: reportId });
        if (stored === undefined) throw new AppError('not_found', 'The charge point was deleted meanwhile');
        return presentReport(stored, clock.now());
      },
    }),
    route({
      method: 'get',
      path,
      operationId: 'listDerControlReports',
      summary: 'List what a charge point said of its DER controls, newest first',
      description: 'The last twenty are kept.',
      tag,
      access: 'read:charge_points',
      status: 200,
      errors: { 404: errors[404] },
      params,
      query: z.strictObject(pageQuery),
      response: pageOf(report),
      async handle({ params, query, principal }) {
        const { where } = await knownChargePoint(db, principal.organizationId, params.id);
        const page = readPage(query, idKey);
        const now = clock.now();
        const rows = await reads.reports({ ...where, ...page });
        return pageFrom(
          rows,
          page.limit,
          ({ id }) => id,
          (row) => presentReport(row, now),
        );
      },
    }),
    route({
      method: 'get',
      path: `${path}/{report_id}`,
      operationId: 'getDerControlReport',
      summary: 'What a charge point said of its DER controls',
      tag,
      access: 'read:charge_points',
      status: 200,
      errors: { 404: 'There is no such charge point or report' },
      params: params.extend({ report_id: idParam('drp') }),
      response: report,
      async handle({ params, principal }) {
        const { organizationId } = principal;
        const found = await reads.report({ organizationId, chargePointId: params.id, id: params.report_id });
        if (found === undefined) throw new AppError('not_found', 'There is no such report of this charge point');
        return presentReport(found, clock.now());
      },
    }),
    route({
      method: 'get',
      path: '/charge-points/{id}/der-events',
      operationId: 'listDerEvents',
      summary: 'List what a charge point told of its DER controls, newest first',
      description: 'Alarms of the grid, and scheduled controls that began or ended. The last thousand are kept.',
      tag,
      access: 'read:charge_points',
      status: 200,
      errors: { 404: errors[404] },
      params,
      query: z.strictObject(pageQuery),
      response: pageOf(event),
      async handle({ params, query, principal }) {
        const { where } = await knownChargePoint(db, principal.organizationId, params.id);
        const page = readPage(query, idKey);
        return pageFrom(await reads.events({ ...where, ...page }), page.limit, ({ id }) => id, presentEvent);
      },
    }),
  ];
}
