/** OCPP 2.1 R04.FR.20–22 NotifyDERStartStop: a scheduled DER control has begun or ended. */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readList, readText } from '../../reading.ts';

export const notifyDerStartStop = ({ door, newId, clocks }: Pick<Needs, 'door' | 'newId' | 'clocks'>): FromCharger => ({
  action: 'NotifyDERStartStop',

  async handle(call) {
    const { payload, link, receivedAt, traceId } = call;
    const controlId = readText(payload['controlId'], 36);
    if (controlId === undefined) throw new UnusableMessage('it names no control');
    await door(
      {
        room: 'der_control',
        type: 'control_switched',
        chargePointId: link.chargePointId,
        receivedAt,
        eventId: newId('dev'),
        controlId,
        started: payload['started'] === true,
        supersededIds: readList(payload['supersededIds'])
          .slice(0, 24)
          .flatMap((each) => readText(each, 36) ?? []),
        at: clocks.read(payload['timestamp'], call),
      },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});
