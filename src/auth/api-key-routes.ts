/** REST for API keys: shown once, then only their public part. A key cannot make one that may more than itself. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idParam, instantIn, instantOut, nameField } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { scopes } from '../platform/principal.ts';
import { type ApiKeyRow, apiKeyById, listApiKeys, revokeApiKey } from './api-key-store.ts';
import type { CreateApiKey } from './create-api-key.ts';

const tag = 'API keys';
const access = 'write:api_keys';
const params = z.object({ id: idParam('key') });
const newKey = z
  .strictObject({
    name: nameField,
    scopes: z.array(z.enum(scopes)).min(1).max(scopes.length),
    expires_at: instantIn.nullable().optional().meta({ description: 'In the future; default: never' }),
  })
  .meta({ examples: [{ name: 'Dashboard', scopes: ['read:charge_points', 'read:sessions'] }] });

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
};
const apiKey = z.object(shown).meta({ id: 'ApiKey' });
const createdKey = z.object({ ...shown, key: z.string().meta({ description: 'The key itself. Shown once' }) });

export function apiKeyRoutes(needs: {
  readonly db: Pick<Database, 'prisma'>;
  readonly createApiKey: CreateApiKey;
  readonly clock: Clock;
}): AnyRoute[] {
  const { db, createApiKey, clock } = needs;
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
        const excess = body.scopes.filter((scope) => !principal.scopes.has(scope));
        if (excess.length > 0)
          throw new AppError('forbidden', `You cannot grant what you do not have: ${excess.join(', ')}`);
        const expiresAt = body.expires_at ?? null;
        if (expiresAt !== null && expiresAt <= clock.now())
          throw new AppError('validation_failed', 'The request body is not valid: expires_at must lie in the future', {
            details: [{ field: 'expires_at', message: 'must lie in the future' }],
          });
        const { key, ...row } = await createApiKey({
          organizationId: principal.organizationId,
          name: body.name,
          scopes: [...new Set(body.scopes)],
          expiresAt,
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
});
