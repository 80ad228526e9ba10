/** OCPP 2.0.1 O05: ClearDisplayMessage. */
import type { ToCharger } from '../../contract.ts';

export const clearDisplayMessage: ToCharger = {
  action: 'ClearDisplayMessage',
  accepted: ({ status }) => status === 'Accepted',
  example: { id: 1 },
};
