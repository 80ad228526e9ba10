/** OCPP 2.1 K28: UpdateDynamicSchedule. */
import type { ToCharger } from '../../contract.ts';
import { MOST_INT32, readInteger, readRecord } from '../../reading.ts';
import { ratesFromWire } from '../charging-profile.ts';

export const updateDynamicSchedule: ToCharger = {
  action: 'UpdateDynamicSchedule',
  accepted: ({ status }) => status === 'Accepted',
  learn({ chargingProfileId, scheduleUpdate }) {
    const profileId = readInteger(chargingProfileId, -MOST_INT32 - 1, MOST_INT32);
    const rates = ratesFromWire(readRecord(scheduleUpdate));
    return profileId === undefined ? undefined : { about: 'profile_values_set', profileId, rates };
  },
  example: { chargingProfileId: 1, scheduleUpdate: { limit: 16 } },
};
