/** Hot SQL of the room, second half: its columns, and one statement to insert, one to update, for all charge points of a batch. */
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import { STORED_COST, saveCosts } from './cost-store.ts';
import { saveEvents } from './event-store.ts';
import type { SessionRow, SessionState } from './types.ts';

type Column = readonly [field: keyof SessionRow, column: string, type: string];

/** Columns that are written once, when the session begins. */
const BIRTH: readonly Column[] = [
  ['id', 'id', 'text'],
  ['transactionId', 'transaction_id', 'int4'],
  ['startKey', 'start_key', 'text'],
  ['evseId', 'evse_id', 'int4'],
  ['connectorId', 'connector_id', 'int4'],
  ['tokenUid', 'token_uid', 'text'],
  ['tokenId', 'token_id', 'text'],
  ['tokenGroupId', 'token_group_id', 'text'],
  ['authorization', '"authorization"', 'text'],
  ['freeOfCharge', 'free_of_charge', 'bool'],
  ['isTest', 'is_test', 'bool'],
  ['commandId', 'command_id', 'text'],
  ['reservationId', 'reservation_id', 'int4'],
  ['ocppTransactionId', 'ocpp_transaction_id', 'text'],
  ['remoteStartId', 'remote_start_id', 'int4'],
  ['startedAt', 'started_at', 'timestamptz'],
  ['createdAt', 'created_at', 'timestamptz'],
];
/** Of those, what a 2.x transaction may learn after it has begun: who charges, where, since when; or that another one has its id. */
const LEARNED: readonly Column[] = BIRTH.filter(
  ([field]) => !['id', 'transactionId', 'ocppTransactionId', 'createdAt'].includes(field),
);
/** Columns that move. */
const LIFE: readonly Column[] = [
  ['status', 'status', 'text'],
  ['endedAt', 'ended_at', 'timestamptz'],
  // Where the start named none, the first register that is read (machine/meter.ts).
  ['meterStartWh', 'meter_start_wh', 'int8'],
  ['meterStopWh', 'meter_stop_wh', 'int8'],
  ['lastRegisterWh', 'last_register_wh', 'int8'],
  ['lastSampleAt', 'last_sample_at', 'timestamptz'],
  ['energyWh', 'energy_wh', 'int8'],
  ['resetFromWh', 'reset_from_wh', 'int8'],
  ['energyBeforeResetWh', 'energy_before_reset_wh', 'int8'],
  ['powerW', 'power_w', 'float8'],
  ['currentA', 'current_a', 'float8'],
  ['voltageV', 'voltage_v', 'float8'],
  ['socPercent', 'soc_percent', 'float8'],
  ['stopKey', 'stop_key', 'text'],
  ['stopReason', 'stop_reason', 'text'],
  ['stopTokenUid', 'stop_token_uid', 'text'],
  ['flags', 'flags', 'text'],
  ['chargingState', 'charging_state', 'text'],
  ['freedAt', 'freed_at', 'timestamptz'],
  ['lastSeqNo', 'last_seq_no', 'int4'],
  ['missingSeqNos', 'missing_seq_nos', 'text'],
  ['reconcileAt', 'reconcile_at', 'timestamptz'],
  ['cost', 'is_priced', 'bool'],
  ['isLimited', 'is_limited', 'bool'],
  ['updatedAt', 'updated_at', 'timestamptz'],
];
const COLUMNS = [...BIRTH, ...LIFE];
/** UNNEST knows no array of arrays: flags and numbers travel as one comma-separated text; names of flags have no commas. */
const LISTS: Readonly<Record<string, string>> = {
  flags: `string_to_array(v.flags, ',')`,
  missing_seq_nos: `string_to_array(v.missing_seq_nos, ',')::int4[]`,
};
const LIST_TYPES: Readonly<Record<string, string>> = { flags: 'text[]', missing_seq_nos: 'int4[]' };
const stored = (column: string): string => LISTS[column] ?? `v.${column}`;
export const FIELDS = COLUMNS.map(
  ([field, column]) => `${field === 'cost' ? STORED_COST : `s.${column}`} AS "${field}"`,
).join(', ');
/** A row that is no session. */
export const NONE = COLUMNS.map(
  ([field, column, type]) => `NULL::${field === 'cost' ? 'jsonb' : (LIST_TYPES[column] ?? type)}`,
);

