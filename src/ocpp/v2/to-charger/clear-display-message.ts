/** OCPP 2.0.1 O05: ClearDisplayMessage. */
import type { Learned } from '../../../ingest/inputs.ts';
import type { ToCharger } from '../../contract.ts';
import { readMessageId } from '../display-message.ts';

function cleared(id: unknown): Learned | undefined {
  const messageId = readMessageId(id);
  return messageId === undefined ? undefined : { about: 'display_message_cleared', messageId };
}

export const clearDisplayMessage: ToCharger = {
  action: 'ClearDisplayMessage',
  accepted: ({ status }) => status === 'Accepted',
  learn: ({ id }) => cleared(id),
  // O05: it holds none with this id.
  learnRefusal: ({ id }, { status }) => (status === 'Unknown' ? cleared(id) : undefined),
  example: { id: 1 },
};
