/** OCPP 1.6 §5.17 TriggerMessage. NotImplemented and Rejected both mean that nothing will come. */
import type { ToCharger } from '../../contract.ts';

export const triggerMessage: ToCharger = {
  action: 'TriggerMessage',
  accepted: ({ status }) => status === 'Accepted',
  example: { requestedMessage: 'StatusNotification', connectorId: 1 },
};
