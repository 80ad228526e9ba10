/** OCPP 2.0.1 D02: GetLocalListVersion. */
import type { ToCharger } from '../../contract.ts';

export const getLocalListVersion: ToCharger = {
  action: 'GetLocalListVersion',
  accepted: () => true,
  example: {},
};
