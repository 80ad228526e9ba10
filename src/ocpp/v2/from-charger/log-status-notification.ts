/** OCPP 2.0.1 N01 LogStatusNotification: how the upload that GetLog asked for goes. Any order is passed on. */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readText } from '../../reading.ts';
import { readRequestId } from '../fields.ts';
import { readLogStatus } from '../words.ts';

export const logStatusNotification = ({ door }: Pick<Needs, 'door'>): FromCharger => ({
  action: 'LogStatusNotification',

  async handle({ payload, link, receivedAt }) {
    const status = readLogStatus(payload['status']) ?? readText(payload['status'], 50);
    if (status === undefined) throw new UnusableMessage('there is no status');
    await door({
      room: 'stations',
      type: 'diagnostics_status_reported',
      chargePointId: link.chargePointId,
      receivedAt,
      status,
      requestId: readRequestId(payload['requestId']),
    });
    return {};
  },

  minimal: () => ({}),
});
