/**
 * How 2.x tells a session (2.0.1 E01–E15): every step is a TransactionEvent with the next number of its transaction, whose id the
 * station made up. Where a transaction begins and ends is what TxStartPoint and TxStopPoint say; offline events are kept and say so.
 */
import type { Order } from '../connector.ts';
import { createSettling, createTransactionQueue, type TransactionNeeds, type Transactions } from '../transactions.ts';
import type { CallOutcome, LocalSession, Payload, Reading, StopReason } from '../types.ts';
import { type Besides, type Event, eventCall } from './event.ts';
import { meterValue, meterValues, readIdTokenInfo } from './messages.ts';
import type { Model } from './model/index.ts';
import type { Signing } from './signing.ts';
import type { Tokens } from './tokens.ts';
import type { Transaction, TransactionLog } from './transaction-log.ts';
import { triggerOf, type V2Version } from './words.ts';

export type V2Transactions = Transactions & {
  /** Ends a transaction in which nobody charges (any more). */
  endOpen(transaction: Transaction, reason: StopReason): void;
  /** Because the CSMS asked for it, or a clock struck. */
  update(transaction: Transaction, trigger: string, reading?: Reading, more?: Payload): void;
};

/** After these nobody is to be waited for, wherever TxStopPoint lies. */
const AT_ONCE: ReadonlySet<StopReason> = new Set([
  'EVDisconnected',
  'EmergencyStop',
  'GroundFault',
  'HardReset',
  'ImmediateReset',
  'Other',
  'PowerLoss',
  'Reboot',
  'SoftReset',
]);

