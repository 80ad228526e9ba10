/**
 * The one table of everything that can change a charger's world, and which room decides it: one file per room in inputs/, and here
 * the commands, which may bring an input of any room along. Types only.
 */
import type { AlertInput } from './inputs/alerts.ts';
import type { BatterySwapInput } from './inputs/battery-swaps.ts';
import type { CertificateInput } from './inputs/certificates.ts';
import type { ChargerKeyInput } from './inputs/charger-keys.ts';
import type { ChargingNeedsInput } from './inputs/charging-needs.ts';
import type { Learned } from './inputs/command-ended.ts';
import type { CommissioningInput } from './inputs/commissioning.ts';
import type { Common } from './inputs/common.ts';
import type { ConfigurationInput } from './inputs/configuration.ts';
import type { CustomerInformationInput } from './inputs/customer-information.ts';
import type { DeletionInput } from './inputs/deletions.ts';
import type { DerControlInput } from './inputs/der-control.ts';
import type { DeviceModelInput } from './inputs/device-model.ts';
import type { DisplayMessageInput } from './inputs/display-messages.ts';
import type { ExternalLimitInput } from './inputs/external-limits.ts';
import type { FirmwareInput } from './inputs/firmware.ts';
import type { FirmwareUpdateInput } from './inputs/firmware-updates.ts';
import type { HandoverInput } from './inputs/handovers.ts';
import type { LocalListInput } from './inputs/local-list.ts';
import type { MeterInput } from './inputs/meter.ts';
import type { MonitoringInput } from './inputs/monitoring.ts';
import type { NetworkProfileInput } from './inputs/network-profiles.ts';
import type { PaymentInput } from './inputs/payments.ts';
import type { QuarantineInput } from './inputs/quarantine.ts';
import type { ReservationInput } from './inputs/reservations.ts';
import type { SecurityEventInput } from './inputs/security-events.ts';
import type { SessionLimitInput } from './inputs/session-limits.ts';
import type { SessionInput } from './inputs/sessions.ts';
import type { SmartChargingInput } from './inputs/smart-charging.ts';
import type { StationCostInput } from './inputs/station-costs.ts';
import type { StationInput } from './inputs/stations.ts';
import type { TokenInput } from './inputs/tokens.ts';
import type { UploadInput } from './inputs/uploads.ts';

