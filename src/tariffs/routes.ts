/** REST for tariffs and their versions. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idParam, instantOut, nameField } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { termsBody } from './checks.ts';
import {
  addVersion,
  createTariff,
  deleteTariff,
  listTariffs,
  listVersions,
  renameTariff,
  type TariffView,
  tariffById,
  type VersionView,
  versionOf,
} from './store.ts';
import { type StoredTerms, shownTerms, termsExample } from './terms.ts';
import { type DriverText, shownTexts, textsField } from './texts.ts';

const tag = 'Tariffs';
const params = z.object({ id: idParam('tar') });
const versionParams = z.object({
  ...params.shape,
  version: z
    .string()
    .max(200)
    .meta({ examples: ['1'] }),
});

const description = z
  .string()
  .trim()
  .max(2000)
  .regex(/^[^\p{Cc}]*$/u, { error: 'must not contain control characters' })
  .nullable()
  .optional();
const tariff = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    version: z.int().describe('The newest one: with it sessions begin'),
    terms: shownTerms,
    texts: shownTexts,
    created_at: instantOut,
    updated_at: instantOut,
  })
  .meta({ id: 'Tariff' });
const version = z
  .object({ version: z.int(), terms: shownTerms, created_by: z.string(), created_at: instantOut })
  .meta({ id: 'TariffVersion' });

export function tariffRoutes({ db, clock }: { db: Pick<Database, 'rows' | 'transaction'>; clock: Clock }): AnyRoute[] {
  return [
    route({
      method: 'post',
      path: '/tariffs',
      operationId: 'createTariff',
      summary: 'Create a tariff',
      description: 'It holds for nobody until it is assigned (`POST /tariff-assignments`). Its terms are version 1.',
      tag,
      access: 'write:billing',
      status: 201,
      body: z
        .strictObject({ name: nameField, description, terms: termsBody, texts: textsField.optional() })
        .meta({ examples: [{ name: 'Night and day', terms: termsExample }] }),
      response: tariff,
      handle: async ({ principal, body }) =>
        present(
          await createTariff(db, {
            ...body,
            organizationId: principal.organizationId,
            description: body.description ?? null,
            texts: body.texts ?? [],
            createdBy: principal.id,
            now: clock.now(),
          }),
        ),
    }),
    route({
      method: 'get',
      path: '/tariffs',
      operationId: 'listTariffs',
      summary: 'List tariffs, newest first',
      tag,
      access: 'read:billing',
      confined: 'no_site',
      status: 200,
      query: z.strictObject(pageQuery),
      response: pageOf(tariff),
      handle: async ({ principal: { organizationId }, query }) => {
        const page = readPage(query, idKey);
        return pageFrom(await listTariffs(db, organizationId, page), page.limit, (row) => row.id, present);
      },
    }),
    route({
      method: 'get',
      path: '/tariffs/{id}',
      operationId: 'getTariff',
      summary: 'Get a tariff with its newest terms',
      tag,
      access: 'read:billing',
      confined: 'no_site',
      status: 200,
      params,
      response: tariff,
      handle: async ({ principal: { organizationId }, params: { id } }) =>
        present(await tariffById(db, organizationId, id)),
    }),
    route({
      method: 'patch',
      path: '/tariffs/{id}',
      operationId: 'updateTariff',
      summary: 'Change the name, the description or the texts of a tariff',
      description: 'Its terms never change: they get a new version (`POST /tariffs/{id}/versions`).',
      tag,
      access: 'write:billing',
      status: 200,
      params,
      body: z
        .strictObject({ name: nameField.optional(), description, texts: textsField.optional() })
        .meta({ examples: [{ name: 'Night and day' }] }),
      response: tariff,
      handle: async ({ principal: { organizationId }, params: { id }, body }) =>
        present(await renameTariff(db, organizationId, id, { ...body, now: clock.now() })),
    }),
    route({
      method: 'delete',
      path: '/tariffs/{id}',
      operationId: 'deleteTariff',
      summary: 'Delete a tariff',
      description: 'Its versions stay readable, for what was priced by them.',
      tag,
      access: 'write:billing',
      status: 204,
      params,
      errors: { 409: 'It is assigned.' },
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        const deletion = await deleteTariff(db, organizationId, id, clock.now());
        if (deletion.at === 'unknown') throw unknown();
        if (deletion.at === 'in_use')
          throw new AppError(
            'conflict',
            `The tariff is assigned (${deletion.assignments} times); assign another one or delete its assignments first`,
          );
      },
    }),
    route({
      method: 'post',
      path: '/tariffs/{id}/versions',
      operationId: 'createTariffVersion',
      summary: 'Give a tariff new terms',
      description:
        'Sessions that begin from now on have them; those that run keep the version that they began with, and so do those that began ' +
        'before and are told afterwards, by a charger that was offline.',
      tag,
      access: 'write:billing',
      status: 201,
      params,
      body: termsBody,
      response: version,
      handle: async ({ principal, params: { id }, body }) => {
        const added = { terms: body, createdBy: principal.id, now: clock.now() };
        return presentVersion(await addVersion(db, principal.organizationId, id, added));
      },
    }),
    route({
      method: 'get',
      path: '/tariffs/{id}/versions',
      operationId: 'listTariffVersions',
      summary: 'List the versions of a tariff, newest first',
      description: 'Of a deleted tariff too.',
      tag,
      access: 'read:billing',
      confined: 'no_site',
      status: 200,
      params,
      query: z.strictObject(pageQuery),
      response: pageOf(version),
      handle: async ({ principal: { organizationId }, params: { id }, query }) => {
        const page = readPage(query, z.int().min(1).max(2_147_483_647));
        const rows = await listVersions(db, organizationId, id, page);
        if (rows.length === 0 && page.after === undefined) throw unknown();
        return pageFrom(rows, page.limit, (row) => row.version, presentVersion);
      },
    }),
    route({
      method: 'get',
      path: '/tariffs/{id}/versions/{version}',
      operationId: 'getTariffVersion',
      summary: 'Get one version of a tariff',
      description: 'Of a deleted tariff too.',
      tag,
      access: 'read:billing',
      confined: 'no_site',
      status: 200,
      params: versionParams,
      response: version,
      handle: async ({ principal: { organizationId }, params: { id, version: number } }) =>
        presentVersion(
          /^[1-9]\d{0,8}$/.test(number) ? await versionOf(db, organizationId, id, Number(number)) : undefined,
        ),
    }),
  ];
}

const unknown = (): AppError => new AppError('not_found', 'There is no such tariff');

/** What was kept was checked when it was written; the answer's schema looks again. */
const kept = (terms: unknown): StoredTerms => terms as StoredTerms;

function present(row: TariffView | undefined): z.input<typeof tariff> {
  if (row === undefined) throw unknown();
  const { id, name, description: text, version: newest, terms, texts, createdAt, updatedAt } = row;
  return {
    id,
    name,
    description: text,
    version: newest,
    terms: kept(terms),
    texts: [...(texts as DriverText[])],
    created_at: createdAt,
    updated_at: updatedAt,
  };
}

function presentVersion(row: VersionView | undefined): z.input<typeof version> {
  if (row === undefined) throw unknown();
  return { version: row.version, terms: kept(row.terms), created_by: row.createdBy, created_at: row.createdAt };
}
