/** The state of the room "local_lists": what is known of the list that one charger holds, and its synchronization. */
import type { ListEntry } from '../ingest/inputs.ts';

export type SyncMode = 'full' | 'differential' | 'auto';
export type SyncError = {
  readonly code: 'not_supported' | 'version_mismatch' | 'failed' | 'no_answer' | 'offline' | 'too_many_messages';
  readonly message: string;
};

export type ListRow = {
  readonly version: number | null;
  readonly contentVersion: number | null;
  readonly syncedRevision: number | null;
  readonly syncedHash: string | null;
  /** null: of a charge point at no site. */
  readonly syncedSiteId: string | null;
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

export type { ListEntry };

/** What an accepted message did to the list. */
export type Applied = {
  readonly full: boolean;
  readonly put: readonly ListEntry[];
  readonly removed: readonly string[];
};

export type ListState = { readonly row: ListRow; readonly applied: readonly Applied[] };

/**
 * How a list is remembered that was brought up to what it should be: with what changes whenever something else becomes of it, also by a
 * process of the version before, which knows no hash.
 */
export const syncedAs = (row: Pick<ListRow, 'syncedRevision' | 'contentVersion'>, hash: string): string =>
  `${row.syncedRevision} ${row.contentVersion} ${hash}`;

// ------------------------------------------------------------------------------------ limits as OCPP 2.x says them (D01.FR.10…)

const COMPONENT = 'LocalAuthListCtrlr';
/** Of a device model, by its key (platform/variable-key.ts). */
export type LimitVariable = {
  readonly key: string;
  readonly value: string | null;
  readonly maxLimit: number | null;
  /** Said since its last boot, which may bring another firmware: it need not be asked. */
  readonly isFresh: boolean;
};
/** How many variables one GetVariables may name, and in how many bytes (B06.FR.16). */
export const GET_ITEMS = 'DeviceDataCtrlr.ItemsPerMessage[GetVariables]';
export const GET_BYTES = 'DeviceDataCtrlr.BytesPerMessage[GetVariables]';
/** Any of the keys answers the question. Entries has its limit as MaxSet where it says one at all. */
export const LIMIT_QUESTIONS = [
  { keys: [`${COMPONENT}.Enabled`], asked: of('Enabled') },
  { keys: [`${COMPONENT}.ItemsPerMessage`], asked: of('ItemsPerMessage') },
  { keys: [`${COMPONENT}.BytesPerMessage`], asked: of('BytesPerMessage') },
  {
    keys: [`${COMPONENT}.Entries/MaxSet`, `${COMPONENT}.Entries`],
    asked: { ...of('Entries'), attributeType: 'MaxSet' },
  },
] as const;
export const LIMIT_KEYS = [GET_ITEMS, GET_BYTES, ...LIMIT_QUESTIONS.flatMap(({ keys }) => keys)];
function of(name: string) {
  return { component: { name: COMPONENT }, variable: { name } };
}
