/** Hot SQL of the room "uploads": what its participant loads and saves. */
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { UploadInput } from '../ingest/inputs.ts';
import type { UploadRow, UploadState } from './types.ts';

/** Columns with the type of their UNNEST array; those of MOVING are what a change may touch. */
const FIXED = [
  ['id', 'id', 'text'],
  ['kind', 'kind', 'text'],
  ['requestId', 'request_id', 'int4'],
  ['externalUrl', 'external_url', 'text'],
  ['logFrom', 'log_from', 'timestamptz'],
  ['logTo', 'log_to', 'timestamptz'],
  ['requestedBy', 'requested_by', 'text'],
  ['retries', 'retries', 'int4'],
  ['retryIntervalS', 'retry_interval_s', 'int4'],
  ['createdAt', 'created_at', 'timestamptz'],
] as const;
const MOVING = [
  ['commandId', 'command_id', 'text'],
  ['tokenHash', 'token_hash', 'bytea'],
  ['fallback', 'fallback', 'text'],
  ['status', 'status', 'text'],
  ['expiresAt', 'expires_at', 'timestamptz'],
  ['dueAt', 'due_at', 'timestamptz'],
  ['claim', 'claim', 'text'],
  ['claimedUntil', 'claimed_until', 'timestamptz'],
  ['chargerStatus', 'charger_status', 'text'],
  ['errorCode', 'error_code', 'text'],
  ['errorMessage', 'error_message', 'text'],
  ['completedAt', 'completed_at', 'timestamptz'],
  ['fileName', 'file_name', 'text'],
  ['sizeBytes', 'size_bytes', 'int8'],
  ['sha256', 'sha256', 'text'],
  ['storedAs', 'stored_as', 'text'],
  ['storedAt', 'stored_at', 'timestamptz'],
] as const;
const COLUMNS = [...FIXED, ...MOVING];

// Plan: a partial index of open uploads per charge point, the primary key and the index of commands for the named ones.
const LOAD: Statement = {
  name: 'uploads_load',
  text: `WITH wanted AS (
           SELECT id FROM uploads WHERE charge_point_id = ANY($1::text[]) AND due_at IS NOT NULL
           UNION SELECT id FROM uploads WHERE id = ANY($2::text[])
           UNION SELECT id FROM uploads WHERE command_id = ANY($3::text[]))
         SELECT u.charge_point_id AS "chargePointId", ${COLUMNS.map(([field, column]) => `u.${column} AS "${field}"`).join(', ')}
           FROM wanted JOIN uploads u USING (id) WHERE u.charge_point_id = ANY($1::text[])`,
};

const SAVE: Statement = {
  name: 'uploads_save',
  text: `INSERT INTO uploads (organization_id, charge_point_id, ${COLUMNS.map(([, column]) => column).join(', ')})
         SELECT * FROM unnest($1::text[], $2::text[], ${COLUMNS.map(([, , type], i) => `$${i + 3}::${type}[]`).join(', ')})
         ON CONFLICT (id) DO UPDATE SET ${MOVING.map(([, column]) => `${column} = excluded.${column}`).join(', ')}`,
};

export async function loadUploads(tx: Tx, inputs: readonly UploadInput[]): Promise<Map<string, UploadState>> {
  const chargePoints = [...new Set(inputs.map(({ chargePointId }) => chargePointId))];
  const named = inputs.flatMap((input) =>
    'uploadId' in input ? [input.uploadId] : input.type === 'requested' ? [input.upload.id] : [],
  );
  const commands = inputs.flatMap((input) => (input.type === 'command_ended' ? [input.commandId] : []));
  const rows = await tx.rows<UploadRow & { chargePointId: string }>(LOAD, [chargePoints, named, commands]);
  const states = new Map(chargePoints.map((id) => [id, { uploads: new Map<string, UploadRow>() }]));
  for (const { chargePointId, ...row } of rows) states.get(chargePointId)?.uploads.set(row.id, row);
  return states;
}

type Change = { readonly root: Root; readonly before: UploadState; readonly after: UploadState };

export async function saveUploads(tx: Tx, changes: readonly Change[]): Promise<void> {
  const changed = changes.flatMap(({ root, before, after }) =>
    [...after.uploads.values()].filter((row) => before.uploads.get(row.id) !== row).map((row) => ({ root, row })),
  );
  if (changed.length === 0) return;
  await tx.rows(SAVE, [
    changed.map(({ root }) => root.organizationId),
    changed.map(({ root }) => root.chargePointId),
    ...COLUMNS.map(([field]) => changed.map(({ row }) => row[field])),
  ]);
}
