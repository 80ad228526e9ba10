/** OCPP 2.0.1 K10: ClearChargingProfile. */
import type { ToCharger } from '../../contract.ts';

export const clearChargingProfile: ToCharger = {
  action: 'ClearChargingProfile',
  accepted: ({ status }) => status === 'Accepted',
  example: { chargingProfileId: 1 },
};
