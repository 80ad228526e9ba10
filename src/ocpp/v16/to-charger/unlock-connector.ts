/** OCPP 1.6 §5.18 UnlockConnector. UnlockFailed and NotSupported both leave the plug locked. */
import type { ToCharger } from '../../contract.ts';

export const unlockConnector: ToCharger = {
  action: 'UnlockConnector',
  accepted: ({ status }) => status === 'Unlocked',
  example: { connectorId: 1 },
};
