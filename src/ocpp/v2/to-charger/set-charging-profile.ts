/** OCPP 2.0.1 K01: SetChargingProfile. */
import type { ToCharger } from '../../contract.ts';

export const setChargingProfile: ToCharger = {
  action: 'SetChargingProfile',
  accepted: ({ status }) => status === 'Accepted',
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
