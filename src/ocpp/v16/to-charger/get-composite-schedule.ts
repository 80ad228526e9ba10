/** OCPP 1.6 §5.7 GetCompositeSchedule. Rejected: the charger cannot report it, for example for an unknown connector. */
import type { ToCharger } from '../../contract.ts';

export const getCompositeSchedule: ToCharger = {
  action: 'GetCompositeSchedule',
  accepted: ({ status }) => status === 'Accepted',
  example: { connectorId: 1, duration: 3600, chargingRateUnit: 'A' },
};
