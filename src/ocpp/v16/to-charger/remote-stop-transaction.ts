/** OCPP 1.6 §5.12 RemoteStopTransaction. Rejected: the charger knows no such transaction. */
import type { ToCharger } from '../../contract.ts';

export const remoteStopTransaction: ToCharger = {
  action: 'RemoteStopTransaction',
  accepted: ({ status }) => status === 'Accepted',
  example: { transactionId: 4711 },
};
