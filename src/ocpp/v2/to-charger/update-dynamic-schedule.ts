/** OCPP 2.1 K28: UpdateDynamicSchedule. */
import type { ToCharger } from '../../contract.ts';

export const updateDynamicSchedule: ToCharger = {
  action: 'UpdateDynamicSchedule',
  accepted: ({ status }) => status === 'Accepted',
  example: { chargingProfileId: 1, scheduleUpdate: { limit: 16 } },
};
