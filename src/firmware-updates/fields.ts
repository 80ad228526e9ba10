/** What an update is asked for with, in requests of single updates and of rollouts alike; and how one is shown. */
import { z } from 'zod';
import { idField, instantIn, instantOut, traceIdOut } from '../platform/fields.ts';
import type { StoredUpdate } from './read-store.ts';
import type { UpdateOptions } from './request-update.ts';
import { updateErrors, updateStatuses } from './types.ts';

const DAY_S = 86_400;
const time = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day such as 22:30' })
  .meta({ examples: ['22:30'] });

/** Spread into the strictObject of a body. */
export const optionFields = {
  image_id: idField('fwi').meta({ examples: ['fwi_01KAT3Z6Y8Q0000000000000AA'] }),
  signed: z
    .boolean()
    .optional()
    .describe('Default: when the image is signed. OCPP 1.6: true needs the security extension of the charger'),
  max_attempts: z
    .int()
    .min(1)
    .max(10)
    .default(3)
    .describe('How often it is sent, when fetching fails or nothing is heard'),
  retry_delay_s: z
    .int()
    .min(1)
    .max(DAY_S)
    .default(300)
    .describe('Before the second attempt; doubled before each other'),
  stage_timeout_s: z
    .int()
    .min(60)
    .max(7 * DAY_S)
    .default(4 * 3600)
    .describe('How long the charger may say nothing new before the attempt is given up'),
  wait_until_idle: z.boolean().default(true).describe('It is not sent while somebody charges'),
  window: z
    .strictObject({ from: time, to: time })
    .refine(({ from, to }) => from !== to, { error: 'must not begin when it ends' })
    .optional()
    .describe('When it may be sent, on the clock of the site; over midnight when it ends before it begins'),
  retrieve_at: instantIn.optional().describe('When the charger is to fetch it; default: at once'),
  install_at: instantIn.optional().describe('Not before. OCPP 1.6: only with a signed update'),
  expires_in_s: z
    .int()
    .min(60)
    .max(90 * DAY_S)
    .default(7 * DAY_S)
    .describe('How long it may wait to be sent: for a charger that is offline or busy, for its window'),
};

const options = z.object(optionFields);
export const optionsIn = (body: Omit<z.output<typeof options>, 'image_id' | 'signed'>): UpdateOptions => ({
  maxAttempts: body.max_attempts,
  retryDelayS: body.retry_delay_s,
  stageTimeoutS: body.stage_timeout_s,
  waitUntilIdle: body.wait_until_idle,
  windowFrom: body.window?.from ?? null,
  windowTo: body.window?.to ?? null,
  retrieveAt: body.retrieve_at ?? null,
  installAt: body.install_at ?? null,
  expiresInS: body.expires_in_s,
});

export const updateSchema = z
  .object({
    id: z.string(),
    charge_point_id: z.string(),
    rollout_id: z.string().nullable(),
    image_id: z.string(),
    status: z.enum(updateStatuses),
    from_version: z.string().nullable(),
    target_version: z.string(),
    booted_version: z.string().nullable().describe('As the charger said at a boot since then'),
    verified: z.boolean().nullable().describe('Whether a boot has proved it; null: not known (yet)'),
    signed: z.boolean(),
    attempts: z.int(),
    max_attempts: z.int(),
    request_id: z.int().nullable(),
    command_id: z.string().nullable().describe('Of the last attempt'),
    charger_status: z.string().nullable().describe('As the charger said it last'),
    error: z.object({ code: z.enum(updateErrors), message: z.string() }).nullable(),
    history: z.array(z.object({ status: z.enum(updateStatuses), at: z.string(), said: z.string().optional() })),
    wait_until_idle: z.boolean(),
    window: z.object({ from: z.string(), to: z.string() }).nullable(),
    retrieve_at: instantOut.nullable(),
    install_at: instantOut.nullable(),
    expires_at: instantOut,
    requested_by: z.string().describe('key_… or usr_…'),
    created_at: instantOut,
    sent_at: instantOut.nullable(),
    started_at: instantOut.nullable(),
    ended_at: instantOut.nullable(),
    failed_at: instantOut.nullable().describe('Also when it had said Installed, and booted with the version of before'),
    trace_id: traceIdOut.describe('Of the request, that of its rollout if it is of one; also of its commands'),
  })
  .meta({ id: 'FirmwareUpdate' });

export const presentUpdate = (row: StoredUpdate): z.input<typeof updateSchema> => ({
  id: row.id,
  charge_point_id: row.chargePointId,
  rollout_id: row.rolloutId,
  image_id: row.imageId,
  status: row.status,
  from_version: row.fromVersion,
  target_version: row.targetVersion,
  booted_version: row.bootedVersion || null,
  verified: row.verified,
  signed: row.signed,
  attempts: row.attempts,
  max_attempts: row.maxAttempts,
  request_id: row.requestId,
  command_id: row.commandId,
  charger_status: row.chargerStatus,
  error: row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? '' },
  history: [...row.history],
  wait_until_idle: row.waitUntilIdle,
  window: row.windowFrom === null || row.windowTo === null ? null : { from: row.windowFrom, to: row.windowTo },
  retrieve_at: row.retrieveAt,
  install_at: row.installAt,
  expires_at: row.expiresAt,
  requested_by: row.requestedBy,
  created_at: row.createdAt,
  sent_at: row.sentAt,
  started_at: row.startedAt,
  ended_at: row.endedAt,
  failed_at: row.failedAt,
  trace_id: row.traceId,
});
