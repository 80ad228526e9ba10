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
    address: z.string().nullable(),
    postal_code: z.string().nullable(),
    city: z.string().nullable(),
    country: z.string().nullable().meta({ description: 'ISO 3166-1 alpha-3' }),
    coordinates: z
      .object({ latitude: z.string(), longitude: z.string() })
      .nullable()
      .meta({ description: 'Decimal degrees' }),
    created_at: instantOut,
    updated_at: instantOut,
  })
  .meta({ id: 'Site' });
const degrees = (most: number, name: string) =>
  z
    .string()
    .regex(/^-?\d{1,3}\.\d{5,7}$/, { error: `must be a ${name} such as 51.047599` })
    .refine((text) => Math.abs(Number(text)) <= most, { error: `must lie between -${most} and ${most}` });
const newSite = z
  .strictObject({
    name: nameField,
    timezone: timezoneField.optional().meta({ description: "Default: the organization's" }),
    address: nameField.max(45).nullable().optional().meta({ description: 'Street and number' }),
    postal_code: nameField.max(10).nullable().optional(),
    city: nameField.max(45).nullable().optional(),
    country: z
      .string()
      .regex(/^[A-Z]{3}$/, { error: 'must be ISO 3166-1 alpha-3, such as DEU' })
      .nullable()
      .optional()
      .meta({ description: 'ISO 3166-1 alpha-3' }),
    coordinates: z
      .strictObject({ latitude: degrees(90, 'latitude'), longitude: degrees(180, 'longitude') })
      .nullable()
      .optional()
      .meta({ description: 'Decimal degrees as texts with 5 to 7 digits after the point, as OCPI wants them' }),
  })
  .meta({
    examples: [
      {
        name: 'Depot North',
        timezone: 'Europe/Berlin',
        address: 'Hafenstraße 12',
        postal_code: '20457',
        city: 'Hamburg',
        country: 'DEU',
        coordinates: { latitude: '53.543210', longitude: '9.987654' },
      },
    ],
  });
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
        present(await createSite(db, { organizationId, ...body, ...placeOf(body), now: clock.now() })),
    }),
    route({
      method: 'get',
      path: '/sites',
      operationId: 'listSites',
      summary: 'List sites, newest first',
      tag,
      access: 'read:charge_points',
      confined: 'by_handler',
      status: 200,
      query: z.strictObject(pageQuery),
      response: pageOf(site),
      handle: async ({ principal: { organizationId, within }, query }) => {
        const page = readPage(query, idKey);
        const rows = await listSites(db, organizationId, page, await within?.siteIds());
        return pageFrom(rows, page.limit, (row) => row.id, present);
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
        present(await changeSite(db, organizationId, id, { ...body, ...placeOf(body), now: clock.now() })),
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
        const deletion = await deleteSite(db, organizationId, id, clock.now());
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

const placeOf = ({
  postal_code: postalCode,
  coordinates,
}: Pick<z.output<typeof changes>, 'postal_code' | 'coordinates'>) => ({
  postalCode,
  latitude: coordinates === null ? null : coordinates?.latitude,
  longitude: coordinates === null ? null : coordinates?.longitude,
});

const unknown = (): AppError => new AppError('not_found', 'There is no such site');

function present(row: SiteRow | undefined) {
  if (row === undefined) throw unknown();
  const { id, name, timezone, address, postalCode, city, country, latitude, longitude, createdAt, updatedAt } = row;
  const coordinates = latitude === null || longitude === null ? null : { latitude, longitude };
  const place = { address, postal_code: postalCode, city, country, coordinates };
  return { id, name, timezone, ...place, created_at: createdAt, updated_at: updatedAt };
}
