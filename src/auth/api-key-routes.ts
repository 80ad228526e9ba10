/** REST for API keys: shown once, then only their public part. A key cannot make one that may more than itself. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idParam, instantIn, instantOut, nameField } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { type Principal, type Scope, scopes } from '../platform/principal.ts';
import { type ApiKeyRow, apiKeyById, listApiKeys, revokeApiKey } from './api-key-store.ts';
import type { CreateApiKey } from './create-api-key.ts';
import { type RotateApiKey, scopesOf } from './rotate-api-key.ts';

const tag = 'API keys';
const access = 'write:api_keys';
const params = z.object({ id: idParam('key') });
const DAY_S = 86_400;
const newKey = z
  .strictObject({
    name: nameField,
    scopes: z.array(z.enum(scopes)).min(1).max(scopes.length),
    expires_at: instantIn.nullable().optional().meta({ description: 'In the future; default: never' }),
  })
  .meta({ examples: [{ name: 'Dashboard', scopes: ['read:charge_points', 'read:sessions'] }] });
const rotation = z
  .strictObject({
    overlap_s: z
      .int()
      .min(0)
      .max(30 * DAY_S)
      .default(DAY_S)
      .meta({ description: 'How long the old key is accepted beside the new one; 0: not at all' }),
    expires_at: instantIn
      .nullable()
      .optional()
      .meta({ description: 'Of the new key. Default: it lives as long as the old one was to; null: for ever' }),
  })
  .meta({ examples: [{ overlap_s: 86_400 }] });

const shown = {
  id: z.string(),
  name: z.string(),
  prefix: z.string().meta({ description: 'The public first part, by which a key can be recognized' }),
  scopes: z.array(z.string()),
  expires_at: instantOut.nullable(),
  revoked_at: instantOut.nullable(),
  last_used_at: instantOut.nullable().meta({ description: 'To the minute' }),
  created_by: z.string().nullable(),
  created_at: instantOut,
  replaced_by: z.string().nullable().meta({ description: 'The key that a rotation put in its place' }),
};
const apiKey = z.object(shown).meta({ id: 'ApiKey' });
const createdKey = z.object({ ...shown, key: z.string().meta({ description: 'The key itself. Shown once' }) });

export function apiKeyRoutes(needs: {
  readonly db: Pick<Database, 'prisma'>;
  readonly createApiKey: CreateApiKey;
  readonly rotateApiKey: RotateApiKey;
  readonly clock: Clock;
}): AnyRoute[] {
  const { db, createApiKey, rotateApiKey, clock } = needs;
  /** Throws where a key would be worth more than who asks for it, or nothing. */
  function check(principal: Principal, wanted: readonly Scope[], expiresAt: Date | null | undefined): void {
    const excess = wanted.filter((scope) => !principal.scopes.has(scope));
    if (excess.length > 0)
      throw new AppError('forbidden', `You cannot grant what you do not have: ${excess.join(', ')}`);
    if (expiresAt instanceof Date && expiresAt <= clock.now())
      throw new AppError('validation_failed', 'The request body is not valid: expires_at must lie in the future', {
        details: [{ field: 'expires_at', message: 'must lie in the future' }],
      });
  }
  return [
    route({
      method: 'post',
      path: '/api-keys',
      operationId: 'createApiKey',
      summary: 'Create an API key',
      tag,
      access,
      status: 201,
      body: newKey,
      response: createdKey,
      errors: { 403: `The credential lacks the scope ${access}, or a scope that it wants to grant.` },
      handle: async ({ principal, body }) => {
        check(principal, body.scopes, body.expires_at);
        const { key, ...row } = await createApiKey({
          organizationId: principal.organizationId,
          name: body.name,
          scopes: [...new Set(body.scopes)],
          expiresAt: body.expires_at ?? null,
          createdBy: principal.id,
        });
        return { ...present(row), key };
      },
    }),
    route({
      method: 'post',
      path: '/api-keys/{id}/rotate',
      operationId: 'rotateApiKey',
      makes: 'getApiKey',
      summary: 'Put a new API key in the place of this one',
      description:
        'The new key has the name and the scopes of the old one, and is shown once. The old key is accepted for `overlap_s` longer, so that it can be exchanged without a gap.',
      tag,
      access,
      status: 201,
      params,
      body: rotation,
      response: createdKey,
      errors: {
        403: `The credential lacks the scope ${access}, or a scope of the key.`,
        409: 'The key is revoked, has expired or was rotated already.',
      },
      handle: async ({ principal, params: { id }, body }) => {
        const { organizationId } = principal;
        const old = await apiKeyById(db, organizationId, id);
        if (old === undefined) throw unknown();
        check(principal, scopesOf(old), body.expires_at);
        const { key, ...row } = await rotateApiKey(old, {
          organizationId,
          overlapS: body.overlap_s,
          expiresAt: body.expires_at,
          createdBy: principal.id,
        });
        return { ...present(row), key };
      },
    }),
    route({
      method: 'get',
      path: '/api-keys',
      operationId: 'listApiKeys',
      summary: 'List API keys, newest first, revoked ones too',
      tag,
      access,
      status: 200,
      query: z.strictObject(pageQuery),
      response: pageOf(apiKey),
      handle: async ({ principal: { organizationId }, query }) => {
        const page = readPage(query, idKey);
        return pageFrom(await listApiKeys(db, organizationId, page), page.limit, (row) => row.id, present);
      },
    }),
    route({
      method: 'get',
      path: '/api-keys/{id}',
      operationId: 'getApiKey',
      summary: 'Get an API key',
      tag,
      access,
      status: 200,
      params,
      response: apiKey,
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        const row = await apiKeyById(db, organizationId, id);
        if (row === undefined) throw unknown();
        return present(row);
      },
    }),
    route({
      method: 'delete',
      path: '/api-keys/{id}',
      operationId: 'revokeApiKey',
      summary: 'Revoke an API key',
      description: 'It is refused from now on, and stays in the list.',
      tag,
      access,
      status: 204,
      params,
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        if (!(await revokeApiKey(db, organizationId, id, clock.now()))) throw unknown();
      },
    }),
  ];
}

const unknown = (): AppError => new AppError('not_found', 'There is no such API key');

const present = (row: ApiKeyRow) => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  scopes: [...row.scopes],
  expires_at: row.expiresAt,
  revoked_at: row.revokedAt,
  last_used_at: row.lastUsedAt,
  created_by: row.createdBy,
  created_at: row.createdAt,
  replaced_by: row.replacedById,
});
