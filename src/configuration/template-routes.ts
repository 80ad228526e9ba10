/** REST: templates of settings for chargers of a kind. */
import { z } from 'zod';
import { idParam, instantOut, nameField } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { isSecretSetting } from '../platform/secret-settings.ts';
import { settingsField } from './schemas.ts';
import type { Template, TemplateContent, TemplateStore } from './template-store.ts';

const MOST_TEMPLATES = 200;
const tag = 'Configuration';
const params = z.object({ id: idParam('cft') });
const glob = z
  .string()
  .trim()
  .min(1)
  .max(50)
  .regex(/^[^\p{Cc}]*$/u, { error: 'must not contain control characters' })
  .nullable();
/** Whoever may read templates reads their values: a secret has no place in them. */
const values = settingsField.superRefine((settings, context) => {
  for (const key of Object.keys(settings)) {
    if (isSecretSetting(key))
      context.addIssue({ code: 'custom', path: [key], message: 'is secret; write it to each charge point by itself' });
  }
});
const content = {
  name: nameField,
  vendor: glob.optional().describe('With * and ?, without regard to case; null: any. As the charger reports it'),
  model: glob.optional(),
  firmware: glob.optional(),
  values,
  at_boot: z.boolean().optional().describe('Applied after each boot, to what has drifted. Default false'),
};
const template = z
  .object({
    id: z.string(),
    name: z.string(),
    vendor: z.string().nullable(),
    model: z.string().nullable(),
    firmware: z.string().nullable(),
    values: z.record(z.string(), z.string()),
    at_boot: z.boolean(),
    created_at: instantOut,
    updated_at: instantOut,
  })
  .meta({ id: 'ConfigurationTemplate' });

const present = (row: Template): z.input<typeof template> => ({
  id: row.id,
  name: row.name,
  vendor: row.vendor,
  model: row.model,
  firmware: row.firmware,
  values: { ...row.values },
  at_boot: row.atBoot,
  created_at: row.createdAt,
  updated_at: row.updatedAt,
});

type Needs = {
  readonly templates: TemplateStore;
  readonly newId: (prefix: 'cft') => string;
  readonly clock: Clock;
};

export function configurationTemplateRoutes({ templates, newId, clock }: Needs): AnyRoute[] {
  const none = (): AppError => new AppError('not_found', 'There is no such configuration template');
  async function found(organizationId: string, id: string): Promise<Template> {
    const row = await templates.find(organizationId, id);
    if (row === undefined) throw none();
    return row;
  }
  const example = { name: 'Acme AC', vendor: 'Acme*', values: { HeartbeatInterval: '300' }, at_boot: true };

  return [
    route({
      method: 'post',
      path: '/configuration-templates',
      operationId: 'createConfigurationTemplate',
      summary: 'Create a template of settings',
      description:
        'For the charge points whose vendor, model and firmware match. Where two templates name the same setting, the one that ' +
        'names more of the three wins, then the newer one.',
      tag,
      access: 'write:charge_points',
      status: 201,
      errors: { 409: `There are ${MOST_TEMPLATES} already` },
      body: z.strictObject(content).meta({ examples: [example] }),
      response: template,
      async handle({ body, principal: { organizationId } }) {
        if ((await templates.count(organizationId)) >= MOST_TEMPLATES)
          throw new AppError('conflict', `There are ${MOST_TEMPLATES} templates already; delete one first`);
        const { vendor = null, model = null, firmware = null, at_boot: atBoot = false, name, values } = body;
        const wanted: TemplateContent = { name, vendor, model, firmware, values, atBoot };
        return present(await templates.insert(organizationId, newId('cft'), wanted, clock.now()));
      },
    }),
    route({
      method: 'get',
      path: '/configuration-templates',
      operationId: 'listConfigurationTemplates',
      summary: 'List the templates of settings, newest first',
      tag,
      access: 'read:charge_points',
      confined: 'no_site',
      status: 200,
      query: z.strictObject(pageQuery),
      response: pageOf(template),
      async handle({ query, principal: { organizationId } }) {
        const page = readPage(query, idKey);
        return pageFrom(await templates.list(organizationId, page), page.limit, (row) => row.id, present);
      },
    }),
    route({
      method: 'get',
      path: '/configuration-templates/{id}',
      operationId: 'getConfigurationTemplate',
      summary: 'Get a template of settings',
      tag,
      access: 'read:charge_points',
      confined: 'no_site',
      status: 200,
      params,
      response: template,
      handle: async ({ params: { id }, principal: { organizationId } }) => present(await found(organizationId, id)),
    }),
    route({
      method: 'patch',
      path: '/configuration-templates/{id}',
      operationId: 'updateConfigurationTemplate',
      summary: 'Change a template of settings',
      description: '`values` replaces all of them.',
      tag,
      access: 'write:charge_points',
      status: 200,
      params,
      body: z.strictObject({ ...content, name: nameField.optional(), values: values.optional() }).meta({
        examples: [{ at_boot: false }],
      }),
      response: template,
      async handle({ params: { id }, body, principal: { organizationId } }) {
        const before = await found(organizationId, id);
        const { at_boot: atBoot = before.atBoot, name = before.name, values = before.values } = body;
        const kind = { vendor: body.vendor, model: body.model, firmware: body.firmware };
        const wanted: TemplateContent = {
          name,
          values,
          atBoot,
          vendor: kind.vendor === undefined ? before.vendor : kind.vendor,
          model: kind.model === undefined ? before.model : kind.model,
          firmware: kind.firmware === undefined ? before.firmware : kind.firmware,
        };
        if (!(await templates.update(organizationId, id, wanted, clock.now()))) throw none();
        return present(await found(organizationId, id));
      },
    }),
    route({
      method: 'delete',
      path: '/configuration-templates/{id}',
      operationId: 'deleteConfigurationTemplate',
      summary: 'Delete a template of settings',
      description: 'Chargers keep what it has set.',
      tag,
      access: 'write:charge_points',
      status: 204,
      params,
      async handle({ params: { id }, principal: { organizationId } }) {
        if (!(await templates.remove(organizationId, id))) throw none();
      },
    }),
  ];
}
