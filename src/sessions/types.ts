/** The state of the room "sessions": the sessions of one charge point that an input may concern. */
import type { Protocol } from '../commands/index.ts';
import type { Authorization, ChargingState, SessionInput } from '../ingest/inputs.ts';
import type { Cost, Plan, Tally } from '../pricing/index.ts';
import type { DriverText, Level } from '../tariffs/index.ts';
import type { Course } from './machine/course.ts';

export type SessionStatus = 'active' | 'suspended_ev' | 'suspended_evse' | 'ended' | 'closed_by_system';

export type SessionRow = {
  readonly id: string;
  readonly transactionId: number;
  /** The station's own id (OCPP 2.x); null: 1.6. */
  readonly ocppTransactionId: string | null;
  readonly startKey: string;
  /** 1.6: by what a stop that did not name it is known when it is repeated; null: it runs, or its stop named it. */
  readonly stopKey: string | null;
  readonly evseId: number;
  readonly connectorId: number;
  readonly status: SessionStatus;
  readonly tokenUid: string | null;
  readonly tokenId: string | null;
  readonly tokenGroupId: string | null;
  readonly authorization: Authorization;
  readonly freeOfCharge: boolean;
  /** A commissioning run tries the charger out: in no bill, report or export. */
  readonly isTest: boolean;
  readonly commandId: string | null;
  readonly reservationId: number | null;
  readonly remoteStartId: number | null;
  /** What its station said last that it does (2.x). */
  readonly chargingState: ChargingState | null;
  /** By our clock: its connector has become free, and its station has not said since what it does (2.x). */
  readonly freedAt: Date | null;
  /** Of the events of a 2.x transaction: the last applied one, and those before it that never came. */
  readonly lastSeqNo: number | null;
  readonly missingSeqNos: readonly number[];
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly meterStartWh: number;
  readonly meterStopWh: number | null;
  readonly lastRegisterWh: number;
  readonly lastSampleAt: Date | null;
  readonly energyWh: number;
  readonly resetFromWh: number | null;
  readonly energyBeforeResetWh: number | null;
  readonly powerW: number | null;
  readonly currentA: number | null;
  readonly voltageV: number | null;
  readonly socPercent: number | null;
  readonly stopReason: string | null;
  readonly stopTokenUid: string | null;
  readonly flags: readonly string[];
  readonly reconcileAt: Date | null;
  /** It has a row in session_limits, which wants to know how far it is. */
  readonly isLimited: boolean;
  /** When we learned of it, by our clock. */
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** null: no tariff holds for it. */
  readonly cost: SessionCost | null;
};

/** A tariff in the version of which sessions begin, ready to be counted with, and why it would hold. */
export type Holding = {
  readonly tariffId: string;
  readonly version: number;
  readonly level: Level;
  readonly targetId: string;
  readonly plan: Plan;
};

/** What a session meets where and when it begins. */
export type Place = {
  readonly timezone: string;
  /** For what is free. */
  readonly currency: string;
  /** Everybody may charge there, and nobody pays. */
  readonly isFree: boolean;
  /** Those that could hold for a token that the inputs name, the one that goes before first. */
  readonly holdings: readonly Holding[];
  /** The version of OCPP of a charger that says it shows costs, and may. */
  readonly shownBy: Protocol | null;
  /** What it understands of that, and what its organization wants drivers to read. */
  readonly manner: Manner;
  /** By token: what its driver reads. */
  readonly languages: ReadonlyMap<string, string>;
  /** By tariff: its author's own words. */
  readonly texts: ReadonlyMap<string, readonly DriverText[]>;
  /** 1.6: what its connector had said last before the start came. */
  readonly told: { readonly at: Date; readonly state: string } | null;
};

