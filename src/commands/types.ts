/** The words of the commands room. */
import type {
  CertificateHash,
  CertificateUse,
  ChargingProfile,
  DerControl,
  DerCriteria,
  DisplayMessage,
  EnergyTransferMode,
  ListEntry,
  ListedCertificateType,
  ProfileCriteria,
  ReportCriteria,
  RootCertificateType,
  ScheduleRates,
  TokenType,
} from '../ingest/inputs.ts';
import type { ShowCost, ShowPrice, Terms } from '../pricing/index.ts';
import type { DeviceCommand } from './device-commands.ts';

/** queued → sent → accepted | rejected | failed | timed_out | cancelled (docs/design: 3-ocpp.md, Commands). */
export type CommandStatus = 'queued' | 'sent' | 'accepted' | 'rejected' | 'failed' | 'timed_out' | 'cancelled';

/** Why there is no answer, or what an answer was that is none. */
export type CommandError = {
  readonly code:
    | 'charger_error' // it answered with a CALLERROR
    | 'no_answer' // not within timeout_s
    | 'not_sent' // the line was busy for too long
    | 'secret_lost' // never sent: its sealed secret does not open any more
    | 'invalid_call' // never sent: it breaks its schema
    | 'connection_lost'
    | 'expired' // it waited for the charger until its expiry
    | 'abandoned' // cancelled after it had been sent
    | 'no_session_started' // a remote start that was accepted and led to nothing (X11)
    | 'charge_point_deleted'
    | 'handed_over';
  readonly message: string;
  /** Of a CALLERROR, as the charger said it. */
  readonly ocpp_code?: string;
  readonly ocpp_details?: unknown;
};

/** It was sent, and given up without an answer: the charger may have carried it out. */
export const unanswered: readonly CommandError['code'][] = ['no_answer', 'connection_lost', 'abandoned'];

/** A row of the table commands. */
export type CommandRow = {
  readonly id: string;
  readonly action: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly status: CommandStatus;
  readonly timeoutS: number;
  /** Sent as it is, whatever the schema says. */
  readonly unchecked: boolean;
  readonly requestedBy: string;
  readonly createdAt: Date;
  /** Of a remote start that is paid for: until when a session may begin with it (payments/direct-payment-store.ts). Read only. */
  readonly startsUntil?: Date | null | undefined;
  readonly sentAt: Date | null;
  /** The connection that it was sent on: with that one its answer is lost. */
  readonly sentGeneration: number | null;
  /** The asking for work (`next`) that it was handed out by: 32 hexadecimal digits. */
  readonly dispatchId: string | null;
  readonly dueAt: Date | null;
  readonly completedAt: Date | null;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly error: CommandError | null;
  readonly late: boolean;
  readonly sessionId: string | null;
  /** Until then it may wait for a charger that is offline. */
  readonly expiresAt: Date | null;
  /** The process in which somebody waits for its outcome. */
  readonly waitingNode: string | null;
  /** Secret fields of the payload; null: none, or it has ended. */
  readonly sealed: string | null;
  /** Of the request or message that asked for it. */
  readonly traceId: string | null;
};

/** What decide needs of one charge point. */
export type CommandState = {
  readonly connected: boolean;
  /** Of the connection that is current. */
  readonly generation: number;
  /** The process that holds it. */
  readonly nodeId: string | null;
  /** By id, oldest first: all with a deadline, remote starts that a session may still answer, and those that the inputs name. */
  readonly commands: ReadonlyMap<string, CommandRow>;
};

export type Protocol = 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1';

/**
 * An outlet: by its one number (that of its EVSE, docs/decisions/006), or as one connector of an EVSE. OCPP 1.6 has one number
 * for both.
 */
export type Outlet =
  | { readonly connectorId: number; readonly evseId?: undefined }
  | { readonly evseId: number; readonly connectorId?: number | undefined };

/** What may be asked of a charger, equal for all versions. Each version translates it (ocpp/<version>/friendly.ts). */

