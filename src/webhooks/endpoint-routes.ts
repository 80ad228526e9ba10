/** REST of webhook endpoints: the seed's five calls on them, and rotate-secret. Secrets come in, and never go out again. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { AppError, type FieldFault } from '../platform/errors.ts';
import { idParam } from '../platform/fields.ts';
import { idInRequest, secretInRequest } from '../platform/request-ids.ts';
import type { EndpointOf } from './delivery-store.ts';
import {
  endpoint,
  endpointChanges,
  newEndpoint,
  presentEndpoint,
  secretField,
  unknownEndpoint,
} from './endpoint-schemas.ts';
import {
  changeEndpoint,
  createEndpoint,
  deleteEndpoint,
  endpointById,
  listEndpoints,
  MAX_ENDPOINTS,
  rotateSecret,
  unknownOfFilter,
} from './endpoint-store.ts';
import { openSecret, sealSecret } from './secrets.ts';
import { WHSEC } from './sign.ts';
import type { TargetGuard } from './target-guard.ts';
import type { KeyRing } from './types.ts';

export type EndpointRouteNeeds = {
  readonly db: Pick<Database, 'rows' | 'transaction'>;
  readonly keyRing: KeyRing;
  readonly guard: Pick<TargetGuard, 'faultOf'>;
  /** The dispatcher's: nothing may be sent any more to what the endpoint was before. */
  readonly endpointChanged: (endpoint: EndpointOf) => Promise<void>;
  readonly clock: { now(): Date };
};

const tag = 'Webhooks';
const access = 'write:webhooks';
const HOUR_MS = 3_600_000;
export const endpointParams = z.object({ endpoint_id: idParam('whe') });

const rotation = z
  .strictObject({
    secret: secretField.optional().meta({ description: 'Your own; without one the server makes a `whsec_…`' }),
    overlap_hours: z.int().min(0).max(168).optional().meta({
      default: 24,
      description: 'So long deliveries are signed with the old secret as well; 0: it ends at once',
    }),
  })
  .meta({ examples: [{ overlap_hours: 24 }] });

const rotated = endpoint.extend({
  secret: z.string().optional().meta({
    description: 'The one that was made: shown this once. Absent when the request brought its own.',
  }),
});

type Filters = {
  readonly site_ids?: readonly string[] | undefined;
  readonly charge_point_ids?: readonly string[] | undefined;
};

type Filter = { readonly siteIds: readonly string[]; readonly chargePointIds: readonly string[] };
const NO_FILTER: Filter = { siteIds: [], chargePointIds: [] };

