/**
 * OCPP 1.6 §4.10 StopTransaction. Never refused: the energy has flowed, and a charger repeats what was not answered for ever.
 * The answer carries idTagInfo only for a stop that names an idTag (§6.50): it updates the charger's cache and stops nobody.
 */
import type { SessionStop } from '../../../ingest/inputs.ts';
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readText } from '../../reading.ts';
import { readIdTag, readRegister, readTransactionId } from '../fields.ts';
import { readMeterValues } from '../meter-readings.ts';
import { idTagInfo, readReason } from '../words.ts';

export const stopTransaction = ({
  door,
  clocks,
  nextTransactionId,
  newId,
}: Pick<Needs, 'door' | 'clocks' | 'nextTransactionId' | 'newId'>): FromCharger => ({
  action: 'StopTransaction',

  async handle(call) {
    const { payload, link, receivedAt, traceId } = call;
    const transactionId = readTransactionId(payload['transactionId']);
    const rawTransactionId = readText(payload['transactionId'], 64) ?? '';
    const tokenUid = readIdTag(payload['idTag']);
    const register = readRegister(payload['meterStop']);
    const readings = readMeterValues(payload['transactionData'], (raw) => clocks.read(raw, call));
    const at = clocks.read(payload['timestamp'], call);
    if (rawTransactionId === '' && register.wh === undefined && at.raw === undefined && readings.length === 0) {
      throw new UnusableMessage('it names neither a transaction, nor a meter reading, nor a time');
    }
    const spareTransactionId = await nextTransactionId();
    const stop: SessionStop = {
      room: 'sessions',
      type: 'stopped',
      chargePointId: link.chargePointId,
      receivedAt,
      transactionId,
      rawTransactionId,
      meterStopWh: register.wh,
      at,
      // §4.10: a stop without a reason is a normal one at the charger.
      reason: readReason(payload['reason']) ?? readText(payload['reason'], 50) ?? 'Local',
      tokenUid,
      readings,
      spare: { sessionId: newId('ses'), transactionId: spareTransactionId },
      flags: register.oddity === undefined ? [] : [`meter_stop_${register.oddity}`],
    };
    const { authorized } = await (tokenUid === undefined
      ? door(stop, traceId)
      : door(
          {
            room: 'tokens',
            type: 'authorize_stop',
            chargePointId: link.chargePointId,
            receivedAt,
            tokenUid,
            stop,
          },
          traceId,
        ));
    return authorized === undefined ? {} : { idTagInfo: idTagInfo(authorized) };
  },

  minimal: () => ({}),
});
