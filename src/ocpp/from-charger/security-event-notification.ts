/**
 * SecurityEventNotification (1.6 security extension, 2.0.1 A04), alike in every version. Vendors' own types are kept as said; only one without a
 * type is beyond use.
 */
import { type FromCharger, UnusableMessage } from '../contract.ts';
import type { Needs } from '../handler-needs.ts';
import { readText } from '../reading.ts';

export const securityEventNotification = ({
  door,
  clocks,
  newId,
}: Pick<Needs, 'door' | 'clocks' | 'newId'>): FromCharger => ({
  action: 'SecurityEventNotification',

  async handle(call) {
    const { payload, link, receivedAt, traceId } = call;
    const eventType = readText(payload['type'], 100);
    if (eventType === undefined) throw new UnusableMessage('there is no type');
    await door(
      {
        room: 'security_events',
        type: 'security_event_reported',
        chargePointId: link.chargePointId,
        receivedAt,
        securityEventId: newId('sev'),
        eventType,
        techInfo: readText(payload['techInfo'], 1000),
        at: clocks.read(payload['timestamp'], call),
      },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});
