/** REST of deliveries: the history of an endpoint, one with its attempts, one sent again, a test. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { eventTypes } from '../events/index.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, answerWith, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import { AppError } from '../platform/errors.ts';
import { boolParam, idParam } from '../platform/fields.ts';
import { idInRequest } from '../platform/request-ids.ts';
import { attemptsOf, deliveriesOf, deliveryById } from './delivery-read-store.ts';
import { delivery, deliveryDetail, deliveryStatus, presentDelivery, presentDetail } from './delivery-schemas.ts';
import { endpointParams } from './endpoint-routes.ts';
import { heldBecause, unknownEndpoint } from './endpoint-schemas.ts';
import { endpointById } from './endpoint-store.ts';
import { insertResend, insertTest } from './extra-delivery-store.ts';
import { DAY_MS, RETENTION_MARGIN_MS } from './retention.ts';
import { testEventBody } from './test-event.ts';

export type DeliveryRouteNeeds = {
  readonly db: Pick<Database, 'rows'>;
  readonly clock: { now(): Date };
  /** Something is due now: it need not wait for the next sweep. */
  readonly wake: () => void;
  /** WEBHOOK_TIMEOUT_MS */
  readonly timeoutMs: number;
  /** EVENTS_RETENTION_DAYS */
  readonly retentionDays: number;
};

const tag = 'Webhooks';
const access = 'write:webhooks';
const params = z.object({ delivery_id: idParam('whd') });
/** Beside the time-out of an attempt: until it is claimed, and until its result is saved. */
const WAIT_MARGIN_MS = 5000;

const sample = z
  .strictObject({
    event: z.enum(eventTypes).optional().meta({ description: 'A sample of this type; without it `webhook.test`' }),
  })
  .meta({ examples: [{ event: 'session.started' }, {}] });

