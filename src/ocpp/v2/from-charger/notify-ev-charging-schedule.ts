/** OCPP 2.0.1 K15.FR.10–12 NotifyEVChargingSchedule: how an EV means to charge. Rejected: it is beyond what it was given. */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { MOST_INT32, readInteger } from '../../reading.ts';
import { scheduleFromWire } from '../charging-profile.ts';
import { readEvseId } from '../fields.ts';

export const notifyEvChargingSchedule = ({
  door,
  newId,
  clocks,
}: Pick<Needs, 'door' | 'newId' | 'clocks'>): FromCharger => ({
  action: 'NotifyEVChargingSchedule',

  async handle(call) {
    const { payload, link, receivedAt, traceId } = call;
    const evseId = readEvseId(payload['evseId']);
    const schedule = scheduleFromWire(payload['chargingSchedule']);
    if (evseId === undefined || evseId === 0) throw new UnusableMessage('it names no EVSE');
    if (schedule === undefined) throw new UnusableMessage('there is no schedule');
    const within = await door(
      {
        room: 'charging_needs',
        type: 'schedule_reported',
        chargePointId: link.chargePointId,
        receivedAt,
        needsId: newId('nds'),
        evseId,
        schedule,
        selectedScheduleId: readInteger(payload['selectedChargingScheduleId'], 0, MOST_INT32),
        timeBase: clocks.read(payload['timeBase'], call),
      },
      traceId,
    );
    return { status: within ? 'Accepted' : 'Rejected' };
  },

  minimal: () => ({ status: 'Accepted' }),
});
