/** OCPP 2.0.1 K09: GetChargingProfiles. */
import type { ToCharger } from '../../contract.ts';

export const getChargingProfiles: ToCharger = {
  action: 'GetChargingProfiles',
  accepted: ({ status }) => status === 'Accepted' || status === 'NoProfiles',
  example: { requestId: 1, chargingProfile: { stackLevel: 0 } },
};
