/** OCPP 2.1 R04 ReportDERControl: one part of the answer to GetDERControl; the parts have no numbers, but a tbc. */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { MOST_INT32, readInteger } from '../../reading.ts';
import { reportedControls } from '../der-reading.ts';

export const reportDerControl = ({ door, newId }: Pick<Needs, 'door' | 'newId'>): FromCharger => ({
  action: 'ReportDERControl',

  async handle({ payload, link, receivedAt, traceId }) {
    const requestId = readInteger(payload['requestId'], -MOST_INT32 - 1, MOST_INT32);
    if (requestId === undefined) throw new UnusableMessage('there is no requestId');
    await door(
      {
        room: 'der_control',
        type: 'controls_reported',
        chargePointId: link.chargePointId,
        receivedAt,
        newId: newId('drp'),
        requestId,
        tbc: payload['tbc'] === true,
        controls: reportedControls(payload),
      },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});
