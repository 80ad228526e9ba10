/** OCPP 1.6 §5.13 ReserveNow. Occupied, Faulted, Unavailable and Rejected say why there is no reservation. */
import type { ToCharger } from '../../contract.ts';

export const reserveNow: ToCharger = {
  action: 'ReserveNow',
  accepted: ({ status }) => status === 'Accepted',
  example: { connectorId: 1, expiryDate: '2026-11-23T13:00:00.000Z', idTag: '04A1B2C3', reservationId: 7 },
};
