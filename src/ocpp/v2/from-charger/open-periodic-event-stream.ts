/** OCPP 2.1 N11 OpenPeriodicEventStream: taken as long as the station has not too many open (EVENT_STREAMS_MAX). */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readStream } from '../monitor-words.ts';

const refused = (reasonCode: string, additionalInfo: string) => ({
  status: 'Rejected',
  statusInfo: { reasonCode, additionalInfo },
});

export const openPeriodicEventStream = ({ door }: Pick<Needs, 'door'>): FromCharger => ({
  action: 'OpenPeriodicEventStream',

  async handle({ payload, link, receivedAt, traceId }) {
    const stream = readStream(payload['constantStreamData']);
    if (stream === undefined) throw new UnusableMessage('it names no stream and no monitor');
    const { chargePointId } = link;
    const { accepted } = await door(
      { room: 'monitoring', type: 'stream_opened', chargePointId, receivedAt, stream },
      traceId,
    );
    return accepted
      ? { status: 'Accepted' }
      : refused('TooManyElements', 'As many streams are open as one station may have');
  },

  minimal: () => refused('InvalidValue', 'It could not be read'),
});
