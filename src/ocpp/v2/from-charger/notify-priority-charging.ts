/** OCPP 2.1 K20 NotifyPriorityCharging: the station has begun or ended priority charging of a transaction. */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readText } from '../../reading.ts';

export const notifyPriorityCharging = ({ door }: Pick<Needs, 'door'>): FromCharger => ({
  action: 'NotifyPriorityCharging',

  async handle({ payload, link, receivedAt, traceId }) {
    const ocppTransactionId = readText(payload['transactionId'], 36);
    if (ocppTransactionId === undefined) throw new UnusableMessage('it names no transaction');
    await door(
      {
        room: 'charging_needs',
        type: 'priority_reported',
        chargePointId: link.chargePointId,
        receivedAt,
        ocppTransactionId,
        active: payload['activated'] === true,
      },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});
