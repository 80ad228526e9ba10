/** What answers show of deliveries and their attempts. */
import { z } from 'zod';
import { instantOut, traceIdOut } from '../platform/fields.ts';
import { deliveryHeaders } from './delivery-headers.ts';
import type { AttemptRow, DeliveryRow, DeliveryWithEndpoint } from './delivery-read-store.ts';

export const deliveryStatus = z.enum(['succeeded', 'failed', 'pending']);

export const delivery = z.object({
  id: z.string(),
  event_id: z.string(),
  event: z.string(),
  status: deliveryStatus,
  response_status: z.int().nullable().meta({ description: 'Of the last attempt; null: there was no answer' }),
  attempts: z.int(),
  created_at: instantOut,
  next_attempt_at: instantOut.nullable(),
  completed_at: instantOut.nullable(),
  last_error: z.string().nullable(),
  origin: z.string().meta({ description: 'What made it: event, resend, recovery or test' }),
  trace_id: traceIdOut.meta({ description: 'Of its event; also in the header `traceparent` of its attempts' }),
});

const attempt = z.object({
  number: z.int().meta({ description: '1, 2, …' }),
  started_at: instantOut,
  duration_ms: z.int(),
  url: z.string().meta({ description: 'The one that was used, whatever the endpoint has now' }),
  response_status: z.int().nullable(),
  error: z.string().nullable().meta({ description: 'null: it succeeded' }),
  response_body: z.string().nullable().meta({ description: 'The beginning of the reply, at most 4 KiB' }),
  response_headers: z.record(z.string(), z.string()).nullable(),
  signatures: z.object({
    'X-Webhook-Signature': z.string().nullable(),
    'X-Webhook-Signature-Previous': z.string().nullable(),
    'webhook-signature': z.string().nullable(),
  }),
});

export const deliveryDetail = delivery.extend({
  endpoint_id: z.string(),
  attempt_log: z.array(attempt).meta({ description: 'Each attempt, oldest first' }),
  request: z.object({
    url: z.string().meta({ description: 'Of the last attempt; before the first: of the endpoint' }),
    headers: z
      .record(z.string(), z.string())
      .nullable()
      .meta({ description: 'As sent with the last attempt; null: there was none yet' }),
    body: z.string().meta({ description: 'The exact text that is signed and sent' }),
  }),
});

export const presentDelivery = (row: DeliveryRow): z.input<typeof delivery> => ({
  id: row.id,
  event_id: row.eventId,
  event: row.event,
  status: row.status,
  response_status: row.responseStatus,
  attempts: row.attempts,
  created_at: row.createdAt,
  next_attempt_at: row.nextAttemptAt,
  completed_at: row.completedAt,
  last_error: row.lastError,
  origin: row.origin,
  trace_id: row.traceId,
});

export function presentDetail(
  row: DeliveryWithEndpoint,
  attempts: readonly AttemptRow[],
): z.input<typeof deliveryDetail> {
  const last = attempts.at(-1);
  return {
    ...presentDelivery(row),
    endpoint_id: row.endpointId,
    attempt_log: attempts.map(presentAttempt),
    request: {
      url: last?.url ?? row.url,
      headers: last === undefined ? null : headersOf(row, last),
      body: row.body,
    },
  };
}

const presentAttempt = (row: AttemptRow): z.input<typeof attempt> => ({
  number: row.number,
  started_at: row.startedAt,
  duration_ms: row.durationMs,
  url: row.url,
  response_status: row.responseStatus,
  error: row.error,
  response_body: row.responseBody,
  response_headers: row.responseHeaders,
  signatures: signaturesOf(row),
});

const signaturesOf = (row: AttemptRow) => ({
  'X-Webhook-Signature': row.signature,
  'X-Webhook-Signature-Previous': row.previousSignature,
  'webhook-signature': row.standardSignature,
});

/** Those without signatures follow from the delivery; the signatures were kept, since their secret may be gone. */
function headersOf(row: DeliveryWithEndpoint, { number, startedAt, ...kept }: AttemptRow): Record<string, string> {
  const { id, eventId, event, body, traceId } = row;
  const plain = { deliveryId: id, eventId, event, body, traceId, attempt: number, at: startedAt, secret: undefined };
  const headers = deliveryHeaders(plain);
  for (const [name, value] of Object.entries(signaturesOf({ number, startedAt, ...kept })))
    if (value !== null) headers[name] = value;
  return headers;
}
