/** OCPP 1.6 §4.7 MeterValues. Without a transaction id, or with a strange one, the sessions room finds the session (M1). */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readList } from '../../reading.ts';
import { readConnectorId, readTransactionId } from '../fields.ts';
import { readMeterValues } from '../meter-readings.ts';

export const meterValues = ({ door, clocks }: Pick<Needs, 'door' | 'clocks'>): FromCharger => ({
  action: 'MeterValues',

  async handle(call) {
    const { payload, link, receivedAt, traceId } = call;
    const connectorId = readConnectorId(payload['connectorId']);
    const transactionId = readTransactionId(payload['transactionId']);
    const readings = readMeterValues(payload['meterValue'], (raw) => clocks.read(raw, call));
    if (readings.length === 0) {
      // M4: an empty list says nothing and is no fault. Something that is not a list at all may have been values.
      if (Array.isArray(payload['meterValue']) || readList(payload['meterValue']).length > 0) return {};
      throw new UnusableMessage('meterValue holds no values');
    }
    if (connectorId === undefined && transactionId === undefined) {
      throw new UnusableMessage('it names neither a connector nor a transaction');
    }
    await door(
      {
        room: 'sessions',
        type: 'metered',
        chargePointId: link.chargePointId,
        receivedAt,
        evseId: connectorId ?? 0,
        connectorId: connectorId ?? 0,
        transactionId,
        readings,
      },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});
