/** REST for id tokens. They go with the scopes of charge points: who may add a charger may say who charges there. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { boolParam, idField, idParam } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { createToken } from './create-token.ts';
import { presentToken, token } from './present.ts';
import { deleteToken, listTokens, type TokenView, tokenById, updateToken } from './registry-store.ts';
import { idToken, invalid, newTokenOf, statuses, tokenSettings, types } from './schemas.ts';

const tag = 'Tokens';
const params = z.object({ id: idParam('tok') });

const uid = idToken(255).meta({
  description:
    'As the charger reports it, in any case. Chargers of OCPP 1.6 take at most 20 characters, of 2.0.1 36, of 2.1 255',
});
const newToken = z
  .strictObject({ uid, ...tokenSettings })
  .meta({ examples: [{ uid: '04A1B2C3D4E5F6', type: 'rfid', valid_until: '2028-01-01T00:00:00Z' }] });
const changes = z.strictObject(tokenSettings).meta({ examples: [{ status: 'blocked' }] });

export function tokenRoutes({ db, clock }: { db: Pick<Database, 'prisma'>; clock: Clock }): AnyRoute[] {
  return [
    route({
      method: 'post',
      path: '/tokens',
      operationId: 'createToken',
      summary: 'Create an id token',
      tag,
      access: 'write:charge_points',
      status: 201,
      errors: { 409: 'A token with this uid exists.' },
      body: newToken,
      response: token,
      handle: async ({ principal: { organizationId }, body }) =>
        presentToken(await createToken(db, organizationId, { uid: body.uid, ...newTokenOf(body) }, clock.now())),
    }),
    route({
      method: 'get',
      path: '/tokens',
      operationId: 'listTokens',
      summary: 'List id tokens, newest first',
      tag,
      access: 'read:charge_points',
      status: 200,
      query: z.strictObject({
        uid: z.string().max(255).optional(),
        group_id: idField('tgr').optional(),
        status: z.enum(statuses).optional(),
        type: z.enum(types).optional(),
        expired: boolParam.optional().meta({ description: 'Whether its own valid_until has passed' }),
        ...pageQuery,
      }),
      response: pageOf(token),
      handle: async ({ principal: { organizationId }, query }) => {
        const page = readPage(query, idKey);
        const { group_id, ...filter } = query;
        const rows = await listTokens(db, organizationId, { ...filter, groupId: group_id }, page, clock.now());
        return pageFrom(rows, page.limit, (row) => row.id, presentToken);
      },
    }),
    route({
      method: 'get',
      path: '/tokens/{id}',
      operationId: 'getToken',
      summary: 'Get an id token',
      tag,
      access: 'read:charge_points',
      status: 200,
      params,
      response: token,
      handle: async ({ principal: { organizationId }, params: { id } }) =>
        presentToken(known(await tokenById(db, organizationId, id))),
    }),
    route({
      method: 'patch',
      path: '/tokens/{id}',
      operationId: 'updateToken',
      summary: 'Change an id token',
      description: 'Takes effect with the next start; a running session goes on. The uid cannot be changed.',
      tag,
      access: 'write:charge_points',
      status: 200,
      params,
      body: changes,
      response: token,
      handle: async ({ principal: { organizationId }, params: { id }, body }) => {
        const wanted = {
          type: body.type,
          groupId: body.group_id,
          credit: body.credit,
          language: body.language,
          status: body.status,
          validUntil: body.valid_until,
          maxConcurrent: body.max_concurrent,
          allowedSiteIds: body.allowed_site_ids,
          allowedChargePointIds: body.allowed_charge_point_ids,
        };
        const update = await updateToken(db, organizationId, id, wanted, clock.now());
        if (update.at === 'unknown') throw unknown();
        if (update.at === 'invalid') throw invalid(update.faults);
        return presentToken(update.row);
      },
    }),
    route({
      method: 'delete',
      path: '/tokens/{id}',
      operationId: 'deleteToken',
      summary: 'Delete an id token',
      description: 'Its sessions stay, and go on if they run.',
      tag,
      access: 'write:charge_points',
      status: 204,
      params,
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        if (!(await deleteToken(db, organizationId, id))) throw unknown();
      },
    }),
  ];
}

const unknown = (): AppError => new AppError('not_found', 'There is no such token');

function known(row: TokenView | undefined): TokenView {
  if (row === undefined) throw unknown();
  return row;
}
