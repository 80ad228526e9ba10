/** What rooms are told of commands that have ended. Types only. */
import type {
  CertificateHash,
  ListedCertificate,
  ListedCertificateType,
  RootCertificateType,
} from './certificate-hash.ts';
import type { ChargingProfile, ProfileCriteria, ScheduleRates } from './charging-profile.ts';
import type { DerControl, DerCriteria } from './der-settings.ts';
import type { DisplayMessage } from './display-message.ts';
import type { EnergyTransferMode } from './energy-transfer.ts';
import type { ListLearned } from './list-entry.ts';
import type { ReportBase } from './report-base.ts';
import type { MonitoringBase, ToldMonitor, ToldStream } from './told-monitor.ts';

/** What the answer to a command tells, in the domain's words. */
export type Learned =
  /** The name that the charger gives its file; `replaces`: it has given up the one that was running. */
  | { readonly about: 'upload'; readonly fileName: string | undefined; readonly replaces?: boolean }
  /** The charger's own word on a request to install firmware: Accepted, AcceptedCanceled, InvalidCertificate, … */
  | { readonly about: 'firmware_answer'; readonly said: string }
  /** replacesById: only the profile of its number gives way to it (2.x); else also the one of its rank (1.6). */
  | { readonly about: 'profile_set'; readonly profile: ChargingProfile; readonly replacesById?: true }
  | { readonly about: 'profile_values_set'; readonly profileId: number; readonly rates: ScheduleRates }
  /** Parts of that number will follow; or there is nothing to tell. */
  | { readonly about: 'profiles_will_come'; readonly requestId: number; readonly none: boolean }
  | {
      readonly about: 'der_control_set';
      readonly control: DerControl | undefined;
      readonly supersededIds: readonly string[];
    }
  | ({ readonly about: 'der_controls_cleared' } & DerCriteria)
  | { readonly about: 'der_controls_will_come'; readonly requestId: number; readonly none: boolean }
  | { readonly about: 'priority_asked'; readonly ocppTransactionId: string; readonly active: boolean }
  | {
      readonly about: 'energy_transfer_allowed';
      readonly ocppTransactionId: string;
      readonly modes: readonly EnergyTransferMode[];
    }
  | { readonly about: 'display_message_set'; readonly message: DisplayMessage }
  | { readonly about: 'display_message_cleared'; readonly messageId: number }
  /** It holds none at all. */
  | { readonly about: 'display_messages_none' }
  /** `none`: it cleared nothing, as it holds none that is meant. */
  | ({ readonly about: 'profiles_cleared'; readonly none?: true } & ProfileCriteria)
  | { readonly about: 'certificate_installed'; readonly type: RootCertificateType; readonly certificate: string }
  | ListLearned
  /** `wasNotThere`: the charger knows none of these hashes. */
  | { readonly about: 'certificate_deleted'; readonly hash: CertificateHash; readonly wasNotThere?: true }
  | {
      readonly about: 'certificates_listed';
      /** Of these types the charger holds what it listed, and nothing else. */
      readonly types: readonly ListedCertificateType[];
      readonly listed: readonly ListedCertificate[];
    }
  | {
      readonly about: 'configuration_read';
      readonly settings: readonly {
        readonly key: string;
        /** null: not told, or secret. */
        readonly value: string | null;
        /** undefined: the version does not say it with the value. */
        readonly readonly: boolean | undefined;
        readonly secret: boolean;
      }[];
      readonly unknown: readonly string[];
    }
  | { readonly about: 'settings_changed'; readonly changes: readonly ChangedSetting[] }
  /** Without its secrets. */
  | {
      readonly about: 'network_profile_set';
      readonly slot: number;
      readonly profile: Readonly<Record<string, unknown>>;
    }
  | { readonly about: 'monitors_set'; readonly monitors: readonly ToldMonitor[] }
  | { readonly about: 'monitors_cleared'; readonly monitorIds: readonly number[] }
  | { readonly about: 'monitoring_base'; readonly base: MonitoringBase }
  | { readonly about: 'monitoring_level'; readonly severity: number }
  | { readonly about: 'streams_listed'; readonly streams: readonly ToldStream[] }
  | ({ readonly about: 'stream_adjusted' } & Omit<ToldStream, 'monitorId'>)
  /** `nothing`: there is nothing to report, so that no part will follow. */
  | {
      readonly about: 'report_promised';
      readonly kind: 'variables' | 'monitors';
      readonly requestId: number;
      readonly base: ReportBase | null;
      /** As the charger was asked; null: by none. */
      readonly criteria: Readonly<Record<string, unknown>> | null;
      readonly nothing: boolean;
    };

/** What a charger made of a setting that it was to change. */
export type ChangedSetting = {
  readonly key: string;
  /** null: secret. */
  readonly value: string | null;
  readonly secret: boolean;
  readonly outcome: 'accepted' | 'reboot_required' | 'rejected' | 'not_supported';
  /** The charger's own words. */
  readonly why?: string | undefined;
};

/** How a command ended, told to the room that follows its action. After `timed_out` and `failed` it may be told once more (R4). */
export type CommandEnded = {
  readonly type: 'command_ended';
  readonly commandId: string;
  readonly status: 'accepted' | 'rejected' | 'failed' | 'timed_out' | 'cancelled';
  /** Why there is no answer. */
  readonly why: string | undefined;
  readonly learned: Learned | undefined;
  readonly neverSent?: true;
  /** It was sent, and given up without an answer: the charger may have carried it out. */
  readonly isUnanswered?: true;
  /** Of a SetNetworkProfile: who asked for it. */
  readonly requestedBy?: string;
  /** The action, when the charger answered that it does not know it: NotImplemented, NotSupported. */
  readonly unknownAction?: string;
  /** It answered with a CALLERROR: it does not do it. */
  readonly chargerError?: true;
  /** Of one that is unanswered: its settings that may raise the security profile. */
  readonly mayHold?: readonly { readonly key: string; readonly value: string }[];
};

/** A command that has its outcome, as the rooms are told that follow its action (commands/followers.ts). */
export type EndedCommand = {
  readonly id: string;
  readonly action: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly status: 'accepted' | 'rejected' | 'failed' | 'timed_out' | 'cancelled';
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly error: { readonly code: string; readonly message: string; readonly ocpp_code?: string } | null;
  /** It was sent, and given up without an answer: the charger may have carried it out. */
  readonly isUnanswered?: true;
  /** What the answer tells, if it agreed. */
  readonly learned?: Learned | undefined;
};