export function deliveryRoutes({ db, clock, wake, timeoutMs, retentionDays }: DeliveryRouteNeeds): AnyRoute[] {
  async function detailOf(organizationId: string, id: string) {
    const row = await deliveryById(db, organizationId, id);
    if (row === undefined) throw unknown();
    return presentDetail(row, await attemptsOf(db, id));
  }

  /** Until its first attempt is over, the caller has gone, or the time is up: any process may be the one that sends it. */
  async function firstAttempt(organizationId: string, id: string, isGone: () => boolean): Promise<void> {
    const deadline = performance.now() + timeoutMs + WAIT_MARGIN_MS;
    for (let pauseMs = 25; performance.now() < deadline && !isGone(); pauseMs = Math.min(500, pauseMs * 1.5)) {
      const row = await deliveryById(db, organizationId, id);
      if (row === undefined || row.attempts > 0 || row.status !== 'pending') return;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  return [
    route({
      method: 'get',
      path: '/webhooks/endpoints/{endpoint_id}/deliveries',
      operationId: 'listWebhookDeliveries',
      summary: 'Delivery history of an endpoint, newest first',
      tag,
      access,
      status: 200,
      params: endpointParams,
      query: z.strictObject({
        status: deliveryStatus.optional(),
        event: z.enum(eventTypes).optional(),
        ...pageQuery,
      }),
      response: pageOf(delivery),
      handle: async ({ principal: { organizationId }, params: { endpoint_id }, query }) => {
        const page = readPage(query, idKey);
        const { status, event } = query;
        if ((await endpointById(db, organizationId, endpoint_id)) === undefined) throw unknownEndpoint();
        const rows = await deliveriesOf(db, { organizationId, endpointId: endpoint_id, status, event, ...page });
        return pageFrom(rows, page.limit, (row) => row.id, presentDelivery);
      },
    }),
    route({
      method: 'post',
      path: '/webhooks/endpoints/{endpoint_id}/test',
      operationId: 'testWebhookEndpoint',
      makes: 'getWebhookDelivery',
      summary: 'Send a test event to an endpoint',
      description:
        'Makes an event `webhook.test`, or a sample of the type in `event`, and delivers it to this endpoint alone, whether it subscribes to that type or not. `data.test` is true; nothing happened, the ids in a sample are made up, and it is no part of the event log. It is sent, signed and tried again like any other.',
      tag,
      access,
      status: 202,
      otherStatuses: { 200: 'With `wait=true`: the delivery after its first attempt' },
      errors: { 409: 'The endpoint is paused or switched off.' },
      params: endpointParams,
      query: z.strictObject({
        wait: boolParam.optional().meta({
          type: 'boolean',
          description: 'true: answer when the first attempt is over, or its time-out and 5 s have passed',
        }),
      }),
      body: sample,
      response: deliveryDetail,
      handle: async ({ principal: { organizationId }, params: { endpoint_id: endpointId }, query, body, res }) => {
        const type = body.event ?? 'webhook.test';
        const [deliveryId, eventId, now] = [idInRequest('whd'), idInRequest('evt'), clock.now()];
        const text = testEventBody({ id: eventId, type, organizationId, endpointId, at: now });
        const isMade = await insertTest(db, {
          organizationId,
          endpointId,
          eventId,
          type,
          body: text,
          deliveryId,
          now,
          traceId: traceIdOf(res),
        });
        if (!isMade) {
          const row = await endpointById(db, organizationId, endpointId);
          if (row === undefined) throw unknownEndpoint();
          throw new AppError('conflict', heldBecause(row) ?? 'The endpoint was just being changed; try again');
        }
        wake();
        if (query.wait === true) await firstAttempt(organizationId, deliveryId, () => res.closed);
        const made = await detailOf(organizationId, deliveryId);
        if (query.wait === true && (made.attempts > 0 || made.status !== 'pending')) answerWith(res, 200);
        return made;
      },
    }),
    route({
      method: 'get',
      path: '/webhooks/deliveries/{delivery_id}',
      operationId: 'getWebhookDelivery',
      summary: 'A delivery with its attempts, and what was sent',
      tag,
      access,
      status: 200,
      params,
      response: deliveryDetail,
      handle: async ({ principal: { organizationId }, params: { delivery_id } }) =>
        detailOf(organizationId, delivery_id),
    }),
    route({
      method: 'post',
      path: '/webhooks/deliveries/{delivery_id}/resend',
      operationId: 'resendWebhookDelivery',
      makes: 'getWebhookDelivery',
      summary: 'Send a delivery again',
      description:
        'Makes a new delivery of the same event to the same endpoint, whether the old one succeeded or failed. The event id stays, so a receiver that remembers ids takes it as a repetition. It keeps out of the order of an ordered endpoint.',
      tag,
      access,
      status: 202,
      errors: { 409: 'It is still pending, or its endpoint is paused, switched off or deleted.' },
      params,
      response: deliveryDetail,
      handle: async ({ principal: { organizationId }, params: { delivery_id: of } }) => {
        const deliveryId = idInRequest('whd');
        const now = clock.now();
        const keptSince = new Date(now.getTime() - retentionDays * DAY_MS + RETENTION_MARGIN_MS);
        if (!(await insertResend(db, { organizationId, of, deliveryId, now, keptSince })))
          throw await whyNotResent(organizationId, of);
        wake();
        return detailOf(organizationId, deliveryId);
      },
    }),
  ];

  async function whyNotResent(organizationId: string, id: string): Promise<AppError> {
    const row = await deliveryById(db, organizationId, id);
    if (row === undefined) return unknown();
    if (row.isDeleted)
      return new AppError(
        'conflict',
        'The endpoint of this delivery was deleted for good; create another one and recover the events there: POST /api/v1/webhooks/endpoints/{endpoint_id}/recover with "kind": "missed"',
      );
    const why = heldBecause({ active: row.isActive, disabledReason: row.disabledReason });
    if (why !== undefined) return new AppError('conflict', why);
    if (row.status === 'pending')
      return new AppError(
        'conflict',
        `The delivery is still pending: ${row.attempts === 0 ? 'it is about to be sent' : `it is tried again at ${row.nextAttemptAt?.toISOString()}`}`,
      );
    return unknown(); // its time is over: it is being deleted
  }
}

const unknown = (): AppError => new AppError('not_found', 'There is no such webhook delivery');