export type * from './inputs/alerts.ts';
export type * from './inputs/authorization.ts';
export type * from './inputs/battery-swaps.ts';
export type * from './inputs/certificate-hash.ts';
export type * from './inputs/certificates.ts';
export type * from './inputs/charger-keys.ts';
export type * from './inputs/charging-needs.ts';
export type * from './inputs/charging-profile.ts';
export type * from './inputs/command-ended.ts';
export type * from './inputs/commissioning.ts';
export type * from './inputs/common.ts';
export type * from './inputs/configuration.ts';
export type * from './inputs/customer-information.ts';
export type * from './inputs/deletions.ts';
export type * from './inputs/der-control.ts';
export type * from './inputs/der-settings.ts';
export type * from './inputs/device-model.ts';
export type * from './inputs/display-message.ts';
export type * from './inputs/display-messages.ts';
export type * from './inputs/energy-transfer.ts';
export type * from './inputs/external-limits.ts';
export type * from './inputs/firmware.ts';
export type * from './inputs/firmware-updates.ts';
export type * from './inputs/handovers.ts';
export type * from './inputs/list-entry.ts';
export type * from './inputs/local-list.ts';
export type * from './inputs/meter.ts';
export type * from './inputs/monitoring.ts';
export type * from './inputs/network-profiles.ts';
export type * from './inputs/payments.ts';
export type * from './inputs/quarantine.ts';
export type * from './inputs/report-base.ts';
export type * from './inputs/reservations.ts';
export type * from './inputs/security-events.ts';
export type * from './inputs/session-limits.ts';
export type * from './inputs/sessions.ts';
export type * from './inputs/smart-charging.ts';
export type * from './inputs/station-cost.ts';
export type * from './inputs/station-costs.ts';
export type * from './inputs/stations.ts';
export type * from './inputs/tokens.ts';
export type * from './inputs/transaction-limit.ts';
export type * from './inputs/uploads.ts';

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
  /** It never went out, and never will: its secret does not open any more, or it breaks its schema. */
  | { readonly outcome: 'unsent'; readonly why: 'secret_lost' | 'invalid_call'; readonly message: string }
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
        /** Later it is not queued any more: whoever asked counts it as never sent by then. */
        readonly notAfter?: Date | undefined;
        /** Where somebody waits for the outcome. */
        readonly waitingNode?: string | undefined;
        /** Secret fields of the payload, sealed for this charge point (commands/sealing.ts). */
        readonly sealed?: string | undefined;
        /** Fed by a room and not asked by REST: whoever handed the first input in gets its own reply. */
        readonly silent?: true | undefined;
        /** The room that asked is told when it cannot even be queued. */
        readonly askedBy?: 'configuration' | 'charger_keys' | 'device_model' | 'firmware_updates' | undefined;
        /** Fed in the same transaction if the command is queued: what a room writes down of having asked. It must not reply. */
        readonly alongside?: Input | undefined;
      }
    /** Somebody does not want it any more. Reply: {@link CancelReply}. */
    | { readonly type: 'cancel_requested'; readonly commandId: string; readonly silent?: true | undefined }
    /** The line is idle: which command goes next? Reply: {@link DispatchReply}. */
    | {
        readonly type: 'next';
        readonly generation: number;
        readonly nodeId: string;
        /** Of this asking, 32 hexadecimal digits: when it is decided twice, as the answer to a COMMIT was lost, it is given the same command. */
        readonly dispatchId: string;
      }
    | { readonly type: 'answered'; readonly commandId: string; readonly answer: CommandOutcome }
    /** dueAt has passed. */
    | { readonly type: 'overdue'; readonly commandId: string }
    /** A session began that a remote start may have asked for (R6). Fed by sessions. */
    | {
        readonly type: 'session_started';
        readonly sessionId: string;
        /** The number of its EVSE (decision 006); undefined: not known yet. */
        readonly connectorId: number | undefined;
        readonly tokenUid: string | null;
        /** What the station says it was asked by. */
        readonly remoteStartId?: number | undefined;
        /** When it began, by our clock; `isReplayed`: as the charger says afterwards. */
        readonly begunAt: Date;
        readonly isReplayed: boolean;
      }
    /** That connection is gone: what was sent on it is lost, what is queued and must not wait fails. Ignored when a newer one took over. */
    | { readonly type: 'line_lost'; readonly generation: number; readonly nodeId?: string | undefined }
  );

export type CommandReply = {
  readonly commandId: string;
  readonly queued: boolean;
  readonly why?: 'offline' | 'too_many' | 'too_late';
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
  /** Of what asked for it; null: older than traces. */
  readonly traceId: string | null;
} | null;

export type Input =
  | StationInput
  | TokenInput
  | SessionInput
  | SessionLimitInput
  | StationCostInput
  | MeterInput
  | CommandInput
  | UploadInput
  | CertificateInput
  | ConfigurationInput
  | DeviceModelInput
  | MonitoringInput
  | NetworkProfileInput
  | ChargerKeyInput
  | QuarantineInput
  | SecurityEventInput
  | ReservationInput
  | FirmwareInput
  | FirmwareUpdateInput
  | BatterySwapInput
  | PaymentInput
  | DisplayMessageInput
  | CustomerInformationInput
  | SmartChargingInput
  | ChargingNeedsInput
  | ExternalLimitInput
  | DerControlInput
  | LocalListInput
  | CommissioningInput
  | HandoverInput
  | DeletionInput
  | AlertInput;

export type RoomName = Input['room'];
