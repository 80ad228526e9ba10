/** OCPP 1.6 §5.4 ClearCache. */
import type { ToCharger } from '../../contract.ts';

export const clearCache: ToCharger = {
  action: 'ClearCache',
  accepted: ({ status }) => status === 'Accepted',
  example: {},
};
