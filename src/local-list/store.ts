/** Rows of local lists and of what chargers hold: what the participant loads and saves. */
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { LocalListInput } from '../ingest/inputs.ts';
import { tokenKey } from '../platform/token-key.ts';
import type { ListEntry, ListRow, ListState } from './types.ts';

const COLUMNS: readonly (readonly [keyof ListRow, string, string])[] = [
  ['version', 'version', 'int4'],
  ['contentVersion', 'content_version', 'int4'],
  ['syncedRevision', 'synced_revision', 'int8'],
  ['syncedHash', 'synced_hash', 'text'],
  ['syncedSiteId', 'synced_site_id', 'text'],
  ['refreshAt', 'refresh_at', 'timestamptz'],
  ['supported', 'supported', 'bool'],
  ['step', 'step', 'text'],
  ['mode', 'mode', 'text'],
  ['requestedBy', 'requested_by', 'text'],
  ['commandId', 'command_id', 'text'],
  ['needsFull', 'needs_full', 'bool'],
  ['sent', 'sent', 'int4'],
  ['dueAt', 'due_at', 'timestamptz'],
  ['startedAt', 'started_at', 'timestamptz'],
  ['checkedAt', 'checked_at', 'timestamptz'],
  ['syncedAt', 'synced_at', 'timestamptz'],
  ['error', 'error', 'jsonb'],
  ['failedAt', 'failed_at', 'timestamptz'],
  ['retryAt', 'retry_at', 'timestamptz'],
  ['updatedAt', 'updated_at', 'timestamptz'],
];
export const FIELDS = COLUMNS.map(([field, column]) => `l.${column} AS "${field}"`).join(', ');

export const NEVER: ListRow = {
  version: null,
  contentVersion: null,
  syncedRevision: null,
  syncedHash: null,
  syncedSiteId: null,
  refreshAt: null,
  supported: null,
  step: 'idle',
  mode: 'auto',
  requestedBy: null,
  commandId: null,
  needsFull: false,
  sent: 0,
  dueAt: null,
  startedAt: null,
  checkedAt: null,
  syncedAt: null,
  error: null,
  failedAt: null,
  retryAt: null,
  updatedAt: new Date(0),
};

// Plan: local_lists_pkey.
const LOAD: Statement = {
  name: 'local_lists_load',
  text: `SELECT l.charge_point_id AS "chargePointId", ${FIELDS} FROM local_lists l WHERE l.charge_point_id = ANY($1::text[])`,
};
const SAVE: Statement = {
  name: 'local_lists_save',
  text: `INSERT INTO local_lists (charge_point_id, organization_id, ${COLUMNS.map(([, column]) => column).join(', ')})
         SELECT * FROM unnest($1::text[], $2::text[], ${COLUMNS.map(([, , type], i) => `$${i + 3}::${type}[]`).join(', ')})
         ON CONFLICT (charge_point_id) DO UPDATE SET ${COLUMNS.map(([, column]) => `${column} = excluded.${column}`).join(', ')}`,
};
const EMPTY: Statement = {
  name: 'local_list_entries_empty',
  text: 'DELETE FROM local_list_entries WHERE charge_point_id = $1',
};
const REMOVE: Statement = {
  name: 'local_list_entries_remove',
  text: 'DELETE FROM local_list_entries WHERE charge_point_id = $1 AND uid_key = ANY($2::text[])',
};
const PUT: Statement = {
  name: 'local_list_entries_put',
  text: `INSERT INTO local_list_entries (charge_point_id, uid_key, uid, token_type, status, expires_at, parent_id_tag)
         SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[])
         ON CONFLICT (charge_point_id, uid_key) DO UPDATE SET
           uid = excluded.uid, token_type = excluded.token_type, status = excluded.status, expires_at = excluded.expires_at, parent_id_tag = excluded.parent_id_tag`,
};

export async function loadLists(tx: Tx, inputs: readonly LocalListInput[]): Promise<Map<string, ListState>> {
  const ids = inputs.map(({ chargePointId }) => chargePointId);
  const rows = await tx.rows<ListRow & { chargePointId: string }>(LOAD, [ids]);
  const states = new Map<string, ListState>(ids.map((id) => [id, { row: NEVER, applied: [] }]));
  for (const { chargePointId, ...row } of rows) states.set(chargePointId, { row, applied: [] });
  return states;
}

type Change = { readonly root: Root; readonly before: ListState; readonly after: ListState };

/** Lists change rarely, one charger at a time: their entries are written charger by charger. */
export async function saveLists(tx: Tx, changes: readonly Change[]): Promise<void> {
  const sent: Promise<unknown>[] = [
    tx.rows(SAVE, [
      changes.map(({ root }) => root.chargePointId),
      changes.map(({ root }) => root.organizationId),
      ...COLUMNS.map(([field]) =>
        changes.map(({ after }) => (field === 'error' ? JSON.stringify(after.row.error) : after.row[field])),
      ),
    ]),
  ];
  for (const { root, after } of changes) {
    for (const { full, put, removed } of after.applied) {
      if (full) sent.push(tx.rows(EMPTY, [root.chargePointId]));
      else if (removed.length > 0) sent.push(tx.rows(REMOVE, [root.chargePointId, removed.map(tokenKey)]));
      const rows = [...new Map(put.map((entry) => [tokenKey(entry.uid), entry])).entries()];
      if (rows.length > 0) sent.push(tx.rows(PUT, [root.chargePointId, ...columnsOf(rows)]));
    }
  }
  await Promise.all(sent);
}

const columnsOf = (rows: readonly (readonly [string, ListEntry])[]): unknown[] => [
  rows.map(([key]) => key),
  rows.map(([, { uid }]) => uid),
  rows.map(([, { type }]) => type),
  rows.map(([, { status }]) => status),
  rows.map(([, { expiresAt }]) => expiresAt),
  rows.map(([, { parentIdTag }]) => parentIdTag),
];
