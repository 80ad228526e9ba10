/** OCPP 2.0.1 G01 StatusNotification. Any order and any status is passed on (B9); what the EVSE does, TransactionEvent tells. */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readText } from '../../reading.ts';
import { readConnectorId, readEvseId } from '../fields.ts';
import { statusOf } from '../words.ts';

export const statusNotification = ({ door, clocks }: Pick<Needs, 'door' | 'clocks'>): FromCharger => ({
  action: 'StatusNotification',

  async handle(call) {
    const { payload, link, receivedAt, traceId } = call;
    const evseId = readEvseId(payload['evseId']);
    const connectorId = readConnectorId(payload['connectorId']);
    if (evseId === undefined && connectorId === undefined)
      throw new UnusableMessage('it names no EVSE and no connector');
    const rawStatus = readText(payload['connectorStatus'], 50);
    if (rawStatus === undefined) throw new UnusableMessage('there is no connectorStatus');
    await door(
      {
        room: 'stations',
        type: 'status_reported',
        chargePointId: link.chargePointId,
        receivedAt,
        evseId: evseId ?? connectorId ?? 0,
        connectorId: connectorId ?? (evseId === 0 ? 0 : 1),
        status: statusOf(rawStatus),
        rawStatus,
        at: clocks.read(payload['timestamp'], call),
      },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});
