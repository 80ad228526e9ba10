/** OCPP 1.6 §5.5 ClearChargingProfile. Unknown: no profile matched, so nothing was cleared. */
import type { ToCharger } from '../../contract.ts';
import { readInteger } from '../../reading.ts';
import { purposeFromWire } from '../charging-profile.ts';

const MOST = 2_147_483_647;

export const clearChargingProfile: ToCharger = {
  action: 'ClearChargingProfile',
  accepted: ({ status }) => status === 'Accepted',
  learn: ({ id, connectorId, chargingProfilePurpose, stackLevel }) => ({
    about: 'profiles_cleared',
    profileId: readInteger(id, -MOST - 1, MOST),
    connectorId: readInteger(connectorId, 0, 1000),
    purpose: purposeFromWire(chargingProfilePurpose),
    stackLevel: readInteger(stackLevel, 0, MOST),
  }),
  example: { connectorId: 1, chargingProfilePurpose: 'TxDefaultProfile' },
};
