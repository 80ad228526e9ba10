/** The six calls of the seed on webhook endpoints. A secret comes in here and never goes out. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { eventTypes } from '../events/index.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { AppError } from '../platform/errors.ts';
import { idParam, instantOut } from '../platform/fields.ts';
import { newId } from '../platform/ids.ts';
import {
  changeEndpoint,
  createEndpoint,
  type DeliveryRow,
  deleteEndpoint,
  deliveriesOf,
  type EndpointRow,
  endpointById,
  listEndpoints,
  MAX_ENDPOINTS,
} from './endpoint-store.ts';
import { sealSecret } from './secrets.ts';
import { secretFault } from './sign.ts';
import { parseTarget, type TargetGuard } from './target-guard.ts';
import type { KeyRing } from './types.ts';

export type WebhookRouteNeeds = {
  readonly db: Pick<Database, 'prisma' | 'transaction'>;
  readonly keyRing: KeyRing;
  readonly guard: Pick<TargetGuard, 'faultOf'>;
  /** The dispatcher's: nothing may be sent any more to what the endpoint was before. */
  readonly endpointChanged: (endpointId: string) => Promise<void>;
  readonly clock: { now(): Date };
};

const tag = 'Webhooks';
const access = 'write:webhooks';
const params = z.object({ endpoint_id: idParam('whe') });

