/** OCPP 1.6 §4.9 StatusNotification. Any order and any status is passed on (B9); connector 0 is the charge point (B7). */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readText } from '../../reading.ts';
import { readConnectorId } from '../fields.ts';
import { readErrorCode, statusOf } from '../words.ts';

export const statusNotification = ({ door, clocks }: Pick<Needs, 'door' | 'clocks'>): FromCharger => ({
  action: 'StatusNotification',

  async handle(call) {
    const { payload, link, receivedAt, traceId } = call;
    const connectorId = readConnectorId(payload['connectorId']);
    if (connectorId === undefined) throw new UnusableMessage('connectorId names no connector');
    const rawStatus = readText(payload['status'], 50);
    if (rawStatus === undefined) throw new UnusableMessage('there is no status');
    await door(
      {
        room: 'stations',
        type: 'status_reported',
        chargePointId: link.chargePointId,
        receivedAt,
        evseId: connectorId,
        connectorId,
        status: statusOf(rawStatus),
        rawStatus,
        // Required by §6.47, left out by chargers that have nothing to complain of.
        errorCode: readErrorCode(payload['errorCode']) ?? readText(payload['errorCode'], 50) ?? 'NoError',
        info: readText(payload['info'], 255),
        vendorId: readText(payload['vendorId'], 255),
        vendorErrorCode: readText(payload['vendorErrorCode'], 255),
        at: clocks.read(payload['timestamp'], call),
      },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});
