/** A session from start to stop. Types only. */
import type { Authorization, AuthorizeReply } from './authorization.ts';
import type { EndedCommand } from './command-ended.ts';
import type { ChargerInstant, Common, ConnectorStatus, MeterReading } from './common.ts';
import type { StationCost } from './station-cost.ts';
import type { LimitKind, TransactionLimit } from './transaction-limit.ts';

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

/** What a station says its transaction does. */
export type ChargingState = 'charging' | 'ev_connected' | 'suspended_ev' | 'suspended_evse' | 'idle';

/** One numbered event of a transaction that the station made up itself (OCPP 2.x). */
export type TransactionEvent = {
  /** The station's own id of the transaction. */
  readonly ocppTransactionId: string;
  /** −1: it did not say. */
  readonly seqNo: number;
  /** Of its content: an event that comes again has the same. */
  readonly digest: string;
  readonly kind: 'started' | 'updated' | 'ended';
  readonly trigger: string;
  readonly at: ChargerInstant;
  /** It happened while the station was offline. */
  readonly offline: boolean;
  readonly chargingState?: ChargingState | undefined;
  /** Why it ended. */
  readonly reason?: string | undefined;
  readonly remoteStartId?: number | undefined;
  readonly reservationId?: number | undefined;
  readonly place?: { readonly evseId: number; readonly connectorId: number } | undefined;
  readonly token?: EventToken | undefined;
  readonly readings: readonly MeterReading[];
  /** 2.1: what the station says that it is limited to, and what of that it has reached. */
  readonly limit?: TransactionLimit | undefined;
  readonly limitReached?: LimitKind | undefined;
  /** 2.1: what the station computes that it costs, and by which tariff. */
  readonly stationCost?: StationCost | undefined;
  readonly tariffId?: string | undefined;
  readonly flags: readonly string[];
  /** Drawn before, for an event that begins a session. */
  readonly spare?: SpareIds | undefined;
};
export type EventToken = {
  /** null: whoever charges there need not say who he is (NoAuthorization, a start button). */
  readonly uid: string | null;
  /** Typed in, and therefore held apart from tokens that are read (tokens/machine.ts). */
  readonly isTyped: boolean;
  /** 2.1: a payment, not a driver. */
  readonly isPayment?: true;
  /** What its owner wants. */
  readonly asks: 'start' | 'stop';
};
export type SpareIds = { readonly sessionId: string; readonly transactionId: number };

export type SessionInput = Common & { readonly room: 'sessions' } & (
    | {
        readonly type: 'started';
        readonly start: SessionStart;
        readonly tokenId: string | null;
        readonly tokenGroupId: string | null;
        /** Everybody may charge there, and nobody pays. */
        readonly isFree: boolean;
        /** Its token is that of a commissioning run. */
        readonly isTest?: true;
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
        readonly spare: SpareIds;
        readonly flags: readonly string[];
        /** What is known of the token that stopped it; it decides nothing here. */
        readonly authorized?: AuthorizeReply;
      }
    | {
        /** OCPP 2.x. Reply: {@link TransactionReply}. Never refused. */
        readonly type: 'transaction_event';
        readonly event: TransactionEvent;
        /** Whose token it brought, and what the station is told of it. */
        readonly token?: {
          readonly id: string | null;
          readonly groupId: string | null;
          readonly authorized: AuthorizeReply;
        };
        /** Everybody may charge there, and nobody pays. */
        readonly isFree: boolean;
        /** Its token is that of a commissioning run. */
        readonly isTest?: true;
        /** Some reservation of this charge point is open. */
        readonly mayBeReserved: boolean;
      }
    /** Events of this transaction have waited long enough for those before them. */
    | { readonly type: 'gap_due'; readonly ocppTransactionId: string; readonly spare: SpareIds }
    /** The station is back or has booted: does it still know its transactions? Fed by stations. */
    | { readonly type: 'station_returned' }
    /** It is asked about that session now; asked again at `again` unless something is heard of it. Reply: {@link AskReply}. */
    | { readonly type: 'asked'; readonly sessionId: string; readonly again: Date }
    /** What it answered to that question. Fed by commands. */
    | { readonly type: 'command_ended'; readonly command: EndedCommand }
    /** Its limit was set, or is due: how far is it? Fed by session limits, and by their job. */
    | { readonly type: 'limit_looked_at'; readonly sessionId: string }
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
        /** The charger's last boot: what ran before it began before this was said, whatever its clock. */
        readonly bootedAt: Date | null;
        /** Absent: it changed. Else it says nothing new of the moment, but perhaps of the course of a session (1.6). */
        readonly news?: 'repeated' | 'late';
        /** With this one, each connector of the charger is free. */
        readonly isLast?: true;
      }
    /** It uses a reservation that its charger has held since `from`. Fed by reservations. */
    | { readonly type: 'reserved'; readonly sessionId: string; readonly from: Date }
    /**
     * 1.6, OCA's ConnectorUnplugged: the vehicle of that transaction is gone since then, whatever its stop says.
     * Reply: {@link UnpluggedReply}.
     */
    | { readonly type: 'unplugged'; readonly transactionId: number; readonly at: ChargerInstant }
    /** 1.6: a driver may charge who has a tariff of his own, and is to read it. Fed by tokens. */
    | {
        readonly type: 'driver_authorized';
        readonly tokenUid: string;
        readonly tokenId: string;
        readonly tokenGroupId: string | null;
      }
    /** Time alone may have changed what it costs. */
    | { readonly type: 'cost_due'; readonly sessionId: string }
    | {
        /**
         * Its recordings were priced anew, as they were at that revision of its cost. Reply: {@link RepriceReply}. Nothing happens
         * if it has another one by now.
         */
        readonly type: 'repriced';
        readonly sessionId: string;
        readonly revision: number;
        readonly outcome: /** `count`: plain data of the room, sessions/types.ts. */
          | { readonly at: 'counted'; readonly count: unknown }
          /** It stays as it is, and a person should look at it. */
          | { readonly at: 'impossible'; readonly why: string };
        /** Its charge point: `elsewhere`, of another organization by now; `gone`, deleted, and then its organization is the root. */
        readonly place: 'here' | 'elsewhere' | 'gone';
        /** A person asked for it, for that reason. Undefined: the system, for the one that it has written down. */
        readonly asked?: { readonly by: string; readonly reason: string };
        /** For a correction: drawn before. */
        readonly correctionId: string;
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

export type TransactionReply = {
  /** Undefined: it waits for the events before it. */
  readonly sessionId: string | undefined;
  /** Undefined: it brought no token. */
  readonly authorized: AuthorizeReply | undefined;
  /** Of a session that has ended, in the currency of the station; undefined: not known. */
  readonly totalCost: number | undefined;
  /** 2.1: what the station is to keep to; absent: nothing new. */
  readonly transactionLimit?: TransactionLimit;
};

export type RepriceReply =
  | { readonly repriced: false; readonly why: 'unknown' | 'changed' }
  /** `corrected`: its cost had been told, and is another one now. */
  | { readonly repriced: true; readonly corrected: boolean };

/** `known`: that transaction is one of this charge point. */
export type UnpluggedReply = { readonly known: boolean };

export type AskReply = { readonly ask: boolean };

export type CloseReply = { readonly closed: boolean; readonly why?: 'unknown' | 'already_ended' };
