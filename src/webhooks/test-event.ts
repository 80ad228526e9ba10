/** The event of a test call: webhook.test, or a sample of a type from the catalogue's example. It says of itself that it is one. Pure. */
import { catalogue, type EventType } from '../events/index.ts';

export function testEventBody(event: {
  readonly id: string;
  readonly type: EventType;
  readonly organizationId: string;
  readonly endpointId: string;
  readonly at: Date;
}): string {
  const { id, type, organizationId, endpointId } = event;
  const at = event.at.toISOString();
  const data =
    type === 'webhook.test'
      ? { organization_id: organizationId, endpoint_id: endpointId, occurred_at: at, test: true }
      : { ...catalogue[type].example, organization_id: organizationId, occurred_at: at, received_at: at, test: true };
  return JSON.stringify({ id, event: type, timestamp: at, data });
}
