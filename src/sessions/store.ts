/** Hot SQL of the room: one statement to load, one to insert, one to update, for all charge points of a batch. */
import { matchRemoteStart, openRemoteStarts, type RemoteStart } from '../commands/index.ts';
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { SessionInput } from '../ingest/inputs.ts';
import { loadEvents, mayAnswerRemoteStart, remoteStartsOf, saveEvents, seenBefore } from './event-store.ts';
import { orphanKey, startKey, transactionKey } from './machine.ts';
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
  ['meterStartWh', 'meter_start_wh', 'int8'],
];
/** Of those, what a 2.x transaction may learn after it has begun: who charges, where, since when. */
const LEARNED: readonly Column[] = BIRTH.filter(
  ([field]) => !['id', 'transactionId', 'startKey', 'ocppTransactionId'].includes(field),
);
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
  ['chargingState', 'charging_state', 'text'],
  ['lastSeqNo', 'last_seq_no', 'int4'],
  ['missingSeqNos', 'missing_seq_nos', 'text'],
  ['reconcileAt', 'reconcile_at', 'timestamptz'],
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
const FIELDS = COLUMNS.map(([field, column]) => `s.${column} AS "${field}"`).join(', ');

/**
 * All open sessions of these charge points, and the ended ones that the inputs name by transaction id, start key or id; and a row
 * without an id for each charge point that has events waiting (2.x), which are asked for only then.
 * Plans: sessions_open_by_charge_point; sessions_transaction_id_key; sessions_charge_point_id_start_key_key; sessions_pkey;
 * held_transaction_events_pkey, mostly empty.
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
           JOIN sessions s ON s.id = v.id AND s.charge_point_id = v.cp WHERE s.ended_at IS NOT NULL
         UNION ALL
         SELECT DISTINCT h.charge_point_id, ${COLUMNS.map(([, column, type]) => `NULL::${LIST_TYPES[column] ?? type}`).join(', ')}
           FROM held_transaction_events h WHERE h.charge_point_id = ANY($1::text[])`,
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

const update = (name: string, columns: readonly Column[]): Statement => ({
  name,
  text: `UPDATE sessions s SET ${columns.map(([, column]) => `${column} = ${stored(column)}`).join(', ')}
           FROM unnest($1::text[], ${columns.map(([, , type], i) => `$${i + 2}::${type}[]`).join(', ')})
             AS v(id, ${columns.map(([, column]) => column).join(', ')})
          WHERE s.id = v.id`,
});
const UPDATE = update('sessions_update', LIFE);
const LEARN = update('sessions_learn', LEARNED);

type Started = Extract<SessionInput, { type: 'started' }>;
type Row = (SessionRow | { readonly [Field in keyof SessionRow]: null }) & { readonly chargePointId: string };

export async function loadSessions(tx: Tx, inputs: readonly SessionInput[]): Promise<Map<string, SessionState>> {
  const named = { transactions: pairs<number>(), keys: pairs<string>(), ids: pairs<string>() };
  const starts: { chargePointId: string; input: Started }[] = [];
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
    } else if (input.type === 'transaction_event') {
      // Any other event is mostly one of an open session: only if there is none, ended ones are looked through.
      if (input.event.kind === 'started') named.keys.add(chargePointId, transactionKey(input.event.ocppTransactionId));
    } else if (input.type === 'gap_due') {
      named.keys.add(chargePointId, transactionKey(input.ocppTransactionId));
    } else if (input.type === 'closed' || input.type === 'asked') named.ids.add(chargePointId, input.sessionId);
  }
  const loading = tx.rows<Row>(LOAD, [
    inputs.map(({ chargePointId }) => chargePointId),
    named.transactions.chargePoints,
    named.transactions.values,
    named.keys.chargePoints,
    named.keys.values,
    named.ids.chargePoints,
    named.ids.values,
  ]);
  const asking = [...starts.map(({ chargePointId }) => chargePointId), ...mayAnswerRemoteStart(inputs)];
  const [rows, open] = await Promise.all([loading, asking.length === 0 ? NOBODY : openRemoteStarts(tx, asking)]);
  const states = new Map<string, Loaded>(
    inputs.map(({ chargePointId }) => [chargePointId, { ...NOTHING, sessions: new Map() }]),
  );
  const holding = add(rows, states);
  for (const { chargePointId, input } of starts) {
    const state = states.get(chargePointId);
    const { start } = input;
    const asked = { connectorId: start.evseId, tokenUid: start.tokenUid, at: input.receivedAt };
    const match = matchRemoteStart(open.get(chargePointId) ?? [], asked);
    if (state !== undefined && match !== undefined) state.remoteStart = match.commandId;
  }
  const events = await loadEvents(tx, inputs, holding);
  if (events.size === 0) return states;
  await addEnded(tx, inputs, states);
  const seen = await seenBefore(tx, doubtsOf(inputs, states));
  for (const [chargePointId, known] of events) {
    const state = states.get(chargePointId);
    if (state === undefined) continue;
    state.held = known.held;
    state.seen = seen.get(chargePointId) ?? [];
    state.remoteStarts = remoteStartsOf(state, known.inputs, open.get(chargePointId) ?? []);
  }
  return states;
}

const sessionOf = (state: Loaded | undefined, ocppTransactionId: string): SessionRow | undefined => {
  for (const session of state?.sessions.values() ?? [])
    if (session.ocppTransactionId === ocppTransactionId) return session;
  return undefined;
};

/** Events of transactions that have no open session: it has ended, or never began. */
async function addEnded(tx: Tx, inputs: readonly SessionInput[], states: ReadonlyMap<string, Loaded>): Promise<void> {
  const keys = pairs<string>();
  for (const input of inputs) {
    if (input.type !== 'transaction_event' || input.event.kind === 'started') continue;
    const { ocppTransactionId } = input.event;
    if (sessionOf(states.get(input.chargePointId), ocppTransactionId) === undefined)
      keys.add(input.chargePointId, transactionKey(ocppTransactionId));
  }
  if (keys.values.length === 0) return;
  const rows = await tx.rows<Row>(LOAD, [[], [], [], keys.chargePoints, keys.values, [], []]);
  add(rows, states);
}

