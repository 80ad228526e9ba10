/** OCPP 1.6 security extension, SignedFirmwareStatusNotification. Skipped and repeated states are passed on as said. */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readText } from '../../reading.ts';
import { readRequestId } from '../fields.ts';
import { readSignedFirmwareStatus } from '../words.ts';

export const signedFirmwareStatusNotification = ({ door }: Pick<Needs, 'door'>): FromCharger => ({
  action: 'SignedFirmwareStatusNotification',

  async handle({ payload, link, receivedAt }) {
    const status = readSignedFirmwareStatus(payload['status']) ?? readText(payload['status'], 50);
    if (status === undefined) throw new UnusableMessage('there is no status');
    await door({
      room: 'stations',
      type: 'firmware_status_reported',
      chargePointId: link.chargePointId,
      receivedAt,
      status,
      requestId: readRequestId(payload['requestId']),
    });
    return {};
  },

  minimal: () => ({}),
});
