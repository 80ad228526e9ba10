/** OCPP 2.1 N12: AdjustPeriodicEventStream. */
import type { ToCharger } from '../../contract.ts';

export const adjustPeriodicEventStream: ToCharger = {
  action: 'AdjustPeriodicEventStream',
  accepted: ({ status }) => status === 'Accepted',
  example: { id: 1, params: { interval: 30, values: 10 } },
};
