/** OCPP 1.6 §5.10 GetLocalListVersion. Any version is the answer: 0 is an empty list, −1 says that lists are not supported. */
import type { ToCharger } from '../../contract.ts';

export const getLocalListVersion: ToCharger = {
  action: 'GetLocalListVersion',
  accepted: ({ listVersion }) => typeof listVersion === 'number',
  example: {},
};