export type FriendlyCommand =
  | {
      readonly do: 'start';
      readonly tokenUid: string;
      /** As its record says; 2.x names it beside the uid. undefined: nobody knows it. */
      readonly tokenType?: TokenType | 'direct_payment' | undefined;
      /** Of the card that pays: a station of 2.1 shows it. */
      readonly cardLast4?: string | undefined;
      /** parentIdTag or groupIdToken of its group. */
      readonly groupId?: string | undefined;
      /** Positive int32, by which a session of 2.x names the start that it is of. */
      readonly remoteStartId?: number | undefined;
      readonly connectorId?: number | undefined;
      /** For the session that is to begin. */
      readonly profile?: ChargingProfile | undefined;
    }
  | { readonly do: 'set_charging_profile'; readonly profile: ChargingProfile }
  | { readonly do: 'clear_charging_profiles'; readonly criteria: ProfileCriteria }
  | {
      readonly do: 'composite_schedule';
      readonly connectorId: number;
      readonly durationS: number;
      readonly unit?: 'A' | 'W' | undefined;
    }
  | {
      readonly do: 'stop';
      readonly transactionId: number;
      /** What a station of 2.x calls it. */
      readonly ocppTransactionId?: string | undefined;
    }
  | ShowCost
  | ShowPrice
  /** Does the station still know it, and has it more to tell? Nothing of the kind in 1.6. */
  | { readonly do: 'transaction_status'; readonly ocppTransactionId: string }
  /** 2.x: answered in parts (ReportChargingProfiles), by this number. */
  | { readonly do: 'report_charging_profiles'; readonly requestId: number; readonly criteria: ReportCriteria }
  /** 2.1, of a profile of the kind dynamic. */
  | { readonly do: 'update_dynamic_profile'; readonly profileId: number; readonly rates: ScheduleRates }
  /** 2.1 */
  | { readonly do: 'priority_charging'; readonly ocppTransactionId: string; readonly active: boolean }
  /** 2.1: by these the EV may be served from now on. */
  | {
      readonly do: 'allow_energy_transfer';
      readonly ocppTransactionId: string;
      readonly modes: readonly EnergyTransferMode[];
    }
  /** 2.1: the tariff that the station computes with, where no other one holds. evseId 0: everywhere. */
  | { readonly do: 'set_default_tariff'; readonly evseId: number; readonly tariff: StationTariff }
  | {
      readonly do: 'change_tariff';
      readonly ocppTransactionId: string;
      readonly tariff: StationTariff;
    }
  | { readonly do: 'read_tariffs'; readonly evseId: number }
  /** Both absent: all of them. */
  | {
      readonly do: 'clear_tariffs';
      readonly evseId?: number | undefined;
      readonly tariffIds?: readonly string[] | undefined;
    }
  /** 2.1: automatic frequency restoration reserve. */
  | { readonly do: 'afrr_signal'; readonly signal: number; readonly at: Date }
  /** 2.1 */
  | { readonly do: 'set_der_control'; readonly control: DerControl }
  | { readonly do: 'clear_der_controls'; readonly criteria: DerCriteria & { readonly isDefault: boolean } }
  | { readonly do: 'report_der_controls'; readonly requestId: number; readonly criteria: DerCriteria }
  /** `resume`: at once, and its sessions go on afterwards. evseId absent: the whole charge point. */
  | { readonly do: 'reset'; readonly kind: 'soft' | 'hard' | 'resume'; readonly evseId?: number | undefined }
  | ({ readonly do: 'unlock' } & Outlet)
  /** connectorId 0: the whole charge point. Inoperative while charging: the charger may answer that it will follow. */
  | ({ readonly do: 'availability'; readonly operative: boolean } & Outlet)
  | { readonly do: 'clear_cache' }
  /** keys absent: all that there are. */
  | { readonly do: 'read_configuration'; readonly keys?: readonly string[] | undefined }
  /** Several at once where the version can. */
  | {
      readonly do: 'change_configuration';
      readonly settings: readonly { readonly key: string; readonly value: string }[];
    }
  | {
      readonly do: 'reserve';
      /** Positive int32; one that the charger holds is replaced. */
      readonly ocppId: number;
      /** 0: any */
      readonly connectorId: number;
      readonly tokenUid: string;
      readonly tokenKind?: TokenType | undefined;
      readonly parentIdTag: string | undefined;
      readonly expiresAt: Date;
      /** Of 2.x: which kind of plug, where any outlet will do. */
      readonly connectorType?: string | undefined;
    }
  | { readonly do: 'cancel_reservation'; readonly ocppId: number }
  | { readonly do: 'local_list_version' }
  | {
      readonly do: 'send_local_list';
      readonly version: number;
      readonly full: boolean;
      readonly put: readonly ListEntry[];
      readonly removed: readonly Pick<ListEntry, 'uid' | 'type'>[];
    }
  | {
      readonly do: 'data_transfer';
      readonly vendorId: string;
      readonly messageId?: string | undefined;
      /** Any JSON; OCPP 1.6 carries text, and what is none goes as its JSON. */
      readonly data?: unknown;
    }
  | {
      readonly do: 'trigger';
      readonly message: TriggerMessage;
      readonly connectorId?: number | undefined;
      readonly evseId?: number | undefined;
      /** Of the message `custom`. */
      readonly custom?: string | undefined;
    }
  | PublishFirmware
  | UpdateFirmware
  | { readonly do: 'device'; readonly ask: DeviceCommand }
  | {
      readonly do: 'certificate_signed';
      readonly chain: string;
      readonly use: CertificateUse;
      /** As the charger's request had it; only 2.1 knows one. */
      readonly requestId?: number | undefined;
    }
  | {
      readonly do: 'customer_information';
      readonly requestId: number;
      readonly report: boolean;
      readonly clear: boolean;
      /** Who is meant. */
      readonly subject:
        | { readonly by: 'identifier'; readonly identifier: string }
        | { readonly by: 'token'; readonly uid: string; readonly kind: TokenType | undefined }
        | { readonly by: 'certificate'; readonly hash: CertificateHash };
    }
  | {
      readonly do: 'request_battery_swap';
      readonly requestId: number;
      readonly tokenUid: string;
      readonly tokenType: TokenType | undefined;
    }
  /** Somebody pays for this EVSE in the web, and may begin within so long. */
  | { readonly do: 'web_payment_started'; readonly evseId: number; readonly withinS: number }
  | { readonly do: 'set_display_message'; readonly message: DisplayMessage }
  | { readonly do: 'clear_display_message'; readonly messageId: number }
  /** All that it holds. */
  | { readonly do: 'get_display_messages'; readonly requestId: number }
  | { readonly do: 'install_certificate'; readonly type: RootCertificateType; readonly certificate: string }
  /** types absent: all that there are. */
  | { readonly do: 'list_certificates'; readonly types?: readonly ListedCertificateType[] | undefined }
  | { readonly do: 'delete_certificate'; readonly hash: CertificateHash }
  | {
      readonly do: 'upload';
      readonly kind: 'diagnostics' | 'security_log' | 'diagnostics_log' | 'data_collector_log';
      readonly requestId: number;
      readonly url: string;
      readonly from?: Date | undefined;
      readonly to?: Date | undefined;
      readonly retries?: number | undefined;
      readonly retryIntervalS?: number | undefined;
    };

