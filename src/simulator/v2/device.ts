/** All that a 2.x station has and remembers: its device model, its tokens, its transactions. */
import type { Model } from './model/index.ts';
import type { Tokens } from './tokens.ts';
import type { TransactionLog } from './transaction-log.ts';
import type { V2Transactions } from './transactions.ts';
import type { V2Version } from './words.ts';

export type Device = {
  readonly version: V2Version;
  readonly model: Model;
  readonly tokens: Tokens;
  readonly log: TransactionLog;
  readonly transactions: () => V2Transactions;
  /** What the next boot will be told to come of. */
  bootReason: string;
  /** Resets that wait until nobody charges: of the station (0) or of an EVSE. */
  readonly scheduledResets: Set<number>;
  /** Connectors out of order by themselves, as `evse.connector`. */
  readonly plugsOut: Set<string>;
  /** Whether the last boot was accepted. */
  isRegistered: boolean;
};
