/** OCPP 2.0.1 H04, H01 ReservationStatusUpdate: the station has given up a reservation by itself. NoTransaction is 2.1's. */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { enumReader } from '../../reading.ts';
import { readReservationId } from '../fields.ts';

const WHY = { Expired: 'expired', Removed: 'removed', NoTransaction: 'no_transaction' } as const;
const readStatus = enumReader(Object.keys(WHY) as (keyof typeof WHY)[]);

export const reservationStatusUpdate = ({ door }: Pick<Needs, 'door'>): FromCharger => ({
  action: 'ReservationStatusUpdate',

  async handle({ payload, link, receivedAt, traceId }) {
    const ocppId = readReservationId(payload['reservationId']);
    const status = readStatus(payload['reservationUpdateStatus']);
    if (status === undefined) throw new UnusableMessage('there is no reservationUpdateStatus that is known');
    // Not one of ours: there is nothing to end.
    if (ocppId === undefined) return {};
    await door(
      {
        room: 'reservations',
        type: 'ended_by_charger',
        chargePointId: link.chargePointId,
        receivedAt,
        ocppId,
        why: WHY[status],
      },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});
