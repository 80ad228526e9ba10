/** OCPP 2.0.1 N09, N10 NotifyCustomerInformation: personal data in parts. It is shown in no log and no error. */
import { readRequestId } from '../../common-words.ts';
import type { FromCharger } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readInteger } from '../../reading.ts';

/** The schema has 512 characters; some stations take no notice. */
const LONGEST = 8192;
const MOST_PARTS = 100_000;

export const notifyCustomerInformation = ({ door }: Pick<Needs, 'door'>): FromCharger => ({
  action: 'NotifyCustomerInformation',

  async handle({ payload, link, receivedAt, traceId }) {
    const { data } = payload;
    await door(
      {
        room: 'customer_information',
        type: 'told',
        chargePointId: link.chargePointId,
        receivedAt,
        requestId: readRequestId(payload['requestId']),
        seqNo: readInteger(payload['seqNo'], 0, MOST_PARTS),
        tbc: payload['tbc'] === true,
        // Its lines and blanks are the person's: only what cannot be kept is taken out.
        data: typeof data === 'string' ? data.slice(0, LONGEST).replace(/\0|\p{Surrogate}/gu, '') : '',
      },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});
