/** REST for the inbox of unknown tokens: see them, make tokens of them, dismiss them. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idField, idParam, instantOut } from '../http/kit/fields.ts';
import { pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { idInRequest } from '../platform/request-ids.ts';
import { createToken } from './create-token.ts';
import { presentToken, token } from './present.ts';
import { newTokenOf, tokenSettings } from './schemas.ts';
import { deleteUnknownToken, listUnknownTokens, type UnknownTokenView, unknownTokenById } from './unknown-store.ts';

const tag = 'Tokens';
const params = z.object({ id: idParam('utk') });

const unknownToken = z
  .object({
    id: z.string(),
    uid: z.string().meta({ description: 'As the charger said it' }),
    count: z.int().meta({ description: 'How often a charger asked about it' }),
    first_seen_at: instantOut,
    last_seen_at: instantOut,
    last_charge_point_id: z.string(),
  })
  .meta({ id: 'UnknownToken' });

const key = z
  .tuple([z.iso.datetime({ precision: 3 }), z.string().regex(/^[\x21-\x7e]{1,64}$/)])
  .transform(([at, id]) => ({ lastSeenAt: new Date(at), id }));

export function unknownTokenRoutes({ db, clock }: { db: Pick<Database, 'prisma'>; clock: Clock }): AnyRoute[] {
  return [
    route({
      method: 'get',
      path: '/unknown-tokens',
      operationId: 'listUnknownTokens',
      summary: 'List unknown tokens, last seen first',
      description:
        'Tokens that chargers asked about and nobody has created: the newest 1,000, for 90 days. Charge points whose authorization is free collect none.',
      tag,
      access: 'read:charge_points',
      status: 200,
      query: z.strictObject({ charge_point_id: idField('cp').optional(), ...pageQuery }),
      response: pageOf(unknownToken),
      handle: async ({ principal: { organizationId }, query }) => {
        const page = readPage(query, key);
        const rows = await listUnknownTokens(db, organizationId, query.charge_point_id, page);
        return pageFrom(rows, page.limit, (row) => [row.lastSeenAt, row.id], present);
      },
    }),
    route({
      method: 'get',
      path: '/unknown-tokens/{id}',
      operationId: 'getUnknownToken',
      summary: 'Get an unknown token',
      tag,
      access: 'read:charge_points',
      status: 200,
      params,
      response: unknownToken,
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        const row = await unknownTokenById(db, organizationId, id);
        if (row === undefined) throw unknown();
        return present(row);
      },
    }),
    route({
      method: 'post',
      path: '/unknown-tokens/{id}/adopt',
      operationId: 'adoptUnknownToken',
      makes: 'getToken',
      summary: 'Make a token of an unknown one',
      description: 'Creates the token with the uid as the charger said it; it leaves this list.',
      tag,
      access: 'write:charge_points',
      status: 201,
      params,
      errors: { 409: 'A token with this uid exists.' },
      body: z.strictObject(tokenSettings).meta({ examples: [{ type: 'rfid' }] }),
      response: token,
      handle: async ({ principal: { organizationId }, params: { id }, body }) => {
        const tokenId = idInRequest('tok'); // first: for a repeat there is no stranger any more
        const stranger = await unknownTokenById(db, organizationId, id);
        if (stranger === undefined) throw unknown();
        const wanted = { id: tokenId, uid: stranger.uid.trim(), ...newTokenOf(body) };
        return presentToken(await createToken(db, organizationId, wanted, clock.now()));
      },
    }),
    route({
      method: 'delete',
      path: '/unknown-tokens/{id}',
      operationId: 'dismissUnknownToken',
      summary: 'Dismiss an unknown token',
      description: 'It comes back when a charger asks about it again.',
      tag,
      access: 'write:charge_points',
      status: 204,
      params,
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        if (!(await deleteUnknownToken(db, organizationId, id))) throw unknown();
      },
    }),
  ];
}

const unknown = (): AppError => new AppError('not_found', 'There is no such unknown token');

const present = (row: UnknownTokenView) => ({
  id: row.id,
  uid: row.uid,
  count: Number(row.count),
  first_seen_at: row.firstSeenAt,
  last_seen_at: row.lastSeenAt,
  last_charge_point_id: row.lastChargePointId,
});
