/** OCPP 2.1 R: GetDERControl. */
import type { ToCharger } from '../../contract.ts';
import { MOST_INT32, readInteger } from '../../reading.ts';

export const getDerControl: ToCharger = {
  action: 'GetDERControl',
  // NotFound: there is nothing to tell (R04.FR.30), as NoProfiles is of charging profiles.
  accepted: ({ status }) => status === 'Accepted' || status === 'NotFound',
  learn({ requestId }, { status }) {
    const said = readInteger(requestId, -MOST_INT32 - 1, MOST_INT32);
    return said === undefined
      ? undefined
      : { about: 'der_controls_will_come', requestId: said, none: status === 'NotFound' };
  },
  example: { requestId: 1 },
};
