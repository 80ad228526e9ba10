/** Hot SQL of the room "commands": what its participant loads and saves, what the sweep finds, what sessions ask. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { CommandInput } from '../ingest/inputs.ts';
import { firstIdAt } from '../platform/ids.ts';
import {
  type AskedCommand,
  REMOTE_START_WINDOW_MS,
  type RemoteStart,
  remoteStartActions,
  remoteStartsOf,
} from './match.ts';
import { storableJson } from './storable-json.ts';
import type { CommandRow, CommandState } from './types.ts';

const COLUMNS = `c.id, c.action, c.payload, c.status, c.timeout_s AS "timeoutS", c.unchecked, c.requested_by AS "requestedBy",
  c.created_at AS "createdAt", c.sent_at AS "sentAt", c.sent_generation AS "sentGeneration", c.dispatch_id AS "dispatchId", c.due_at AS "dueAt", c.completed_at AS "completedAt",
  c.result, c.error, c.late, c.session_id AS "sessionId", c.expires_at AS "expiresAt", c.waiting_node AS "waitingNode", c.sealed,
  c.trace_id AS "traceId"`;

/** So long around a session's beginning remote starts may have led to it. Far more than the window, as the clocks are not one. */
const AROUND_MS = 6 * REMOTE_START_WINDOW_MS;

/** Remote starts that are paid for and may still begin a session, however long ago they were sent. */
const PAID = (chargePoints: string, instants: string): string =>
  `SELECT d.command_id FROM unnest(${chargePoints}::text[], ${instants}::timestamptz[]) AS v(cp, at)
                   JOIN direct_payments d ON d.charge_point_id = v.cp AND d.valid_until > v.at`;

/**
 * Remote starts that waited for their charger: when they were sent their ids do not tell. The conditions are literally those of the
 * partial index commands_starts_that_waited, which no other commands touch.
 */
const WAITED = (chargePoints: string, instants: string): string =>
  `SELECT c.id FROM unnest(${chargePoints}::text[], ${instants}::timestamptz[]) AS v(cp, at)
                   JOIN commands c ON c.charge_point_id = v.cp
                    AND c.sent_at > v.at - interval '${AROUND_MS} ms' AND c.sent_at < v.at + interval '${AROUND_MS} ms'
                  WHERE c.expires_at IS NOT NULL AND c.session_id IS NULL
                    AND (${remoteStartActions.map((action) => `c.action = '${action}'`).join(' OR ')})`;

// Plan (300,000 rows, 100 charge points: 0.4 ms): a partial index of open commands, the primary key for the named ones,
// (charge_point_id, id) and commands_starts_that_waited for the remote starts around a session's beginning,
// direct_payments_charge_point_id_valid_until_idx; then the primary key for the rows. Nothing grows with history.
const LOAD: Statement = {
  name: 'commands_load',
  text: `WITH wanted AS (
           SELECT id FROM commands WHERE charge_point_id = ANY($1::text[]) AND due_at IS NOT NULL
           UNION SELECT id FROM commands WHERE id = ANY($2::text[])
           UNION SELECT c.id FROM unnest($3::text[], $4::text[], $5::text[]) AS v(cp, since, until)
                   JOIN commands c ON c.charge_point_id = v.cp AND c.id > v.since AND c.id < v.until
                  WHERE c.action = ANY($6::text[]) AND c.session_id IS NULL
           UNION ${WAITED('$3', '$7')}
           UNION ${PAID('$3', '$7')})
         SELECT p.id AS "chargePointId", coalesce(s.connected, false) AS connected, coalesce(s.generation, 0) AS generation,
                s.node_id AS "nodeId", ${COLUMNS}, d.valid_until AS "startsUntil"
           FROM unnest($1::text[]) AS p(id)
           LEFT JOIN charge_point_states s ON s.charge_point_id = p.id
           LEFT JOIN (wanted JOIN commands c USING (id)) ON c.charge_point_id = p.id
           LEFT JOIN direct_payments d ON d.charge_point_id = c.charge_point_id AND d.valid_until > c.created_at AND d.command_id = c.id
          ORDER BY c.id`,
};

