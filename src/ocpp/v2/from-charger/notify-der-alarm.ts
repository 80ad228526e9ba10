/** OCPP 2.1 R03 NotifyDERAlarm: a fault of the grid has set a DER control off, or is over. */
import type { FromCharger } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readText } from '../../reading.ts';
import { controlTypeFromWire } from '../der-words.ts';

export const notifyDerAlarm = ({ door, newId, clocks }: Pick<Needs, 'door' | 'newId' | 'clocks'>): FromCharger => ({
  action: 'NotifyDERAlarm',

  async handle(call) {
    const { payload, link, receivedAt, traceId } = call;
    await door(
      {
        room: 'der_control',
        type: 'alarm_reported',
        chargePointId: link.chargePointId,
        receivedAt,
        eventId: newId('dev'),
        controlType: controlTypeFromWire(payload['controlType']),
        fault: readText(payload['gridEventFault'], 50),
        ended: payload['alarmEnded'] === true,
        info: readText(payload['extraInfo'], 200),
        at: clocks.read(payload['timestamp'], call),
      },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});
