/** OCPP 1.6 §5.5 ClearChargingProfile. Unknown: no profile matched, so nothing was cleared. */
import type { ToCharger } from '../../contract.ts';

export const clearChargingProfile: ToCharger = {
  action: 'ClearChargingProfile',
  accepted: ({ status }) => status === 'Accepted',
  example: { connectorId: 1, chargingProfilePurpose: 'TxDefaultProfile' },
};
