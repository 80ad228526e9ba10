/** What requests say about an endpoint, and what answers show of it. A secret comes in here and never goes out. */
import { z } from 'zod';
import { eventTypes } from '../events/index.ts';
import { AppError } from '../platform/errors.ts';
import { idField, instantOut } from '../platform/fields.ts';
import type { EndpointRow } from './endpoint-store.ts';
import { secretFault } from './sign.ts';
import { parseTarget } from './target-guard.ts';

/** The fault of a text, as an issue of the field it stands in. */
const judged = (faultOf: (text: string) => string | undefined) =>
  z.string().superRefine((text, context) => {
    const message = faultOf(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

const url = judged((text) => {
  const target = parseTarget(text);
  return 'fault' in target ? target.fault : undefined;
}).meta({
  format: 'uri',
  description: 'Where events are delivered; must be https://',
  examples: ['https://example.com/hooks'],
});

const events = z
  .array(z.enum([...eventTypes, '*']))
  .min(1)
  .max(100)
  .transform((list) => [...new Set(list)])
  .meta({
    description: 'Event types to subscribe to; ["*"] for all',
    examples: [['session.started', 'session.ended'], ['*']],
  });

const description = z
  .string()
  .max(500)
  .regex(/^[^\p{Cc}]*$/u, { error: 'must not contain control characters' });

/** Every active endpoint is read whenever something happens: its lists must stay short. */
const MAX_FILTER_IDS = 100;
const ids = (prefix: string) =>
  z
    .array(idField(prefix))
    .max(MAX_FILTER_IDS)
    .transform((list) => [...new Set(list)])
    .meta({ examples: [[]] });

const filters = z.strictObject({ site_ids: ids('site').optional(), charge_point_ids: ids('cp').optional() }).meta({
  description:
    'Only events of these sites or of these charge points: one that is named in either list passes. Both empty, as at first: all events. Given in a change, it replaces both lists.',
  examples: [{ site_ids: [], charge_point_ids: [] }],
});

const minIntervals = z.partialRecord(z.enum(eventTypes), z.int().min(1).max(86_400)).meta({
  description:
    'Event type → seconds: at most one delivery in so many seconds for each session (else connector, else charge point); the newest event wins. Given in a change, it replaces all.',
  examples: [{ 'session.cost_updated': 60 }],
});

const ordered = z.boolean().meta({
  description:
    'true: the events of one charge point are delivered in the order of their `sequence`, one at a time; one that fails holds up those behind it',
});

export const secretField = judged(secretFault).meta({
  minLength: 16,
  maxLength: 256,
  writeOnly: true,
  description:
    'Key of the signatures, ASCII, 16 to 256 characters. It cannot be read again. With `whsec_` and base64 it is also the key of Standard Webhooks, otherwise its bytes are.',
});

export const newEndpoint = z
  .strictObject({
    url,
    events,
    secret: secretField.optional(),
    description: description.nullish(),
    filters: filters.optional(),
    min_intervals: minIntervals.optional(),
    ordered: ordered.optional(),
  })
  .meta({ examples: [{ url: 'https://example.com/hooks', events: ['session.started', 'session.ended'] }] });

export const endpointChanges = z
  .strictObject({
    url: url.optional(),
    events: events.optional(),
    active: z.boolean().optional().meta({ description: 'false pauses delivery, true resumes it' }),
    description: description.nullish(),
    filters: filters.optional(),
    min_intervals: minIntervals.optional(),
    ordered: ordered.optional(),
    secret: z
      .unknown()
      .refine((value) => value === undefined, {
        error:
          'cannot be changed with PATCH; call POST /api/v1/webhooks/endpoints/{endpoint_id}/rotate-secret, which keeps the old one valid for a while',
      })
      .optional()
      .meta({ not: {}, description: 'Refused here; see rotate-secret' }),
  })
  .meta({ examples: [{ active: false }] });

export const endpoint = z.object({
  id: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  description: z.string().nullable(),
  filters: z.object({ site_ids: z.array(z.string()), charge_point_ids: z.array(z.string()) }),
  min_intervals: z.record(z.string(), z.int()),
  ordered: z.boolean(),
  active: z.boolean(),
  status: z.enum(['active', 'paused', 'disabled']).meta({ description: 'disabled: the server switched it off' }),
  disabled_reason: z
    .string()
    .nullable()
    .meta({ description: 'gone: it answered 410; failing: nothing succeeded for days; null: it is not disabled' }),
  failing_since: instantOut
    .nullable()
    .meta({ description: 'Every attempt since then has failed; null: the last one succeeded' }),
  failures: z.int().meta({ description: 'Failed attempts since the last success' }),
  last_success_at: instantOut.nullable().meta({ description: 'To the minute' }),
  has_secret: z.boolean().meta({ description: 'false: deliveries are not signed' }),
  previous_secret_valid_until: instantOut
    .nullable()
    .meta({ description: 'Until then deliveries are signed with the secret before the last rotation too' }),
  created_at: instantOut,
  updated_at: instantOut,
});

/** The same for one that never was, that was deleted, and that is another organization's. */
export const unknownEndpoint = (): AppError => new AppError('not_found', 'There is no such webhook endpoint');

export function presentEndpoint(row: EndpointRow | undefined, now: Date): z.input<typeof endpoint> {
  if (row === undefined) throw unknownEndpoint();
  const { active, disabledReason, previousSecretUntil: until } = row;
  return {
    id: row.id,
    url: row.url,
    events: row.events,
    description: row.description,
    filters: { site_ids: row.siteIds, charge_point_ids: row.chargePointIds },
    min_intervals: row.minIntervals,
    ordered: row.ordered,
    active,
    status: active ? 'active' : disabledReason === null ? 'paused' : 'disabled',
    disabled_reason: active ? null : disabledReason,
    failing_since: row.failingSince,
    failures: row.failures,
    last_success_at: row.lastSuccessAt,
    has_secret: row.hasSecret,
    previous_secret_valid_until: until !== null && until > now ? until : null,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  };
}

/** Why nothing can be sent to it now, and what to do; undefined: it can. */
export function heldBecause({
  active,
  disabledReason,
}: Pick<EndpointRow, 'active' | 'disabledReason'>): string | undefined {
  if (active) return undefined;
  const remedy = 'resume it first: PATCH it with "active": true';
  if (disabledReason === 'gone')
    return `The endpoint answered 410 Gone and was switched off; see that it is there again, then ${remedy}`;
  if (disabledReason !== null) return `The endpoint was switched off (${disabledReason}); mend it, then ${remedy}`;
  return `The endpoint is paused; ${remedy}`;
}
