/**
 * The one table of everything that can change a charger's world, and which room decides it. Types only.
 * Instants from a charger are `at`: already made sane by the adapter (ocpp/instants.ts), with what was said kept in `rawAt`.
 */
import type { connectorStatuses } from '../events/catalogue.ts';

export type ConnectorStatus = (typeof connectorStatuses)[number];

/** When a charger says something happened. */
export type ChargerInstant = {
  /** Sane: 2015 .. received + 1 day, else the time of receipt. */
  readonly at: Date;
  /** What the charger wrote, cut to 64 characters; undefined: nothing. */
  readonly raw: string | undefined;
  /** False: `at` is the time of receipt because `raw` was absent or implausible. */
  readonly plausible: boolean;
  /** It lies before this connection began: replayed from an offline queue. */
  readonly historical: boolean;
};

/** One reading of several measurands at one instant. Energy register in Wh, power W, current A, voltage V, SoC %. */
export type MeterReading = {
  readonly at: ChargerInstant;
  /** meter/contexts.ts; 'sample_periodic' when the charger does not say. */
  readonly context: string;
  readonly energyWh?: number;
  readonly powerW?: number;
  readonly currentA?: number;
  readonly voltageV?: number;
  readonly socPercent?: number;
  /** Sampled values that have no field above (other measurands, single phases), as the charger said them. */
  readonly extra?: readonly Readonly<Record<string, string | number>>[];
  /** Doubts found while reading the values: unit_missing, kwh_as_wh, … */
  readonly flags?: readonly string[];
};

type Common = { readonly chargePointId: string; readonly receivedAt: Date };

export type StationInput = Common & { readonly room: 'stations' } & (
    | {
        /** A socket was authenticated. Reply: {@link ConnectedReply}. */
        readonly type: 'connected';
        readonly nodeId: string;
        readonly protocol: 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1';
        readonly securityProfile: 0 | 1 | 2 | 3;
        readonly remoteAddress: string;
      }
    /** That socket is gone. Ignored unless it is still the current generation. */
    | {
        readonly type: 'disconnected';
        readonly generation: number;
        readonly reason: string;
        /** When it went, if that is learned later: the process that held the socket died. */
        readonly at?: Date;
      }
    | {
        /** Reply: {@link BootReply}. */
        readonly type: 'booted';
        readonly vendor?: string | undefined;
        readonly model?: string | undefined;
        readonly serial?: string | undefined;
        readonly firmwareVersion?: string | undefined;
        readonly iccid?: string | undefined;
        readonly imsi?: string | undefined;
        readonly meterType?: string | undefined;
        readonly meterSerial?: string | undefined;
      }
    | {
        readonly type: 'status_reported';
        readonly evseId: number;
        readonly connectorId: number;
        readonly status: ConnectorStatus;
        readonly rawStatus: string;
        readonly errorCode?: string | undefined;
        readonly info?: string | undefined;
        readonly vendorId?: string | undefined;
        readonly vendorErrorCode?: string | undefined;
        readonly at: ChargerInstant;
      }
    /** `requestId`: of the update or upload that we asked for, where the version says it. */
    | { readonly type: 'firmware_status_reported'; readonly status: string; readonly requestId?: number | undefined }
    | { readonly type: 'diagnostics_status_reported'; readonly status: string; readonly requestId?: number | undefined }
    /** The charger answered a call, or let it time out: three time-outs in a row make it degraded. */
    | { readonly type: 'call_answered' }
    | { readonly type: 'call_timed_out' }
    | { readonly type: 'reboot_required' }
    /** Its clock minus ours, measured over this connection. */
    | { readonly type: 'clock_measured'; readonly offsetMs: number }
  );
export type ConnectedReply = {
  readonly generation: number;
  readonly bootStatus: 'accepted' | 'pending' | 'rejected' | null;
};
export type BootReply = { readonly status: 'accepted' | 'pending' | 'rejected'; readonly intervalS: number };

export type Authorization =
  | 'accepted'
  | 'blocked'
  | 'expired'
  | 'invalid'
  /** It may charge, but not at this charge point. */
  | 'not_at_this_location'
  | 'concurrent_tx';

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

