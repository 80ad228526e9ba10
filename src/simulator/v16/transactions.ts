/** How OCPP 1.6 tells a session: StartTransaction, MeterValues, StopTransaction; the CSMS makes up the id (§4.7, §4.8, §4.10). */
import { createSettling, createTransactionQueue, type TransactionNeeds, type Transactions } from '../transactions.ts';
import type { Call, CallOutcome, LocalSession, Reading } from '../types.ts';
import { readStart, start } from './messages.ts';

export type Told = {
  readonly stopsOnRefusedToken: () => boolean;
  readonly meter: (connectorId: number, session: Readonly<LocalSession> | undefined, reading: Reading) => Call;
  readonly stop: (session: Readonly<LocalSession>) => Call;
};

export function createTransactions(told: Told, needs: TransactionNeeds): Transactions {
  const { speech, traits, tell } = needs;
  const queue = createTransactionQueue(needs);
  const settling = createSettling(tell);
  const afterStart = (session: LocalSession) => () => session.startSettled;

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
