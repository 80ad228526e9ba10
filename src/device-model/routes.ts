/** REST: the device model of a station, queried as it is known, and the reports that it is made of. */
import { z } from 'zod';
import { knownChargePoint, ownChargePoint } from '../charge-points/index.ts';
import { asking, queueFor, reportCriteria } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { boolParam, idParam, instantIn, intParam } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import { AppError } from '../platform/errors.ts';
import { LONGEST_KEY } from '../platform/variable-key.ts';
import {
  attributes,
  bases,
  modelSchema,
  presentModel,
  presentReport,
  presentVariable,
  reportSchema,
  variableSchema,
} from './present.ts';
import type { DeviceReads } from './read-store.ts';
import type { ReportWish, RequestReport } from './request-report.ts';
import { componentsField, wishesOf } from './schemas.ts';

const tag = 'Device model';
const access = 'read:charge_points';
const { params, errors } = asking;
const nameParam = z.string().min(1).max(50);

export type DeviceModelRoutesNeeds = {
  readonly db: Pick<Database, 'rows'>;
  readonly reads: DeviceReads;
  readonly requestReport: RequestReport;
};

export function deviceModelRoutes({ db, reads, requestReport }: DeviceModelRoutesNeeds): AnyRoute[] {
  const mustExist = (organizationId: string, chargePointId: string) =>
    ownChargePoint(db, organizationId, chargePointId);

  return [
    route({
      method: 'get',
      path: '/charge-points/{id}/device-model',
      operationId: 'getDeviceModel',
      summary: 'Get what is known of a station’s device model as a whole',
      description: 'OCPP 2.x only; of a charge point that speaks 1.6 nothing is known here.',
      tag,
      access,
      status: 200,
      errors: { 404: errors[404] },
      params,
      response: modelSchema,
      async handle({ params: { id }, principal: { organizationId } }) {
        const model = await reads.model({ organizationId, chargePointId: id });
        if (model === undefined) throw new AppError('not_found', errors[404]);
        return presentModel(id, model);
      },
    }),
    route({
      method: 'get',
      path: '/charge-points/{id}/device-model/variables',
      operationId: 'listDeviceVariables',
      summary: 'List the variables of a station, attribute by attribute, as it last told them',
      description:
        'Of reports, and of what was read and written since. Names are compared without regard to case. Values of secrets and of ' +
        'write-only variables are never kept.',
      tag,
      access,
      status: 200,
      errors: { 404: errors[404] },
      params,
      query: z.strictObject({
        ...pageQuery,
        component: nameParam.optional(),
        variable: nameParam.optional(),
        evse_id: intParam({ min: 0, max: 1000 }).optional(),
        connector_id: intParam({ min: 0, max: 1000 }).optional(),
        attribute: z.enum(attributes).optional(),
        q: z.string().min(1).max(200).optional().describe('Text within the key or the value'),
        writable: boolParam.optional(),
        gone: boolParam.optional().describe('Whether a later full inventory did not name it any more. Absent: both'),
        changed_since: instantIn.optional(),
      }),
      response: pageOf(variableSchema),
      async handle({ params: { id }, query, principal: { organizationId } }) {
        const where = await mustExist(organizationId, id);
        const page = readPage(query, z.string().max(LONGEST_KEY));
        const { component, variable, attribute, writable, gone } = query;
        const place = { evseId: query.evse_id, connectorId: query.connector_id };
        const filter = { component, variable, attribute, writable, gone, ...place, text: query.q };
        const rows = await reads.variables(where, { ...filter, changedSince: query.changed_since }, page);
        return pageFrom(rows, page.limit, ({ key }) => key, presentVariable);
      },
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/device-model/reports',
      operationId: 'requestDeviceReport',
      summary: 'Ask a station to report its variables',
      description:
        'A whole inventory (`base`, by default the full one), or what fits `criteria` and `components`. The station answers in parts, which may take minutes: ' +
        'the answer here is the report, to be read again at /device-reports/{id}, or with wait=true its end if that comes within 60 s.',
      tag,
      access: 'write:commands',
      status: 202,
      errors,
      params,
      query: z.strictObject({
        ...asking.query,
        wait: boolParam.optional().describe('true: answer when all parts have come, at most 60 s later'),
      }),
      body: z.strictObject({
        base: z
          .enum(bases)
          .optional()
          .meta({ examples: ['full_inventory'] }),
        criteria: z.array(z.enum(reportCriteria)).min(1).max(4).optional(),
        components: componentsField.optional(),
        timeout_s: asking.timeoutS,
      }),
      response: reportSchema,
      async handle({ params: { id: chargePointId }, query, body, principal, res }) {
        const { organizationId, id: requestedBy } = principal;
        const gone = new AbortController();
        res.once('close', () => gone.abort());
        const report = await requestReport({
          organizationId,
          chargePointId,
          requestedBy,
          traceId: traceIdOf(res),
          timeoutS: body.timeout_s,
          queueForS: queueFor(query),
          wait: query.wait === true,
          signal: gone.signal,
          wish: wishOf(body),
        });
        return presentReport(report);
      },
    }),
    route({
      method: 'get',
      path: '/charge-points/{id}/device-model/reports',
      operationId: 'listDeviceReports',
      summary: 'List the reports of a station, newest first',
      tag,
      access,
      status: 200,
      errors: { 404: errors[404] },
      params,
      query: z.strictObject(pageQuery),
      response: pageOf(reportSchema),
      async handle({ params: { id }, query, principal: { organizationId } }) {
        const { where } = await knownChargePoint(db, organizationId, id);
        const page = readPage(query, idKey);
        return pageFrom(await reads.reports(where, page), page.limit, (row) => row.id, presentReport);
      },
    }),
    route({
      method: 'get',
      path: '/device-reports/{id}',
      operationId: 'getDeviceReport',
      summary: 'Get how far a report is',
      tag,
      access,
      status: 200,
      errors: { 404: 'There is no such report' },
      params: z.object({ id: idParam('rpt') }),
      response: reportSchema,
      async handle({ params: { id }, principal: { organizationId } }) {
        const report = await reads.report(organizationId, id);
        if (report === undefined) throw new AppError('not_found', 'There is no such report');
        return presentReport(report);
      },
    }),
  ];
}

type Body = {
  readonly base?: (typeof bases)[number] | undefined;
  readonly criteria?: readonly (typeof reportCriteria)[number][] | undefined;
  readonly components?: z.output<typeof componentsField> | undefined;
};

function wishOf({ base, criteria, components }: Body): ReportWish {
  const isByCriteria = criteria !== undefined || components !== undefined;
  if (base !== undefined && isByCriteria) {
    const message = 'is for whole inventories; leave it out, or else criteria and components';
    throw new AppError('validation_failed', `The request body is not valid: base ${message}`, {
      details: [{ field: 'base', message }],
    });
  }
  if (!isByCriteria) {
    const whole = base ?? 'full_inventory';
    const ask = (requestId: number) => ({ of: 'base_report', base: whole, requestId }) as const;
    return { kind: 'variables', base: whole, criteria: null, ask };
  }
  const wishes = wishesOf(components ?? []);
  return {
    kind: 'variables',
    base: null,
    criteria: { ...(criteria !== undefined && { criteria }), ...(components !== undefined && { components }) },
    ask: (requestId) => ({ of: 'report', requestId, criteria: criteria ?? [], components: wishes }),
  };
}