/** A tariff as a station of OCPP 2.1 is given it. */
export type StationTariff = {
  /** At most 60 characters. */
  readonly tariffId: string;
  readonly terms: Terms;
  /** What the driver reads. */
  readonly description?: string | undefined;
  /** Absent: at once. */
  readonly validFrom?: Date | undefined;
};

/** Where the firmware is, when to fetch and to install it. A plain update of 1.6 has neither a number nor a time to install. */
export type UpdateFirmware = {
  readonly do: 'update_firmware';
  readonly requestId: number;
  readonly location: string;
  readonly retrieveAt: Date;
  readonly installAt?: Date | undefined;
  readonly signed?: { readonly certificate: string; readonly signature: string } | undefined;
  readonly retries?: number | undefined;
  readonly retryIntervalS?: number | undefined;
};

/** Local controllers of 2.x only. */
type PublishFirmware =
  | {
      readonly do: 'publish_firmware';
      readonly requestId: number;
      readonly location: string;
      /** MD5, hexadecimal */
      readonly checksum: string;
      readonly retries?: number | undefined;
      readonly retryIntervalS?: number | undefined;
    }
  | { readonly do: 'unpublish_firmware'; readonly checksum: string };

export const triggerMessages = [
  'boot',
  'heartbeat',
  'status',
  'meter_values',
  'firmware_status',
  'diagnostics_status',
  'log_status',
  'sign_certificate',
  'transaction',
  'publish_firmware_status',
  'sign_v2g_certificate',
  'sign_v2g20_certificate',
  'sign_combined_certificate',
  'custom',
] as const;
export type TriggerMessage = (typeof triggerMessages)[number];

/** An action of a version with its payload. */
export type Call = { readonly action: string; readonly payload: Readonly<Record<string, unknown>> };
