/** OCPP 2.0.1 B11, B12: Reset. */
import type { ToCharger } from '../../contract.ts';

export const reset: ToCharger = {
  action: 'Reset',
  accepted: ({ status }) => status === 'Accepted' || status === 'Scheduled',
  example: { type: 'OnIdle' },
};
