/** OCPP 2.0.1 C11: ClearCache. */
import type { ToCharger } from '../../contract.ts';

export const clearCache: ToCharger = {
  action: 'ClearCache',
  accepted: ({ status }) => status === 'Accepted',
  example: {},
};
