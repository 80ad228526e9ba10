/**
 * What the charger has to say, in order. One call at a time (OCPP-J §4.1.1), transaction messages strictly one after the other
 * and kept while offline (OCPP 1.6 §3.7), everything else said now or never. Knows no version and no message content.
 */
import type { Timers } from './clock.ts';
import type { CallOutcome } from './types.ts';

export type Entry = {
  readonly action: string;
  /** `boot` and `asked` (triggered by the CSMS) may go before the boot is accepted; `transaction` survives the line. */
  readonly kind: 'boot' | 'asked' | 'plain' | 'transaction';
  /** One attempt on the wire, built at that moment. */
  readonly attempt: (attempts: number) => Promise<CallOutcome>;
  /** For chargers that do not wait for answers: what it depends on has been answered. */
  readonly ready?: () => boolean;
  /** Called once, with the last outcome. */
  readonly settle: (outcome: CallOutcome) => void;
};

export type OutboxOptions = {
  readonly timers: Timers;
  readonly lineIsOpen: () => boolean;
  /** Whether such an entry may be sent at this moment. */
  readonly maySend: (kind: Entry['kind']) => boolean;
  readonly oneAtATime: boolean;
  readonly repeatsOnErrorForEver: boolean;
  /** OCPP 1.6 §3.7.1: TransactionMessageAttempts and TransactionMessageRetryInterval. */
  readonly attempts: () => number;
  readonly retryIntervalMs: () => number;
  readonly dropped: (action: string, why: string) => void;
};

export type Outbox = {
  add(entry: Entry): void;
  /** Something changed: see what can be sent. */
  pump(): void;
  /** The line broke: what is not kept is lost, and what is kept goes out as soon as there is a line again. */
  lineLost(): void;
  /** Transaction messages that wait or are under way. */
  waiting(): number;
  /** Resolves when every transaction message is settled. */
  drained(): Promise<void>;
  close(): void;
};

type Waiting = { readonly entry: Entry; attempts: number; errors: number; underWay: boolean };

export function createOutbox(options: OutboxOptions): Outbox {
  const { timers, maySend, oneAtATime } = options;
  const plain: Entry[] = [];
  const transactions: Waiting[] = [];
  let underWay = 0;
  let resting: (() => void) | undefined;
  let closed = false;
  const watchers: (() => void)[] = [];

  // Entries are numbered as they come, so that a charger that is online says everything in the order it happened.
  const order = new WeakMap<Entry, number>();
  let count = 0;
  const isOlder = (a: Entry, b: Entry): boolean => (order.get(a) ?? 0) < (order.get(b) ?? 0);

  /** The transaction message whose turn it is: the oldest, and nothing behind it before it is settled. */
  function nextTransaction(): Waiting | undefined {
    if (resting !== undefined || transactions.length === 0 || !maySend('transaction')) return undefined;
    if (oneAtATime) return transactions[0]?.underWay ? undefined : transactions[0];
    return transactions.find((item) => !item.underWay && item.entry.ready?.() !== false);
  }

  function pump(): void {
    while (!closed && (underWay === 0 || !oneAtATime)) {
      const index = plain.findIndex((entry) => maySend(entry.kind));
      const spoken = plain[index];
      const item = nextTransaction();
      if (spoken !== undefined && (item === undefined || spoken.kind === 'boot' || isOlder(spoken, item.entry))) {
        plain.splice(index, 1);
        void say(spoken); // never rejects: it settles its entry
      } else if (item !== undefined) {
        void transact(item); // never rejects: it settles its entry or keeps it
      } else return;
    }
  }

  async function say(entry: Entry): Promise<void> {
    underWay += 1;
    const outcome = await entry.attempt(0);
    underWay -= 1;
    entry.settle(outcome);
    pump();
  }

  async function transact(item: Waiting): Promise<void> {
    underWay += 1;
    item.underWay = true;
    const outcome = await item.entry.attempt(item.attempts);
    item.attempts += 1;
    item.underWay = false;
    underWay -= 1;
    if (closed) return;
    switch (outcome.outcome) {
      case 'result':
      case 'withheld':
        finish(item, outcome);
        break;
      case 'lost':
        break; // stays where it is until there is a line again
      case 'timeout':
        rest(options.retryIntervalMs());
        break;
      case 'error':
        item.errors += 1;
        if (options.repeatsOnErrorForEver) rest(1000);
        // §3.7.1: so many attempts, the n-th pause being n intervals long, then it is given up.
        else if (item.errors < options.attempts()) rest(options.retryIntervalMs() * item.errors);
        else {
          options.dropped(item.entry.action, `${outcome.code} ${outcome.description}`.trim());
          finish(item, outcome);
        }
        break;
    }
    pump();
  }

  function finish(item: Waiting, outcome: CallOutcome): void {
    transactions.splice(transactions.indexOf(item), 1);
    item.entry.settle(outcome);
    if (transactions.length === 0) for (const done of watchers.splice(0)) done();
  }

  function rest(ms: number): void {
    resting?.();
    resting = timers.after(ms, () => {
      resting = undefined;
      pump();
    });
  }

  function wakeUp(): void {
    resting?.();
    resting = undefined;
  }

  return {
    add(entry) {
      if (closed || (entry.kind !== 'transaction' && !options.lineIsOpen())) return entry.settle({ outcome: 'lost' });
      count += 1;
      order.set(entry, count);
      if (entry.kind === 'transaction') transactions.push({ entry, attempts: 0, errors: 0, underWay: false });
      else plain.push(entry);
      pump();
    },
    pump,
    lineLost() {
      wakeUp();
      for (const entry of plain.splice(0)) entry.settle({ outcome: 'lost' });
    },
    waiting: () => transactions.length,
    drained: () => (transactions.length === 0 ? Promise.resolve() : new Promise((resolve) => watchers.push(resolve))),
    close() {
      closed = true;
      wakeUp();
      for (const entry of plain.splice(0)) entry.settle({ outcome: 'lost' });
    },
  };
}
