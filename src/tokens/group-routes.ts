/** REST for token groups. They go with the scopes of charge points, as tokens do. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idParam, nameField } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { deleteGroup, type GroupView, groupById, insertGroup, listGroups, updateGroup } from './group-store.ts';
import { idToken, invalid, presentStanding, shownStanding, standing, statuses } from './schemas.ts';

const tag = 'Tokens';
const params = z.object({ id: idParam('tgr') });

const settings = {
  ...standing,
  max_concurrent: standing.max_concurrent.meta({
    description: 'Sessions of all its tokens at once; null: no limit. Default null',
  }),
};
const newGroup = z
  .strictObject({
    name: nameField,
    parent_id_tag: idToken(20).optional().meta({
      description:
        'What chargers are told as parentIdTag (groupIdToken in 2.x), unique in whatever case. Default: made of the id',
    }),
    ...settings,
  })
  .meta({ examples: [{ name: 'Fleet North', max_concurrent: 10 }] });
const changes = z.strictObject({ name: nameField.optional(), ...settings }).meta({ examples: [{ status: 'blocked' }] });
const group = z
  .object({ id: z.string(), name: z.string(), parent_id_tag: z.string(), ...shownStanding })
  .meta({ id: 'TokenGroup' });

export function tokenGroupRoutes({ db, clock }: { db: Pick<Database, 'prisma'>; clock: Clock }): AnyRoute[] {
  return [
    route({
      method: 'post',
      path: '/token-groups',
      operationId: 'createTokenGroup',
      summary: 'Create a token group',
      description: 'What is said of a group holds for each of its tokens, besides what the token says itself.',
      tag,
      access: 'write:charge_points',
      status: 201,
      errors: { 409: 'A group with this parent_id_tag exists.' },
      body: newGroup,
      response: group,
      handle: async ({ principal: { organizationId }, body }) => {
        const wanted = {
          name: body.name,
          parentIdTag: body.parent_id_tag,
          status: body.status ?? 'active',
          validUntil: body.valid_until ?? null,
          maxConcurrent: body.max_concurrent ?? null,
          allowedSiteIds: body.allowed_site_ids ?? [],
          allowedChargePointIds: body.allowed_charge_point_ids ?? [],
        };
        const creation = await insertGroup(db, organizationId, wanted, clock.now());
        if (creation.at === 'invalid') throw invalid(creation.faults);
        if (creation.at === 'tag_taken')
          throw new AppError(
            'conflict',
            `A token group with the parent_id_tag ${body.parent_id_tag} exists; choose another`,
            {
              details: [{ field: 'parent_id_tag', message: 'exists, in this or another case' }],
            },
          );
        return present(creation.group);
      },
    }),
    route({
      method: 'get',
      path: '/token-groups',
      operationId: 'listTokenGroups',
      summary: 'List token groups, newest first',
      tag,
      access: 'read:charge_points',
      status: 200,
      query: z.strictObject({
        name: z.string().max(200).optional(),
        status: z.enum(statuses).optional(),
        ...pageQuery,
      }),
      response: pageOf(group),
      handle: async ({ principal: { organizationId }, query }) => {
        const page = readPage(query, idKey);
        const rows = await listGroups(db, organizationId, query, page);
        return pageFrom(rows, page.limit, (row) => row.id, present);
      },
    }),
    route({
      method: 'get',
      path: '/token-groups/{id}',
      operationId: 'getTokenGroup',
      summary: 'Get a token group',
      tag,
      access: 'read:charge_points',
      status: 200,
      params,
      response: group,
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        const row = await groupById(db, organizationId, id);
        if (row === undefined) throw unknown();
        return present(row);
      },
    }),
    route({
      method: 'patch',
      path: '/token-groups/{id}',
      operationId: 'updateTokenGroup',
      summary: 'Change a token group',
      description:
        'Takes effect with the next start of its tokens. The parent_id_tag cannot be changed: chargers know it.',
      tag,
      access: 'write:charge_points',
      status: 200,
      params,
      body: changes,
      response: group,
      handle: async ({ principal: { organizationId }, params: { id }, body }) => {
        const wanted = {
          name: body.name,
          status: body.status,
          validUntil: body.valid_until,
          maxConcurrent: body.max_concurrent,
          allowedSiteIds: body.allowed_site_ids,
          allowedChargePointIds: body.allowed_charge_point_ids,
        };
        const update = await updateGroup(db, organizationId, id, wanted, clock.now());
        if (update.at === 'unknown') throw unknown();
        if (update.at === 'invalid') throw invalid(update.faults);
        return present(update.row);
      },
    }),
    route({
      method: 'delete',
      path: '/token-groups/{id}',
      operationId: 'deleteTokenGroup',
      summary: 'Delete a token group',
      tag,
      access: 'write:charge_points',
      status: 204,
      params,
      errors: { 409: 'Tokens belong to it.' },
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        const deletion = await deleteGroup(db, organizationId, id);
        if (deletion.at === 'unknown') throw unknown();
        if (deletion.at === 'in_use')
          throw new AppError(
            'conflict',
            `The token group still has tokens (${deletion.tokens}); move or delete them first`,
          );
      },
    }),
  ];
}

const unknown = (): AppError => new AppError('not_found', 'There is no such token group');

const present = (row: GroupView) => ({
  id: row.id,
  name: row.name,
  parent_id_tag: row.parentIdTag,
  ...presentStanding(row),
});
