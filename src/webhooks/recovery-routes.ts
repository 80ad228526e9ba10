/** REST of recoveries: jobs that make deliveries of past events for one endpoint. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, answerWith, route } from '../http/kit/route.ts';
import { AppError } from '../platform/errors.ts';
import { idParam, instantIn, instantOut } from '../platform/fields.ts';
import { idInRequest } from '../platform/request-ids.ts';
import { endpointParams } from './endpoint-routes.ts';
import { heldBecause, unknownEndpoint } from './endpoint-schemas.ts';
import { endpointById } from './endpoint-store.ts';
import { countRecoverable } from './recovery.ts';
import { cancelRecovery, createRecovery, type RecoveryRow, recoveriesOf, recoveryById } from './recovery-store.ts';
import { DAY_MS } from './retention.ts';

export type RecoveryRouteNeeds = {
  readonly db: Pick<Database, 'rows' | 'transaction'>;
  readonly clock: { now(): Date };
  /** EVENTS_RETENTION_DAYS */
  readonly retentionDays: number;
};

const tag = 'Webhooks';
const access = 'write:webhooks';
const params = z.object({ recovery_id: idParam('whr') });
const kind = z.enum(['failed', 'missed']).meta({
  description:
    'failed: what ended failed and has not been delivered since; missed: what matches the endpoint as it is now and never had a delivery to it',
});

const request = z
  .strictObject({
    since: instantIn.meta({ description: 'Events that the server learned of from then on' }),
    until: instantIn.optional().meta({ description: 'And before then; without it: now' }),
    kind,
    dry_run: z
      .boolean()
      .optional()
      .meta({ description: 'true: nothing is made; the answer says how many it would be' }),
  })
  .meta({ examples: [{ since: '2026-11-23T12:00:00.000Z', kind: 'missed', dry_run: true }] });

const recovery = z.object({
  id: z.string(),
  endpoint_id: z.string(),
  kind,
  since: instantOut,
  until: instantOut,
  status: z.enum(['running', 'completed', 'cancelled']),
  looked: z.int().meta({ description: 'Events that were looked at so far' }),
  created: z.int().meta({ description: 'Deliveries that were made so far' }),
  created_at: instantOut,
  completed_at: instantOut.nullable(),
});
const dryRun = z.object({
  dry_run: z.literal(true),
  endpoint_id: z.string(),
  kind,
  since: instantOut,
  until: instantOut,
  looked: z.int(),
  deliveries: z.int().meta({ description: 'That would be made' }),
  is_complete: z
    .boolean()
    .meta({ description: 'false: there are more events than a dry run looks at; it would be more' }),
});

