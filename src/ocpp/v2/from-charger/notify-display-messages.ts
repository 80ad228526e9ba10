/** OCPP 2.0.1 O03, O04 NotifyDisplayMessages: what the station holds, in parts that have no numbers of their own. */
import { readRequestId } from '../../common-words.ts';
import type { FromCharger } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readList } from '../../reading.ts';
import { readDisplayMessage } from '../display-message.ts';

/** Of one part, 256 KiB of them; stations send more in further parts. */
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
        messages: readList(payload['messageInfo'])
          .slice(0, MOST_MESSAGES)
          .flatMap((each) => readDisplayMessage(each) ?? []),
      },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});
