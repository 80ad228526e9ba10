/** The words of the room: a handover, what is known of its charge point, and what a step leaves behind. */
import type { HandoverMode } from '../ingest/inputs.ts';
import type { HandoverStatus, Happening } from './machine/rules.ts';

export type { HandoverStatus, Happening } from './machine/rules.ts';

/** How far the charger is with its new key. docs/handover.md says what each means. */
export type KeyChange = 'none' | 'pending' | 'offered' | 'awaiting_reconnect' | 'changed' | 'not_changed';

/** Something of the organization before that the charger still holds. */
export type CareItem = {
  /** Unique within its handover. */
  readonly name: string;
  readonly what: 'reservation' | 'charging_profiles' | 'display_message' | 'local_list';
  /** The number of the reservation or of the message. */
  readonly number: number | null;
  readonly state: 'pending' | 'asked' | 'done' | 'refused' | 'not_supported';
  readonly commandId: string | null;
};

/** A row of the table handovers. */
export type HandoverRow = {
  readonly id: string;
  readonly organizationId: string;
  readonly toOrganizationId: string | null;
  readonly named: boolean;
  readonly chargePointId: string;
  readonly chargePointIdentity: string;
  readonly mode: HandoverMode;
  readonly status: HandoverStatus;
  readonly tokenHash: Uint8Array;
  readonly note: string | null;
  readonly initiatedBy: string;
  readonly expiresAt: Date;
  readonly acceptedBy: string | null;
  readonly acceptedAt: Date | null;
  readonly siteId: string | null;
  readonly name: string | null;
  readonly waitingFor: readonly string[];
  readonly reason: string | null;
  readonly dueAt: Date | null;
  readonly endedAt: Date | null;
  readonly previousNumber: number | null;
  readonly keyChange: KeyChange | null;
  readonly keyCommandId: string | null;
  readonly keyTries: number;
  readonly oldKeyHash: Uint8Array | null;
  readonly care: readonly CareItem[];
  readonly careDueAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** Who did what: appended, never changed. */
export type HandoverStep = {
  readonly handoverId: string;
  readonly at: Date;
  readonly happening: Happening;
  readonly fromStatus: HandoverStatus | null;
  readonly toStatus: HandoverStatus;
  readonly by: string;
  /** null: the system */
  readonly byOrganizationId: string | null;
  readonly detail: string | null;
};

export type OpenCommand = {
  readonly id: string;
  readonly action: string;
  readonly status: 'queued' | 'sent' | 'accepted';
  readonly requestedBy: string;
  readonly sessionId: string | null;
  readonly waitingNode: string | null;
};
export type OpenReservation = {
  readonly id: string;
  readonly ocppId: number;
  readonly connectorId: number;
  readonly tokenUid: string;
  readonly status: 'requested' | 'active';
  readonly expiresAt: Date;
};

export type OpenAlert = {
  readonly id: string;
  readonly rule: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly title: string;
  readonly siteId: string | null;
  readonly evseId: number;
  readonly connectorId: number;
  readonly triggeredAt: Date;
};
/** An update that has begun, failed to fetch, and waits for its next try. */
export type BegunUpdate = {
  readonly id: string;
  readonly rolloutId: string | null;
  readonly fromVersion: string | null;
  readonly targetVersion: string;
  readonly attempts: number;
};

/** What is known of the charge point, as the lock holds it. */
export type Facts = {
  /** Who holds it. */
  readonly organizationId: string;
  readonly number: number;
  readonly lifecycle: string;
  /** The policy of who holds it wants charge points to be commissioned. */
  readonly wantsCommissioning: boolean;
  readonly openSessions: number;
  /** The oldest of them. */
  readonly openSessionId: string | null;
  readonly heldEvents: number;
  readonly firmwareRunning: boolean;
  readonly commandsInFlight: number;
  /** Ids of open critical alerts; at most 20. */
  readonly criticalAlerts: readonly string[];
  /** Profile 1 and 2: the charger logs in with a key. */
  readonly hasKey: boolean;
  readonly keyHash: Uint8Array | null;
  /** The command that takes a new key to it, and how far that is; null: none is under way. */
  readonly offer: { readonly commandId: string; readonly state: string } | null;
  readonly connected: boolean;
  /** Of its connection. */
  readonly generation: number;
  /** Before a cutover only queued ones. */
  readonly openCommands: readonly OpenCommand[];
  readonly openReservations: readonly OpenReservation[];
  readonly openAlerts: readonly OpenAlert[];
  readonly begunUpdates: readonly BegunUpdate[];
  readonly hasProfiles: boolean;
  readonly hasLocalList: boolean;
  readonly displayMessageIds: readonly number[];
};

/** What becomes of everything else in the transaction of the cutover (cutover-store.ts). */
export type Cutover = {
  readonly from: string;
  readonly to: string;
  readonly siteId: string | null;
  readonly name: string | null;
  readonly hasKey: boolean;
  readonly at: Date;
};

/** What decide needs of one charge point. */
export type HandoverState = {
  /** Those that are open, and the one that the input names. */
  readonly handovers: ReadonlyMap<string, HandoverRow>;
  /** undefined: the charge point is gone. */
  readonly facts: Facts | undefined;
  /** How commands of the care ended, by id. */
  readonly commands: ReadonlyMap<string, string>;
  /** To be appended. */
  readonly steps: readonly HandoverStep[];
  readonly cutover: Cutover | undefined;
};

/** What decide needs of a charge point that is to be deleted. */
export type DeletionState = {
  /** undefined: it is gone. */
  readonly facts: Facts | undefined;
  readonly deletion: { readonly from: string; readonly at: Date } | undefined;
};