/** Columns of commands with the type of their UNNEST array; the last ones are what a change may touch. */
const FIXED = [
  ['id', 'text'],
  ['organization_id', 'text'],
  ['charge_point_id', 'text'],
  ['action', 'text'],
  ['payload', 'jsonb'],
  ['timeout_s', 'int4'],
  ['unchecked', 'bool'],
  ['requested_by', 'text'],
  ['created_at', 'timestamptz'],
  ['expires_at', 'timestamptz'],
  ['waiting_node', 'text'],
  ['trace_id', 'uuid'],
] as const;
const MOVING = [
  ['status', 'text'],
  ['sent_at', 'timestamptz'],
  ['sent_generation', 'int8'],
  ['dispatch_id', 'uuid'],
  ['due_at', 'timestamptz'],
  ['completed_at', 'timestamptz'],
  ['result', 'jsonb'],
  ['error', 'jsonb'],
  ['late', 'bool'],
  ['session_id', 'text'],
  ['sealed', 'text'],
] as const;
const ALL = [...FIXED, ...MOVING];

const SAVE: Statement = {
  name: 'commands_save',
  text: `INSERT INTO commands (${ALL.map(([column]) => column).join(', ')})
         SELECT * FROM unnest(${ALL.map(([, type], i) => `$${i + 1}::${type}[]`).join(', ')})
         ON CONFLICT (id) DO UPDATE SET ${MOVING.map(([column]) => `${column} = excluded.${column}`).join(', ')}`,
};

// Plan: per charge point a range of (charge_point_id, id), of commands_starts_that_waited and of
// direct_payments_charge_point_id_valid_until_idx; usually empty.
const OPEN_REMOTE_STARTS: Statement = {
  name: 'commands_open_remote_starts',
  text: `WITH wanted AS (
           SELECT c.id FROM unnest($1::text[], $2::text[], $3::text[]) AS v(cp, since, until)
             JOIN commands c ON c.charge_point_id = v.cp AND c.id > v.since AND c.id < v.until
            WHERE c.action = ANY($4::text[]) AND c.session_id IS NULL
           UNION ${WAITED('$1', '$5')}
           UNION ${PAID('$1', '$5')})
         SELECT c.id, c.charge_point_id AS "chargePointId", c.action, c.payload, c.created_at AS "createdAt",
                c.sent_at AS "sentAt", c.status, c.error,
                c.session_id AS "sessionId", d.valid_until AS "startsUntil"
           FROM wanted JOIN commands c USING (id)
           LEFT JOIN direct_payments d ON d.charge_point_id = c.charge_point_id AND d.valid_until > c.created_at AND d.command_id = c.id
          WHERE c.session_id IS NULL`,
};

// Plan: commands_due, a partial index that holds open commands only.
const DUE: Statement = {
  name: 'commands_due',
  text: `SELECT id, charge_point_id AS "chargePointId" FROM commands WHERE due_at <= $1 ORDER BY due_at LIMIT $2`,
};

// Plan: the partial index of open commands, each joined with its charge point's state by primary key.
const WAITING_AT: Statement = {
  name: 'commands_waiting_at_node',
  text: `SELECT DISTINCT c.charge_point_id AS id
           FROM commands c JOIN charge_point_states s ON s.charge_point_id = c.charge_point_id
          WHERE c.due_at IS NOT NULL AND c.status = 'queued' AND c.created_at < $2 AND s.connected AND s.node_id = $1
          LIMIT $3`,
};

// Of charge points whose deletion ended nothing yet (it does since handovers/deletion-store.ts): they have no door any more.
const CLOSE_ORPHANS: Statement = {
  name: 'commands_close_orphans',
  text: `UPDATE commands c
            SET status = 'failed', due_at = NULL, completed_at = $1,
                sealed = NULL, error = '{"code":"charge_point_deleted","message":"The charge point was deleted"}'
          WHERE c.due_at <= $1 AND NOT EXISTS (SELECT FROM charge_points p WHERE p.id = c.charge_point_id)
      RETURNING c.id`,
};

/** A session that may have been asked for there, and when it began: perhaps days ago, if it is told afterwards. */
export type MayBeAsked = { readonly chargePointId: string; readonly at: Date };
/** Ids sort by time: between these a remote start that was sent at once may have led to it. */
const idAt = (ms: number): string => firstIdAt('cmd', new Date(ms));
const rangesOf = (begun: readonly MayBeAsked[]): [string[], string[], string[]] => [
  begun.map(({ chargePointId }) => chargePointId),
  begun.map(({ at }) => idAt(at.getTime() - AROUND_MS)),
  begun.map(({ at }) => idAt(at.getTime() + AROUND_MS)),
];

type Loaded = { chargePointId: string; connected: boolean; generation: number; nodeId: string | null } & (
  | CommandRow
  | { [Column in keyof CommandRow]: null }
);

