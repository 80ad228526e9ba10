/** The state of the room "local_lists": what is known of the list that one charger holds, and its synchronization. */
import type { ListEntry } from '../ingest/inputs.ts';

export type SyncMode = 'full' | 'differential' | 'auto';
export type SyncError = {
  readonly code: 'not_supported' | 'version_mismatch' | 'failed' | 'no_answer' | 'offline' | 'too_many_messages';
  readonly message: string;
};

export type ListRow = SaidLimits & {
  readonly version: number | null;
  readonly contentVersion: number | null;
  readonly syncedRevision: number | null;
  readonly syncedHash: string | null;
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
/** What a charger that speaks OCPP 2.x said of its LocalAuthListCtrlr; null: it has not. */
export type SaidLimits = {
  readonly saidEnabled: boolean | null;
  readonly saidEntries: number | null;
  readonly saidPerMessage: number | null;
  readonly saidBytes: number | null;
};

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

export const uidKey = (uid: string): string => uid.trim().toLowerCase();

// ------------------------------------------------------------------------------------ limits as OCPP 2.x says them (D01.FR.10…)

const COMPONENT = 'LocalAuthListCtrlr';
/** Entries has its limit as MaxSet where it says one at all. */
export const LIMIT_VARIABLES = [
  { component: { name: COMPONENT }, variable: { name: 'Enabled' } },
  { component: { name: COMPONENT }, variable: { name: 'ItemsPerMessage' } },
  { component: { name: COMPONENT }, variable: { name: 'BytesPerMessage' } },
  { component: { name: COMPONENT }, variable: { name: 'Entries' }, attributeType: 'MaxSet' },
] as const;

/** What a GetVariables answer, asked by whomever, says of the limits. */
export function limitsIn(result: Readonly<Record<string, unknown>> | null): Partial<SaidLimits> {
  const said: { -readonly [K in keyof SaidLimits]?: SaidLimits[K] } = {};
  const all: unknown = result?.['getVariableResult'];
  for (const each of Array.isArray(all) ? all : []) {
    if (!isRecord(each) || nameOf(each['component']) !== COMPONENT.toLowerCase()) continue;
    const { attributeStatus, attributeType, attributeValue } = each;
    if (attributeStatus !== 'Accepted' || typeof attributeValue !== 'string') continue;
    const count = Number(attributeValue);
    const limit = Number.isInteger(count) && count > 0 && count <= 2_147_483_647 ? count : null;
    const name = nameOf(each['variable']);
    if (name === 'enabled') said.saidEnabled = attributeValue.trim().toLowerCase() === 'true';
    if (name === 'itemspermessage') said.saidPerMessage = limit;
    if (name === 'bytespermessage') said.saidBytes = limit;
    if (name === 'entries' && attributeType === 'MaxSet') said.saidEntries = limit;
  }
  return said;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const nameOf = (value: unknown): string => (isRecord(value) ? String(value['name']).trim().toLowerCase() : '');
