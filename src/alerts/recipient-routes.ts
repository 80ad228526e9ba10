/** REST for who gets e-mails of alerts. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idField, idParam, instantOut, nameField } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { idInRequest } from '../platform/request-ids.ts';
import { checkSites } from '../sites/index.ts';
import {
  changeRecipient,
  countRecipients,
  createRecipient,
  deleteRecipient,
  lastEmails,
  listRecipients,
  MOST_RECIPIENTS,
  type RecipientRow,
  recipientById,
  type SentRow,
} from './email-store.ts';
import { severities } from './types.ts';

const tag = 'Alerts';
const params = z.object({ id: idParam('alt') });

const recipientSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string().nullable(),
    min_severity: z.enum(severities),
    site_ids: z.array(z.string()).meta({ description: 'Empty: of all sites, and of what has none' }),
    resolved: z.boolean().meta({ description: 'Also told when an alert is over' }),
    active: z.boolean(),
    delivery: z
      .enum(['on', 'off'])
      .meta({ description: 'off: this server has no SMTP server (SMTP_URL); no e-mails are written' }),
    created_by: z.string(),
    created_at: instantOut,
    updated_at: instantOut,
  })
  .meta({ id: 'AlertRecipient' });

const detailSchema = recipientSchema
  .extend({
    emails: z
      .array(
        z.object({
          alert_id: z.string(),
          kind: z.enum(['triggered', 'resolved']),
          status: z.enum(['pending', 'sent', 'failed', 'dropped']),
          attempts: z.int(),
          last_error: z.string().nullable(),
          created_at: instantOut,
          sent_at: instantOut.nullable(),
        }),
      )
      .meta({ description: 'The last 50, newest first' }),
  })
  .meta({ id: 'AlertRecipientDetail' });

const settings = {
  name: nameField.nullable().optional(),
  min_severity: z.enum(severities).optional().meta({ description: 'Default: warning' }),
  site_ids: z.array(idField('site')).max(100).optional(),
  resolved: z.boolean().optional().meta({ description: 'Default: true' }),
  active: z.boolean().optional(),
};
/** No quoted local parts, no comments: nothing that a header could be made of. */
const email = z.email().max(254);
const newRecipient = z
  .strictObject({ email, ...settings })
  .meta({ examples: [{ email: 'oncall@example.com', min_severity: 'critical' }] });
const changes = z.strictObject(settings).meta({ examples: [{ min_severity: 'warning' }] });

export type RecipientRoutesNeeds = {
  readonly db: Pick<Database, 'prisma' | 'rows' | 'transaction'>;
  readonly clock: Clock;
  /** Whether there is an SMTP server. */
  readonly isMailing: boolean;
};

export function recipientRoutes({ db, clock, isMailing }: RecipientRoutesNeeds): AnyRoute[] {
  const shown = (row: RecipientRow) => present(row, isMailing);
  return [
    route({
      method: 'post',
      path: '/alert-recipients',
      operationId: 'createAlertRecipient',
      summary: 'Have alerts sent to an e-mail address',
      tag,
      access: 'write:charge_points',
      status: 201,
      errors: { 409: `The address is on the list, or there are ${MOST_RECIPIENTS} already` },
      body: newRecipient,
      response: recipientSchema,
      handle: async ({ principal: { organizationId, id: createdBy }, body }) => {
        await checkSites(db, organizationId, { siteIds: body.site_ids ?? [] });
        if ((await countRecipients(db, organizationId)) >= MOST_RECIPIENTS)
          throw new AppError('conflict', `There are ${MOST_RECIPIENTS} recipients already; delete some first`);
        const now = clock.now();
        const row = await createRecipient(db, {
          id: idInRequest('alt'),
          organizationId,
          email: body.email.toLowerCase(),
          name: body.name ?? null,
          minSeverity: body.min_severity ?? 'warning',
          siteIds: body.site_ids ?? [],
          resolved: body.resolved ?? true,
          active: body.active ?? true,
          createdBy,
          createdAt: now,
          updatedAt: now,
        });
        if (row === undefined) throw new AppError('conflict', `${body.email} is on the list already`);
        return shown(row);
      },
    }),
    route({
      method: 'get',
      path: '/alert-recipients',
      operationId: 'listAlertRecipients',
      summary: 'List who gets e-mails of alerts, newest first',
      tag,
      access: 'read:charge_points',
      status: 200,
      query: z.strictObject(pageQuery),
      response: pageOf(recipientSchema),
      handle: async ({ principal: { organizationId }, query }) => {
        const page = readPage(query, idKey);
        return pageFrom(await listRecipients(db, organizationId, page), page.limit, ({ id }) => id, shown);
      },
    }),
    route({
      method: 'get',
      path: '/alert-recipients/{id}',
      operationId: 'getAlertRecipient',
      summary: 'Get a recipient with what became of its last e-mails',
      tag,
      access: 'read:charge_points',
      status: 200,
      params,
      response: detailSchema,
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        const row = await recipientById(db, organizationId, id);
        if (row === undefined) throw unknown();
        return { ...shown(row), emails: (await lastEmails(db, id)).map(presentEmail) };
      },
    }),
    route({
      method: 'patch',
      path: '/alert-recipients/{id}',
      operationId: 'changeAlertRecipient',
      summary: 'Change what a recipient is told of',
      tag,
      access: 'write:charge_points',
      status: 200,
      params,
      body: changes,
      response: recipientSchema,
      handle: async ({ principal: { organizationId }, params: { id }, body }) => {
        const before = await recipientById(db, organizationId, id);
        if (before === undefined) throw unknown();
        await checkSites(db, organizationId, { siteIds: body.site_ids ?? [], had: before.siteIds });
        const { name, min_severity: minSeverity, site_ids: siteIds, resolved, active } = body;
        const row = await changeRecipient(db, organizationId, id, {
          ...(name !== undefined && { name }),
          ...(minSeverity !== undefined && { minSeverity }),
          ...(siteIds !== undefined && { siteIds }),
          ...(resolved !== undefined && { resolved }),
          ...(active !== undefined && { active }),
          updatedAt: clock.now(),
        });
        if (row === undefined) throw unknown();
        return shown(row);
      },
    }),
    route({
      method: 'delete',
      path: '/alert-recipients/{id}',
      operationId: 'deleteAlertRecipient',
      summary: 'Take a recipient off the list; what waits for it is not sent',
      tag,
      access: 'write:charge_points',
      status: 204,
      params,
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        if (!(await deleteRecipient(db, organizationId, id))) throw unknown();
      },
    }),
  ];
}

const unknown = (): AppError => new AppError('not_found', 'There is no such recipient');

const present = (row: RecipientRow, isMailing: boolean): z.input<typeof recipientSchema> => ({
  id: row.id,
  email: row.email,
  name: row.name,
  min_severity: severities.find((each) => each === row.minSeverity) ?? 'warning',
  site_ids: row.siteIds,
  resolved: row.resolved,
  active: row.active,
  delivery: isMailing ? 'on' : 'off',
  created_by: row.createdBy,
  created_at: row.createdAt,
  updated_at: row.updatedAt,
});

const mailStatuses = ['pending', 'sent', 'failed', 'dropped'] as const;
const presentEmail = (row: SentRow) => ({
  alert_id: row.alertId,
  kind: row.kind === 'resolved' ? ('resolved' as const) : ('triggered' as const),
  status: mailStatuses.find((each) => each === row.status) ?? ('pending' as const),
  attempts: row.attempts,
  last_error: row.lastError,
  created_at: row.createdAt,
  sent_at: row.sentAt,
});
