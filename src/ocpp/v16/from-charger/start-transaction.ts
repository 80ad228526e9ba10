/**
 * OCPP 1.6 §4.8 StartTransaction. Money: taken in with whatever it holds, doubts as flags; only what names neither a connector
 * nor a token is beyond use. Whether the token may charge does not decide whether there is a session (X8).
 */
import type { SessionStart } from '../../../ingest/inputs.ts';
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readConnectorId, readIdTag, readRegister, readReservationId } from '../fields.ts';
import { idTagInfo } from '../words.ts';

export const startTransaction = ({
  door,
  clocks,
  nextTransactionId,
  newId,
}: Pick<Needs, 'door' | 'clocks' | 'nextTransactionId' | 'newId'>): FromCharger => ({
  action: 'StartTransaction',

  async handle(call) {
    const { payload, link, receivedAt, traceId } = call;
    const connectorId = readConnectorId(payload['connectorId']);
    const tokenUid = readIdTag(payload['idTag']);
    if (connectorId === undefined && tokenUid === undefined) {
      throw new UnusableMessage('it names neither a connector nor an idTag');
    }
    const register = readRegister(payload['meterStart']);
    const flags: string[] = [];
    if (connectorId === undefined || connectorId === 0) flags.push('connector_unknown');
    if (tokenUid === undefined) flags.push('token_missing');
    if (register.oddity !== undefined) flags.push(`meter_start_${register.oddity}`);
    const start: SessionStart = {
      evseId: connectorId ?? 0,
      connectorId: connectorId ?? 0,
      tokenUid: tokenUid ?? '',
      meterStartWh: register.wh ?? 0,
      at: clocks.read(payload['timestamp'], call),
      reservationId: readReservationId(payload['reservationId']),
      sessionId: newId('ses'),
      transactionId: await nextTransactionId(),
      flags,
    };
    const reply = await door(
      {
        room: 'tokens',
        type: 'authorize_start',
        chargePointId: link.chargePointId,
        receivedAt,
        start,
      },
      traceId,
    );
    return { transactionId: reply.transactionId, idTagInfo: idTagInfo(reply) };
  },

  // 0 is no id of ours: a stop with it is found by connector and time (X3), and Invalid keeps the charger from charging.
  minimal: () => ({ transactionId: 0, idTagInfo: idTagInfo({ authorization: 'invalid' }) }),
});
