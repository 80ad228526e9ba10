/** Updates of firmware from the wish to the boot that proves it. Types only. */
import type { CommandEnded } from './command-ended.ts';
import type { Common } from './common.ts';

/** What is asked for; ids are drawn before. */
export type WantedUpdate = {
  readonly id: string;
  readonly rolloutId: string | null;
  readonly imageId: string;
  readonly targetVersion: string;
  /** As the charger's last boot said. */
  readonly fromVersion: string | null;
  readonly signed: boolean;
  readonly maxAttempts: number;
  readonly retryDelayS: number;
  /** How long a charger may be silent within one stage. */
  readonly stageTimeoutS: number;
  readonly waitUntilIdle: boolean;
  /** HH:MM on the clock of the charger's site; null: at any time. */
  readonly windowFrom: string | null;
  readonly windowTo: string | null;
  readonly retrieveAt: Date | null;
  readonly installAt: Date | null;
  /** Until then it may wait to be sent. */
  readonly expiresAt: Date;
  readonly requestedBy: string;
  /** Of the request that asked for it, and of what its charger is asked for it. */
  readonly traceId: string | null;
};

export type FirmwareUpdateInput = Common & { readonly room: 'firmware_updates' } & (
    | {
        /** Reply: {@link UpdateReply}. */
        readonly type: 'requested';
        readonly update: WantedUpdate;
      }
    /** Reply: {@link CancelUpdateReply}. Only what the charger has not been told of. */
    | { readonly type: 'cancel_requested'; readonly updateId: string }
    | {
        /** It goes to the charger now: the command is fed in the same transaction. Reply: {@link SendUpdateReply}. */
        readonly type: 'send';
        readonly updateId: string;
        readonly commandId: string;
        readonly requestId: number;
        readonly action: string;
        readonly payload: Readonly<Record<string, unknown>>;
        /** Of its link; null: it is fetched elsewhere. */
        readonly tokenHash: Uint8Array | null;
        readonly linkExpiresAt: Date | null;
        /** As the charger's last boot said. */
        readonly fromVersion: string | null;
      }
    /** It cannot be said to this charger. */
    | { readonly type: 'refused'; readonly updateId: string; readonly code: UpdateRefusal; readonly message: string }
    | CommandEnded
    /** FirmwareStatusNotification, SignedFirmwareStatusNotification. Fed by stations. */
    | {
        readonly type: 'status_reported';
        /** undefined: OCPP 1.6 core does not say. */
        readonly requestId: number | undefined;
        readonly status: string;
        readonly info?: string | undefined;
      }
    /** Fed by stations. */
    | { readonly type: 'booted'; readonly firmwareVersion: string | undefined }
    /** dueAt has passed. */
    | { readonly type: 'overdue'; readonly updateId: string }
  );

export type UpdateRefusal = 'not_supported' | 'image_gone';
/** `updateId`: the one that is open already. */
export type UpdateReply = { readonly created: boolean; readonly updateId: string };
export type CancelUpdateReply = { readonly cancelled: boolean; readonly why?: 'unknown' | 'ended' | 'under_way' };
export type SendUpdateReply = { readonly sent: boolean };
