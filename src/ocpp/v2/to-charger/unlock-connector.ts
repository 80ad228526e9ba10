/** OCPP 2.0.1 F05: UnlockConnector. */
import type { ToCharger } from '../../contract.ts';

export const unlockConnector: ToCharger = {
  action: 'UnlockConnector',
  accepted: ({ status }) => status === 'Unlocked',
  example: { evseId: 1, connectorId: 1 },
};
