/** OCPP 2.0.1 H02: CancelReservation. */
import type { ToCharger } from '../../contract.ts';

export const cancelReservation: ToCharger = {
  action: 'CancelReservation',
  accepted: ({ status }) => status === 'Accepted',
  example: { reservationId: 4711 },
};
