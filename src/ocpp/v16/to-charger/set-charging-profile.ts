/** OCPP 1.6 §5.16 SetChargingProfile. */
import type { ToCharger } from '../../contract.ts';

export const setChargingProfile: ToCharger = {
  action: 'SetChargingProfile',
  accepted: ({ status }) => status === 'Accepted',
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