/** The fault of a text, as an issue of the field it stands in. */
const judged = (faultOf: (text: string) => string | undefined) =>
  z.string().superRefine((text, context) => {
    const message = faultOf(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

const url = judged((text) => {
  const target = parseTarget(text);
  return 'fault' in target ? target.fault : undefined;
}).meta({
  format: 'uri',
  description: 'Where events are delivered; must be https://',
  examples: ['https://example.com/hooks'],
});

const events = z
  .array(z.enum([...eventTypes, '*']))
  .min(1)
  .max(100)
  .transform((list) => [...new Set(list)])
  .meta({
    description: 'Event types to subscribe to; ["*"] for all',
    examples: [['session.started', 'session.ended'], ['*']],
  });

const description = z
  .string()
  .max(500)
  .regex(/^[^\p{Cc}]*$/u, { error: 'must not contain control characters' });

const secret = judged(secretFault).meta({
  minLength: 16,
  maxLength: 256,
  writeOnly: true,
  description:
    'Key of the signatures, ASCII, 16 to 256 characters. It cannot be read again. With `whsec_` and base64 it is also the key of Standard Webhooks, otherwise its bytes are.',
});

const newEndpoint = z
  .strictObject({ url, events, secret: secret.optional(), description: description.nullish() })
  .meta({ examples: [{ url: 'https://example.com/hooks', events: ['session.started', 'session.ended'] }] });

const changes = z
  .strictObject({
    url: url.optional(),
    events: events.optional(),
    active: z.boolean().optional().meta({ description: 'false pauses delivery, true resumes it' }),
    description: description.nullish(),
    secret: z
      .unknown()
      .refine((value) => value === undefined, {
        error:
          'cannot be changed with PATCH; create a new endpoint and delete this one (rotate-secret follows in a later version)',
      })
      .optional()
      .meta({ not: {}, description: 'Refused here' }),
  })
  .meta({ examples: [{ active: false }] });

const endpoint = z.object({
  id: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  description: z.string().nullable(),
  active: z.boolean(),
  status: z.enum(['active', 'paused', 'disabled']).meta({ description: 'disabled: it answered 410 Gone' }),
  created_at: instantOut,
  updated_at: instantOut,
});

const deliveryStatus = z.enum(['succeeded', 'failed', 'pending']);
const delivery = z.object({
  id: z.string(),
  event_id: z.string(),
  event: z.string(),
  status: deliveryStatus,
  response_status: z.int().nullable().meta({ description: 'Of the last attempt; null: there was no answer' }),
  attempts: z.int(),
  created_at: instantOut,
  next_attempt_at: instantOut.nullable(),
  completed_at: instantOut.nullable(),
  last_error: z.string().nullable(),
});

export function webhookRoutes({ db, keyRing, guard, endpointChanged, clock }: WebhookRouteNeeds): AnyRoute[] {
  /** The rules that need the DNS. */
  async function requirePublic(target: string): Promise<void> {
    const message = await guard.faultOf(target);
    if (message !== undefined)
      throw new AppError('validation_failed', `The request body is not valid: url ${message}`, {
        details: [{ field: 'url', message }],
      });
  }

  return [
    route({
      method: 'post',
      path: '/webhooks/endpoints',
      operationId: 'createWebhookEndpoint',
      summary: 'Create a webhook endpoint',
      tag,
      access,
      status: 201,
      errors: { 409: `The organization has ${MAX_ENDPOINTS} endpoints already.` },
      body: newEndpoint,
      response: endpoint,
      handle: async ({ principal: { organizationId }, body }) => {
        await requirePublic(body.url);
        const id = newId('whe');
        const created = await createEndpoint(db, {
          id,
          organizationId,
          url: body.url,
          events: body.events,
          description: body.description ?? null,
          secret: body.secret === undefined ? null : sealSecret(keyRing, id, body.secret),
          now: clock.now(),
        });
        if (created === undefined)
          throw new AppError(
            'conflict',
            `An organization has at most ${MAX_ENDPOINTS} webhook endpoints; delete one first`,
          );
        return presentEndpoint(created);
      },
    }),
    route({
      method: 'get',
      path: '/webhooks/endpoints',
      operationId: 'listWebhookEndpoints',
      summary: 'List all webhook endpoints',
      tag,
      access,
      status: 200,
      query: z.strictObject({}),
      response: z.object({ data: z.array(endpoint) }),
      handle: async ({ principal: { organizationId } }) => ({
        data: (await listEndpoints(db, organizationId)).map(presentEndpoint),
      }),
    }),
    route({
      method: 'get',
      path: '/webhooks/endpoints/{endpoint_id}',
      operationId: 'getWebhookEndpoint',
      summary: 'Get a webhook endpoint',
      tag,
      access,
      status: 200,
      params,
      response: endpoint,
      handle: async ({ principal: { organizationId }, params: { endpoint_id } }) =>
        presentEndpoint(await endpointById(db, organizationId, endpoint_id)),
    }),
    route({
      method: 'patch',
      path: '/webhooks/endpoints/{endpoint_id}',
      operationId: 'updateWebhookEndpoint',
      summary: 'Change, pause or resume a webhook endpoint',
      description:
        'While it is paused no deliveries are made for new events, and those that wait are held; past 24 hours they fail.',
      tag,
      access,
      status: 200,
      params,
      body: changes,
      response: endpoint,
      handle: async ({ principal: { organizationId }, params: { endpoint_id }, body }) => {
        if (body.url !== undefined) await requirePublic(body.url);
        const { url: target, events: list, active, description: text } = body;
        const now = clock.now();
        const row = await changeEndpoint(db, organizationId, endpoint_id, {
          url: target,
          events: list,
          active,
          description: text,
          now,
        });
        const presented = presentEndpoint(row);
        await endpointChanged(endpoint_id);
        return presented;
      },
    }),
    route({
      method: 'delete',
      path: '/webhooks/endpoints/{endpoint_id}',
      operationId: 'deleteWebhookEndpoint',
      summary: 'Delete a webhook endpoint',
      description: 'Its secret is wiped; deliveries that wait are not made any more.',
      tag,
      access,
      status: 204,
      params,
      handle: async ({ principal: { organizationId }, params: { endpoint_id } }) => {
        if (!(await deleteEndpoint(db, organizationId, endpoint_id, clock.now()))) throw unknown();
        await endpointChanged(endpoint_id);
      },
    }),
    route({
      method: 'get',
      path: '/webhooks/endpoints/{endpoint_id}/deliveries',
      operationId: 'listWebhookDeliveries',
      summary: 'Delivery history of an endpoint, newest first',
      tag,
      access,
      status: 200,
      params,
      query: z.strictObject({
        status: deliveryStatus.optional(),
        event: z.enum(eventTypes).optional(),
        ...pageQuery,
      }),
      response: pageOf(delivery),
      handle: async ({ principal: { organizationId }, params: { endpoint_id }, query }) => {
        const page = readPage(query, idKey);
        const { status, event } = query;
        if ((await endpointById(db, organizationId, endpoint_id)) === undefined) throw unknown();
        const rows = await deliveriesOf(db, { organizationId, endpointId: endpoint_id, status, event, ...page });
        return pageFrom(rows, page.limit, (row) => row.id, presentDelivery);
      },
    }),
  ];
}

/** The same for one that never was, that was deleted, and that is another organization's. */
const unknown = (): AppError => new AppError('not_found', 'There is no such webhook endpoint');

function presentEndpoint(row: EndpointRow | undefined) {
  if (row === undefined) throw unknown();
  const { id, url: target, events: list, description: text, active, disabledReason, createdAt, updatedAt } = row;
  const status = active ? ('active' as const) : disabledReason === null ? ('paused' as const) : ('disabled' as const);
  return {
    id,
    url: target,
    events: list,
    description: text,
    active,
    status,
    created_at: createdAt,
    updated_at: updatedAt,
  };
}

const presentDelivery = (row: DeliveryRow) => ({
  id: row.id,
  event_id: row.eventId,
  event: row.event,
  status: deliveryStatus.parse(row.status),
  response_status: row.responseStatus,
  attempts: row.attempts,
  created_at: row.createdAt,
  next_attempt_at: row.nextAttemptAt,
  completed_at: row.completedAt,
  last_error: row.lastError,
});
