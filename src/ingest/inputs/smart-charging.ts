/** Charging profiles, from the wish to what the charger made of it. Types only. */
import type { ChargingProfile, ReportCriteria, ScheduleRates } from './charging-profile.ts';
import type { CommandEnded } from './command-ended.ts';
import type { Common } from './common.ts';

/** Charging profiles, from the wish to what the charger made of it. */
export type SmartChargingInput = Common & { readonly room: 'smart_charging' } & (
    | {
        readonly type: 'requested';
        readonly id: string;
        readonly commandId: string;
        readonly profile: ChargingProfile;
        readonly requestedBy: string;
      }
    /** A station is asked for what it holds: its parts will bear this number. */
    | {
        readonly type: 'report_requested';
        readonly reportId: string;
        readonly commandId: string;
        readonly requestId: number;
        readonly criteria: ReportCriteria;
        readonly requestedBy: string;
      }
    | {
        readonly type: 'profiles_reported';
        /** For a report that nobody here asked for. */
        readonly newId: string;
        readonly requestId: number;
        readonly tbc: boolean;
        /** Who set them, in OCPP's words: CSO is us. */
        readonly source: string;
        readonly profiles: readonly ChargingProfile[];
      }
    /** New values for a dynamic profile, to be fetched by the station (K28). Reply: {@link DynamicReply}. */
    | { readonly type: 'values_given'; readonly profileId: number; readonly rates: ScheduleRates }
    /** The station fetches them. Reply: {@link DynamicReply}. */
    | { readonly type: 'values_pulled'; readonly profileId: number }
    /**
     * 2.1 E17: a transaction goes on after its station was without power, or was reset. Fed by sessions. `startCommandId`: the remote
     * start that it is of.
     */
    | {
        readonly type: 'transaction_resumed';
        readonly ocppTransactionId: string;
        readonly startCommandId: string | null;
      }
    | CommandEnded
  );

/** undefined: there is no active dynamic profile of that number. */
export type DynamicReply = { readonly rates: ScheduleRates } | undefined;
