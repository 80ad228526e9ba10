/** REST: how an endpoint fares, in figures; and what can be subscribed to, with schemas. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { additiveTypes, catalogue, type EventType, envelopeExample, envelopeOf, eventTypes } from '../events/index.ts';
import { toSchema } from '../http/kit/openapi.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { instantOut, intParam } from '../platform/fields.ts';
import { endpointParams } from './endpoint-routes.ts';
import { unknownEndpoint } from './endpoint-schemas.ts';
import { endpointById } from './endpoint-store.ts';
import { MAX_LOOKED, statsOf } from './stats-store.ts';

const tag = 'Webhooks';
const access = 'write:webhooks';
const HOUR_MS = 3_600_000;

const counts = { total: z.int(), succeeded: z.int(), failed: z.int(), pending: z.int() };
const stats = z.object({
  hours: z.int(),
  since: instantOut.meta({ description: 'Deliveries that were made since then are counted' }),
  is_complete: z
    .boolean()
    .meta({ description: `false: there were more than ${MAX_LOOKED}, and only the newest of them are counted` }),
  deliveries: z.object(counts),
  success_rate: z
    .number()
    .nullable()
    .meta({ description: 'Succeeded of those that have ended, 0 to 1; null: none has' }),
  attempts: z.int(),
  duration_ms: z
    .object({ p50: z.int(), p95: z.int(), p99: z.int() })
    .nullable()
    .meta({ description: 'Of attempts; null: there were none' }),
  by_event: z.array(z.object({ event: z.string(), ...counts })),
  oldest_pending_age_s: z.int().nullable(),
  next_retry_at: instantOut.nullable(),
  failing_since: instantOut.nullable(),
  last_success_at: instantOut.nullable(),
  last_failure_at: instantOut.nullable().meta({ description: 'Of the attempts that are counted' }),
});

const eventType = z.object({
  type: z.string(),
  description: z.string(),
  additive: z.boolean().meta({ description: 'Beside the 14 types of the first contract' }),
  schema: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema (draft 2020-12) of the whole body' }),
  example: z.record(z.string(), z.unknown()),
});

export function statsRoutes({
  db,
  clock,
}: {
  readonly db: Pick<Database, 'rows'>;
  readonly clock: { now(): Date };
}): AnyRoute[] {
  return [
    route({
      method: 'get',
      path: '/webhooks/endpoints/{endpoint_id}/stats',
      operationId: 'getWebhookStats',
      summary: 'How the deliveries to an endpoint fared lately',
      tag,
      access,
      status: 200,
      params: endpointParams,
      query: z.strictObject({ hours: intParam({ min: 1, max: 720, fallback: 24 }).optional() }),
      response: stats,
      handle: async ({ principal: { organizationId }, params: { endpoint_id }, query: { hours = 24 } }) => {
        const row = await endpointById(db, organizationId, endpoint_id);
        if (row === undefined) throw unknownEndpoint();
        const now = clock.now().getTime();
        const asked = new Date(now - hours * HOUR_MS);
        const found = await statsOf(db, organizationId, endpoint_id, asked);
        const sum = (of: 'total' | 'succeeded' | 'failed' | 'pending') =>
          found.types.reduce((all, each) => all + each[of], 0);
        const ended = sum('succeeded') + sum('failed');
        const [p50, p95, p99] = found.durationsMs ?? [];
        return {
          hours,
          since: found.isComplete ? asked : (found.oldestAt ?? asked),
          is_complete: found.isComplete,
          deliveries: {
            total: sum('total'),
            succeeded: sum('succeeded'),
            failed: sum('failed'),
            pending: sum('pending'),
          },
          success_rate: ended === 0 ? null : sum('succeeded') / ended,
          attempts: found.attempts,
          duration_ms: p50 === undefined || p95 === undefined || p99 === undefined ? null : { p50, p95, p99 },
          by_event: found.types,
          oldest_pending_age_s:
            found.oldestWaitingSince === null
              ? null
              : Math.max(0, Math.floor((now - found.oldestWaitingSince.getTime()) / 1000)),
          next_retry_at: found.nextRetryAt,
          failing_since: row.failingSince,
          last_success_at: row.lastSuccessAt,
          last_failure_at: found.lastFailureAt,
        };
      },
    }),
    route({
      method: 'get',
      path: '/webhooks/event-types',
      operationId: 'listWebhookEventTypes',
      summary: 'All event types, with schema and example',
      tag,
      access,
      status: 200,
      query: z.strictObject({}),
      response: z.object({ data: z.array(eventType) }),
      handle: async () => ({ data: eventTypes.map(presentType) }),
    }),
  ];
}

const presentType = (type: EventType): z.input<typeof eventType> => ({
  type,
  description: catalogue[type].description,
  additive: additiveTypes.has(type),
  schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...toSchema(envelopeOf(type), 'output', new Map()),
  },
  example: { ...envelopeExample(type) },
});
