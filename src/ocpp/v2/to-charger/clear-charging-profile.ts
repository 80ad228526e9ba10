/** OCPP 2.0.1 K10: ClearChargingProfile. Unknown: no profile matched, so nothing was cleared. */
import type { ToCharger } from '../../contract.ts';
import { readInteger, readRecord } from '../../reading.ts';
import { purposeFromWire } from '../charging-profile.ts';

const MOST_INT32 = 2_147_483_647;

export const clearChargingProfile: ToCharger = {
  action: 'ClearChargingProfile',
  accepted: ({ status }) => status === 'Accepted',
  learn({ chargingProfileId, chargingProfileCriteria }) {
    const criteria = readRecord(chargingProfileCriteria);
    return {
      about: 'profiles_cleared',
      profileId: readInteger(chargingProfileId, -MOST_INT32 - 1, MOST_INT32),
      connectorId: readInteger(criteria['evseId'], 0, 1000),
      purpose: purposeFromWire(criteria['chargingProfilePurpose']),
      stackLevel: readInteger(criteria['stackLevel'], 0, MOST_INT32),
    };
  },
  example: { chargingProfileId: 1 },
};
