/** OCPP 1.6 §5.14 Reset. */
import type { ToCharger } from '../../contract.ts';

export const reset: ToCharger = {
  action: 'Reset',
  accepted: ({ status }) => status === 'Accepted',
  example: { type: 'Soft' },
};