export async function loadCommands(tx: Tx, inputs: readonly CommandInput[]): Promise<Map<string, CommandState>> {
  const chargePoints = [...new Set(inputs.map(({ chargePointId }) => chargePointId))];
  const named: string[] = [];
  const begun: MayBeAsked[] = [];
  for (const input of inputs) {
    if ('commandId' in input) named.push(input.commandId);
    if (input.type !== 'session_started') continue;
    const { chargePointId, begunAt, receivedAt, isReplayed, remoteStartId } = input;
    begun.push({ chargePointId, at: begunAt });
    // What it names is found however far its clock is behind.
    if (isReplayed && remoteStartId !== undefined) begun.push({ chargePointId, at: receivedAt });
  }
  const rows = await tx.rows<Loaded>(LOAD, [
    ...[chargePoints, named, ...rangesOf(begun), remoteStartActions],
    begun.map(({ at }) => at),
  ]);
  const states = new Map<string, Omit<CommandState, 'commands'> & { commands: Map<string, CommandRow> }>();
  for (const { chargePointId, connected, generation, nodeId, ...command } of rows) {
    let state = states.get(chargePointId);
    if (state === undefined) {
      state = { connected, generation, nodeId, commands: new Map() };
      states.set(chargePointId, state);
    }
    if (command.id !== null) state.commands.set(command.id, command);
  }
  return states;
}

type Change = { readonly root: Root; readonly before: CommandState; readonly after: CommandState };

export async function saveCommands(tx: Tx, changes: readonly Change[]): Promise<void> {
  const changed: { root: Root; row: CommandRow }[] = [];
  for (const { root, before, after } of changes) {
    for (const [id, row] of after.commands) if (before.commands.get(id) !== row) changed.push({ root, row });
  }
  if (changed.length === 0) return;
  const of = <T>(pick: (row: CommandRow) => T): T[] => changed.map(({ row }) => pick(row));
  await tx.rows(SAVE, [
    of((row) => row.id),
    changed.map(({ root }) => root.organizationId),
    changed.map(({ root }) => root.chargePointId),
    of((row) => row.action),
    of((row) => storableJson(row.payload)),
    of((row) => row.timeoutS),
    of((row) => row.unchecked),
    of((row) => row.requestedBy),
    of((row) => row.createdAt),
    of((row) => row.expiresAt),
    of((row) => row.waitingNode),
    of((row) => row.traceId),
    of((row) => row.status),
    of((row) => row.sentAt),
    of((row) => row.sentGeneration),
    of((row) => row.dispatchId),
    of((row) => row.dueAt),
    of((row) => row.completedAt),
    of((row) => storableJson(row.result)),
    of((row) => storableJson(row.error)),
    of((row) => row.late),
    of((row) => row.sessionId),
    of((row) => row.sealed),
  ]);
}

/** By charge point: the remote starts that a session may still answer. For the sessions room, in its transaction. */
export async function openRemoteStarts(tx: Tx, begun: readonly MayBeAsked[]): Promise<Map<string, RemoteStart[]>> {
  type Found = AskedCommand & { readonly chargePointId: string };
  const rows = await tx.rows<Found>(OPEN_REMOTE_STARTS, [
    ...[...rangesOf(begun), remoteStartActions],
    begun.map(({ at }) => at),
  ]);
  const byChargePoint = new Map<string, Found[]>();
  for (const row of rows) byChargePoint.set(row.chargePointId, [...(byChargePoint.get(row.chargePointId) ?? []), row]);
  return new Map([...byChargePoint].map(([id, found]) => [id, remoteStartsOf(found)]));
}

/** What {@link sweepCommands} needs. */
export type CommandDeadlines = {
  dueCommands(now: Date, limit: number): Promise<{ id: string; chargePointId: string }[]>;
  /** Returns how many it ended. */
  closeOrphans(now: Date): Promise<number>;
};

/** Connected charge points of that node for which something has been waiting since then: nobody may have been woken for it. */
export const chargePointsWaitingAt = async (
  db: Pick<Database, 'rows'>,
  nodeId: string,
  since: Date,
  limit: number,
): Promise<string[]> => (await db.rows<{ id: string }>(WAITING_AT, [nodeId, since, limit])).map(({ id }) => id);

export const commandDeadlines = (db: Pick<Database, 'rows'>): CommandDeadlines => ({
  dueCommands: (now, limit) => db.rows(DUE, [now, limit]),
  closeOrphans: async (now) => (await db.rows(CLOSE_ORPHANS, [now])).length,
});
