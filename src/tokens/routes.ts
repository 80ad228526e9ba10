/** REST for id tokens. They go with the scopes of charge points: who may add a charger may say who charges there. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idParam, instantIn, instantOut } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { deleteToken, insertToken, listTokens, type TokenView, tokenById, updateToken } from './registry-store.ts';

const tag = 'Tokens';
const params = z.object({ id: idParam('tok') });
const types = ['rfid', 'emaid', 'app', 'key_code', 'local', 'mac', 'vin', 'central'] as const;
const statuses = ['active', 'blocked'] as const;

// OCPP 1.6 §7.28 takes 20 characters, 2.0.1 36, both case-insensitive.
const uid = z
  .string()
  .trim()
  .min(1)
  .max(36)
  .regex(/^[\x20-\x7e]*$/, { error: 'must be printable ASCII characters' })
  .meta({ description: 'As the charger reports it, in any case. OCPP 1.6 chargers take at most 20 characters' });
const groupId = z.string().trim().min(1).max(36).nullable().meta({ description: "OCPP's parentIdTag or groupIdToken" });
const settings = {
  type: z.enum(types).optional().meta({ description: 'Default rfid' }),
  group_id: groupId.optional(),
  status: z.enum(statuses).optional().meta({ description: 'Default active' }),
  valid_until: instantIn.nullable().optional(),
  max_concurrent: z
    .int()
    .min(1)
    .max(1000)
    .nullable()
    .optional()
    .meta({ description: 'Sessions at once; null: no limit. Default 1' }),
};
const newToken = z
  .strictObject({ uid, ...settings })
  .meta({ examples: [{ uid: '04A1B2C3D4E5F6', type: 'rfid', valid_until: '2028-01-01T00:00:00Z' }] });
const changes = z.strictObject(settings).meta({ examples: [{ status: 'blocked' }] });
const token = z
  .object({
    id: z.string(),
    uid: z.string(),
    type: z.enum(types),
    group_id: z.string().nullable(),
    status: z.enum(statuses),
    valid_until: instantOut.nullable(),
    max_concurrent: z.int().nullable(),
    created_at: instantOut,
    updated_at: instantOut,
  })
  .meta({ id: 'Token' });

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
      handle: async ({ principal: { organizationId }, body }) => {
        const row = await insertToken(
          db,
          organizationId,
          {
            uid: body.uid,
            type: body.type ?? 'rfid',
            groupId: body.group_id ?? null,
            status: body.status ?? 'active',
            validUntil: body.valid_until ?? null,
            maxConcurrent: body.max_concurrent === undefined ? 1 : body.max_concurrent,
          },
          clock.now(),
        );
        if (row === undefined)
          throw new AppError('conflict', `A token with the uid ${body.uid} exists; change that one`, {
            details: [{ field: 'uid', message: 'exists, in this or another case' }],
          });
        return present(row);
      },
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
        uid: z.string().max(100).optional(),
        group_id: z.string().max(36).optional(),
        status: z.enum(statuses).optional(),
        type: z.enum(types).optional(),
        ...pageQuery,
      }),
      response: pageOf(token),
      handle: async ({ principal: { organizationId }, query }) => {
        const page = readPage(query, idKey);
        const { group_id, ...filter } = query;
        const rows = await listTokens(db, organizationId, { ...filter, groupId: group_id }, page);
        return pageFrom(rows, page.limit, (row) => row.id, present);
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
        present(known(await tokenById(db, organizationId, id))),
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
        const { type, group_id, status, valid_until, max_concurrent } = body;
        const wanted = { type, groupId: group_id, status, validUntil: valid_until, maxConcurrent: max_concurrent };
        return present(known(await updateToken(db, organizationId, id, wanted, clock.now())));
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

/** The answer's schema refuses a type or status that it does not know. */
const present = (row: TokenView) => ({
  id: row.id,
  uid: row.uid,
  type: row.type as (typeof types)[number],
  group_id: row.groupId,
  status: row.status as (typeof statuses)[number],
  valid_until: row.validUntil,
  max_concurrent: row.maxConcurrent,
  created_at: row.createdAt,
  updated_at: row.updatedAt,
});
