/** What goes with the body of a delivery. Not part of the package for receivers, which only verify (receiving.ts). */
import { traceparent } from '../platform/trace.ts';
import { plainSignature, standardSignature } from './sign.ts';

export type Signed = {
  readonly deliveryId: string;
  readonly eventId: string;
  readonly event: string;
  readonly body: string;
  /** Of its event; null: it has none. */
  readonly traceId?: string | null;
  /** 1, 2, … */
  readonly attempt: number;
  readonly at: Date;
  readonly secret: string | undefined;
  /** The one before the last rotation, while it still counts. */
  readonly previousSecret?: string | undefined;
};

/**
 * All headers of a delivery but the host's and the length. Of two secrets the new one signs X-Webhook-Signature, the old one
 * X-Webhook-Signature-Previous; Standard Webhooks has room for both in its header.
 */
export function deliveryHeaders(delivery: Signed): Record<string, string> {
  const { deliveryId, eventId, event, body, traceId = null, attempt, at, secret, previousSecret } = delivery;
  const timestampS = Math.floor(at.getTime() / 1000);
  const headers: Record<string, string> = {
    'Content-Type': 'application/json',
    'User-Agent': 'DynamoCSMS-Webhooks/1.0',
    'X-Webhook-Event': event,
    'X-Webhook-Delivery': deliveryId,
    'X-Webhook-Attempt': String(attempt),
    'webhook-id': eventId,
    'webhook-timestamp': String(timestampS),
  };
  if (traceId !== null) headers['traceparent'] = traceparent(traceId, `${deliveryId} ${attempt}`);
  if (secret === undefined) return headers;
  const standard = standardSignature(secret, eventId, timestampS, body);
  headers['X-Webhook-Signature'] = plainSignature(secret, body);
  headers['webhook-signature'] = standard;
  if (previousSecret === undefined) return headers;
  headers['X-Webhook-Signature-Previous'] = plainSignature(previousSecret, body);
  headers['webhook-signature'] = `${standard} ${standardSignature(previousSecret, eventId, timestampS, body)}`;
  return headers;
}