export function recoveryRoutes({ db, clock, retentionDays }: RecoveryRouteNeeds): AnyRoute[] {
  function rangeOf(body: { readonly since: Date; readonly until?: Date | undefined }, now: Date) {
    const { since, until = now } = body;
    const earliest = new Date(now.getTime() - retentionDays * DAY_MS);
    if (since < earliest)
      throw invalid('since', `must be ${earliest.toISOString()} or later: events are kept for ${retentionDays} days`);
    if (until > now) throw invalid('until', `must not lie in the future; it is ${now.toISOString()}`);
    if (since >= until) throw invalid('since', `must be before until, which is ${until.toISOString()}`);
    return { since, until };
  }

  return [
    route({
      method: 'post',
      path: '/webhooks/endpoints/{endpoint_id}/recover',
      operationId: 'recoverWebhookDeliveries',
      summary: 'Deliver what failed or was missed',
      description:
        'Begins a job that makes deliveries of past events for this endpoint, the oldest first. It survives restarts, makes none twice, pauses while 10,000 deliveries of the endpoint wait, and while the endpoint is paused. One job at a time per endpoint. Of an event type with a minimum interval only the newest event of each session (or connector) is recovered. With `"dry_run": true` it is only counted.',
      tag,
      access,
      status: 202,
      otherStatuses: { 200: 'With `dry_run`: how many deliveries it would make' },
      errors: { 409: 'The endpoint is paused or switched off, or a recovery of it is still running.' },
      params: endpointParams,
      body: request,
      response: z.union([recovery, dryRun]),
      handle: async ({
        principal: { organizationId, id: requestedBy },
        params: { endpoint_id: endpointId },
        body,
        res,
      }) => {
        const endpoint = await endpointById(db, organizationId, endpointId);
        if (endpoint === undefined) throw unknownEndpoint();
        const now = clock.now();
        const { since, until } = rangeOf(body, now);
        const wanted = { organizationId, endpointId, kind: body.kind, since, until };
        if (body.dry_run === true) {
          const { looked, deliveries, isComplete } = await countRecoverable(db, { ...wanted, ...endpoint });
          answerWith(res, 200);
          return {
            dry_run: true as const,
            endpoint_id: endpointId,
            kind: body.kind,
            since,
            until,
            looked,
            deliveries,
            is_complete: isComplete,
          };
        }
        const why = heldBecause(endpoint);
        if (why !== undefined) throw new AppError('conflict', why);
        const id = idInRequest('whr');
        const made = await createRecovery(db, { ...wanted, id, requestedBy, now });
        if (made === undefined) throw unknownEndpoint();
        if (!made.isNew && made.row.id !== id)
          throw new AppError(
            'conflict',
            `The recovery ${made.row.id} of this endpoint is still running; wait for it, or cancel it: POST /api/v1/webhooks/recoveries/${made.row.id}/cancel`,
          );
        return present(made.row);
      },
    }),
    route({
      method: 'get',
      path: '/webhooks/endpoints/{endpoint_id}/recoveries',
      operationId: 'listWebhookRecoveries',
      summary: 'Recoveries of an endpoint, newest first',
      tag,
      access,
      status: 200,
      params: endpointParams,
      query: z.strictObject(pageQuery),
      response: pageOf(recovery),
      handle: async ({ principal: { organizationId }, params: { endpoint_id }, query }) => {
        const page = readPage(query, idKey);
        if ((await endpointById(db, organizationId, endpoint_id)) === undefined) throw unknownEndpoint();
        const rows = await recoveriesOf(db, organizationId, endpoint_id, page);
        return pageFrom(rows, page.limit, (row) => row.id, present);
      },
    }),
    route({
      method: 'get',
      path: '/webhooks/recoveries/{recovery_id}',
      operationId: 'getWebhookRecovery',
      summary: 'A recovery, and how far it is',
      tag,
      access,
      status: 200,
      params,
      response: recovery,
      handle: async ({ principal: { organizationId }, params: { recovery_id } }) =>
        present(await recoveryById(db, organizationId, recovery_id)),
    }),
    route({
      method: 'post',
      path: '/webhooks/recoveries/{recovery_id}/cancel',
      operationId: 'cancelWebhookRecovery',
      summary: 'Stop a recovery',
      description:
        'It makes no more deliveries; those that it made stay. One that was cancelled before is answered alike.',
      tag,
      access,
      status: 200,
      errors: { 409: 'It has completed.' },
      params,
      response: recovery,
      handle: async ({ principal: { organizationId }, params: { recovery_id } }) => {
        const cancelled = await cancelRecovery(db, organizationId, recovery_id, clock.now());
        const row = cancelled ?? (await recoveryById(db, organizationId, recovery_id));
        if (row?.status === 'completed')
          throw new AppError('conflict', `The recovery has completed; it made ${row.created} deliveries`);
        return present(row);
      },
    }),
  ];
}

function present(row: RecoveryRow | undefined): z.input<typeof recovery> {
  if (row === undefined) throw new AppError('not_found', 'There is no such recovery');
  const { id, endpointId, since, until, status, looked, created, createdAt, completedAt } = row;
  return {
    id,
    endpoint_id: endpointId,
    kind: row.kind,
    since,
    until,
    status,
    looked,
    created,
    created_at: createdAt,
    completed_at: completedAt,
  };
}

const invalid = (field: string, message: string): AppError =>
  new AppError('validation_failed', `The request body is not valid: ${field} ${message}`, {
    details: [{ field, message }],
  });
