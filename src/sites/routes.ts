/** Sites: places with charge points and a time zone. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idParam, instantOut, nameField, timezoneField } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { changeSite, createSite, deleteSite, listSites, type SiteRow, siteById } from './store.ts';

const tag = 'Sites';
const params = z.object({ id: idParam('site') });
const site = z
  .object({
    id: z.string(),
    name: z.string(),
    timezone: z.string().meta({ description: 'IANA' }),
    created_at: instantOut,
    updated_at: instantOut,
  })
  .meta({ id: 'Site' });
const newSite = z
  .strictObject({
    name: nameField,
    timezone: timezoneField.optional().meta({ description: "Default: the organization's" }),
  })
  .meta({ examples: [{ name: 'Depot North', timezone: 'Europe/Berlin' }] });
const changes = newSite.partial().meta({ examples: [{ name: 'Depot North, hall 2' }] });

export function siteRoutes({ db, clock }: { db: Pick<Database, 'prisma' | 'transaction'>; clock: Clock }): AnyRoute[] {
  return [
    route({
      method: 'post',
      path: '/sites',
      operationId: 'createSite',
      summary: 'Create a site',
      tag,
      access: 'write:charge_points',
      status: 201,
      body: newSite,
      response: site,
      handle: async ({ principal: { organizationId }, body }) =>
        present(await createSite(db, { organizationId, ...body, now: clock.now() })),
    }),
    route({
      method: 'get',
      path: '/sites',
      operationId: 'listSites',
      summary: 'List sites, newest first',
      tag,
      access: 'read:charge_points',
      status: 200,
      query: z.strictObject(pageQuery),
      response: pageOf(site),
      handle: async ({ principal: { organizationId }, query }) => {
        const page = readPage(query, idKey);
        return pageFrom(await listSites(db, organizationId, page), page.limit, (row) => row.id, present);
      },
    }),
    route({
      method: 'get',
      path: '/sites/{id}',
      operationId: 'getSite',
      summary: 'Get a site',
      tag,
      access: 'read:charge_points',
      status: 200,
      params,
      response: site,
      handle: async ({ principal: { organizationId }, params: { id } }) =>
        present(await siteById(db, organizationId, id)),
    }),
    route({
      method: 'patch',
      path: '/sites/{id}',
      operationId: 'updateSite',
      summary: 'Change a site',
      tag,
      access: 'write:charge_points',
      status: 200,
      params,
      body: changes,
      response: site,
      handle: async ({ principal: { organizationId }, params: { id }, body }) =>
        present(await changeSite(db, organizationId, id, { ...body, now: clock.now() })),
    }),
    route({
      method: 'delete',
      path: '/sites/{id}',
      operationId: 'deleteSite',
      summary: 'Delete a site',
      tag,
      access: 'write:charge_points',
      status: 204,
      params,
      errors: { 409: 'The site still has charge points.' },
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        const deletion = await deleteSite(db, organizationId, id);
        if (deletion.at === 'unknown') throw unknown();
        if (deletion.at === 'in_use')
          throw new AppError(
            'conflict',
            `The site still has charge points (${deletion.chargePoints}); move or delete them first`,
          );
      },
    }),
  ];
}

const unknown = (): AppError => new AppError('not_found', 'There is no such site');

function present(row: SiteRow | undefined) {
  if (row === undefined) throw unknown();
  const { id, name, timezone, createdAt, updatedAt } = row;
  return { id, name, timezone, created_at: createdAt, updated_at: updatedAt };
}
