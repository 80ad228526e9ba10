/** OCPP 2.0.1 F01, F02: RequestStartTransaction. */
import type { ToCharger } from '../../contract.ts';

export const requestStartTransaction: ToCharger = {
  action: 'RequestStartTransaction',
  accepted: ({ status }) => status === 'Accepted',
  example: { remoteStartId: 4711, idToken: { idToken: '04A2B3C4D5E6', type: 'ISO14443' }, evseId: 1 },
};
