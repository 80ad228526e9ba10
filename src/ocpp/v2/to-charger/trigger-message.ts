/** OCPP 2.0.1 F06: TriggerMessage. */
import type { ToCharger } from '../../contract.ts';

export const triggerMessage: ToCharger = {
  action: 'TriggerMessage',
  accepted: ({ status }) => status === 'Accepted',
  example: { requestedMessage: 'StatusNotification', evse: { id: 1, connectorId: 1 } },
};
