/** E: what 2.x stations do about the events of a transaction. */
import type { Misbehaviour } from '../contract.ts';
import type { OutgoingCall } from '../types.ts';
import { inTurn, isPayload, on, payloadOf, withFields } from './payload.ts';

const seqNoOf = (call: OutgoingCall): number => Number(payloadOf(call)['seqNo']);
const typeOf = (call: OutgoingCall): unknown => payloadOf(call)['eventType'];
const events = (rewrite: (call: OutgoingCall) => readonly OutgoingCall[]) => on('TransactionEvent', rewrite);
/** With its number changed by as many. */
const renumbered = (call: OutgoingCall, by: number): OutgoingCall =>
  withFields(call, { seqNo: Math.max(0, seqNoOf(call) + by) });
const fresh = (call: OutgoingCall): OutgoingCall => ({ ...call, messageId: 'fresh' });

const GARBAGE = `\u0000\u0007\u001b[2J'; DROP TABLE sessions; -- <script>\ud83d ${'€'.repeat(3_000)}`;

export const events2x: Readonly<Record<string, Misbehaviour>> = {
  E1: {
    does: 'repeats each TransactionEvent, in turn with the same and with a new message id',
    calls: () => {
      const next = inTurn<OutgoingCall['messageId']>(['as_before', 'fresh']);
      return events((call) => [call, { ...call, messageId: next() }]);
    },
  },
  E2: {
    does: 'loses the Started event of each transaction',
    calls: () => events((call) => (typeOf(call) === 'Started' ? [] : [call])),
  },
  E3: {
    does: 'leaves a number out after the third event of each transaction, with nothing lost',
    calls: () => events((call) => [seqNoOf(call) < 3 ? call : renumbered(call, 1)]),
  },
  E4: {
    does: 'uses each number twice, for two different events',
    calls: () => events((call) => [withFields(call, { seqNo: Math.floor(seqNoOf(call) / 2) })]),
  },
  E5: {
    does: 'sends the second and third event of each transaction in the wrong order',
    calls: () => {
      let kept: OutgoingCall | undefined;
      return events((call) => {
        if (seqNoOf(call) === 1 && typeOf(call) !== 'Ended') {
          kept = call;
          return [];
        }
        const before = kept;
        kept = undefined;
        return before === undefined ? [call] : [call, fresh(before)];
      });
    },
  },
  E6: {
    does: 'sends the whole transaction once more behind its Ended event, under new message ids',
    calls: () => {
      let past: OutgoingCall[] = [];
      return events((call) => {
        past = typeOf(call) === 'Started' ? [call] : [...past, call];
        return typeOf(call) === 'Ended' ? [call, ...past.map(fresh)] : [call];
      });
    },
  },
  E7: {
    does: 'begins the numbers of every transaction at 1000, and calls none of them offline',
    calls: () =>
      events((call) => {
        const { offline: _offline, ...rest } = payloadOf(renumbered(call, 1000));
        return [{ ...call, payload: rest }];
      }),
  },
  E8: {
    does: 'trigger reasons, charging states and stop reasons that no version has',
    calls: () =>
      events((call) => {
        const { transactionInfo } = payloadOf(call);
        const info = isPayload(transactionInfo) ? transactionInfo : {};
        const stopped = info['stoppedReason'] === undefined ? {} : { stoppedReason: 'Finished' };
        const odd = { ...info, chargingState: 'ChargingNow', ...stopped };
        return [withFields(call, { triggerReason: 'BecauseOfMe', transactionInfo: odd })];
      }),
  },
  E9: {
    does: 'loses every Ended event; the connector just becomes Available',
    calls: () => events((call) => (typeOf(call) === 'Ended' ? [] : [call])),
  },
  E10: {
    does: 'texts beyond all limits with control characters and half an emoji, and values of the wrong type, wherever it may',
    calls: () =>
      events((call) => [
        withFields(call, {
          ...{ customData: { vendorId: GARBAGE, more: [GARBAGE] }, [GARBAGE.slice(0, 40)]: GARBAGE },
          ...{ numberOfPhasesUsed: 'three', cableMaxCurrent: null, reservationId: {}, offline: 'perhaps' },
        }),
      ]),
  },
  E11: {
    does: 'ends, each time, a transaction that never began, and not its own',
    calls: () =>
      events((call) => {
        const { transactionInfo } = payloadOf(call);
        if (typeOf(call) !== 'Ended' || !isPayload(transactionInfo)) return [call];
        const other = `nobody's ${String(transactionInfo['transactionId'])}`;
        return [withFields(call, { transactionInfo: { ...transactionInfo, transactionId: other } })];
      }),
  },
};
