/** OCPP 2.0.1 J01 MeterValues: of an EVSE, or (evseId 0) of the station. What belongs to a transaction comes with its events. */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readList } from '../../reading.ts';
import { readEvseId } from '../fields.ts';
import { readMeterValues } from '../meter-readings.ts';

export const meterValues = ({ door, clocks }: Pick<Needs, 'door' | 'clocks'>): FromCharger => ({
  action: 'MeterValues',

  async handle(call) {
    const { payload, link, receivedAt, traceId } = call;
    const evseId = readEvseId(payload['evseId']);
    const readings = readMeterValues(payload['meterValue'], (raw) => clocks.read(raw, call));
    if (readings.length === 0) {
      // M4: an empty list says nothing and is no fault. Something that is not a list at all may have been values.
      if (Array.isArray(payload['meterValue']) || readList(payload['meterValue']).length > 0) return {};
      throw new UnusableMessage('meterValue holds no values');
    }
    if (evseId === undefined) throw new UnusableMessage('evseId names no EVSE');
    await door(
      {
        room: 'sessions',
        type: 'metered',
        chargePointId: link.chargePointId,
        receivedAt,
        evseId,
        // Of the EVSE, whichever of its connectors is in use; where a session runs there, of that one.
        connectorId: evseId === 0 ? 0 : 1,
        readings,
      },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});
