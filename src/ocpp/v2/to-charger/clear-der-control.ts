/** OCPP 2.1 R: ClearDERControl. */
import type { ToCharger } from '../../contract.ts';

export const clearDerControl: ToCharger = {
  action: 'ClearDERControl',
  accepted: ({ status }) => status === 'Accepted',
  example: { isDefault: false, controlId: 'limit-1' },
};
