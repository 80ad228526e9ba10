/** OCPP 1.6 §5.1 CancelReservation. Rejected: the charger holds no such reservation. */
import type { ToCharger } from '../../contract.ts';

export const cancelReservation: ToCharger = {
  action: 'CancelReservation',
  accepted: ({ status }) => status === 'Accepted',
  example: { reservationId: 7 },
};
