/** OCPP 2.1 S: RequestBatterySwap. */
import type { ToCharger } from '../../contract.ts';

export const requestBatterySwap: ToCharger = {
  action: 'RequestBatterySwap',
  accepted: ({ status }) => status === 'Accepted',
  example: { requestId: 1, idToken: { idToken: '04A2B3C4D5E6', type: 'ISO14443' } },
};
