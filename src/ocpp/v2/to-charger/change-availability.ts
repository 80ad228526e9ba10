/** OCPP 2.0.1 G03, G04: ChangeAvailability. */
import type { ToCharger } from '../../contract.ts';

export const changeAvailability: ToCharger = {
  action: 'ChangeAvailability',
  accepted: ({ status }) => status === 'Accepted' || status === 'Scheduled',
  example: { operationalStatus: 'Inoperative', evse: { id: 1 } },
};
