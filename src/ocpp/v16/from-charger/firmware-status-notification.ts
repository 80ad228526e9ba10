/** OCPP 1.6 §4.5 FirmwareStatusNotification. Skipped, repeated and unknown states are passed on as said. */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readText } from '../../reading.ts';
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
    });
    return {};
  },

  minimal: () => ({}),
});
