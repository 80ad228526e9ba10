/** Hot SQL of the room: what its participant loads and saves. */
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { FirmwareUpdateInput } from '../ingest/inputs.ts';
import { redactUrls } from '../platform/transfer-url.ts';
import type { UpdateRow, UpdateState } from './types.ts';

type Column = readonly [field: keyof UpdateRow, column: string, type: string];
/** Columns with the type of their UNNEST array; those of MOVING are what a change may touch. */
const FIXED: readonly Column[] = [
  ['id', 'id', 'text'],
  ['rolloutId', 'rollout_id', 'text'],
  ['imageId', 'image_id', 'text'],
  ['targetVersion', 'target_version', 'text'],
  ['signed', 'signed', 'bool'],
  ['maxAttempts', 'max_attempts', 'int4'],
  ['retryDelayS', 'retry_delay_s', 'int4'],
  ['stageTimeoutS', 'stage_timeout_s', 'int4'],
  ['waitUntilIdle', 'wait_until_idle', 'bool'],
  ['windowFrom', 'window_from', 'text'],
  ['windowTo', 'window_to', 'text'],
  ['retrieveAt', 'retrieve_at', 'timestamptz'],
  ['installAt', 'install_at', 'timestamptz'],
  ['requestedBy', 'requested_by', 'text'],
  ['traceId', 'trace_id', 'uuid'],
  ['createdAt', 'created_at', 'timestamptz'],
];
const MOVING: readonly Column[] = [
  ['fromVersion', 'from_version', 'text'],
  ['expiresAt', 'expires_at', 'timestamptz'],
  ['status', 'status', 'text'],
  ['attempts', 'attempts', 'int4'],
  ['requestId', 'request_id', 'int4'],
  ['commandId', 'command_id', 'text'],
  ['tokenHash', 'token_hash', 'bytea'],
  ['linkExpiresAt', 'link_expires_at', 'timestamptz'],
  ['sentAt', 'sent_at', 'timestamptz'],
  ['startedAt', 'started_at', 'timestamptz'],
  ['dueAt', 'due_at', 'timestamptz'],
  ['endedAt', 'ended_at', 'timestamptz'],
  ['failedAt', 'failed_at', 'timestamptz'],
  ['chargerStatus', 'charger_status', 'text'],
  ['bootedVersion', 'booted_version', 'text'],
  ['verified', 'verified', 'bool'],
  ['errorCode', 'error_code', 'text'],
  ['errorMessage', 'error_message', 'text'],
  ['history', 'history', 'jsonb'],
  ['updatedAt', 'updated_at', 'timestamptz'],
];
const COLUMNS = [...FIXED, ...MOVING];
export const FIELDS = COLUMNS.map(([field, column]) => `u.${column} AS "${field}"`).join(', ');

// Plan: a partial index of updates with a due time per charge point, the primary key and the index of commands for the named ones.
const LOAD: Statement = {
  name: 'firmware_updates_load',
  text: `WITH wanted AS (
           SELECT id FROM firmware_updates WHERE charge_point_id = ANY($1::text[]) AND due_at IS NOT NULL
           UNION SELECT id FROM firmware_updates WHERE id = ANY($2::text[])
           UNION SELECT id FROM firmware_updates WHERE command_id IS NOT NULL AND command_id = ANY($3::text[]))
         SELECT u.charge_point_id AS "chargePointId", ${FIELDS}
           FROM wanted JOIN firmware_updates u USING (id) WHERE u.charge_point_id = ANY($1::text[])`,
};

const SAVE: Statement = {
  name: 'firmware_updates_save',
  text: `INSERT INTO firmware_updates (organization_id, charge_point_id, ${COLUMNS.map(([, column]) => column).join(', ')})
         SELECT * FROM unnest($1::text[], $2::text[], ${COLUMNS.map(([, , type], i) => `$${i + 3}::${type}[]`).join(', ')})
         ON CONFLICT (id) DO UPDATE SET ${MOVING.map(([, column]) => `${column} = excluded.${column}`).join(', ')}`,
};

export async function loadUpdates(tx: Tx, inputs: readonly FirmwareUpdateInput[]): Promise<Map<string, UpdateState>> {
  const chargePoints = [...new Set(inputs.map(({ chargePointId }) => chargePointId))];
  const named = inputs.flatMap((input) =>
    'updateId' in input ? [input.updateId] : input.type === 'requested' ? [input.update.id] : [],
  );
  const commands = inputs.flatMap((input) => (input.type === 'command_ended' ? [input.commandId] : []));
  const rows = await tx.rows<UpdateRow & { chargePointId: string }>(LOAD, [chargePoints, named, commands]);
  const states = new Map(chargePoints.map((id) => [id, { updates: new Map<string, UpdateRow>() }]));
  for (const { chargePointId, ...row } of rows) states.get(chargePointId)?.updates.set(row.id, row);
  return states;
}

type Change = { readonly root: Root; readonly before: UpdateState; readonly after: UpdateState };

export async function saveUpdates(tx: Tx, changes: readonly Change[]): Promise<void> {
  const changed = changes.flatMap(({ root, before, after }) =>
    [...after.updates.values()].filter((row) => before.updates.get(row.id) !== row).map((row) => ({ root, row })),
  );
  if (changed.length === 0) return;
  await tx.rows(SAVE, [
    changed.map(({ root }) => root.organizationId),
    changed.map(({ root }) => root.chargePointId),
    ...COLUMNS.map(([field]) => changed.map(({ row }) => stored(row, field))),
  ]);
}

/** What chargers say may hold the address that they were given. */
function stored(row: UpdateRow, field: keyof UpdateRow): unknown {
  if (field === 'history') return redactUrls(JSON.stringify(row.history));
  if (field === 'errorMessage') return row.errorMessage === null ? null : redactUrls(row.errorMessage);
  return row[field];
}
