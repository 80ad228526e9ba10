/** A session from start to stop. Types only. */
import type { Authorization, AuthorizeReply } from './authorization.ts';
import type { ChargerInstant, Common, ConnectorStatus, MeterReading } from './common.ts';

/** A start as the charger told it, before anybody asked whether its token may charge. */
export type SessionStart = {
  readonly evseId: number;
  readonly connectorId: number;
  readonly tokenUid: string;
  readonly meterStartWh: number;
  readonly at: ChargerInstant;
  readonly reservationId?: number | undefined;
  /** Drawn before: decide has no randomness. Unused when the start turns out to be a repetition. */
  readonly sessionId: string;
  readonly transactionId: number;
  readonly flags: readonly string[];
};

export type SessionInput = Common & { readonly room: 'sessions' } & (
    | {
        readonly type: 'started';
        readonly start: SessionStart;
        readonly tokenId: string | null;
        readonly tokenGroupId: string | null;
        /** Everybody may charge there, and nobody pays. */
        readonly isFree: boolean;
        /** Some reservation of this charge point is open. */
        readonly mayBeReserved: boolean;
        readonly authorized: AuthorizeReply;
      }
    | {
        /** OCPP 1.6 MeterValues, or the meter part of a TransactionEvent. */
        readonly type: 'metered';
        readonly evseId: number;
        readonly connectorId: number;
        /** As the charger said it; undefined or unknown: found by connector and time (M1). */
        readonly transactionId?: number | undefined;
        readonly readings: readonly MeterReading[];
      }
    | {
        /** Reply: {@link StopReply}. Never refused. */
        readonly type: 'stopped';
        readonly transactionId: number | undefined;
        /** The transaction id as the charger wrote it, when it is no usable number. */
        readonly rawTransactionId: string;
        readonly meterStopWh: number | undefined;
        readonly at: ChargerInstant;
        readonly reason: string;
        readonly tokenUid?: string | undefined;
        readonly readings: readonly MeterReading[];
        /** For a session that has to be reconstructed (X5). */
        readonly spare: { readonly sessionId: string; readonly transactionId: number };
        readonly flags: readonly string[];
        /** What is known of the token that stopped it; it decides nothing here. */
        readonly authorized?: AuthorizeReply;
      }
    /** The record is closed by a person or by reconciliation; nothing is sent to the charger. Reply: {@link CloseReply}. */
    | {
        readonly type: 'closed';
        readonly sessionId: string;
        readonly reason: string;
        /** Reconciliation: only if the session's reconcile_at has really passed by now. */
        readonly onlyIfDue?: boolean;
        /** Reconciliation: only if nothing was heard of it since then. */
        readonly onlyIfSilentSince?: Date;
      }
    /** A connector reported Available, or SuspendedEV, …: what it means for the session on it. Fed by stations. */
    | {
        readonly type: 'connector_changed';
        readonly evseId: number;
        readonly connectorId: number;
        readonly status: ConnectorStatus;
        readonly at: ChargerInstant;
      }
  );

/** A stop as the charger told it. */
export type SessionStop = Extract<SessionInput, { readonly type: 'stopped' }>;

export type StartReply = {
  readonly transactionId: number;
  readonly sessionId: string;
  readonly authorization: Authorization;
  readonly expiresAt?: Date | undefined;
  readonly groupId?: string | undefined;
};

export type StopReply = {
  readonly sessionId: string;
  /** Undefined: the stop named no token. */
  readonly authorized: AuthorizeReply | undefined;
};

export type CloseReply = { readonly closed: boolean; readonly why?: 'unknown' | 'already_ended' };
