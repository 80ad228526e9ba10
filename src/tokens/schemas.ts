/** What tokens and groups have in common in requests and answers. */
import { z } from 'zod';
import { AppError, type FieldFault } from '../platform/errors.ts';
import { idField, instantIn, instantOut, languageField } from '../platform/fields.ts';

export const types = ['rfid', 'emaid', 'app', 'key_code', 'local', 'mac', 'vin', 'central'] as const;
export const statuses = ['active', 'blocked'] as const;

/** OCPP 1.6 §7.28 takes 20 characters, 2.0.1 36, 2.1 255, all case-insensitive. */
export const idToken = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^[\x20-\x7e]*$/, { error: 'must be printable ASCII characters' });

/** How many sites and charge points a token or group may name: they travel with every question about it. */
const MOST_PLACES = 100;
const places = (prefix: 'site' | 'cp') => z.array(idField(prefix)).max(MOST_PLACES).optional();

/** Of a token and of a group alike. */
export const standing = {
  status: z.enum(statuses).optional().meta({ description: 'Default active' }),
  valid_until: instantIn.nullable().optional(),
  max_concurrent: z.int().min(1).max(1000).nullable().optional(),
  allowed_site_ids: places('site').meta({
    description: 'It may charge at these sites and at allowed_charge_point_ids only; both empty: everywhere',
  }),
  allowed_charge_point_ids: places('cp'),
};

export const tokenSettings = {
  ...standing,
  type: z.enum(types).optional().meta({ description: 'Default rfid' }),
  group_id: idField('tgr').nullable().optional().meta({ description: 'The token group that it belongs to' }),
  credit: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,6})?$/, { error: 'must be a decimal text, such as "12.50"' })
    .nullable()
    .optional()
    .meta({
      description:
        'Prepaid: what is left of it, as whoever keeps the account says, in the currency of the tariffs. A session may cost that much at most; ' +
        'with nothing left none begins. null: not prepaid',
    }),
  language: languageField.nullable().optional().meta({ description: 'What its driver reads; null: not known' }),
  max_concurrent: standing.max_concurrent.meta({ description: 'Sessions at once; null: no limit. Default 1' }),
};
type TokenBody = z.output<z.ZodObject<typeof tokenSettings>>;

/** With the defaults of a new token. */
export const newTokenOf = (body: TokenBody) => ({
  type: body.type ?? 'rfid',
  groupId: body.group_id ?? null,
  credit: body.credit ?? null,
  language: body.language ?? null,
  status: body.status ?? 'active',
  validUntil: body.valid_until ?? null,
  maxConcurrent: body.max_concurrent === undefined ? 1 : body.max_concurrent,
  allowedSiteIds: body.allowed_site_ids ?? [],
  allowedChargePointIds: body.allowed_charge_point_ids ?? [],
});

export const shownStanding = {
  status: z.enum(statuses),
  valid_until: instantOut.nullable(),
  max_concurrent: z.int().nullable(),
  allowed_site_ids: z.array(z.string()),
  allowed_charge_point_ids: z.array(z.string()),
  created_at: instantOut,
  updated_at: instantOut,
};
type StandingRow = {
  readonly status: string;
  readonly validUntil: Date | null;
  readonly maxConcurrent: number | null;
  readonly allowedSiteIds: readonly string[];
  readonly allowedChargePointIds: readonly string[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
/** The answer's schema refuses a status that it does not know. */
export const presentStanding = (row: StandingRow) => ({
  status: row.status as (typeof statuses)[number],
  valid_until: row.validUntil,
  max_concurrent: row.maxConcurrent,
  allowed_site_ids: [...row.allowedSiteIds],
  allowed_charge_point_ids: [...row.allowedChargePointIds],
  created_at: row.createdAt,
  updated_at: row.updatedAt,
});

export const invalid = (details: readonly FieldFault[]): AppError =>
  new AppError(
    'validation_failed',
    `The request body is not valid: ${details[0]?.field ?? ''}: ${details[0]?.message ?? ''}`,
    { details },
  );