/** How a driver is told prices and costs. Plain data: it is frozen into the session when it begins. */
export type Manner = {
  /** That of the driver, else that of the organization. */
  readonly language: string;
  /** Those that the charger can show besides, as it names them; empty: it shows one. */
  readonly languages: readonly string[];
  /** Where the receipt is, {session_id} stands for the session; null: there is no link. */
  readonly receiptUrl: string | null;
  /** 1.6: standing there after the stop goes on to be charged for, until ConnectorUnplugged. */
  readonly isIdleAfterStop: boolean;
  /** 2.x: it understands what OCA's note adds to CostUpdated. */
  readonly hasDetails: boolean;
};

/** What was counted so far. Plain data: it is kept as it is. */
export type Count = {
  readonly tally: Tally;
  readonly course: Course;
  /** ms, by our clock: when the last word came that was counted. */
  readonly heardAt: number;
  /** ms: since when a connector was kept free for it; absent: it uses no reservation. */
  readonly reservedFrom?: number | undefined;
  /** Why it cannot be priced at all; null: it can. */
  readonly lost: string | null;
  /** Of the final cost; absent: it runs, or it was counted by an earlier version, which the tally says it of. */
  readonly billed?: Figures;
};

/** What of a session is on its receipt beside the cost. Instants in ms. */
export type Figures = { readonly energyWh: number; readonly startedAt: number; readonly until: number };

/** Amounts of a cost, or of what was told. */
export type Totals = Cost['total'];

export type SessionCost = {
  /** null: free of charge. */
  readonly tariff: Holding | null;
  readonly currency: string;
  readonly timezone: string;
  readonly plan: Plan;
  readonly count: Count;
  /** Once the session has ended; null: it runs, or it cannot be priced. */
  readonly final: Cost | null;
  readonly isFinal: boolean;
  /** Of the final cost, or of what was told last. */
  readonly total: Totals | null;
  readonly toldAt: Date | null;
  readonly tellAt: Date | null;
  readonly repriceAt: Date | null;
  readonly repriceReason: string | null;
  readonly shownBy: Protocol | null;
  /** null: its charger shows nothing, and standing there after the stop costs nothing. */
  readonly manner: Manner | null;
  /** The vehicle was gone then, whatever the connector or a stop said later. */
  readonly unpluggedAt: Date | null;
  readonly revision: number;
  readonly reviewStatus: 'open' | 'approved' | 'corrected' | null;
  readonly reviewReasons: readonly string[];
};

/** The cost of an ended session was changed. */
export type Correction = {
  readonly id: string;
  readonly sessionId: string;
  readonly before: Cost | null;
  readonly after: Cost | null;
  /** Its energy or its times are others than before. */
  readonly figuresChanged: boolean;
  readonly reason: string;
  /** system, key_… or usr_… */
  readonly by: string;
  readonly at: Date;
};

export type TransactionInput = Extract<SessionInput, { readonly type: 'transaction_event' }>;

/** An event that waits for those before it. */
export type HeldEvent = { readonly input: TransactionInput; readonly dueAt: Date };

/** What became of an event of a transaction when it came. */
export type EventOutcome = 'applied' | 'held' | 'late' | 'reused';
export type LoggedEvent = { readonly input: TransactionInput; readonly outcome: EventOutcome };

export type SessionState = {
  /** All open ones of the charge point, and the ended ones that the inputs name. By id. */
  readonly sessions: ReadonlyMap<string, SessionRow>;
  /** The command that asked for the start at hand, if one did (R6). */
  readonly remoteStart: string | undefined;
  /** The same for each event of a transaction at hand or held, by its digest. */
  readonly remoteStarts: ReadonlyMap<string, string>;
  /** By the station's transaction id, in the order of their numbers. Of the one that the input names; where it may begin or end one, of all. */
  readonly held: ReadonlyMap<string, readonly HeldEvent[]>;
  /** Digests of the events that came before with the number of the one at hand. */
  readonly seen: readonly string[];
  /** To be appended. */
  readonly log: readonly LoggedEvent[];
  readonly corrections: readonly Correction[];
  /** Undefined: no input at hand begins a session or brings it a token. */
  readonly place: Place | undefined;
};
