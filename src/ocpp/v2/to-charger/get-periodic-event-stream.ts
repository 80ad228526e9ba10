/** OCPP 2.1 N13: GetPeriodicEventStream. */
import type { ToCharger } from '../../contract.ts';

export const getPeriodicEventStream: ToCharger = {
  action: 'GetPeriodicEventStream',
  accepted: () => true,
  example: {},
};
