/** REST: what stations reported of their variables, what is wrong by that, and streams of values. */
import { z } from 'zod';
import { asking, commandSchema, createSend, type IssueCommand } from '../commands/index.ts';
import { idParam, instantIn, instantOut, intParam } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { AppError } from '../platform/errors.ts';
import { LONGEST_KEY } from '../platform/variable-key.ts';
import type { MonitoringReads } from './read-store.ts';
import {
  conditionSchema,
  eventSchema,
  presentCondition,
  presentEvent,
  presentStream,
  states,
  streamSchema,
  triggers,
} from './schemas.ts';

const tag = 'Monitoring';
const { params, errors } = asking;
const severest = intParam({ min: 0, max: 9 }).optional().describe('Only this severe and more: 0 danger … 9 debug');
const common = { method: 'get', tag, access: 'read:charge_points', status: 200 } as const;
const eventFilters = {
  ...pageQuery,
  key: z.string().max(LONGEST_KEY).optional(),
  trigger: z.enum(triggers).optional(),
  severity: severest,
  from: instantIn.optional().meta({ description: 'At or after' }),
  to: instantIn.optional().meta({ description: 'Before' }),
};
const conditionFilters = { ...pageQuery, state: z.enum(states).optional(), severity: severest };

type Needs = { readonly reads: MonitoringReads; readonly issue: IssueCommand };

export function monitoringRoutes({ reads, issue }: Needs): AnyRoute[] {
  const send = createSend(issue);
  async function mustExist(organizationId: string, chargePointId: string) {
    const where = { organizationId, chargePointId };
    if ((await reads.settings(where)) === undefined) throw new AppError('not_found', errors[404]);
    return where;
  }
  async function events(
    of: { readonly organizationId: string; readonly chargePointId: string | undefined },
    query: z.output<z.ZodObject<typeof eventFilters>>,
  ) {
    const { key, trigger, severity, from, to } = query;
    const page = readPage(query, idKey);
    const rows = await reads.events({ ...of, key, trigger, severest: severity, from, to }, page);
    return pageFrom(rows, page.limit, ({ id }) => id, presentEvent);
  }
  async function conditions(
    of: { readonly organizationId: string; readonly chargePointId: string | undefined },
    query: z.output<z.ZodObject<typeof conditionFilters>>,
  ) {
    const page = readPage(query, idKey);
    const rows = await reads.conditions(of, { state: query.state, severest: query.severity }, page);
    return pageFrom(rows, page.limit, ({ eventId }) => eventId, presentCondition);
  }

  return [
    route({
      ...common,
      path: '/device-events',
      operationId: 'listDeviceEvents',
      summary: 'List what happened to variables of all stations, last received first',
      query: z.strictObject({ charge_point_id: idParam('cp').optional(), ...eventFilters }),
      response: pageOf(eventSchema),
      handle: ({ principal: { organizationId }, query }) =>
        events({ organizationId, chargePointId: query.charge_point_id }, query),
    }),
    route({
      ...common,
      path: '/charge-points/{id}/device-events',
      operationId: 'listChargePointDeviceEvents',
      summary: 'List what happened to variables of a station, last received first',
      errors: { 404: errors[404] },
      params,
      query: z.strictObject(eventFilters),
      response: pageOf(eventSchema),
      handle: async ({ principal, params: { id }, query }) =>
        events(await mustExist(principal.organizationId, id), query),
    }),
    route({
      ...common,
      path: '/device-conditions',
      operationId: 'listDeviceConditions',
      summary: 'List what is wrong with variables of all stations, by their monitors',
      description: 'One entry per variable and monitor: alerting until the station says that it is over, then cleared.',
      query: z.strictObject({ charge_point_id: idParam('cp').optional(), ...conditionFilters }),
      response: pageOf(conditionSchema),
      handle: ({ principal: { organizationId }, query }) =>
        conditions({ organizationId, chargePointId: query.charge_point_id }, query),
    }),
    route({
      ...common,
      path: '/charge-points/{id}/device-conditions',
      operationId: 'listChargePointDeviceConditions',
      summary: 'List what is wrong with variables of a station, by its monitors',
      errors: { 404: errors[404] },
      params,
      query: z.strictObject(conditionFilters),
      response: pageOf(conditionSchema),
      handle: async ({ principal, params: { id }, query }) =>
        conditions(await mustExist(principal.organizationId, id), query),
    }),
    route({
      ...common,
      path: '/charge-points/{id}/event-streams',
      operationId: 'listEventStreams',
      summary: 'List the streams of values that a station has opened (OCPP 2.1)',
      errors: { 404: errors[404] },
      params,
      response: z.object({ data: z.array(streamSchema) }),
      async handle({ principal, params: { id } }) {
        const where = await mustExist(principal.organizationId, id);
        return { data: (await reads.streams(where)).map(presentStream) };
      },
    }),
    route({
      ...common,
      path: '/charge-points/{id}/event-stream-values',
      operationId: 'listEventStreamValues',
      summary: 'List the values that came in streams, newest first',
      errors: { 404: errors[404] },
      params,
      query: z.strictObject({
        ...pageQuery,
        stream_id: intParam({ min: 0, max: 2_147_483_647 }).optional(),
        from: eventFilters.from,
        to: eventFilters.to,
      }),
      response: pageOf(z.object({ stream_id: z.int(), at: instantOut, value: z.string() })),
      async handle({ principal, params: { id }, query: { stream_id: streamId, from, to, ...paging } }) {
        const where = await mustExist(principal.organizationId, id);
        const page = readPage(paging, z.tuple([z.iso.datetime(), z.int()]));
        const rows = await reads.values({ ...where, streamId, from, to }, page);
        return pageFrom(
          rows,
          page.limit,
          (row) => [row.at.toISOString(), row.streamId],
          (row) => ({
            stream_id: row.streamId,
            at: row.at,
            value: row.value,
          }),
        );
      },
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/event-streams/refresh',
      operationId: 'refreshEventStreams',
      summary: 'Ask a station which streams it has open (OCPP 2.1)',
      tag,
      access: asking.access,
      status: 202,
      errors,
      params,
      query: z.strictObject(asking.query),
      body: z.strictObject({ timeout_s: asking.timeoutS }),
      response: commandSchema,
      handle: (asked) => send(asked, { do: 'device', ask: { of: 'list_streams' } }),
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/event-streams/adjust',
      operationId: 'adjustEventStream',
      summary: 'Change how often a stream is told (OCPP 2.1)',
      tag,
      access: asking.access,
      status: 202,
      errors,
      params,
      query: z.strictObject(asking.query),
      body: z.strictObject({
        stream_id: z
          .int()
          .min(0)
          .max(2_147_483_647)
          .meta({ examples: [1] }),
        interval_s: z.int().min(0).max(86_400).optional(),
        values: z.int().min(0).max(10_000).optional(),
        timeout_s: asking.timeoutS,
      }),
      response: commandSchema,
      handle(asked) {
        const { stream_id: streamId, interval_s: intervalS, values } = asked.body;
        return send(asked, { do: 'device', ask: { of: 'adjust_stream', streamId, intervalS, values } });
      },
    }),
  ];
}