export function createTransactions(
  given: {
    readonly version: V2Version;
    readonly model: Model;
    readonly log: TransactionLog;
    readonly tokens: Tokens;
    readonly signing: Signing;
    /** What the CSMS answered an event of that transaction. */
    readonly answered?: (transaction: Transaction, said: Payload) => void;
    /** What an event of it carries besides (2.1: costDetails). */
    readonly besides?: (transaction: Transaction, event: Event) => Besides;
  },
  needs: TransactionNeeds,
): V2Transactions {
  const { version, model, log, tokens, signing } = given;
  const { speech, traits, tell, clock } = needs;
  const queue = createTransactionQueue(needs);
  const settling = createSettling(tell);
  /** Where somebody was let in before the cable came. */
  const letIn = new Set<number>();
  const words = (name: string): string[] =>
    model
      .read(name)
      .split(',')
      .map((word) => word.trim());
  const startsAt = (point: string): boolean => words('TxCtrlr.TxStartPoint').includes(point);
  const stopsAt = (point: string): boolean => words('TxCtrlr.TxStopPoint').includes(point);
  const valuesOf = (reading: Reading, name: string): Payload =>
    meterValue(reading, words(`SampledDataCtrlr.${name}`), signing);

  function say(transaction: Transaction, event: Event): void {
    count(transaction, event.at);
    const plug = transaction.session?.plug ?? needs.connector(transaction.evseId)?.pluggedInto() ?? 0;
    const call = eventCall(transaction, event, {
      offline: !speech.isOpen(),
      plug,
      idToken: tokens.idToken,
      ...(given.besides === undefined ? {} : { besides: given.besides(transaction, event) }),
    });
    transaction.seqNo += 1;
    transaction.waiting += 1;
    queue.add(transaction.session, () => call, { settled: (outcome) => settled(transaction, event, outcome) });
  }

  function settled(transaction: Transaction, { token }: Event, outcome: CallOutcome): void {
    transaction.waiting -= 1;
    if (outcome.outcome === 'result') {
      given.answered?.(transaction, outcome.result);
      if (token !== undefined) authorized(transaction, token, outcome.result);
    }
    const { session } = transaction;
    if (session?.end !== undefined && transaction.waiting === 0) settling.end(session);
  }

  function authorized(transaction: Transaction, token: string, said: Payload): void {
    const info = said['idTokenInfo'];
    const status = info === undefined ? 'Accepted' : readIdTokenInfo(said);
    tokens.heard(token, info, clock.now());
    transaction.authorization = status;
    const { session, evseId } = transaction;
    const connector = needs.connector(evseId);
    if (session !== undefined) known(session, status);
    if (status === 'Accepted' || traits.chargesUnauthorized || transaction.hasEnded) return;
    if (session === undefined) {
      connector?.dismiss();
      endOpen(transaction, 'DeAuthorized');
    } else if (session.end !== undefined) return;
    // E05.FR.08–10: a refused token stops the transaction, or only the energy, as StopTxOnInvalidId says.
    else if (model.read('TxCtrlr.StopTxOnInvalidId') === 'true') connector?.stop('DeAuthorized');
    else connector?.suspend('EVSE');
  }

  function known(session: LocalSession, status: string): void {
    session.startSettled = true;
    session.authorization = status;
    tell({ what: 'session_started', session });
  }

  /** Brings the time spent charging up to this instant. */
  function count(transaction: Transaction, at: Date): void {
    const now = at.getTime();
    if (transaction.chargingSince !== undefined) transaction.chargedMs += now - transaction.chargingSince;
    transaction.chargingSince = transaction.state === 'Charging' ? now : undefined;
  }

  function show(transaction: Transaction, token: string, { remoteStartId }: Order, otherwise: string): string {
    transaction.token = token;
    transaction.remoteStartId = remoteStartId;
    return remoteStartId === undefined ? otherwise : 'RemoteStart';
  }

  function changeState(transaction: Transaction, state: Transaction['state'], at: Date): void {
    count(transaction, at);
    transaction.state = state;
    say(transaction, { type: 'Updated', trigger: 'ChargingStateChanged', at });
  }

  function end(transaction: Transaction, trigger: string, reason: StopReason, reading: Reading, at: Date): void {
    const { session } = transaction;
    const readings = session === undefined ? [reading] : [session.begin, ...transaction.kept, reading];
    const stopToken = trigger === 'StopAuthorized' ? (session?.end?.stopToken ?? session?.token) : undefined;
    log.end(transaction);
    say(transaction, {
      type: 'Ended',
      trigger,
      at,
      stopped: reason,
      ...(stopToken === undefined ? {} : { stopToken }),
      meter: readings.map((each) => valuesOf(each, 'TxEndedMeasurands')),
    });
  }

  function endOpen(transaction: Transaction, reason: StopReason, trigger = triggerOf(reason, version)): void {
    const { session, evseId } = transaction;
    const reading = session?.end?.reading ?? needs.connector(evseId)?.reading('Transaction.End');
    if (reading === undefined) return;
    end(transaction, trigger, transaction.stopped ?? reason, reading, clock.now());
  }

  function keep(transaction: Transaction, reading: Reading): void {
    const intervalMs = Number(model.read('SampledDataCtrlr.TxEndedInterval')) * 1000;
    const last = transaction.kept.at(-1) ?? transaction.session?.begin;
    const age = reading.at.getTime() - (last?.at.getTime() ?? 0);
    if (intervalMs > 0 && age >= intervalMs - 1 && transaction.kept.length < 100) transaction.kept.push(reading);
  }

  return {
    plugged(evseId) {
      const at = clock.now();
      const known = log.open(evseId);
      if (known === undefined && !startsAt('EVConnected')) return;
      const transaction = known ?? log.begin(evseId);
      transaction.state = 'EVConnected';
      const reading = known === undefined ? needs.connector(evseId)?.reading('Transaction.Begin') : undefined;
      say(transaction, {
        type: known === undefined ? 'Started' : 'Updated',
        trigger: 'CablePluggedIn',
        at,
        place: true,
        ...(reading === undefined ? {} : { meter: [valuesOf(reading, 'TxStartedMeasurands')] }),
      });
    },
    unplugged(evseId) {
      const transaction = log.open(evseId);
      if (transaction === undefined) return;
      transaction.state = 'Idle';
      endOpen(transaction, 'EVDisconnected', 'EVCommunicationLost');
    },
    presented(evseId, token, order) {
      letIn.add(evseId);
      if (!startsAt('Authorized') || log.open(evseId) !== undefined) return;
      const transaction = log.begin(evseId);
      const trigger = show(transaction, token, order, 'Authorized');
      say(transaction, { type: 'Started', trigger, at: clock.now(), token, place: true });
    },
    neverPlugged(evseId) {
      letIn.delete(evseId);
      const transaction = log.open(evseId);
      if (transaction !== undefined) endOpen(transaction, 'Timeout');
    },
    reservationOver(_evseId, reservationId, how) {
      const payload = { reservationId, reservationUpdateStatus: how };
      const call = { action: 'ReservationStatusUpdate', payload };
      void speech.say({ kind: 'plain', action: call.action, build: () => call }); // never rejects
    },
    started(session) {
      settling.begin(session);
      const { token, connectorId: evseId, startedAt: at } = session;
      const order = session.remoteStartId === undefined ? {} : { remoteStartId: session.remoteStartId };
      const cableCameLast = letIn.delete(evseId);
      const open = log.open(evseId);
      const transaction = open ?? log.begin(evseId);
      transaction.session = session;
      session.transactionId = transaction.id;
      const meter = [valuesOf(session.begin, 'TxStartedMeasurands')];
      if (open === undefined) {
        transaction.state = 'EVConnected';
        const trigger = show(transaction, token, order, cableCameLast ? 'CablePluggedIn' : 'Authorized');
        say(transaction, { type: 'Started', trigger, at, token, place: true, meter });
      } else if (open.token !== token) {
        const trigger = show(transaction, token, order, 'Authorized');
        say(transaction, { type: 'Updated', trigger, at, token, meter });
      } else if (open.authorization !== undefined) known(session, open.authorization);
      changeState(transaction, 'Charging', at);
    },
    flowChanged(session) {
      const transaction = log.find(session.transactionId);
      const status = needs.connector(session.connectorId)?.status();
      if (transaction === undefined || transaction.hasEnded) return;
      changeState(
        transaction,
        status === 'SuspendedEV' || status === 'SuspendedEVSE' ? status : 'Charging',
        clock.now(),
      );
    },
    metered(session, reading) {
      tell({ what: 'metered', session, reading });
      const transaction = log.find(session.transactionId);
      if (transaction === undefined) return;
      keep(transaction, reading);
      const meter = [valuesOf(reading, 'TxUpdatedMeasurands')];
      say(transaction, { type: 'Updated', trigger: 'MeterValuePeriodic', at: reading.at, meter });
    },
    ended(session) {
      tell({ what: 'session_ended', session });
      const transaction = log.find(session.transactionId);
      if (transaction === undefined || session.end === undefined) return;
      const { reason, reading } = session.end;
      count(transaction, reading.at);
      transaction.state = reason === 'EVDisconnected' ? 'Idle' : 'EVConnected';
      const trigger = triggerOf(reason, version);
      const goesOn = !AT_ONCE.has(reason) && !stopsAt('Authorized') && !stopsAt('PowerPathClosed');
      if (!goesOn) return end(transaction, trigger, reason, reading, reading.at);
      transaction.stopped = reason;
      say(transaction, {
        type: 'Updated',
        trigger,
        at: reading.at,
        ...(trigger === 'StopAuthorized' ? { stopToken: session.end.stopToken ?? session.token } : {}),
      });
    },
    sendReading(evseId) {
      const reading = needs.connector(evseId)?.reading('Trigger');
      if (reading === undefined) return;
      const { action, payload } = meterValues(evseId, reading, words('AlignedDataCtrlr.Measurands'));
      void speech.say({ kind: 'asked', action, build: () => ({ action, payload }) }); // never rejects
    },
    settled: settling.of,
    endOpen(transaction, reason) {
      endOpen(transaction, reason);
    },
    update(transaction, trigger, reading, more) {
      say(transaction, {
        type: 'Updated',
        trigger,
        at: reading?.at ?? clock.now(),
        ...(reading === undefined ? {} : { meter: [valuesOf(reading, 'TxUpdatedMeasurands')] }),
        ...(more === undefined ? {} : { more }),
      });
    },
  };
}
