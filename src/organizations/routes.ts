/** The caller's own organization. Others cannot be seen, named or counted here. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { currencyField, instantOut, languageField, nameField, timezoneField } from '../http/kit/fields.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { AppError } from '../platform/errors.ts';
import { type Policy, policies } from '../tokens/index.ts';
import { changeOrganization, type OrganizationRow, organizationById } from './store.ts';

const boots = ['accepted', 'pending'] as const;
const uncommissionedMeans =
  'What BootNotification of a charge point is answered that was never commissioned. pending: it may not charge until a commissioning run begins. Default accepted';
const driverMessagesMean =
  'Whether drivers are shown prices and costs at chargers that say they show them, where the charge point does not say it itself. Default true';
const driverLanguageMeans = 'RFC 5646: of what drivers read, where nobody says another one. Default en';
const receiptUrlMeans =
  'Shown to drivers with the final cost, as text and QR code; {session_id} stands for the session. null: no link';

const policyMeans = 'Members without a second factor may do nothing but set one up. API keys are not asked';

const organization = z
  .object({
    id: z.string(),
    name: z.string(),
    currency: z.string().meta({ description: 'ISO 4217' }),
    timezone: z.string().meta({ description: 'IANA' }),
    authorization: z.enum(policies),
    uncommissioned: z.enum(boots).meta({ description: uncommissionedMeans }),
    legal_name: z.string().nullable().meta({ description: 'On receipts; null: name' }),
    address: z.string().nullable().meta({ description: 'On receipts; in lines' }),
    vat_id: z.string().nullable().meta({ description: 'On receipts' }),
    country_code: z.string().nullable().meta({ description: 'Of charge detail records: ISO 3166-1 alpha-2' }),
    party_id: z.string().nullable().meta({ description: 'Of charge detail records: three characters of the operator' }),
    driver_messages: z.boolean().meta({ description: driverMessagesMean }),
    driver_language: z.string().meta({ description: driverLanguageMeans }),
    receipt_url: z.string().nullable().meta({ description: receiptUrlMeans }),
    require_second_factor: z.boolean().meta({ description: policyMeans }),
    created_at: instantOut,
  })
  .meta({ id: 'Organization' });
const changes = z
  .strictObject({
    name: nameField.optional(),
    currency: currencyField.optional(),
    timezone: timezoneField.optional(),
    uncommissioned: z.enum(boots).optional().meta({ description: uncommissionedMeans }),
    authorization: z.enum(policies).optional().meta({
      description:
        'Who may charge where a charge point does not say it itself: list, tokens that are known; open, unknown ones too, and they are collected; free, everybody, and nobody pays. Default list',
    }),
    legal_name: nameField.nullable().optional().meta({ description: 'On receipts; null: name' }),
    address: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .regex(/^[^\p{Cc}]*(\n[^\p{Cc}]*){0,5}$/u, { error: 'must be at most six lines without control characters' })
      .nullable()
      .optional()
      .meta({ description: 'On receipts; in lines', examples: ['Hauptstraße 1\n12345 Musterstadt'] }),
    require_second_factor: z.boolean().optional().meta({ description: policyMeans }),
    vat_id: nameField
      .max(50)
      .nullable()
      .optional()
      .meta({ description: 'On receipts', examples: ['DE123456789'] }),
    country_code: z
      .string()
      .regex(/^[A-Z]{2}$/, { error: 'must be ISO 3166-1 alpha-2, such as DE' })
      .nullable()
      .optional()
      .meta({ description: 'Of charge detail records (OCPI): ISO 3166-1 alpha-2' }),
    party_id: z
      .string()
      .regex(/^[A-Z0-9]{3}$/, { error: 'must be three of A-Z and 0-9' })
      .nullable()
      .optional()
      .meta({ description: 'Of charge detail records (OCPI): the three characters of the operator' }),
    driver_messages: z.boolean().optional().meta({ description: driverMessagesMean }),
    driver_language: languageField.optional().meta({ description: driverLanguageMeans }),
    receipt_url: z
      .string()
      .max(300)
      .regex(/^https?:\/\/[!-~]+$/, {
        error: 'must be an http(s) URL, such as https://example.com/receipts/{session_id}',
      })
      .nullable()
      .optional()
      .meta({ description: receiptUrlMeans, examples: ['https://example.com/receipts/{session_id}'] }),
  })
  .meta({ examples: [{ name: 'Stadtwerke Musterstadt', timezone: 'Europe/Berlin' }] });

export function organizationRoutes({ db }: { db: Pick<Database, 'prisma'> }): AnyRoute[] {
  return [
    route({
      method: 'get',
      path: '/organization',
      operationId: 'getOrganization',
      summary: 'Your organization',
      tag: 'Organization',
      access: 'authenticated',
      confined: 'no_site',
      status: 200,
      response: organization,
      handle: async ({ principal }) => present(await organizationById(db, principal.organizationId)),
    }),
    route({
      method: 'patch',
      path: '/organization',
      operationId: 'updateOrganization',
      summary: 'Change your organization',
      tag: 'Organization',
      access: 'write:api_keys',
      description: 'Owners and admins, and keys that may manage keys.',
      status: 200,
      body: changes,
      response: organization,
      handle: async ({ principal, body }) =>
        present(
          await changeOrganization(db, principal.organizationId, {
            ...body,
            authorizationPolicy: body.authorization,
            requireSecondFactor: body.require_second_factor,
            legalName: body.legal_name,
            vatId: body.vat_id,
            countryCode: body.country_code,
            partyId: body.party_id,
            driverMessages: body.driver_messages,
            driverLanguage: body.driver_language,
            receiptUrl: body.receipt_url,
          }),
        ),
    }),
  ];
}

function present(row: OrganizationRow | undefined) {
  if (row === undefined) throw new AppError('not_found', 'There is no such organization');
  const { id, name, currency, timezone, createdAt } = row;
  // The answer's schema refuses policies that it does not know.
  const authorization = row.authorizationPolicy as Policy;
  const uncommissioned = row.uncommissioned as (typeof boots)[number];
  return {
    id,
    name,
    currency,
    timezone,
    authorization,
    uncommissioned,
    require_second_factor: row.requireSecondFactor,
    legal_name: row.legalName,
    address: row.address,
    vat_id: row.vatId,
    country_code: row.countryCode,
    party_id: row.partyId,
    driver_messages: row.driverMessages,
    driver_language: row.driverLanguage,
    receipt_url: row.receiptUrl,
    created_at: createdAt,
  };
}
