/** OCPP 2.0.1 D02: GetLocalListVersion. 0 is an empty list, or one that is switched off (D02.FR.02, D02.FR.03). */
import type { ToCharger } from '../../contract.ts';
import { MOST_INT32, readInteger } from '../../reading.ts';

export const getLocalListVersion: ToCharger = {
  action: 'GetLocalListVersion',
  accepted: ({ versionNumber }) => typeof versionNumber === 'number',
  learn(_payload, { versionNumber }) {
    const version = readInteger(versionNumber, 0, MOST_INT32);
    return version === undefined ? undefined : { about: 'local_list_version', version };
  },
  example: {},
};
