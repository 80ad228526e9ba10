/** The words of the room: one update of one charger. */
import type { UpdateRefusal, WantedUpdate } from '../ingest/inputs.ts';

export const updateStatuses = [
  'scheduled',
  'sent',
  'downloading',
  'downloaded',
  'verifying',
  'installing',
  'installed',
  'download_failed',
  'install_failed',
  'invalid_signature',
  'rejected',
  'timed_out',
  'cancelled',
] as const;
export type UpdateStatus = (typeof updateStatuses)[number];

/** What can happen to an update; machine/edges.ts says where. */
export type Move =
  | 'send' // the call goes to the charger
  | 'put_back' // it never reached it
  | 'refuse' // the charger declined, or cannot be asked
  | 'downloading'
  | 'downloaded'
  | 'signature_verified'
  | 'installing'
  | 'installed'
  | 'retry' // fetching failed or came to a stop, and tries are left
  | 'download_failed'
  | 'install_failed'
  | 'invalid_signature'
  | 'expire' // nothing was heard for too long
  | 'cancel' // by a person, before the charger was told
  | 'supersede'; // the charger gave it up for another request

export const updateErrors = [
  'rejected', // the charger declined
  'invalid_certificate', // of the signing certificate: it does not trust it
  'not_supported', // the charger knows no such call, or its version cannot say it
  'image_gone', // the image was deleted before it was sent
  'download_failed',
  'install_failed',
  'invalid_signature',
  'version_unchanged', // it booted with the old version
  'no_progress', // nothing was heard for too long
  'never_sent', // it could not be sent until its expiry: offline, busy, outside of the window
  'superseded',
  'cancelled', // by a person, between two tries
  'charge_point_deleted',
  'handed_over',
] as const satisfies readonly (UpdateRefusal | string)[];
export type UpdateErrorCode = (typeof updateErrors)[number];

/** One step of its history. */
export type Past = { readonly status: UpdateStatus; readonly at: string; readonly said?: string };

/** A row of the table firmware_updates. */
export type UpdateRow = WantedUpdate & {
  readonly status: UpdateStatus;
  /** How often it was sent. */
  readonly attempts: number;
  /** Of the attempt that runs, or ran last. */
  readonly requestId: number | null;
  readonly commandId: string | null;
  readonly tokenHash: Uint8Array | null;
  readonly linkExpiresAt: Date | null;
  readonly sentAt: Date | null;
  /** When firmware.update_started was told: once. */
  readonly startedAt: Date | null;
  /** When somebody has to look at it again; null: never. */
  readonly dueAt: Date | null;
  readonly endedAt: Date | null;
  /** When it failed, also after it had been told to be installed. */
  readonly failedAt: Date | null;
  /** As the charger said it last. */
  readonly chargerStatus: string | null;
  /** Of a boot since this stage of the attempt began. */
  readonly bootedVersion: string | null;
  /** null: not known (yet). */
  readonly verified: boolean | null;
  readonly errorCode: UpdateErrorCode | null;
  readonly errorMessage: string | null;
  readonly history: readonly Past[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** Of one charge point, by id: those with a due time, and those that the inputs name. */
export type UpdateState = { readonly updates: ReadonlyMap<string, UpdateRow> };