const INSERT: Statement = {
  name: 'sessions_insert',
  text: `INSERT INTO sessions (organization_id, site_id, charge_point_id, charge_point_number, charge_point_identity,
                               ${COLUMNS.map(([, column]) => column).join(', ')})
         SELECT v.organization_id, v.site_id, v.charge_point_id, v.charge_point_number, v.charge_point_identity,
                ${COLUMNS.map(([, column]) => stored(column)).join(', ')}
           FROM unnest($1::text[], $2::text[], $3::text[], $4::int4[], $5::text[],
                       ${COLUMNS.map(([, , type], i) => `$${i + 6}::${type}[]`).join(', ')})
             AS v(organization_id, site_id, charge_point_id, charge_point_number, charge_point_identity,
                  ${COLUMNS.map(([, column]) => column).join(', ')})`,
};

const update = (name: string, columns: readonly Column[]): Statement => ({
  name,
  text: `UPDATE sessions s SET ${columns.map(([, column]) => `${column} = ${stored(column)}`).join(', ')}
           FROM unnest($1::text[], ${columns.map(([, , type], i) => `$${i + 2}::${type}[]`).join(', ')})
             AS v(id, ${columns.map(([, column]) => column).join(', ')})
          WHERE s.id = v.id`,
});
const UPDATE = update('sessions_update', LIFE);
const LEARN = update('sessions_learn', LEARNED);

type Change = { readonly root: Root; readonly before: SessionState; readonly after: SessionState };

export async function saveSessions(tx: Tx, changes: readonly Change[]): Promise<void> {
  const born: { root: Root; row: SessionRow }[] = [];
  const moved: SessionRow[] = [];
  const learned: SessionRow[] = [];
  for (const { root, before, after } of changes) {
    for (const [id, row] of after.sessions) {
      const known = before.sessions.get(id);
      if (known === undefined) born.push({ root, row });
      else if (known !== row) {
        moved.push(row);
        if (row.ocppTransactionId !== null && LEARNED.some(([field]) => known[field] !== row[field])) learned.push(row);
      }
    }
  }
  // Sent together, in this order: what a new session supersedes is closed, and its key given away, before the new one is there.
  const sent: Promise<unknown>[] = [];
  if (moved.length > 0)
    sent.push(tx.rows(UPDATE, [moved.map((row) => row.id), ...LIFE.map((column) => arrayOf(column, moved))]));
  if (learned.length > 0)
    sent.push(tx.rows(LEARN, [learned.map((row) => row.id), ...LEARNED.map((column) => arrayOf(column, learned))]));
  if (born.length > 0) {
    const rows = born.map(({ row }) => row);
    sent.push(
      tx.rows(INSERT, [
        born.map(({ root }) => root.organizationId),
        born.map(({ root }) => root.siteId),
        born.map(({ root }) => root.chargePointId),
        born.map(({ root }) => root.number),
        born.map(({ root }) => root.identity),
        ...COLUMNS.map((column) => arrayOf(column, rows)),
      ]),
    );
  }
  sent.push(...saveEvents(tx, changes), ...saveCosts(tx, changes));
  await Promise.all(sent);
}

const arrayOf = ([field]: Column, rows: readonly SessionRow[]): unknown[] =>
  field === 'flags' || field === 'missingSeqNos'
    ? rows.map((row) => row[field].join(','))
    : field === 'cost'
      ? rows.map((row) => row.cost !== null)
      : rows.map((row) => row[field]);
