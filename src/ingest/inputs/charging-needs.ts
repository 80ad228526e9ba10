/** What EVs ask for (ISO 15118), how they mean to charge, and what they may do of the other things that V2X knows. Types only. */
import type { ChargingSchedule } from './charging-profile.ts';
import type { CommandEnded } from './command-ended.ts';
import type { ChargerInstant, Common } from './common.ts';
import type { EnergyTransferMode } from './energy-transfer.ts';

export type ChargingNeeds = {
  readonly transferMode: EnergyTransferMode | undefined;
  readonly availableModes: readonly EnergyTransferMode[];
  /** RFC 3339 */
  readonly departureAt: string | undefined;
  readonly energyWh: number | undefined;
  readonly minCurrentA: number | undefined;
  readonly maxCurrentA: number | undefined;
  readonly maxVoltageV: number | undefined;
  readonly maxPowerW: number | undefined;
  readonly maxDischargePowerW: number | undefined;
  readonly socPercent: number | undefined;
  readonly capacityWh: number | undefined;
  /** dynamic: the charger decides alone (ISO 15118-20); scheduled: the EV chooses among schedules. */
  readonly controlMode: 'scheduled' | 'dynamic' | undefined;
  readonly maxSchedules: number | undefined;
  /** All of it, in OCPP's words: AC, DC, V2X and DER parameters, the EV's offer. */
  readonly said: Readonly<Record<string, unknown>>;
};

/** no_profile: OCPP 2.1; before, rejected says the same (K15.FR.04, K19.FR.04). */
export type NeedsAnswer = 'accepted' | 'processing' | 'rejected' | 'no_profile';

export type ChargingNeedsInput = Common & { readonly room: 'charging_needs' } /** Reply: {@link NeedsAnswer}. */ & (
    | {
        readonly type: 'needs_reported';
        readonly needsId: string;
        readonly evseId: number;
        readonly needs: ChargingNeeds;
        /** The version knows the answer no_profile. */
        readonly knowsNoProfile: boolean;
        readonly at: ChargerInstant;
      }
    /** How the EV means to charge. Reply: whether that is within what it was given (K15.FR.11, K15.FR.12). */
    | {
        readonly type: 'schedule_reported';
        readonly needsId: string;
        readonly evseId: number;
        readonly schedule: ChargingSchedule;
        readonly selectedScheduleId: number | undefined;
        readonly timeBase: ChargerInstant;
      }
    | { readonly type: 'priority_reported'; readonly ocppTransactionId: string; readonly active: boolean }
    | CommandEnded
  );
