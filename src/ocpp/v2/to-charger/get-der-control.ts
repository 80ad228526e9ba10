/** OCPP 2.1 R: GetDERControl. */
import type { ToCharger } from '../../contract.ts';

export const getDerControl: ToCharger = {
  action: 'GetDERControl',
  accepted: ({ status }) => status === 'Accepted',
  example: { requestId: 1 },
};
