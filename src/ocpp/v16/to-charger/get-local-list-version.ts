/** OCPP 1.6 §5.10 GetLocalListVersion. Any version is the answer: 0 is an empty list, −1 says that lists are not supported. */
import type { ToCharger } from '../../contract.ts';
import { MOST_INT32, readInteger } from '../../reading.ts';

export const getLocalListVersion: ToCharger = {
  action: 'GetLocalListVersion',
  accepted: ({ listVersion }) => typeof listVersion === 'number',
  learn(_payload, { listVersion }) {
    const version = readInteger(listVersion, -1, MOST_INT32);
    return version === undefined ? undefined : { about: 'local_list_version', version };
  },
  example: {},
};
