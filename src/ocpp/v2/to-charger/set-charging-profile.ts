/** OCPP 2.0.1 K01: SetChargingProfile. Only the profile of the same id gives way to it (K04, K01.FR.05). */
import type { ToCharger } from '../../contract.ts';
import { profileFromWire } from '../charging-profile.ts';

export const setChargingProfile: ToCharger = {
  action: 'SetChargingProfile',
  accepted: ({ status }) => status === 'Accepted',
  learn({ evseId, chargingProfile }) {
    const profile = profileFromWire(evseId, chargingProfile);
    return profile === undefined ? undefined : { about: 'profile_set', profile, replacesById: true };
  },
  example: {
    evseId: 1,
    chargingProfile: {
      id: 1,
      stackLevel: 0,
      chargingProfilePurpose: 'TxDefaultProfile',
      chargingProfileKind: 'Relative',
      chargingSchedule: [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }] }],
    },
  },
};
