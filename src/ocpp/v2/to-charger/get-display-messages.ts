/** OCPP 2.0.1 O03, O04: GetDisplayMessages. */
import type { ToCharger } from '../../contract.ts';

export const getDisplayMessages: ToCharger = {
  action: 'GetDisplayMessages',
  accepted: ({ status }) => status === 'Accepted' || status === 'Unknown',
  example: { requestId: 1 },
};
