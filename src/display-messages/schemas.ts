/** How messages on displays look over REST, in and out. */
import { z } from 'zod';
import type { DisplayMessage, DisplayText } from '../ingest/inputs.ts';
import { instantIn, instantOut } from '../platform/fields.ts';
import { formats, priorities, refreshStatuses, states } from './types.ts';

const LONGEST = 1024;

const text = {
  format: z.enum(formats).default('utf8').describe('qrcode: OCPP 2.1'),
  language: z.string().min(1).max(8).optional().describe('RFC 5646: en, de-AT'),
  content: z
    .string()
    .min(1)
    .max(LONGEST)
    .describe('At most 512 characters for OCPP 2.0.1')
    .meta({ examples: ['Out of service on Monday'] }),
};
const textSchema = z.strictObject(text);

export const messageBody = z
  .strictObject({
    message_id: z
      .int()
      .min(0)
      .max(2_147_483_647)
      .describe('By which the station knows it')
      .meta({ examples: [1] }),
    priority: z
      .enum(priorities)
      .default('normal_cycle')
      .describe('always_front: alone, whatever else there is; in_front: before those that take turns'),
    state: z.enum(states).optional().describe('Only while the station is in this state; suspended, discharging: 2.1'),
    starts_at: instantIn.optional(),
    ends_at: instantIn.optional().describe('The station removes it then'),
    ocpp_transaction_id: z
      .string()
      .min(1)
      .max(36)
      .optional()
      .describe('Only during this transaction, as the station names it; it goes with it'),
    display: z
      .strictObject({
        name: z.string().min(1).max(50),
        instance: z.string().min(1).max(50).optional(),
        evse_id: z.int().min(0).max(1000).optional(),
      })
      .optional()
      .describe('Which display component, where a station has several'),
    ...text,
    extra: z.array(textSchema).max(4).default([]).describe('The same in other languages (2.1)'),
    timeout_s: z.int().min(1).max(600).optional().describe('How long the station has for its answer; default 30'),
  })
  .refine(({ starts_at: from, ends_at: to }) => from === undefined || to === undefined || from < to, {
    error: 'must be later than starts_at',
    path: ['ends_at'],
  })
  .meta({ examples: [{ message_id: 1, language: 'en', content: 'Out of service on Monday' }] });

const textOf = ({ format, language, content }: z.output<typeof textSchema>): DisplayText => ({
  format,
  ...(language !== undefined && { language }),
  content,
});

export function messageOf(body: z.output<typeof messageBody>): DisplayMessage {
  const { message_id: messageId, priority, state, starts_at: startsAt, ends_at: endsAt, display, extra } = body;
  const { ocpp_transaction_id: ocppTransactionId } = body;
  return {
    messageId,
    priority,
    ...(state !== undefined && { state }),
    ...(startsAt !== undefined && { startsAt: startsAt.toISOString() }),
    ...(endsAt !== undefined && { endsAt: endsAt.toISOString() }),
    ...(ocppTransactionId !== undefined && { ocppTransactionId }),
    ...(display !== undefined && {
      display: { name: display.name, instance: display.instance, evseId: display.evse_id },
    }),
    text: textOf(body),
    extra: extra.map(textOf),
  };
}

const textOut = z.object({ format: z.enum(formats), language: z.string().nullable(), content: z.string() });

export const displayMessage = z
  .object({
    message_id: z.int(),
    status: z
      .enum(['active', 'scheduled', 'expired'])
      .describe('By its span and its transaction: expired ones the station has removed'),
    origin: z.enum(['csms', 'station']).describe('station: found there, set by somebody else'),
    priority: z.enum(priorities),
    state: z.enum(states).nullable(),
    starts_at: z.string().nullable(),
    ends_at: z.string().nullable(),
    ocpp_transaction_id: z.string().nullable(),
    display: z.object({ name: z.string(), instance: z.string().nullable(), evse_id: z.int().nullable() }).nullable(),
    format: z.enum(formats),
    language: z.string().nullable(),
    content: z.string(),
    extra: z.array(textOut),
    command_id: z.string().nullable().describe('The command that set it'),
    created_at: instantOut,
    confirmed_at: instantOut.describe('When the station last said that it holds it'),
  })
  .meta({ id: 'DisplayMessage' });

export const displayRefresh = z
  .object({
    id: z.string(),
    status: z.enum(refreshStatuses),
    why: z.string().nullable(),
    request_id: z.int(),
    command_id: z.string(),
    messages: z.int().describe('How many it has told so far'),
    requested_by: z.string(),
    created_at: instantOut,
    completed_at: instantOut.nullable(),
  })
  .meta({ id: 'DisplayMessagesRefresh' });