export function endpointRoutes({ db, keyRing, guard, endpointChanged, clock }: EndpointRouteNeeds): AnyRoute[] {
  /** The rules that need the DNS. */
  async function requirePublic(target: string): Promise<void> {
    const message = await guard.faultOf(target);
    if (message !== undefined) throw invalid([{ field: 'url', message }]);
  }

  /**
   * A list that is not named is empty. undefined: there is no filter to set. What `before` names may have been deleted since: it goes on to be
   * named, as an empty list would mean all of them.
   */
  async function filterOf(organizationId: string, filters: Filters | undefined, before: Filter = NO_FILTER) {
    if (filters === undefined) return undefined;
    const { site_ids: siteIds = [], charge_point_ids: chargePointIds = [] } = filters;
    const missing = await unknownOfFilter(
      db,
      organizationId,
      siteIds.filter((id) => !before.siteIds.includes(id)),
      chargePointIds.filter((id) => !before.chargePointIds.includes(id)),
    );
    if (missing.length > 0)
      throw invalid(
        missing.slice(0, 20).map(({ list, id }) => ({
          field: `filters.${list}[${(list === 'site_ids' ? siteIds : chargePointIds).indexOf(id)}]`,
          message: `${id} is not a ${list === 'site_ids' ? 'site' : 'charge point'} of this organization`,
        })),
      );
    return { siteIds, chargePointIds };
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
        const filter = await filterOf(organizationId, body.filters ?? {});
        const id = idInRequest('whe');
        const now = clock.now();
        const created = await createEndpoint(db, {
          id,
          organizationId,
          url: body.url,
          events: body.events,
          description: body.description ?? null,
          siteIds: filter?.siteIds ?? [],
          chargePointIds: filter?.chargePointIds ?? [],
          minIntervals: body.min_intervals ?? {},
          ordered: body.ordered ?? false,
          secret: body.secret === undefined ? null : sealSecret(keyRing, id, body.secret),
          now,
        });
        if (created === undefined)
          throw new AppError(
            'conflict',
            `An organization has at most ${MAX_ENDPOINTS} webhook endpoints; delete one first`,
          );
        return presentEndpoint(created, now);
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
        data: (await listEndpoints(db, organizationId)).map((row) => presentEndpoint(row, clock.now())),
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
      params: endpointParams,
      response: endpoint,
      handle: async ({ principal: { organizationId }, params: { endpoint_id } }) =>
        presentEndpoint(await endpointById(db, organizationId, endpoint_id), clock.now()),
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
      params: endpointParams,
      body: endpointChanges,
      response: endpoint,
      handle: async ({ principal: { organizationId }, params: { endpoint_id }, body }) => {
        if (body.url !== undefined) await requirePublic(body.url);
        const before = body.filters && (await endpointById(db, organizationId, endpoint_id));
        const filter = await filterOf(organizationId, body.filters, before);
        const now = clock.now();
        const row = await changeEndpoint(db, organizationId, endpoint_id, {
          url: body.url,
          events: body.events,
          description: body.description,
          siteIds: filter?.siteIds,
          chargePointIds: filter?.chargePointIds,
          minIntervals: body.min_intervals,
          ordered: body.ordered,
          active: body.active,
          now,
        });
        const presented = presentEndpoint(row, now);
        await endpointChanged({ id: endpoint_id, organizationId });
        return presented;
      },
    }),
    route({
      method: 'delete',
      path: '/webhooks/endpoints/{endpoint_id}',
      operationId: 'deleteWebhookEndpoint',
      summary: 'Delete a webhook endpoint',
      description: 'Its secrets are wiped; deliveries that wait are not made any more.',
      tag,
      access,
      status: 204,
      params: endpointParams,
      handle: async ({ principal: { organizationId }, params: { endpoint_id } }) => {
        if (!(await deleteEndpoint(db, organizationId, endpoint_id, clock.now()))) throw unknownEndpoint();
        await endpointChanged({ id: endpoint_id, organizationId });
      },
    }),
    route({
      method: 'post',
      path: '/webhooks/endpoints/{endpoint_id}/rotate-secret',
      operationId: 'rotateWebhookSecret',
      summary: 'Give an endpoint a new secret',
      description:
        'The old one goes on signing beside it for `overlap_hours`, so that the receiver can change over in between. Only the one before the last is kept: rotate twice within the overlap, and the first is gone. An endpoint without a secret gets one.',
      tag,
      access,
      status: 200,
      params: endpointParams,
      body: rotation,
      response: rotated,
      handle: async ({ principal: { organizationId }, params: { endpoint_id }, body }) => {
        const { secret: own, overlap_hours: hours = 24 } = body;
        const now = clock.now();
        const secret = own ?? `${WHSEC}${secretInRequest().toString('base64')}`;
        const row = await rotateSecret(db, organizationId, endpoint_id, {
          secret: sealSecret(keyRing, endpoint_id, secret),
          overlapUntil: hours === 0 ? null : new Date(now.getTime() + hours * HOUR_MS),
          now,
        });
        const presented = presentEndpoint(row, now);
        if (row?.secret == null || openSecret(keyRing, endpoint_id, row.secret) !== secret)
          throw new AppError('conflict', 'The secret was changed again since: rotate it once more to know it');
        await endpointChanged({ id: endpoint_id, organizationId });
        return own === undefined ? { ...presented, secret } : presented;
      },
    }),
  ];
}

const invalid = (details: readonly FieldFault[]): AppError =>
  new AppError('validation_failed', `The request body is not valid: ${details[0]?.field} ${details[0]?.message}`, {
    details,
  });
