/** Hot SQL of the room: one statement to load, one to insert, one to update, for all charge points of a batch. */
import { matchRemoteStart, openRemoteStarts } from '../commands/index.ts';
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { SessionInput } from '../ingest/inputs.ts';
import { orphanKey, startKey } from './machine.ts';
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
  ['commandId', 'command_id', 'text'],
  ['reservationId', 'reservation_id', 'int4'],
  ['startedAt', 'started_at', 'timestamptz'],
  ['meterStartWh', 'meter_start_wh', 'int8'],
];
/** Columns that move. */
const LIFE: readonly Column[] = [
  ['status', 'status', 'text'],
  ['endedAt', 'ended_at', 'timestamptz'],
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
  ['stopReason', 'stop_reason', 'text'],
  ['stopTokenUid', 'stop_token_uid', 'text'],
  ['flags', 'flags', 'text'],
  ['reconcileAt', 'reconcile_at', 'timestamptz'],
  ['updatedAt', 'updated_at', 'timestamptz'],
];
const COLUMNS = [...BIRTH, ...LIFE];
/** UNNEST knows no array of arrays: flags travel as one comma-separated text; their names have no commas. */
const stored = (column: string): string => (column === 'flags' ? `string_to_array(v.flags, ',')` : `v.${column}`);
const FIELDS = COLUMNS.map(([field, column]) => `s.${column} AS "${field}"`).join(', ');

/**
 * All open sessions of these charge points, and the ended ones that the inputs name by transaction id, start key or id.
 * Plans: sessions_open_by_charge_point; sessions_transaction_id_key; sessions_charge_point_id_start_key_key; sessions_pkey.
 */
const LOAD: Statement = {
  name: 'sessions_load',
  text: `SELECT s.charge_point_id AS "chargePointId", ${FIELDS} FROM sessions s
          WHERE s.charge_point_id = ANY($1::text[]) AND s.ended_at IS NULL
         UNION ALL
         SELECT s.charge_point_id, ${FIELDS} FROM unnest($2::text[], $3::int4[]) AS v(cp, transaction_id)
           JOIN sessions s ON s.transaction_id = v.transaction_id AND s.charge_point_id = v.cp WHERE s.ended_at IS NOT NULL
         UNION ALL
         SELECT s.charge_point_id, ${FIELDS} FROM unnest($4::text[], $5::text[]) AS v(cp, start_key)
           JOIN sessions s ON s.charge_point_id = v.cp AND s.start_key = v.start_key WHERE s.ended_at IS NOT NULL
         UNION ALL
         SELECT s.charge_point_id, ${FIELDS} FROM unnest($6::text[], $7::text[]) AS v(cp, id)
           JOIN sessions s ON s.id = v.id AND s.charge_point_id = v.cp WHERE s.ended_at IS NOT NULL`,
};

const INSERT: Statement = {
  name: 'sessions_insert',
  text: `INSERT INTO sessions (organization_id, site_id, charge_point_id, charge_point_number, charge_point_identity, created_at,
                               ${COLUMNS.map(([, column]) => column).join(', ')})
         SELECT v.organization_id, v.site_id, v.charge_point_id, v.charge_point_number, v.charge_point_identity, v.updated_at,
                ${COLUMNS.map(([, column]) => stored(column)).join(', ')}
           FROM unnest($1::text[], $2::text[], $3::text[], $4::int4[], $5::text[],
                       ${COLUMNS.map(([, , type], i) => `$${i + 6}::${type}[]`).join(', ')})
             AS v(organization_id, site_id, charge_point_id, charge_point_number, charge_point_identity,
                  ${COLUMNS.map(([, column]) => column).join(', ')})`,
};

const UPDATE: Statement = {
  name: 'sessions_update',
  text: `UPDATE sessions s SET ${LIFE.map(([, column]) => `${column} = ${stored(column)}`).join(', ')}
           FROM unnest($1::text[], ${LIFE.map(([, , type], i) => `$${i + 2}::${type}[]`).join(', ')})
             AS v(id, ${LIFE.map(([, column]) => column).join(', ')})
          WHERE s.id = v.id`,
};

export async function loadSessions(tx: Tx, inputs: readonly SessionInput[]): Promise<Map<string, SessionState>> {
  const named = { transactions: pairs<number>(), keys: pairs<string>(), ids: pairs<string>() };
  const starts: { chargePointId: string; input: Extract<SessionInput, { type: 'started' }> }[] = [];
  for (const input of inputs) {
    const { chargePointId } = input;
    if (input.type === 'started') {
      named.keys.add(chargePointId, startKey(input.start));
      if (input.authorized.authorization === 'accepted' && !input.start.at.historical)
        starts.push({ chargePointId, input });
    } else if (input.type === 'stopped') {
      if (input.transactionId !== undefined) named.transactions.add(chargePointId, input.transactionId);
      named.keys.add(chargePointId, orphanKey(input));
    } else if (input.type === 'metered') {
      if (input.transactionId !== undefined) named.transactions.add(chargePointId, input.transactionId);
    } else if (input.type === 'closed') named.ids.add(chargePointId, input.sessionId);
  }
  const loading = tx.rows<SessionRow & { chargePointId: string }>(LOAD, [
    inputs.map(({ chargePointId }) => chargePointId),
    named.transactions.chargePoints,
    named.transactions.values,
    named.keys.chargePoints,
    named.keys.values,
    named.ids.chargePoints,
    named.ids.values,
  ]);
  const [rows, remoteStarts] = await Promise.all([loading, findRemoteStarts(tx, starts)]);
  const sessions = new Map<string, Map<string, SessionRow>>(
    inputs.map(({ chargePointId }) => [chargePointId, new Map()]),
  );
  for (const { chargePointId, ...row } of rows) sessions.get(chargePointId)?.set(row.id, row);
  return new Map([...sessions].map(([id, own]) => [id, { sessions: own, remoteStart: remoteStarts.get(id) }]));
}

