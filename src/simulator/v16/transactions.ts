/** How OCPP 1.6 tells a session: StartTransaction, MeterValues, StopTransaction; the CSMS makes up the id (§4.7, §4.8, §4.10). */
import { createSettling, createTransactionQueue, type TransactionNeeds, type Transactions } from '../transactions.ts';
import type { Call, CallOutcome, LocalSession, Reading } from '../types.ts';
import { instant, readStart, start, unplugged } from './messages.ts';

export type Told = {
  readonly stopsOnRefusedToken: () => boolean;
  readonly meter: (connectorId: number, session: Readonly<LocalSession> | undefined, reading: Reading) => Call;
  readonly stop: (session: Readonly<LocalSession>) => Call;
  /** CustomIdleFeeAfterStop */
  readonly tellsUnplugging: () => boolean;
};

export function createTransactions(told: Told, needs: TransactionNeeds): Transactions {
  const { speech, traits, tell } = needs;
  const queue = createTransactionQueue(needs);
  const settling = createSettling(tell);
  const afterStart = (session: LocalSession) => () => session.startSettled;
  /** By connector: whose cable is still in. */
  const last = new Map<number, LocalSession>();

  function startSettled(session: LocalSession, outcome: CallOutcome): void {
    session.startSettled = true;
    if (outcome.outcome !== 'result') return; // given up or withheld: its messages go without a transaction id
    const { transactionId, authorization } = readStart(outcome.result);
    session.transactionId = transactionId;
    session.authorization = authorization;
    tell({ what: 'session_started', session });
    // §4.8: a session whose token is refused ends, unless the charger is configured to go on.
    if (authorization === 'Accepted' || traits.chargesUnauthorized || !told.stopsOnRefusedToken()) return;
    if (session.end === undefined) needs.connector(session.connectorId)?.stop('DeAuthorized');
  }

  return {
    started(session) {
      last.set(session.connectorId, session);
      settling.begin(session);
      queue.add(session, () => start(session), { settled: (outcome) => startSettled(session, outcome) });
    },
    metered(session, reading) {
      tell({ what: 'metered', session, reading });
      queue.add(session, () => told.meter(session.connectorId, session, reading), { ready: afterStart(session) });
    },
    ended(session) {
      tell({ what: 'session_ended', session });
      queue.add(session, () => told.stop(session), {
        ready: afterStart(session),
        settled: () => settling.end(session),
      });
    },
    unplugged(connectorId) {
      const session = last.get(connectorId);
      last.delete(connectorId);
      if (session === undefined || !told.tellsUnplugging()) return;
      // OCA's note §3.4: queued as the messages of the transaction are, behind its stop.
      const timestamp = instant(needs.clock.now());
      queue.add(session, () => unplugged(session, timestamp), { ready: afterStart(session) });
    },
    sendReading(connectorId) {
      const connector = needs.connector(connectorId);
      if (connector === undefined) return;
      const reading = connector.reading('Trigger');
      const build = () => told.meter(connectorId, connector.session(), reading);
      void speech.say({ kind: 'asked', action: build().action, build }); // never rejects
    },
    settled: settling.of,
  };
}
