/** OCPP 1.6 §5.2 ChangeAvailability. Scheduled: it follows when the running transaction has ended. */
import type { ToCharger } from '../../contract.ts';

export const changeAvailability: ToCharger = {
  action: 'ChangeAvailability',
  accepted: ({ status }) => status === 'Accepted' || status === 'Scheduled',
  example: { connectorId: 1, type: 'Inoperative' },
};
