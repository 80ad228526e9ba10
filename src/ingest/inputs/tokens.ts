/** Questions whether a token may charge. Types only. */
import type { Common } from './common.ts';
import type { SessionStart, SessionStop, TransactionEvent } from './sessions.ts';

export type TokenInput = Common & {
  readonly room: 'tokens';
} /** May this token charge? Reply: {@link AuthorizeReply}. */ & (
    | {
        readonly type: 'authorize';
        readonly tokenUid: string;
        /** It was typed in; undefined: the version does not say. */
        readonly isTyped?: boolean;
        /** 2.1: a payment, not a driver. */
        readonly isPayment?: true;
        /** 1.6: a driver with a tariff of his own is told it by a message of its own. */
        readonly readsPrice?: true;
      }
    /** Same question for a start: the answer is fed to sessions, which replies {@link StartReply}. */
    | { readonly type: 'authorize_start'; readonly start: SessionStart }
    /** A stop that names a token: what the charger is to know of it travels with the stop to sessions, which replies {@link StopReply}. */
    | { readonly type: 'authorize_stop'; readonly tokenUid: string; readonly stop: SessionStop }
    /** An event of a transaction that begins it or names a token. Fed to sessions, which replies {@link TransactionReply}. */
    | { readonly type: 'authorize_event'; readonly event: TransactionEvent }
  );
