/** How sessions are told to the CSMS: what each version's own way has in common. In order, kept until each is acknowledged. */
import type { Connector, Telling } from './connector.ts';
import type { Speech } from './speech.ts';
import type { Call, CallOutcome, LocalSession, SimulatorClock, Tell, Traits } from './types.ts';

export type Transactions = Telling & {
  /** A reading because the CSMS asked for one. */
  sendReading(connectorId: number): void;
  /** Resolves when the session's last message was acknowledged or given up. */
  settled(session: Readonly<LocalSession>): Promise<void>;
};

export type TransactionNeeds = {
  readonly speech: Speech;
  readonly traits: Traits;
  readonly connector: (connectorId: number) => Connector | undefined;
  readonly clock: SimulatorClock;
  readonly tell: Tell;
};

export type TransactionQueue = {
  add(
    session: Readonly<LocalSession> | undefined,
    build: () => Call,
    part?: { readonly ready?: () => boolean; readonly settled?: (outcome: CallOutcome) => void },
  ): void;
};

export function createTransactionQueue({ speech, tell }: Pick<TransactionNeeds, 'speech' | 'tell'>): TransactionQueue {
  /** Messages that were queued without a line since the queue was last empty. */
  let behind = 0;

  function caughtUp(): void {
    if (behind === 0 || speech.waiting() > 0) return;
    tell({ what: 'caught_up', messages: behind });
    behind = 0;
  }

  return {
    add(session, build, { ready, settled } = {}) {
      const { action } = build();
      // A transaction message is never given back undone: what became of it is told to `settled`.
      void speech.say({
        kind: 'transaction',
        action,
        build,
        ...(session === undefined ? {} : { session }),
        ...(ready === undefined ? {} : { ready }),
        settled(outcome) {
          settled?.(outcome);
          caughtUp();
        },
      });
      if (speech.isOpen()) return;
      behind += 1;
      tell({ what: 'queued', action, waiting: speech.waiting() });
    },
  };
}

/** Who waits for which session to be over for good. */
export type Settling = {
  begin(session: Readonly<LocalSession>): void;
  end(session: Readonly<LocalSession>): void;
  of(session: Readonly<LocalSession>): Promise<void>;
};

export function createSettling(tell: Tell): Settling {
  const waiting = new Map<string, { readonly promise: Promise<void>; readonly done: () => void }>();
  return {
    begin({ localId }) {
      let done: () => void = () => undefined;
      const promise = new Promise<void>((resolve) => {
        done = resolve;
      });
      waiting.set(localId, { promise, done });
    },
    end(session) {
      const known = waiting.get(session.localId);
      if (known === undefined) return;
      waiting.delete(session.localId);
      known.done();
      tell({ what: 'session_settled', session });
    },
    of: ({ localId }) => waiting.get(localId)?.promise ?? Promise.resolve(),
  };
}
