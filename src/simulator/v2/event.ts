/** One TransactionEvent's payload (2.0.1 part 2, 1.60 TransactionEvent), made of the transaction as it stands. Pure. */
import type { Call, Payload, StopReason } from '../types.ts';
import { instant } from './messages.ts';
import type { IdToken } from './tokens.ts';
import type { Transaction } from './transaction-log.ts';
import { stoppedReasonOf } from './words.ts';

export type Event = {
  readonly type: 'Started' | 'Updated' | 'Ended';
  readonly trigger: string;
  readonly at: Date;
  /** It is the first that shows this token: with what belongs to it. */
  readonly token?: string;
  readonly stopToken?: string;
  /** With the EVSE. */
  readonly place?: boolean;
  readonly stopped?: StopReason;
  readonly meter?: readonly Payload[];
  readonly more?: Payload;
};

/** What 2.1 adds to the event, and to its transactionInfo. */
export type Besides = { readonly event: Payload; readonly info: Payload };

export function eventCall(
  transaction: Transaction,
  event: Event,
  of: {
    readonly offline: boolean;
    readonly plug: number;
    readonly idToken: (token: string) => IdToken;
    readonly besides?: Besides;
  },
): Call {
  const { session, evseId, remoteStartId } = transaction;
  const shown = event.token ?? event.stopToken;
  const isFirstOfToken = event.token !== undefined;
  const timeSpentCharging = Math.round(transaction.chargedMs / 1000);
  return {
    action: 'TransactionEvent',
    payload: {
      eventType: event.type,
      timestamp: instant(event.at),
      triggerReason: event.trigger,
      seqNo: transaction.seqNo,
      ...(of.offline ? { offline: true } : {}),
      ...(isFirstOfToken && session?.reservationId !== undefined ? { reservationId: session.reservationId } : {}),
      transactionInfo: {
        transactionId: transaction.id,
        chargingState: transaction.state,
        ...(timeSpentCharging > 0 ? { timeSpentCharging } : {}),
        ...(isFirstOfToken && remoteStartId !== undefined ? { remoteStartId } : {}),
        ...(event.stopped === undefined ? {} : { stoppedReason: stoppedReasonOf(event.stopped) }),
        ...of.besides?.info,
      },
      ...(event.place === true ? { evse: of.plug === 0 ? { id: evseId } : { id: evseId, connectorId: of.plug } } : {}),
      ...(shown === undefined ? {} : { idToken: of.idToken(shown) }),
      ...(event.meter === undefined ? {} : { meterValue: event.meter }),
      ...of.besides?.event,
      ...event.more,
    },
  };
}