export type TokenInput = Common & {
  readonly room: 'tokens';
} /** May this token charge? Reply: {@link AuthorizeReply}. */ & (
    | { readonly type: 'authorize'; readonly tokenUid: string }
    /** Same question for a start: the answer is fed to sessions, which replies {@link StartReply}. */
    | { readonly type: 'authorize_start'; readonly start: SessionStart }
    /** A stop that names a token: what the charger is to know of it travels with the stop to sessions, which replies {@link StopReply}. */
    | { readonly type: 'authorize_stop'; readonly tokenUid: string; readonly stop: SessionStop }
  );
export type AuthorizeReply = {
  readonly authorization: Authorization;
  readonly expiresAt?: Date | undefined;
  /** parentIdTag or groupIdToken: not the id of the group here */
  readonly groupId?: string | undefined;
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

/** Readings to be kept, fed by sessions. */
export type MeterInput = Common & {
  readonly room: 'meter';
  readonly type: 'sampled';
  readonly evseId: number;
  readonly connectorId: number;
  readonly transactionId: number | null;
  readonly readings: readonly MeterReading[];
};

export type CommandOutcome =
  | {
      readonly outcome: 'result';
      readonly payload: Record<string, unknown>;
      /** Whether the charger agreed, by its version's words (ocpp/<version>/to-charger). */
      readonly accepted: boolean;
      /** For the room that follows this action (commands/followers.ts). */
      readonly learned?: Learned | undefined;
    }
  | { readonly outcome: 'error'; readonly code: string; readonly description: string; readonly details: unknown }
  | { readonly outcome: 'timeout' }
  /** The line broke between the request and its answer. */
  | { readonly outcome: 'lost' };

export type CommandInput = Common & { readonly room: 'commands' } & (
    | {
        /** Reply: {@link CommandReply}. Refused at once when the charger is offline, unless it may wait (expiresAt). */
        readonly type: 'requested';
        readonly commandId: string;
        readonly action: string;
        readonly payload: Record<string, unknown>;
        /** It goes out as it is, whatever the schema says: for laboratories. */
        readonly unchecked?: boolean | undefined;
        readonly timeoutS: number;
        readonly requestedBy: string;
        /** Until then it waits for a charger that is offline, or is lost before it was sent. */
        readonly expiresAt?: Date | undefined;
        /** Where somebody waits for the outcome. */
        readonly waitingNode?: string | undefined;
        /** Secret fields of the payload, sealed for this charge point (commands/sealing.ts). */
        readonly sealed?: string | undefined;
        /** Fed by a room and not asked by REST: whoever handed the first input in gets its own reply. */
        readonly silent?: true | undefined;
        /** The room that asked is told when it cannot even be queued. */
        readonly askedBy?: 'configuration' | 'charger_keys' | undefined;
        /** Fed in the same transaction if the command is queued: what a room writes down of having asked. It must not reply. */
        readonly alongside?: Input | undefined;
      }
    /** Somebody does not want it any more. Reply: {@link CancelReply}. */
    | { readonly type: 'cancel_requested'; readonly commandId: string }
    /** The line is idle: which command goes next? Reply: {@link DispatchReply}. */
    | { readonly type: 'next'; readonly generation: number }
    | { readonly type: 'answered'; readonly commandId: string; readonly answer: CommandOutcome }
    /** dueAt has passed. */
    | { readonly type: 'overdue'; readonly commandId: string }
    /** A session began that a remote start may have asked for (R6). Fed by sessions. */
    | {
        readonly type: 'session_started';
        readonly sessionId: string;
        readonly connectorId: number;
        readonly tokenUid: string;
      }
    /** That connection is gone: what was sent on it is lost, what is queued and must not wait fails. Ignored when a newer one took over. */
    | { readonly type: 'line_lost'; readonly generation: number }
  );
export type CommandReply = {
  readonly commandId: string;
  readonly queued: boolean;
  readonly why?: 'offline' | 'too_many';
};
export type CancelReply = { readonly cancelled: boolean; readonly why?: 'unknown' | 'ended' };
export type DispatchReply = {
  readonly commandId: string;
  readonly action: string;
  readonly payload: Record<string, unknown>;
  /** Not to be held against its schema before it is sent. */
  readonly unchecked: boolean;
  readonly timeoutS: number;
  /** To be opened, and its fields to be put into the payload, on the wire only. */
  readonly sealed: string | null;
} | null;

/** How a certificate is named by its hashes. Lower-case hexadecimal, the serial number without leading zeros. */
export type CertificateHash = {
  readonly hashAlgorithm: 'SHA256' | 'SHA384' | 'SHA512';
  readonly issuerNameHash: string;
  readonly issuerKeyHash: string;
  readonly serialNumber: string;
};
export type RootCertificateType = 'central_system_root' | 'manufacturer_root';

/** A charging profile in the domain's words: equal for all versions. Instants as RFC 3339 texts. */
export type ChargingProfile = {
  /** By which the charger knows it. */
  readonly profileId: number;
  /** 0: the whole charge point. */
  readonly connectorId: number;
  readonly purpose: 'charge_point_max' | 'tx_default' | 'tx';
  readonly stackLevel: number;
  readonly kind: 'absolute' | 'recurring' | 'relative';
  readonly recurrency?: 'daily' | 'weekly' | undefined;
  readonly validFrom?: string | undefined;
  readonly validTo?: string | undefined;
  /** Of the purpose tx. */
  readonly transactionId?: number | undefined;
  readonly schedule: {
    readonly durationS?: number | undefined;
    readonly startAt?: string | undefined;
    readonly unit: 'A' | 'W';
    readonly minRate?: number | undefined;
    readonly periods: readonly {
      readonly startS: number;
      readonly limit: number;
      readonly phases?: number | undefined;
    }[];
  };
};
/** Which profiles are meant: an id names one, else the other criteria are met together, none means all (OCPP 1.6 §5.5). */
export type ProfileCriteria = {
  readonly profileId?: number | undefined;
  readonly connectorId?: number | undefined;
  readonly purpose?: ChargingProfile['purpose'] | undefined;
  readonly stackLevel?: number | undefined;
};

/** What the answer to a command tells, in the domain's words. */
export type Learned =
  /** The name that the charger gives its file. */
  | { readonly about: 'upload'; readonly fileName: string | undefined }
  | { readonly about: 'profile_set'; readonly profile: ChargingProfile }
  | ({ readonly about: 'profiles_cleared' } & ProfileCriteria)
  | { readonly about: 'certificate_installed'; readonly type: RootCertificateType; readonly certificate: string }
  | { readonly about: 'certificate_deleted'; readonly hash: CertificateHash }
  | {
      readonly about: 'certificates_listed';
      readonly type: RootCertificateType;
      readonly hashes: readonly CertificateHash[];
    }
  | {
      readonly about: 'configuration_read';
      readonly settings: readonly {
        readonly key: string;
        /** null: not told, or secret. */
        readonly value: string | null;
        readonly readonly: boolean;
        readonly secret: boolean;
      }[];
      readonly unknown: readonly string[];
    }
  | {
      readonly about: 'setting_changed';
      readonly key: string;
      /** null: secret. */
      readonly value: string | null;
      readonly secret: boolean;
      readonly outcome: 'accepted' | 'reboot_required' | 'rejected' | 'not_supported';
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
};

/** Charging profiles, from the wish to what the charger made of it. */
export type SmartChargingInput = Common & { readonly room: 'smart_charging' } & (
    | {
        readonly type: 'requested';
        readonly id: string;
        readonly commandId: string;
        readonly profile: ChargingProfile;
        readonly requestedBy: string;
      }
    | CommandEnded
  );

/** A file that a charger is asked for. */
export type UploadInput = Common & { readonly room: 'uploads' } & (
    | {
        /** Reply: {@link UploadReply}. */
        readonly type: 'requested';
        readonly upload: {
          /** Drawn before, as the command's id and the request's. */
          readonly id: string;
          readonly kind: 'diagnostics' | 'security_log' | 'diagnostics_log';
          readonly requestId: number;
          readonly commandId: string;
          /** Redacted; null: the file comes here. */
          readonly externalUrl: string | null;
          readonly tokenHash: Uint8Array | null;
          readonly expiresAt: Date;
          readonly logFrom: Date | null;
          readonly logTo: Date | null;
          readonly requestedBy: string;
        };
      }
    | CommandEnded
    /** DiagnosticsStatusNotification, LogStatusNotification. Fed by stations. */
    | { readonly type: 'status_reported'; readonly requestId: number | undefined; readonly status: string }
    /** A transfer begins. Reply: {@link ArrivalReply}. */
    | { readonly type: 'arriving'; readonly uploadId: string; readonly claim: string; readonly until: Date }
    /** The file is stored. Reply: {@link ArrivalReply}. */
    | {
        readonly type: 'arrived';
        readonly uploadId: string;
        readonly claim: string;
        readonly storedAs: string;
        readonly sizeBytes: number;
        readonly sha256: string;
        readonly fileName: string | undefined;
      }
    /** The transfer came to nothing. */
    | { readonly type: 'broken'; readonly uploadId: string; readonly claim: string; readonly why: UploadFault }
    /** dueAt has passed. */
    | { readonly type: 'overdue'; readonly uploadId: string }
  );
export type UploadReply = { readonly created: boolean; readonly why?: 'too_many' };
export type ArrivalReply = { readonly taken: boolean; readonly why?: 'unknown' | 'expired' | 'used' | 'busy' };
export type UploadFault = 'aborted' | 'too_slow' | 'too_large' | 'empty' | 'unreadable' | 'no_space' | 'internal';

/** What a CSR asks for, read and checked before (certificates/read-csr.ts). */
export type ReadCsr =
  | { readonly fault: string; readonly subject: string | null; readonly keyType: string | null }
  | { readonly fault: null; readonly subject: string; readonly keyType: string };

/** Certificates of chargers. */
export type CertificateInput = Common & { readonly room: 'certificates' } & (
    | {
        /** SignCertificate. Reply: {@link SigningReply}. */
        readonly type: 'signing_requested';
        readonly requestId: string;
        /** PEM, bounded. */
        readonly csr: string;
        readonly csrHash: string;
        readonly read: ReadCsr;
        /** CERTIFICATE_SIGNER is none. */
        readonly nobodySigns: boolean;
      }
    /** The signer gave a chain (PEM, leaf first). */
    | {
        readonly type: 'signed';
        readonly requestId: string;
        readonly chain: string;
        readonly serialNumber: string;
        readonly expiresAt: Date;
      }
    | { readonly type: 'signing_failed'; readonly requestId: string; readonly why: string; readonly final: boolean }
    /** A command is about to take the chain to the charger. Reply: {@link SendingReply}. */
    | { readonly type: 'sending'; readonly requestId: string; readonly commandId: string }
    /** That command could not even be queued. */
    | { readonly type: 'not_sent'; readonly requestId: string; readonly commandId: string; readonly why: string }
    | CommandEnded
  );
export type SigningReply = { readonly accepted: boolean };
export type SendingReply = { readonly chain: string | undefined };
/** A command that has its outcome, as the rooms are told that follow its action (commands/followers.ts). */
export type EndedCommand = {
  readonly id: string;
  readonly action: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly status: 'accepted' | 'rejected' | 'failed' | 'timed_out' | 'cancelled';
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly error: { readonly code: string; readonly message: string; readonly ocpp_code?: string } | null;
};

export type LocalListInput = Common & { readonly room: 'local_lists' } & (
    | {
        /** Reply: {@link LocalListReply}. */
        readonly type: 'requested';
        readonly mode: 'full' | 'differential' | 'auto';
        readonly requestedBy: string;
      }
    /** The request of the step at hand is queued. */
    | { readonly type: 'asked'; readonly commandId: string }
    | { readonly type: 'command_ended'; readonly command: EndedCommand }
    /** The charger holds what it should. `refreshAt`: when its first entry expires. */
    | { readonly type: 'finished'; readonly revision: number; readonly refreshAt: Date | null }
    | {
        readonly type: 'given_up';
        readonly error: {
          readonly code:
            | 'offline'
            | 'failed'
            | 'too_many_messages'
            | 'not_supported'
            | 'version_mismatch'
            | 'no_answer';
          readonly message: string;
        };
      }
  );
export type LocalListReply = { readonly started: boolean };

export type ReservationInput = Common & { readonly room: 'reservations' } & (
    | {
        /** The charger is being asked for it. */
        readonly type: 'requested';
        readonly reservationId: string;
        /** What the charger is to call it. */
        readonly ocppId: number;
        /** It takes the place of this one, with the same ocppId, once the charger accepts it. */
        readonly replacesId: string | null;
        /** 0: any */
        readonly connectorId: number;
        readonly tokenUid: string;
        readonly groupId: string | null;
        readonly parentIdTag: string | null;
        readonly expiresAt: Date;
        readonly requestedBy: string;
        readonly commandId: string;
      }
    /** The charger has rebooted and is being asked for it again. */
    | { readonly type: 'renewal_requested'; readonly reservationId: string; readonly commandId: string }
    | { readonly type: 'command_ended'; readonly command: EndedCommand }
    /** An accepted session began. Fed by sessions. */
    | {
        readonly type: 'session_started';
        readonly sessionId: string;
        readonly connectorId: number;
        readonly tokenUid: string;
        readonly parentIdTag: string | undefined;
        readonly ocppId: number | undefined;
        readonly at: ChargerInstant;
      }
    /** A connector that was reserved is available. Fed by stations. */
    | {
        readonly type: 'connector_freed';
        readonly connectorId: number;
        readonly at: ChargerInstant;
        /** When the charger last booted. */
        readonly bootedAt: Date | null;
      }
    /** dueAt has passed. */
    | { readonly type: 'overdue'; readonly reservationId: string }
  );

/** A setting of a charger that is to have this value. */
export type WantedSetting = {
  readonly key: string;
  /** null: secret, see `sealed`. */
  readonly value: string | null;
  /** {value}, sealed for this charge point. */
  readonly sealed: string | null;
};

/** Settings of a charger. */
export type ConfigurationInput = Common & { readonly room: 'configuration' } & (
    | {
        /** Reply: {@link ConfigurationReply}. */
        readonly type: 'requested';
        readonly changeId: string;
        readonly kind: 'read' | 'change' | 'apply';
        /** Of `read`; undefined: all that there are. */
        readonly keys?: readonly string[] | undefined;
        /** Of `change` and `apply`; `apply` reads first, and sets only what differs. */
        readonly wanted: readonly WantedSetting[];
        readonly reboot: 'never' | 'now' | 'when_idle';
        readonly expiresAt: Date;
        /** It begins when the charger connects. */
        readonly mayWait: boolean;
        readonly requestedBy: string;
        readonly waitingNode?: string | undefined;
      }
    | CommandEnded
    /** dueAt has passed. */
    | { readonly type: 'overdue'; readonly changeId: string }
    /** Fed by stations: what templates say for each boot is looked after. */
    | {
        readonly type: 'booted';
        readonly vendor: string | null;
        readonly model: string | null;
        readonly firmwareVersion: string | null;
      }
  );
export type ConfigurationReply = { readonly started: boolean; readonly why?: 'offline' | 'too_many' };

/** A charger's key as it is kept. */
export type KeyHash = { readonly hash: Uint8Array; readonly salt: Uint8Array; readonly kid: string };

/** The key of a charger on its way to it by OCPP. */
export type ChargerKeyInput = Common & { readonly room: 'charger_keys' } & (
    | {
        /** Reply: {@link KeyOfferReply}, or the commands room's {@link CommandReply}. */
        readonly type: 'offered';
        readonly commandId: string;
        readonly key: KeyHash;
        /** {value}, sealed for this charge point. */
        readonly sealed: string;
        readonly action: string;
        readonly payload: Record<string, unknown>;
        readonly timeoutS: number;
        readonly requestedBy: string;
        readonly waitingNode?: string | undefined;
      }
    | CommandEnded
    /** It logged in while an offer was open. `offer`: which one that was. */
    | { readonly type: 'used'; readonly key: 'current' | 'next'; readonly offer: string }
  );
export type KeyOfferReply = { readonly refused: 'no_key' | 'offered' | 'undecided' | 'after_reboot' };

/** A message that could not even be coerced is kept raw. */
export type QuarantineInput = Common & {
  readonly room: 'quarantine';
  readonly type: 'quarantined';
  readonly quarantineId: string;
  readonly protocol: string;
  readonly action: string;
  readonly payload: string;
  readonly reason: string;
};

/** What a charger reports of attacks on it, of tampering, of restarts. */
export type SecurityEventInput = Common & {
  readonly room: 'security_events';
  readonly type: 'security_event_reported';
  readonly securityEventId: string;
  /** As the charger said it. */
  readonly eventType: string;
  readonly techInfo?: string | undefined;
  readonly at: ChargerInstant;
};

export type Input =
  | StationInput
  | TokenInput
  | SessionInput
  | MeterInput
  | CommandInput
  | UploadInput
  | CertificateInput
  | ConfigurationInput
  | ChargerKeyInput
  | QuarantineInput
  | SecurityEventInput
  | ReservationInput
  | SmartChargingInput
  | LocalListInput;
export type RoomName = Input['room'];
export type InputOf<R extends RoomName> = Extract<Input, { room: R }>;
