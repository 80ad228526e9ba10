/** OCPP 1.6 §4.4 DiagnosticsStatusNotification. Skipped, repeated and unknown states are passed on as said. */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readText } from '../../reading.ts';
import { readDiagnosticsStatus } from '../words.ts';

export const diagnosticsStatusNotification = ({ door }: Pick<Needs, 'door'>): FromCharger => ({
  action: 'DiagnosticsStatusNotification',

  async handle({ payload, link, receivedAt }) {
    const status = readDiagnosticsStatus(payload['status']) ?? readText(payload['status'], 50);
    if (status === undefined) throw new UnusableMessage('there is no status');
    await door({
      room: 'stations',
      type: 'diagnostics_status_reported',
      chargePointId: link.chargePointId,
      receivedAt,
      status,
    });
    return {};
  },

  minimal: () => ({}),
});
