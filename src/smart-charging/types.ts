/** The words of the smart-charging room. */
import type { ChargingProfile, SmartChargingInput } from '../ingest/inputs.ts';

export type { ChargingProfile, SmartChargingInput };

/**
 * pending: sent, not answered yet · active: the charger took it · rejected, failed: it did not, or nobody knows ·
 * superseded: a later one took its place · cleared: taken back.
 */
export type ProfileStatus = 'pending' | 'active' | 'rejected' | 'failed' | 'superseded' | 'cleared';

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

/** What decide needs of one charge point, by row id: all that are pending or active, and those of the commands in the inputs. */
export type SmartChargingState = { readonly rows: ReadonlyMap<string, ProfileRow> };
