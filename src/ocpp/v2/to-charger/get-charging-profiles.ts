/** OCPP 2.0.1 K09: GetChargingProfiles. */
import type { ToCharger } from '../../contract.ts';
import { MOST_INT32, readInteger } from '../../reading.ts';

export const getChargingProfiles: ToCharger = {
  action: 'GetChargingProfiles',
  accepted: ({ status }) => status === 'Accepted' || status === 'NoProfiles',
  learn({ requestId }, { status }) {
    const said = readInteger(requestId, -MOST_INT32 - 1, MOST_INT32);
    return said === undefined
      ? undefined
      : { about: 'profiles_will_come', requestId: said, none: status === 'NoProfiles' };
  },
  example: { requestId: 1, chargingProfile: { stackLevel: 0 } },
};
