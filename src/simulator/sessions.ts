/** Turns what happens on connectors into transaction messages, kept in order until the CSMS has acknowledged each. */
import type { Connector } from './connector.ts';
import type { Dialect } from './dialect.ts';
import type { Speech } from './speech.ts';
import type { Call, CallOutcome, LocalSession, Reading, Tell, Traits } from './types.ts';

export type Sessions = {
  started(session: LocalSession): void;
  metered(session: LocalSession, reading: Reading): void;
  ended(session: LocalSession): void;
  sendReading(connectorId: number): void;
  /** Resolves when the session's stop was acknowledged or given up. */
  settled(session: Readonly<LocalSession>): Promise<void>;
};

export function createSessions(needs: {
  readonly dialect: Dialect;
  readonly speech: Speech;
  readonly traits: Traits;
  readonly connector: (connectorId: number) => Connector | undefined;
  readonly tell: Tell;
}): Sessions {
  const { dialect, speech, traits, tell } = needs;
  /** Messages that were queued without a line since the queue was last empty. */
  let behind = 0;
  const settling = new Map<string, { readonly promise: Promise<void>; readonly done: () => void }>();

  function queue(
    session: Readonly<LocalSession>,
    build: () => Call,
    part: { readonly isStart?: boolean; readonly settled?: (outcome: CallOutcome) => void } = {},
  ): void {
    const { action } = build();
    const { isStart = false, settled } = part;
    // A transaction message is never given back undone: what became of it is told to `settled`.
    void speech.say({
      kind: 'transaction',
      action,
      build,
      session,
      ready: () => isStart || session.startSettled,
      settled(outcome) {
        settled?.(outcome);
        caughtUp();
      },
    });
    if (speech.isOpen()) return;
    behind += 1;
    tell({ what: 'queued', action, waiting: speech.waiting() });
  }

  function caughtUp(): void {
    if (behind === 0 || speech.waiting() > 0) return;
    tell({ what: 'caught_up', messages: behind });
    behind = 0;
  }

  function startSettled(session: LocalSession, outcome: CallOutcome): void {
    session.startSettled = true;
    if (outcome.outcome !== 'result') return; // given up or withheld: its messages go without a transaction id
    const { transactionId, authorization } = dialect.readStart(outcome.result);
    session.transactionId = transactionId;
    session.authorization = authorization;
    tell({ what: 'session_started', session });
    // OCPP 1.6 §4.8: a session whose token is refused ends, unless the charger is configured to go on.
    if (authorization === 'Accepted' || traits.chargesUnauthorized || !dialect.settings.stopsOnRefusedToken()) return;
    if (session.end === undefined) needs.connector(session.connectorId)?.stop('DeAuthorized');
  }

  function stopSettled(session: LocalSession): void {
    settling.get(session.localId)?.done();
    settling.delete(session.localId);
    tell({ what: 'session_settled', session });
  }

  return {
    started(session) {
      let done: () => void = () => undefined;
      const promise = new Promise<void>((resolve) => {
        done = resolve;
      });
      settling.set(session.localId, { promise, done });
      queue(session, () => dialect.start(session), {
        isStart: true,
        settled: (outcome) => startSettled(session, outcome),
      });
    },
    metered(session, reading) {
      tell({ what: 'metered', session, reading });
      queue(session, () => dialect.meter(session.connectorId, session, reading));
    },
    ended(session) {
      tell({ what: 'session_ended', session });
      queue(session, () => dialect.stop(session), { settled: () => stopSettled(session) });
    },
    sendReading(connectorId) {
      const connector = needs.connector(connectorId);
      if (connector === undefined) return;
      const reading = connector.reading('Trigger');
      const build = () => dialect.meter(connectorId, connector.session(), reading);
      void speech.say({ kind: 'asked', action: build().action, build }); // never rejects
    },
    settled: (session) => settling.get(session.localId)?.promise ?? Promise.resolve(),
  };
}
