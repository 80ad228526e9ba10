/** All SQL of the session-limits room. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import { deleteAll, deleteFew } from '../database/in-batches.ts';
import type { Root } from '../ingest/contract.ts';
import type { SessionLimitInput } from '../ingest/inputs.ts';
import type { LimitRow, LimitState, Protocol } from './types.ts';

const COLUMNS = [
  ['id', 'id', 'text'],
  ['commandId', 'command_id', 'text'],
  ['createdAt', 'created_at', 'timestamptz'],
  ['sessionId', 'session_id', 'text'],
  ['limit', '"limit"', 'jsonb'],
  ['ceiling', 'ceiling', 'text'],
  ['source', 'source', 'text'],
  ['setBy', 'set_by', 'text'],
  ['setAt', 'set_at', 'timestamptz'],
  ['told', 'told', 'jsonb'],
  ['offered', 'offered', 'int4'],
  ['reached', 'reached', 'text'],
  ['reachedBy', 'reached_by', 'text'],
  ['reachedAt', 'reached_at', 'timestamptz'],
  ['stops', 'stops', 'int4'],
  ['ignoredSince', 'ignored_since', 'timestamptz'],
  ['dueAt', 'due_at', 'timestamptz'],
  ['endedAt', 'ended_at', 'timestamptz'],
  ['updatedAt', 'updated_at', 'timestamptz'],
] as const satisfies readonly (readonly [keyof LimitRow, string, string])[];
const FIELDS = COLUMNS.map(([field, column]) => `l.${column} AS "${field}"`).join(', ');
/** Those before it never change. */
const FIRST_THAT_MOVES = 3;

// Plan: session_limits_session_id_key, session_limits_command_id_key.
const LOAD: Statement = {
  name: 'session_limits_load',
  text: `SELECT l.charge_point_id AS "chargePointId", ${FIELDS} FROM session_limits l
          WHERE l.session_id = ANY($2::text[]) AND l.charge_point_id = ANY($1::text[])
         UNION
         SELECT l.charge_point_id, ${FIELDS} FROM session_limits l
          WHERE l.command_id = ANY($3::text[]) AND l.charge_point_id = ANY($1::text[])`,
};
// Plan: charge_point_states_pkey.
const PROTOCOLS: Statement = {
  name: 'session_limits_protocols',
  text: `SELECT charge_point_id AS "chargePointId", protocol FROM charge_point_states WHERE charge_point_id = ANY($1::text[])`,
};
const SAVE: Statement = {
  name: 'session_limits_save',
  text: `INSERT INTO session_limits (organization_id, charge_point_id, ${COLUMNS.map(([, column]) => column).join(', ')})
         SELECT * FROM unnest($1::text[], $2::text[], ${COLUMNS.map(([, , type], i) => `$${i + 3}::${type}[]`).join(', ')})
         ON CONFLICT (id) DO UPDATE SET ${COLUMNS.slice(FIRST_THAT_MOVES)
           .map(([, column]) => `${column} = excluded.${column}`)
           .join(', ')}`,
};

export async function loadLimits(tx: Tx, inputs: readonly SessionLimitInput[]): Promise<Map<string, LimitState>> {
  const ids = [...new Set(inputs.map(({ chargePointId }) => chargePointId))];
  const sessionIds = inputs.flatMap((input) => {
    if (input.type === 'progressed') return [input.session.sessionId];
    return input.type === 'wanted' ? [] : [input.sessionId];
  });
  const commandIds = inputs.flatMap((input) =>
    input.type === 'progressed' && input.startCommandId !== undefined ? [input.startCommandId] : [],
  );
  const [rows, protocols] = await Promise.all([
    tx.rows<LimitRow & { readonly chargePointId: string }>(LOAD, [ids, sessionIds, commandIds]),
    tx.rows<{ chargePointId: string; protocol: Protocol | null }>(PROTOCOLS, [ids]),
  ]);
  const protocolOf = new Map(protocols.map(({ chargePointId, protocol }) => [chargePointId, protocol]));
  const limits = new Map(ids.map((id) => [id, new Map<string, LimitRow>()]));
  for (const { chargePointId, ...row } of rows) limits.get(chargePointId)?.set(row.id, row);
  return new Map([...limits].map(([id, known]) => [id, { limits: known, protocol: protocolOf.get(id) ?? null }]));
}

type Change = { readonly root: Root; readonly before: LimitState; readonly after: LimitState };

export async function saveLimits(tx: Tx, changes: readonly Change[]): Promise<void> {
  const changed = changes.flatMap(({ root, before, after }) =>
    [...after.limits.values()].filter((row) => before.limits.get(row.id) !== row).map((row) => ({ root, row })),
  );
  if (changed.length === 0) return;
  const stored = (row: LimitRow, field: keyof LimitRow): unknown => {
    if (field === 'limit') return JSON.stringify(row.limit);
    if (field === 'told') return row.told === null ? null : JSON.stringify(row.told);
    return row[field];
  };
  await tx.rows(SAVE, [
    changed.map(({ root }) => root.organizationId),
    changed.map(({ root }) => root.chargePointId),
    ...COLUMNS.map(([field]) => changed.map(({ row }) => stored(row, field))),
  ]);
}

// Plan: session_limits_due.
const DUE: Statement = {
  name: 'session_limits_due',
  text: `SELECT session_id AS "sessionId", charge_point_id AS "chargePointId" FROM session_limits
          WHERE due_at IS NOT NULL AND due_at <= $1 AND session_id IS NOT NULL ORDER BY due_at LIMIT $2`,
};

export const dueLimits = (
  db: Pick<Database, 'rows'>,
  now: Date,
  most: number,
): Promise<{ sessionId: string; chargePointId: string }[]> => db.rows(DUE, [now, most]);

// Plan: session_limits_waiting.
const FORGET = deleteFew(
  'session_limits_forget',
  'session_limits',
  't.session_id IS NULL AND t.created_at < $1',
  't.created_at',
);

/** Those whose remote start has begun no session. */
export const forgetUnused = (db: Pick<Database, 'rows'>, before: Date): Promise<number> =>
  deleteAll(db, FORGET, [before]);

// Plan: session_limits_session_id_key.
const OF_SESSIONS: Statement = {
  name: 'session_limits_of_sessions',
  text: `SELECT ${FIELDS} FROM session_limits l WHERE l.session_id = ANY($2::text[]) AND l.organization_id = $1`,
};

/** By session id. */
export async function limitsOf(
  db: Pick<Database, 'rows'>,
  organizationId: string,
  sessionIds: readonly string[],
): Promise<ReadonlyMap<string, LimitRow>> {
  if (sessionIds.length === 0) return new Map();
  const rows = await db.rows<LimitRow>(OF_SESSIONS, [organizationId, sessionIds]);
  return new Map(rows.map((row) => [row.sessionId ?? '', row]));
}