async function findRemoteStarts(
  tx: Tx,
  starts: readonly { chargePointId: string; input: Extract<SessionInput, { type: 'started' }> }[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  if (starts.length === 0) return found;
  const open = await openRemoteStarts(
    tx,
    starts.map(({ chargePointId }) => chargePointId),
  );
  for (const { chargePointId, input } of starts) {
    const match = matchRemoteStart(open.get(chargePointId) ?? [], {
      connectorId: input.start.connectorId,
      tokenUid: input.start.tokenUid,
      at: input.receivedAt,
    });
    if (match !== undefined) found.set(chargePointId, match.commandId);
  }
  return found;
}

const pairs = <T>() => {
  const chargePoints: string[] = [];
  const values: T[] = [];
  return {
    chargePoints,
    values,
    add(chargePointId: string, value: T): void {
      chargePoints.push(chargePointId);
      values.push(value);
    },
  };
};

type Change = { readonly root: Root; readonly before: SessionState; readonly after: SessionState };

export async function saveSessions(tx: Tx, changes: readonly Change[]): Promise<void> {
  const born: { root: Root; row: SessionRow }[] = [];
  const moved: SessionRow[] = [];
  for (const { root, before, after } of changes) {
    for (const [id, row] of after.sessions) {
      const known = before.sessions.get(id);
      if (known === undefined) born.push({ root, row });
      else if (known !== row) moved.push(row);
    }
  }
  // Sent together, in this order: what a new session supersedes is closed before the new one is there.
  const sent: Promise<unknown>[] = [];
  if (moved.length > 0)
    sent.push(tx.rows(UPDATE, [moved.map((row) => row.id), ...LIFE.map((column) => arrayOf(column, moved))]));
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
  await Promise.all(sent);
}

const arrayOf = ([field]: Column, rows: readonly SessionRow[]): unknown[] =>
  field === 'flags' ? rows.map((row) => row.flags.join(',')) : rows.map((row) => row[field]);

// ------------------------------------------------------------------------------------------------------- reconciliation

/**
 * Open sessions whose deadline has passed, and (X7) those of absent chargers that nothing was heard of for too long: a charger
 * that is there speaks for its sessions itself, however long a car stands in SuspendedEV. Plan: partial indexes. */
const DUE: Statement = {
  name: 'sessions_due',
  text: `(SELECT id, charge_point_id AS "chargePointId", "authorization" <> 'accepted' AS refused, false AS silent
            FROM sessions WHERE reconcile_at IS NOT NULL AND reconcile_at <= $1 ORDER BY reconcile_at LIMIT $3)
         UNION ALL
         (SELECT s.id, s.charge_point_id, false, true FROM sessions s
            LEFT JOIN charge_point_states c ON c.charge_point_id = s.charge_point_id
           WHERE s.ended_at IS NULL AND s.updated_at <= $2 AND c.connected IS NOT TRUE LIMIT $3)`,
};
export type DueSession = {
  readonly id: string;
  readonly chargePointId: string;
  readonly refused: boolean;
  readonly silent: boolean;
};

export const dueSessions = (tx: Tx, now: Date, silentSince: Date, limit: number): Promise<DueSession[]> =>
  tx.rows<DueSession>(DUE, [now, silentSince, limit]);

const NEXT_BLOCK: Statement = {
  name: 'sessions_transaction_ids',
  text: `SELECT nextval('transaction_id_blocks')::int4 AS first`,
};
/** How many ids one value of the sequence stands for (prisma/migrations, transaction_id_blocks). */
const BLOCK = 100;

/** Hands out OCPP 1.6 transaction ids: positive int32, each once per installation, one query per hundred. */
export function createTransactionIds(db: Tx): () => Promise<number> {
  let next = 0;
  let last = -1;
  let fetching: Promise<void> | undefined;
  const fetch = async (): Promise<void> => {
    const [row] = await db.rows<{ first: number }>(NEXT_BLOCK, []);
    if (row === undefined) throw new Error('transaction_id_blocks gave no value');
    next = row.first;
    last = row.first + BLOCK - 1;
  };
  return async () => {
    while (next > last) {
      fetching ??= fetch().finally(() => {
        fetching = undefined;
      });
      await fetching;
    }
    const id = next;
    next += 1;
    return id;
  };
}
