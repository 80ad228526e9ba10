/** The words of the smart-charging room. */
import type { Call, FriendlyCommand, Protocol } from '../commands/index.ts';
import type {
  ChargingProfile,
  ChargingSchedule,
  DynamicReply,
  Learned,
  OperationMode,
  ProfilePurpose,
  ReportCriteria,
  SchedulePeriod,
  ScheduleRates,
  SmartChargingInput,
} from '../ingest/inputs.ts';
import type { Parts } from '../platform/parts.ts';

export type {
  ChargingProfile,
  ChargingSchedule,
  DynamicReply,
  OperationMode,
  ProfilePurpose,
  Protocol,
  ReportCriteria,
  SchedulePeriod,
  ScheduleRates,
  SmartChargingInput,
};

/**
 * Of the profile by which load management limits a charge point: it says what holds at the moment. No random number of ours is as high
 * (check-profile.ts), and people begin at 1.
 */
export const LOAD_PROFILE_ID = 2_147_483_647;

/**
 * pending: sent, not answered yet · active: the charger took it · rejected, failed: it did not, or nobody knows ·
 * superseded: a later one took its place · cleared: taken back · ended: its session is over (written a day later).
 */
export type ProfileStatus = 'pending' | 'active' | 'rejected' | 'failed' | 'superseded' | 'cleared' | 'ended';

/** A row of the table charging_profiles. */
export type ProfileRow = {
  readonly id: string;
  readonly commandId: string;
  readonly profileId: number;
  readonly connectorId: number;
  readonly purpose: ChargingProfile['purpose'];
  readonly stackLevel: number;
  readonly transactionId: number | null;
  readonly profile: ChargingProfile;
  readonly status: ProfileStatus;
  readonly why: string | null;
  readonly requestedBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** missing: we set it, the station does not hold it · unknown: it holds one of ours that we do not know · different: in its content. */
export type Drift = { readonly profileId: number; readonly kind: 'missing' | 'unknown' | 'different' };

/** A row of the table charging_profile_reports: what a station says that it holds (2.x). */
export type ProfileReport = {
  readonly id: string;
  /** null: nobody here asked. */
  readonly commandId: string | null;
  readonly requestId: number;
  /** null: not known, so nothing can be missing. */
  readonly criteria: ReportCriteria | null;
  readonly status: 'requested' | 'receiving' | 'complete' | 'failed' | 'incomplete';
  readonly parts: Parts;
  readonly profiles: readonly { readonly source: string; readonly profile: ChargingProfile }[];
  /** null: not complete. */
  readonly drift: readonly Drift[] | null;
  readonly why: string | null;
  readonly requestedBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/**
 * What decide needs of one charge point, by row id: all profiles that are pending or active and all reports that wait for parts, and
 * those of the commands in the inputs.
 */
export type SmartChargingState = {
  readonly rows: ReadonlyMap<string, ProfileRow>;
  readonly reports: ReadonlyMap<string, ProfileReport>;
  /** Its device model says that profiles of transactions outlive a reboot. Known only where a transaction resumes. */
  readonly keepsTxProfiles?: boolean;
};

/** How a wish is put in a version of OCPP. Implemented by src/ocpp. */
export type Words = (protocol: Protocol, command: FriendlyCommand) => Call | undefined;
export type Context = {
  readonly words: Words;
  /** Drawn from what is known: always the same for the same. */
  readonly commandIdFrom: (at: Date, known: string) => string;
};

export type Ended = Extract<SmartChargingInput, { type: 'command_ended' }>;
export type Learnt<About extends Learned['about']> = Extract<Learned, { about: About }>;
