/** The words of the charging-needs room. */
import type { Call, FriendlyCommand, Protocol } from '../commands/index.ts';
import type {
  ChargingNeeds,
  ChargingNeedsInput,
  ChargingProfile,
  ChargingSchedule,
  EnergyTransferMode,
  NeedsAnswer,
} from '../ingest/inputs.ts';
import type { StationLimits } from '../smart-charging/index.ts';

export type {
  ChargingNeeds,
  ChargingNeedsInput,
  ChargingProfile,
  ChargingSchedule,
  EnergyTransferMode,
  NeedsAnswer,
  Protocol,
};

/**
 * schedule: accepted, and a profile within all limits that are known is sent · later: processing; somebody will send a profile ·
 * none: no profile from us, the station decides · reject: it may not charge so.
 */
export type NeedsPolicy = 'schedule' | 'later' | 'none' | 'reject';

export type Settings = {
  readonly needsAnswer: NeedsPolicy;
  /** For an EV that does not say how much it can take. Per phase; DC by power. */
  readonly fallbackCurrentA: number;
  readonly fallbackPowerW: number;
};
export const defaultSettings: Settings = { needsAnswer: 'schedule', fallbackCurrentA: 32, fallbackPowerW: 150_000 };

/** A row of the table charging_needs. */
export type NeedsRow = {
  readonly id: string;
  readonly evseId: number;
  readonly sessionId: string | null;
  readonly ocppTransactionId: string | null;
  readonly needs: ChargingNeeds;
  readonly answer: NeedsAnswer;
  readonly profile: ChargingProfile | null;
  readonly commandId: string | null;
  readonly evSchedule: ChargingSchedule | null;
  readonly evScheduleAt: Date | null;
  readonly within: boolean | null;
  readonly renegotiations: number;
  readonly reportedAt: Date;
  readonly updatedAt: Date;
};

/** A row of the table session_power. */
export type SessionPower = {
  readonly ocppTransactionId: string;
  readonly priorityActive: boolean | null;
  readonly priorityAt: Date | null;
  /** Empty: nothing was said. */
  readonly allowedTransfer: readonly EnergyTransferMode[];
  readonly allowedTransferAt: Date | null;
  readonly updatedAt: Date;
};

/** A limit that holds somewhere: of a profile, or of somebody else. */
export type Cap = {
  readonly evseId: number;
  /** Among those of one group only the highest that says anything at a time counts; groups all count. */
  readonly group: 'tx_default' | 'charge_point_max' | 'external';
  readonly stackLevel: number;
  readonly kind: ChargingProfile['kind'];
  readonly recurrency?: ChargingProfile['recurrency'];
  readonly validFrom?: string | undefined;
  readonly validTo?: string | undefined;
  readonly schedule: ChargingSchedule;
  /** Of what has no beginning of its own. */
  readonly since: Date;
};

export type RunningSession = {
  readonly id: string;
  readonly evseId: number;
  readonly transactionId: number;
  readonly ocppTransactionId: string | null;
  readonly startedAt: Date;
  /** The remote start that began it. */
  readonly commandId: string | null;
};
export type HeldProfile = {
  readonly profile: ChargingProfile;
  readonly requestedBy: string;
  /** By which the station has it. */
  readonly commandId: string;
};

/** What decide needs of one charge point. */
export type ChargingNeedsState = {
  readonly protocol: Protocol | null;
  readonly settings: Settings;
  /** In a profile, as its device model says; undefined: not known. */
  readonly takes: Pick<StationLimits, 'units' | 'maxPeriods'>;
  readonly sessions: readonly RunningSession[];
  /** Active ones. */
  readonly profiles: readonly HeldProfile[];
  readonly externalLimits: readonly {
    readonly evseId: number;
    readonly schedules: readonly ChargingSchedule[];
    readonly reportedAt: Date;
  }[];
  /** By id: the last of each EVSE. */
  readonly needs: ReadonlyMap<string, NeedsRow>;
  /** By the station's id of the transaction, as far as inputs name them. */
  readonly power: ReadonlyMap<string, SessionPower>;
};

/** How a wish is put in a version of OCPP. Implemented by src/ocpp. */
export type Words = (protocol: Protocol, command: FriendlyCommand) => Call | undefined;
