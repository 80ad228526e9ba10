/** OCPP 2.1 N11 ClosePeriodicEventStream. One that is not open is closed all the same. */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readId } from '../monitor-words.ts';

export const closePeriodicEventStream = ({ door }: Pick<Needs, 'door'>): FromCharger => ({
  action: 'ClosePeriodicEventStream',

  async handle({ payload, link, receivedAt, traceId }) {
    const streamId = readId(payload['id']);
    if (streamId === undefined) throw new UnusableMessage('it names no stream');
    await door(
      { room: 'monitoring', type: 'stream_closed', chargePointId: link.chargePointId, receivedAt, streamId },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});
