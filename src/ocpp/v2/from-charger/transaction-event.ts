/**
 * OCPP 2.0.1 E TransactionEvent: a whole transaction, told by numbered events. Money: taken in with whatever it holds, doubts as
 * flags; only what names no transaction is beyond use. The answer carries idTokenInfo if and only if an idToken came, and
 * totalCost only where it is known (TransactionEventResponse: absent is not known, 0 is free).
 */
import type { EventToken, TransactionEvent } from '../../../ingest/inputs.ts';
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { folded, readRecord, readText } from '../../reading.ts';
import { readCostDetails } from '../cost-details.ts';
import { digestOf } from '../event-digest.ts';
import { type IdToken, readEvse, readIdToken, readPositive, readTransactionId } from '../fields.ts';
import { readMeterValues } from '../meter-readings.ts';
import { limitReachedBy, limitToWire, readLimit } from '../transaction-limit.ts';
import { chargingStateOf, eventKindOf, idTokenInfo, readReason } from '../words.ts';

/** TriggerReasonEnumType: what is said with a token that ends the charging and does not begin it. */
const STOPPING: ReadonlySet<string> = new Set(['stopauthorized', 'deauthorized', 'remotestop']);

export const transactionEvent = ({
  door,
  clocks,
  nextTransactionId,
  newId,
}: Pick<Needs, 'door' | 'clocks' | 'nextTransactionId' | 'newId'>): FromCharger => ({
  action: 'TransactionEvent',

  async handle(call) {
    const { payload, link, receivedAt, traceId } = call;
    const info = readRecord(payload['transactionInfo']);
    const ocppTransactionId = readTransactionId(info['transactionId']);
    if (ocppTransactionId === undefined) throw new UnusableMessage('transactionInfo names no transaction');
    const flags: string[] = [];
    const saidKind = eventKindOf(payload['eventType']);
    if (saidKind === undefined) flags.push('event_type_unknown');
    const kind = saidKind ?? 'updated';
    const trigger = readText(payload['triggerReason'], 50) ?? '';
    const idToken = readIdToken(payload['idToken']);
    const state = readText(info['chargingState'], 50);
    const reason = readReason(info['stoppedReason']) ?? readText(info['stoppedReason'], 50);
    const place = readEvse(payload['evse']);
    const event: TransactionEvent = {
      ocppTransactionId,
      seqNo: readPositive(payload['seqNo']) ?? -1,
      digest: digestOf(payload),
      kind,
      trigger,
      at: clocks.read(payload['timestamp'], call),
      offline: payload['offline'] === true,
      chargingState: state === undefined ? undefined : chargingStateOf(state),
      reason,
      remoteStartId: readPositive(info['remoteStartId']),
      reservationId: readPositive(payload['reservationId']),
      place: place === undefined || place.evseId === 0 ? undefined : place,
      token: idToken === undefined ? undefined : tokenOf(idToken, kind, trigger),
      readings: readMeterValues(payload['meterValue'], (raw) => clocks.read(raw, call)),
      limit: readLimit(info['transactionLimit']),
      limitReached: limitReachedBy(trigger, reason),
      stationCost: readCostDetails(payload['costDetails']),
      tariffId: readText(info['tariffId'], 60),
      flags,
      spare: kind === 'started' ? { sessionId: newId('ses'), transactionId: await nextTransactionId() } : undefined,
    };
    const { chargePointId } = link;
    const reply = await (kind === 'started' || idToken !== undefined
      ? door({ room: 'tokens', type: 'authorize_event', chargePointId, receivedAt, event }, traceId)
      : door(
          {
            room: 'sessions',
            type: 'transaction_event',
            chargePointId,
            receivedAt,
            event,
            isFree: false,
            mayBeReserved: false,
          },
          traceId,
        ));
    return {
      ...(reply.totalCost !== undefined && { totalCost: reply.totalCost }),
      ...(reply.transactionLimit !== undefined && { transactionLimit: limitToWire(reply.transactionLimit) }),
      ...(reply.authorized !== undefined && { idTokenInfo: idTokenInfo(reply.authorized) }),
    };
  },

  minimal: () => ({}),
});

const tokenOf = (
  { uid, isTyped, isPayment }: IdToken,
  kind: TransactionEvent['kind'],
  trigger: string,
): EventToken => ({
  uid,
  isTyped,
  ...(isPayment && { isPayment }),
  asks: kind === 'ended' || STOPPING.has(folded(trigger)) ? 'stop' : 'start',
});
