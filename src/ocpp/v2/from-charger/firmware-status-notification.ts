/** OCPP 2.0.1 L01, L02 FirmwareStatusNotification: fourteen statuses, in any order, passed on as said. */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readText } from '../../reading.ts';
import { readRequestId, readStatusInfo } from '../fields.ts';
import { readFirmwareStatus } from '../words.ts';

export const firmwareStatusNotification = ({ door }: Pick<Needs, 'door'>): FromCharger => ({
  action: 'FirmwareStatusNotification',

  async handle({ payload, link, receivedAt }) {
    const status = readFirmwareStatus(payload['status']) ?? readText(payload['status'], 50);
    if (status === undefined) throw new UnusableMessage('there is no status');
    await door({
      room: 'stations',
      type: 'firmware_status_reported',
      chargePointId: link.chargePointId,
      receivedAt,
      status,
      requestId: readRequestId(payload['requestId']),
      info: readStatusInfo(payload['statusInfo']),
    });
    return {};
  },

  minimal: () => ({}),
});
