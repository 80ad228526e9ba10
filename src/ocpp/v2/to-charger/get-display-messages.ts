/** OCPP 2.0.1 O03, O04: GetDisplayMessages. */
import type { ToCharger } from '../../contract.ts';

export const getDisplayMessages: ToCharger = {
  action: 'GetDisplayMessages',
  accepted: ({ status }) => status === 'Accepted' || status === 'Unknown',
  learn: (payload, { status }) =>
    status === 'Unknown' && Object.keys(payload).every((key) => key === 'requestId' || key === 'customData')
      ? { about: 'display_messages_none' }
      : undefined,
  example: { requestId: 1 },
};
