/** The state of the room "local_lists": what is known of the list that one charger holds, and its synchronization. */
export type SyncMode = 'full' | 'differential' | 'auto';
export type SyncError = {
  readonly code: 'not_supported' | 'version_mismatch' | 'failed' | 'no_answer' | 'offline' | 'too_many_messages';
  readonly message: string;
};

export type ListRow = {
  readonly version: number | null;
  readonly contentVersion: number | null;
  readonly syncedRevision: number | null;
  readonly refreshAt: Date | null;
  readonly supported: boolean | null;
  readonly step: 'idle' | 'configuration' | 'version' | 'sending';
  readonly mode: SyncMode;
  readonly requestedBy: string | null;
  readonly commandId: string | null;
  readonly needsFull: boolean;
  readonly sent: number;
  readonly dueAt: Date | null;
  readonly startedAt: Date | null;
  readonly checkedAt: Date | null;
  readonly syncedAt: Date | null;
  readonly error: SyncError | null;
  readonly failedAt: Date | null;
  readonly retryAt: Date | null;
  readonly updatedAt: Date;
};

export type ListEntry = {
  readonly uid: string;
  /** In OCPP's words: Accepted, Blocked, Expired, … */
  readonly status: string;
  readonly expiresAt: Date | null;
  readonly parentIdTag: string | null;
};
/** What an accepted message did to the list. */
export type Applied = {
  readonly full: boolean;
  readonly put: readonly ListEntry[];
  readonly removed: readonly string[];
};

export type ListState = { readonly row: ListRow; readonly applied: readonly Applied[] };

export const uidKey = (uid: string): string => uid.trim().toLowerCase();
