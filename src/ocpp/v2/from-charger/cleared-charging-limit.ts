/** OCPP 2.0.1 K13 ClearedChargingLimit: a limit of somebody else is gone. Without an EVSE: wherever that source had set one. */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readText } from '../../reading.ts';
import { readEvseId } from '../fields.ts';

export const clearedChargingLimit = ({ door }: Pick<Needs, 'door'>): FromCharger => ({
  action: 'ClearedChargingLimit',

  async handle({ payload, link, receivedAt, traceId }) {
    const source = readText(payload['chargingLimitSource'], 20);
    if (source === undefined) throw new UnusableMessage('it does not say whose limit is gone');
    await door(
      {
        room: 'external_limits',
        type: 'limit_cleared',
        chargePointId: link.chargePointId,
        receivedAt,
        source,
        evseId: readEvseId(payload['evseId']),
      },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});
