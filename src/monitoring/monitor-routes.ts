/** REST: the monitors of a station, set, cleared and reported; how it monitors as a whole. */
import type { Response } from 'express';
import { z } from 'zod';
import {
  asking,
  commandSchema,
  createSend,
  type DeviceCommand,
  type IssueCommand,
  type MonitorWish,
  monitoringCriteria,
  presentCommand,
  queueFor,
  type StoredCommand,
} from '../commands/index.ts';
import { componentsField, presentReport, type RequestReport, reportSchema, wishesOf } from '../device-model/index.ts';
import { boolParam } from '../http/kit/fields.ts';
import { pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, type Principal, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import { AppError } from '../platform/errors.ts';
import { batchesOf, limitKeys, sizeOf, sizeOfMonitors, takenOf, verdictOf } from './batches.ts';
import type { MonitoringReads } from './read-store.ts';
import {
  bases,
  monitorSchema,
  monitorsField,
  presentMonitor,
  presentSettings,
  settingsSchema,
  severityField,
} from './schemas.ts';

const tag = 'Monitoring';
const { params, errors, access } = asking;
const read = 'read:charge_points';
const idsField = z
  .array(z.int().min(0).max(2_147_483_647))
  .min(1)
  .max(200)
  .meta({ examples: [[1]] });
const results = ['pending', 'accepted', 'rejected', 'duplicate', 'not_supported', 'not_found', 'failed'] as const;
const outcome = {
  result: z.enum(results).describe('pending: not answered yet; with wait=true only if the station took too long'),
  monitor_id: z.int().nullable(),
  reason: z.string().nullable().describe('As the station put it'),
  command_id: z.string(),
};

export type MonitorRoutesNeeds = {
  readonly reads: MonitoringReads;
  readonly issue: IssueCommand;
  readonly requestReport: RequestReport;
};
type Asked = {
  readonly params: { readonly id: string };
  readonly query: {
    readonly wait?: boolean | undefined;
    readonly queue?: boolean | undefined;
    readonly expires_in_s?: number | undefined;
  };
  readonly principal: Principal;
  readonly res: Response;
};

export function monitorRoutes({ reads, issue, requestReport }: MonitorRoutesNeeds): AnyRoute[] {
  const send = createSend(issue);

  async function settingsOf(organizationId: string, chargePointId: string) {
    const settings = await reads.settings({ organizationId, chargePointId });
    if (settings === undefined) throw new AppError('not_found', errors[404]);
    return settings;
  }

  /** One message after the other, as many as it takes. */
  async function sendAll(
    { params: { id: chargePointId }, query, principal, res }: Asked,
    asks: readonly DeviceCommand[],
  ): Promise<StoredCommand[]> {
    const gone = new AbortController();
    res.once('close', () => gone.abort());
    const by = { requestedBy: principal.id, traceId: traceIdOf(res) };
    const about = { organizationId: principal.organizationId, chargePointId, ...by };
    const sent: StoredCommand[] = [];
    for (const ask of asks) {
      const more = { wait: query.wait, queueForS: queueFor(query), signal: gone.signal };
      sent.push(await issue({ ...about, command: { do: 'device', ask }, ...more }));
    }
    return sent;
  }

  return [
    route({
      method: 'get',
      path: '/charge-points/{id}/monitors',
      operationId: 'listMonitors',
      summary: 'List the monitors that a station is known to have',
      description: 'By what was set here, and by its reports on monitors: ask for one to be sure.',
      tag,
      access: read,
      status: 200,
      errors: { 404: errors[404] },
      params,
      query: z.strictObject(pageQuery),
      response: pageOf(monitorSchema),
      async handle({ params: { id }, query, principal: { organizationId } }) {
        await settingsOf(organizationId, id);
        const page = readPage(query, z.int());
        const rows = await reads.monitors({ organizationId, chargePointId: id }, page);
        return pageFrom(rows, page.limit, (row) => row.monitorId, presentMonitor);
      },
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/monitors',
      operationId: 'setMonitors',
      summary: 'Have a station watch variables, and report what happens to them',
      description: 'In as many messages as the station needs by its limits. Each monitor has its own result.',
      tag,
      access,
      status: 202,
      errors,
      params,
      query: z.strictObject(asking.query),
      body: z.strictObject({ monitors: monitorsField }),
      response: z.object({ data: z.array(z.object({ key: z.string(), type: z.string(), ...outcome })) }),
      async handle(asked) {
        const { params, body, principal } = asked;
        const where = { organizationId: principal.organizationId, chargePointId: params.id };
        const keys = limitKeys('SetVariableMonitoring');
        const taken = takenOf(await reads.limits(where, Object.values(keys)), keys);
        const wishes = body.monitors.map(
          ({ monitor_id: monitorId, stream, ...wish }): MonitorWish => ({
            ...wish,
            monitorId,
            stream: stream && { intervalS: stream.interval_s, values: stream.values },
          }),
        );
        const batches = batchesOf(wishes, taken, sizeOfMonitors);
        const asks = batches.map((monitors): DeviceCommand => ({ of: 'set_monitors', monitors }));
        const sent = await sendAll(asked, asks);
        const data = batches.flatMap((batch, i) =>
          batch.map(({ key, type }, n) => ({ key, type, ...outcomeOf(sent[i], 'setMonitoringResult', n) })),
        );
        return { data };
      },
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/monitors/clear',
      operationId: 'clearMonitors',
      summary: 'Have a station watch variables no more',
      tag,
      access,
      status: 202,
      errors,
      params,
      query: z.strictObject(asking.query),
      body: z.strictObject({ monitor_ids: idsField }),
      response: z.object({ data: z.array(z.object(outcome)) }),
      async handle(asked) {
        const { params, body, principal } = asked;
        const where = { organizationId: principal.organizationId, chargePointId: params.id };
        const keys = limitKeys('ClearVariableMonitoring');
        const taken = takenOf(await reads.limits(where, Object.values(keys)), keys);
        const askOf = (monitorIds: readonly number[]): DeviceCommand => ({ of: 'clear_monitors', monitorIds });
        const batches = batchesOf(body.monitor_ids, taken, (ids) => sizeOf(askOf(ids)));
        const sent = await sendAll(asked, batches.map(askOf));
        const data = batches.flatMap((batch, i) =>
          batch.map((id, n) => ({ ...outcomeOf(sent[i], 'clearMonitoringResult', n), monitor_id: id })),
        );
        return { data };
      },
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/monitors/reports',
      operationId: 'requestMonitoringReport',
      summary: 'Ask a station to report its monitors',
      description:
        'All of them, or what fits `criteria` and `components`. The report is read again at /device-reports/{id}.',
      tag,
      access,
      status: 202,
      errors,
      params,
      query: z.strictObject({
        ...asking.query,
        wait: boolParam.optional().describe('true: answer when all parts have come, at most 60 s later'),
      }),
      body: z.strictObject({
        criteria: z.array(z.enum(monitoringCriteria)).min(1).max(3).optional(),
        components: componentsField.optional(),
        timeout_s: asking.timeoutS,
      }),
      response: reportSchema,
      async handle({ params: { id: chargePointId }, query, body, principal, res }) {
        const { criteria, components, timeout_s: timeoutS } = body;
        const gone = new AbortController();
        res.once('close', () => gone.abort());
        const shown = { ...(criteria !== undefined && { criteria }), ...(components !== undefined && { components }) };
        const report = await requestReport({
          organizationId: principal.organizationId,
          chargePointId,
          requestedBy: principal.id,
          traceId: traceIdOf(res),
          timeoutS,
          queueForS: queueFor(query),
          wait: query.wait === true,
          signal: gone.signal,
          wish: {
            kind: 'monitors',
            base: null,
            criteria: Object.keys(shown).length === 0 ? null : shown,
            ask: (requestId) => ({
              of: 'monitoring_report',
              requestId,
              criteria: criteria ?? [],
              components: wishesOf(components ?? []),
            }),
          },
        });
        return presentReport(report);
      },
    }),
    route({
      method: 'get',
      path: '/charge-points/{id}/monitoring',
      operationId: 'getMonitoring',
      summary: 'Get how a station monitors, as it was last told',
      tag,
      access: read,
      status: 200,
      errors: { 404: errors[404] },
      params,
      response: settingsSchema,
      async handle({ params: { id }, principal: { organizationId } }) {
        return presentSettings(id, await settingsOf(organizationId, id));
      },
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/monitoring/base',
      operationId: 'setMonitoringBase',
      summary: 'Set which monitors of its own a station uses',
      description: 'factory_default and hard_wired_only take all custom monitors away.',
      tag,
      access,
      status: 202,
      errors,
      params,
      query: z.strictObject(asking.query),
      body: z.strictObject({ base: z.enum(bases), timeout_s: asking.timeoutS }),
      response: commandSchema,
      handle: (asked) => send(asked, { do: 'device', ask: { of: 'monitoring_base', base: asked.body.base } }),
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/monitoring/level',
      operationId: 'setMonitoringLevel',
      summary: 'Set how severe an event must be for a station to report it',
      tag,
      access,
      status: 202,
      errors,
      params,
      query: z.strictObject(asking.query),
      body: z.strictObject({
        severity: severityField
          .describe('0 danger … 9 debug: this and all that are more severe')
          .meta({ examples: [5] }),
        timeout_s: asking.timeoutS,
      }),
      response: commandSchema,
      handle: (asked) => send(asked, { do: 'device', ask: { of: 'monitoring_level', severity: asked.body.severity } }),
    }),
  ];
}

function outcomeOf(command: StoredCommand | undefined, field: string, n: number) {
  if (command === undefined) throw new Error('every batch has its command');
  const { result, monitorId, reason } = verdictOf(command, field, n);
  return {
    result: result as (typeof results)[number],
    monitor_id: monitorId,
    reason,
    command_id: presentCommand(command).id,
  };
}
