/** OCPP 2.0.1 O03, O04 NotifyDisplayMessages: what the station holds, in parts that have no numbers of their own. */
import { readRequestId } from '../../common-words.ts';
import type { FromCharger } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readList, readUpTo } from '../../reading.ts';
import { readDisplayMessage } from '../display-message.ts';

/** More than any station is believed to hold: what is cut is too much, and never taken for all that there is. */
const MOST_MESSAGES = 1000;

export const notifyDisplayMessages = ({ door }: Pick<Needs, 'door'>): FromCharger => ({
  action: 'NotifyDisplayMessages',

  async handle({ payload, link, receivedAt, traceId }) {
    await door(
      {
        room: 'display_messages',
        type: 'reported',
        chargePointId: link.chargePointId,
        receivedAt,
        requestId: readRequestId(payload['requestId']),
        tbc: payload['tbc'] === true,
        messages: readUpTo(readList(payload['messageInfo']), MOST_MESSAGES, (each) => {
          const message = readDisplayMessage(each);
          return message === undefined ? [] : [message];
        }),
      },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});
