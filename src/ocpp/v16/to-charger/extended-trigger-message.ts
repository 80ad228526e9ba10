/** OCPP 1.6 security extension, ExtendedTriggerMessage. NotImplemented and Rejected both mean that nothing will come. */
import type { ToCharger } from '../../contract.ts';

export const extendedTriggerMessage: ToCharger = {
  action: 'ExtendedTriggerMessage',
  accepted: ({ status }) => status === 'Accepted',
  example: { requestedMessage: 'LogStatusNotification' },
};