/** Gives the charge points that have events waiting. */
function add(rows: readonly Row[], states: ReadonlyMap<string, Loaded>): ReadonlySet<string> {
  const holding = new Set<string>();
  for (const { chargePointId, ...row } of rows) {
    if (row.id === null) holding.add(chargePointId);
    else states.get(chargePointId)?.sessions.set(row.id, row);
  }
  return holding;
}

/** Events with a number that was used: whether they are the same again, the log knows. */
const doubtsOf = (inputs: readonly SessionInput[], states: ReadonlyMap<string, Loaded>) =>
  inputs.flatMap((input) => {
    if (input.type !== 'transaction_event') return [];
    const session = sessionOf(states.get(input.chargePointId), input.event.ocppTransactionId);
    return session !== undefined && input.event.seqNo <= (session.lastSeqNo ?? -1) ? [{ input, session }] : [];
  });

type Loaded = { -readonly [Field in keyof SessionState]: SessionState[Field] } & { sessions: Map<string, SessionRow> };
const NOTHING = { remoteStart: undefined, remoteStarts: new Map(), held: new Map(), seen: [], log: [] } as const;
const NOBODY: ReadonlyMap<string, RemoteStart[]> = new Map();

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
  // Sent together, in this order: what a new session supersedes is closed before the new one is there.
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
  sent.push(...saveEvents(tx, changes));
  await Promise.all(sent);
}

const arrayOf = ([field]: Column, rows: readonly SessionRow[]): unknown[] =>
  field === 'flags' || field === 'missingSeqNos'
    ? rows.map((row) => row[field].join(','))
    : rows.map((row) => row[field]);
