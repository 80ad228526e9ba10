/** How much a session may cost, take or last (2.1 E16, F07), from the wish to its being reached. Types only. */
import type { Common } from './common.ts';
import type { TransactionReply } from './sessions.ts';
import type { LimitKind, TransactionLimit } from './transaction-limit.ts';

/** Who wants it: whoever asked over REST, the payment that it is for, or the credit of a prepaid token. */
export type LimitSource = 'operator' | 'remote_start' | 'payment' | 'credit';

/** A session as far as its limit looks at it. */
export type LimitedSession = {
  readonly sessionId: string;
  readonly transactionId: number;
  readonly ocppTransactionId: string | null;
  readonly evseId: number;
  readonly connectorId: number;
  /** When we learned of it: the charger's clock may be another one, and be set right meanwhile. */
  readonly createdAt: Date;
  readonly energyWh: number;
  readonly socPercent: number | null;
  /** So far; null: it has no price. */
  readonly cost: string | null;
  /** By its last word (2.x). */
  readonly isCharging: boolean;
  readonly isEnded: boolean;
};

export type SessionLimitInput = Common & { readonly room: 'session_limits' } & (
    | {
        /** For the session that this remote start will begin. */
        readonly type: 'wanted';
        readonly limitId: string;
        readonly commandId: string;
        readonly limit: TransactionLimit;
        readonly source: LimitSource;
        readonly setBy: string;
      }
    | {
        /** For a session that runs, in place of what was set before; {}: none any more. */
        readonly type: 'set';
        readonly limitId: string;
        readonly sessionId: string;
        readonly limit: TransactionLimit;
        readonly source: LimitSource;
        readonly setBy: string;
      }
    | {
        /** What the station said of it, in an event of that transaction. Fed by sessions. */
        readonly type: 'told';
        readonly sessionId: string;
        readonly limit: TransactionLimit | undefined;
        readonly reached: LimitKind | undefined;
        /** Energy flows: nothing is reached (any more). */
        readonly isCharging: boolean;
        /** It comes from a station that had been offline. */
        readonly historical: boolean;
      }
    | {
        /** How far it is. Fed by sessions. */
        readonly type: 'progressed';
        readonly session: LimitedSession;
        /** false: replayed by a station that had been offline. How far it really is, its next words tell. */
        readonly isLive: boolean;
        /** The remote start that it has just turned out to be of. */
        readonly startCommandId: string | undefined;
        /** Its token, which has just become known, is prepaid, and has so much left. */
        readonly credit: string | undefined;
        /** It has just told what it computes that the session costs: ours is nothing to it. */
        readonly stationComputes: boolean;
        /** The answer to the station; with it goes what the station has to be told. */
        readonly reply: TransactionReply | undefined;
      }
  );
