/** The log of events over REST: to poll, one with its deliveries, and as a stream. What it shows is exactly what is delivered. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { eventTypes } from '../events/index.ts';
import { cursorOf, idKey, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route, streamRoute } from '../http/kit/route.ts';
import { type Feed, LAST_EVENT_ID } from '../http/kit/sse.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { idField, idParam, instantIn, instantOut, listParam, traceIdIn, traceIdOut } from '../platform/fields.ts';
import type { EventFeed } from './event-feed.ts';
import { readLog, startOfStream } from './event-log.ts';
import type { LoggedEvent } from './event-log-store.ts';
import { deliveriesOfEvent, eventById } from './event-read-store.ts';
import { reachOf, readableTypes } from './readable.ts';

export type EventRouteNeeds = {
  readonly db: Pick<Database, 'rows'>;
  readonly feed: Pick<EventFeed, 'follow'>;
  readonly clock: Clock;
};

const tag = 'Webhooks';
const access = 'write:webhooks';

const filters = {
  type: listParam(eventTypes).optional(),
  charge_point_id: idField('cp').optional(),
  site_id: idField('site').optional().meta({ description: 'Of charge points that were at this site when it happened' }),
};
const from = instantIn
  .optional()
  .meta({ description: 'Recorded (`created_at`) at or after. What a charger tells late is recorded when it is told.' });
const eventId = idField('evt');

const delivered = {
  id: z.string().meta({ description: 'evt_…, also the `webhook-id` of its deliveries' }),
  event: z.string(),
  timestamp: z.string().meta({ description: 'When it happened', format: 'date-time' }),
  data: z
    .record(z.string(), z.unknown())
    .meta({ description: 'As it is delivered: see the webhooks of this document' }),
};
const loggedEvent = z
  .object({ ...delivered, created_at: instantOut.meta({ description: 'When it was recorded' }), trace_id: traceIdOut })
  .meta({ id: 'LoggedEvent' });
const eventWithDeliveries = z.object({
  ...loggedEvent.shape,
  deliveries: z
    .array(
      z.object({
        id: z.string(),
        endpoint_id: z.string(),
        status: z.enum(['succeeded', 'failed', 'pending']),
        response_status: z.int().nullable(),
        attempts: z.int(),
        created_at: instantOut,
        next_attempt_at: instantOut.nullable(),
        completed_at: instantOut.nullable(),
        last_error: z.string().nullable(),
      }),
    )
    .meta({ description: 'To all endpoints, newest first, 100 at most' }),
});
const logPage = pageOf(loggedEvent).extend({
  next_cursor: z.string().nullable().meta({
    description:
      'Ascending: on the last page too, to ask again later with it; null only while there is nothing yet. Descending: null on the last page.',
  }),
  at_end: z
    .boolean()
    .meta({ description: 'There are no more of them now: whoever polls may pause before asking again' }),
});

/** Each open page of the console has one. */
const STREAMS = 60;

export function eventRoutes({ db, feed, clock }: EventRouteNeeds): AnyRoute[] {
  return [
    route({
      method: 'get',
      path: '/webhooks/events',
      operationId: 'listWebhookEvents',
      summary: 'The log of events, to poll',
      description:
        'Oldest first. Ask again with `next_cursor` for what has come since; no event is ever skipped, also when several are recorded at once. Events are kept as long as deliveries (30 days by default).',
      tag,
      access,
      status: 200,
      query: z.strictObject({
        ...filters,
        trace_id: traceIdIn.optional(),
        from,
        to: instantIn.optional().meta({ description: 'Recorded (`created_at`) before' }),
        order: z.enum(['asc', 'desc']).optional().meta({ default: 'asc', description: 'Default: asc, oldest first' }),
        ...pageQuery,
      }),
      response: logPage,
      handle: async ({ principal: { organizationId }, query }) => {
        const { after, limit } = readPage(query, idKey);
        const { type: types, charge_point_id: chargePointId, site_id: siteId, trace_id: traceId, from, to } = query;
        const { order = 'asc' } = query;
        const request = { types, chargePointId, siteId, traceId, from, to, order, after, limit };
        const { events, next, isAtEnd } = await readLog(db, organizationId, request);
        return {
          data: events.map((event) => presentEvent(event)),
          next_cursor: next === undefined ? null : cursorOf(next),
          at_end: isAtEnd,
        };
      },
    }),
    route({
      method: 'get',
      path: '/webhooks/events/{event_id}',
      operationId: 'getWebhookEvent',
      summary: 'Get an event with its deliveries',
      tag,
      access,
      status: 200,
      params: z.object({ event_id: idParam('evt') }),
      response: eventWithDeliveries,
      handle: async ({ principal: { organizationId }, params: { event_id } }) => {
        const event = await eventById(db, organizationId, event_id);
        if (event === undefined) throw new AppError('not_found', 'There is no such event');
        const deliveries = await deliveriesOfEvent(db, organizationId, event_id);
        return { ...presentEvent(event), deliveries };
      },
    }),
    streamRoute({
      path: '/webhooks/stream',
      operationId: 'streamWebhookEvents',
      summary: 'Events as they happen, as server-sent events',
      description: [
        'From now on, or after the event that the header `Last-Event-ID` (or `last_event_id`) names, or with what was recorded since `from`.',
        'A connection that breaks is taken up again with `Last-Event-ID`: without a gap, and nothing twice. A comment comes every 15 s.',
        `A reader that lets 1 MiB wait is cut off. At most ${STREAMS} streams per organization and process.`,
        'The scope `read:events` is for listening; what is told goes by the others: events of sessions want `read:sessions`, all others `read:charge_points`; with `write:webhooks`, which implies it, all. Members of some sites and installers are told of the charge points that they reach.',
      ].join('\n\n'),
      tag,
      access: 'read:events',
      confined: 'by_handler',
      streamsAtOnce: STREAMS,
      errors: { 429: `The organization has ${STREAMS} of these streams open; or too many requests.` },
      query: z.strictObject({
        ...filters,
        from,
        last_event_id: eventId.optional().meta({ description: 'For clients that cannot send `Last-Event-ID`' }),
      }),
      stream: z.object(delivered),
      handle: async ({ principal, query, req }) => {
        const { organizationId } = principal;
        const { type: wanted, charge_point_id: chargePointId, site_id: siteId, from, last_event_id } = query;
        const after = lastEventId(req.get(LAST_EVENT_ID)) ?? last_event_id;
        const position = await startOfStream(db, organizationId, { after, from });
        const types = readableTypes(principal, wanted);
        const filter = { types, chargePointId, siteId, ...(after === undefined && { from }) };
        const reaches = reachOf(principal, clock);
        const events: Feed = async function* (stream) {
          for await (const event of feed.follow(organizationId, filter, position, stream))
            if (await reaches(event)) yield { id: event.id, event: event.type, data: event.body };
        };
        return events;
      },
    }),
  ];
}

/** The header is what a browser sends by itself; an empty one is none. */
function lastEventId(given: string | undefined): string | undefined {
  if (given === undefined || given === '') return undefined;
  if (eventId.safeParse(given).success) return given;
  const message = 'must be the id of an event, such as evt_01KAT3Z6Y8Q0000000000000AA, or be left out';
  throw new AppError('validation_failed', `The header ${LAST_EVENT_ID} ${message}`, {
    details: [{ field: LAST_EVENT_ID, message }],
  });
}

const body = z.object(delivered);

const presentEvent = (row: Pick<LoggedEvent, 'body' | 'createdAt' | 'traceId'>) => ({
  ...body.parse(JSON.parse(row.body)),
  created_at: row.createdAt,
  trace_id: row.traceId,
});
