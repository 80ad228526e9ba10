/** OCPP 1.6 §5.16 SetChargingProfile. */
import type { ToCharger } from '../../contract.ts';
import { profileFromWire } from '../charging-profile.ts';

export const setChargingProfile: ToCharger = {
  action: 'SetChargingProfile',
  accepted: ({ status }) => status === 'Accepted',
  learn({ connectorId, csChargingProfiles }) {
    const profile = profileFromWire(connectorId, csChargingProfiles);
    return profile === undefined ? undefined : { about: 'profile_set', profile };
  },
  example: {
    connectorId: 1,
    csChargingProfiles: {
      chargingProfileId: 1,
      stackLevel: 0,
      chargingProfilePurpose: 'TxDefaultProfile',
      chargingProfileKind: 'Relative',
      chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }] },
    },
  },
};
