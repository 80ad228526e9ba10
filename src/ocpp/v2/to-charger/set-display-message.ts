/** OCPP 2.0.1 O01, O02: SetDisplayMessage. */
import type { ToCharger } from '../../contract.ts';
import { readDisplayMessage } from '../display-message.ts';

export const setDisplayMessage: ToCharger = {
  action: 'SetDisplayMessage',
  accepted: ({ status }) => status === 'Accepted',
  learn({ message }) {
    const said = readDisplayMessage(message);
    return said === undefined ? undefined : { about: 'display_message_set', message: said };
  },
  example: {
    message: {
      id: 1,
      priority: 'NormalCycle',
      message: { format: 'UTF8', language: 'en', content: 'Out of service on Monday' },
    },
  },
};
