/** Hot SQL of the room: what its participant loads and saves, and what the sweep finds. */
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { ReservationInput } from '../ingest/inputs.ts';
import { ASKED_AGAIN, CANCELLING, type ReservationRow, type ReservationState, TO_BE_RELEASED } from './types.ts';

type Column = readonly [field: keyof ReservationRow, column: string, type: string];
const BIRTH: readonly Column[] = [
  ['id', 'id', 'text'],
  ['ocppId', 'ocpp_id', 'int4'],
  ['replacesId', 'replaces_id', 'text'],
  ['connectorId', 'connector_id', 'int4'],
  ['connectorType', 'connector_type', 'text'],
  ['tokenUid', 'token_uid', 'text'],
  ['tokenKind', 'token_kind', 'text'],
  ['groupId', 'group_id', 'text'],
  ['parentIdTag', 'parent_id_tag', 'text'],
  ['expiresAt', 'expires_at', 'timestamptz'],
  ['requestedBy', 'requested_by', 'text'],
  ['createdAt', 'created_at', 'timestamptz'],
];
const LIFE: readonly Column[] = [
  ['status', 'status', 'text'],
  ['reason', 'reason', 'text'],
  ['dueAt', 'due_at', 'timestamptz'],
  ['commandId', 'command_id', 'text'],
  ['sessionId', 'session_id', 'text'],
  ['confirmedAt', 'confirmed_at', 'timestamptz'],
  ['activeSince', 'active_since', 'timestamptz'],
  ['endedAt', 'ended_at', 'timestamptz'],
  ['updatedAt', 'updated_at', 'timestamptz'],
];
const COLUMNS = [...BIRTH, ...LIFE];
export const FIELDS = COLUMNS.map(([field, column]) => `r.${column} AS "${field}"`).join(', ');

// Plans: reservations_open_by_charge_point, which holds open ones only; reservations_charge_point_id_ocpp_id_idx; reservations_pkey.
const LOAD: Statement = {
  name: 'reservations_load',
  text: `SELECT r.charge_point_id AS "chargePointId", ${FIELDS} FROM reservations r
          WHERE r.charge_point_id = ANY($1::text[]) AND r.due_at IS NOT NULL
         UNION ALL
         SELECT r.charge_point_id, ${FIELDS} FROM unnest($2::text[], $3::int4[]) AS v(cp, ocpp_id)
           JOIN reservations r ON r.charge_point_id = v.cp AND r.ocpp_id = v.ocpp_id
           JOIN charge_points c ON c.id = v.cp AND c.organization_id = r.organization_id WHERE r.due_at IS NULL
         UNION ALL
         SELECT r.charge_point_id, ${FIELDS} FROM unnest($4::text[], $5::text[]) AS v(cp, id)
           JOIN reservations r ON r.id = v.id AND r.charge_point_id = v.cp WHERE r.due_at IS NULL`,
};

const SAVE: Statement = {
  name: 'reservations_save',
  text: `INSERT INTO reservations (organization_id, charge_point_id, ${COLUMNS.map(([, column]) => column).join(', ')})
         SELECT * FROM unnest($1::text[], $2::text[], ${COLUMNS.map(([, , type], i) => `$${i + 3}::${type}[]`).join(', ')})
         ON CONFLICT (id) DO UPDATE SET ${LIFE.map(([, column]) => `${column} = excluded.${column}`).join(', ')}`,
};

const MOST_INT32 = 2_147_483_647;

/** The number by which the charger knows it, where the input says one. */
function ocppIdOf(input: ReservationInput): number | undefined {
  if (input.type === 'session_started' || input.type === 'ended_by_charger') return input.ocppId;
  if (input.type !== 'command_ended') return undefined;
  const { payload } = input.command;
  const id = payload['reservationId'] ?? payload['id']; // ReserveNow of 2.x
  // A laboratory may have sent anything.
  return typeof id === 'number' && Number.isInteger(id) && Math.abs(id) <= MOST_INT32 ? id : undefined;
}

export async function loadReservations(
  tx: Tx,
  inputs: readonly ReservationInput[],
): Promise<Map<string, ReservationState>> {
  const numbers = inputs.flatMap((input) => {
    const ocppId = ocppIdOf(input);
    return ocppId === undefined ? [] : [{ chargePointId: input.chargePointId, ocppId }];
  });
  const named = inputs.flatMap((input) => ('reservationId' in input ? [input] : []));
  const rows = await tx.rows<ReservationRow & { chargePointId: string }>(LOAD, [
    inputs.map(({ chargePointId }) => chargePointId),
    numbers.map(({ chargePointId }) => chargePointId),
    numbers.map(({ ocppId }) => ocppId),
    named.map(({ chargePointId }) => chargePointId),
    named.map(({ reservationId }) => reservationId),
  ]);
  const states = new Map<string, Map<string, ReservationRow>>(
    inputs.map(({ chargePointId }) => [chargePointId, new Map()]),
  );
  for (const { chargePointId, ...row } of rows) states.get(chargePointId)?.set(row.id, row);
  return new Map([...states].map(([id, reservations]) => [id, { reservations }]));
}

type Change = { readonly root: Root; readonly before: ReservationState; readonly after: ReservationState };

export async function saveReservations(tx: Tx, changes: readonly Change[]): Promise<void> {
  const changed: { root: Root; row: ReservationRow }[] = [];
  for (const { root, before, after } of changes) {
    for (const [id, row] of after.reservations) if (before.reservations.get(id) !== row) changed.push({ root, row });
  }
  if (changed.length === 0) return;
  await tx.rows(SAVE, [
    changed.map(({ root }) => root.organizationId),
    changed.map(({ root }) => root.chargePointId),
    ...COLUMNS.map(([field]) => changed.map(({ row }) => row[field])),
  ]);
}

// ------------------------------------------------------------------------------------------------------- numbers, deadlines

const NEXT_ID: Statement = { name: 'reservations_next_id', text: `SELECT nextval('reservation_ids')::int4 AS id` };

/** OCPP 1.6 §5.13: an integer. Ours are positive int32, each once per installation. */
export async function nextReservationNumber(db: Tx): Promise<number> {
  const [row] = await db.rows<{ id: number }>(NEXT_ID, []);
  if (row === undefined) throw new Error('reservation_ids gave no value');
  return row.id;
}

// Plan: reservations_due, which holds open ones only.
const DUE: Statement = {
  name: 'reservations_due',
  text: `SELECT r.id, r.charge_point_id AS "chargePointId" FROM reservations r WHERE r.due_at <= $1 ORDER BY r.due_at LIMIT $2`,
};
// Of charge points whose deletion ended nothing yet (it does since handovers/deletion-store.ts): they have no door any more.
const CLOSE_ORPHANS: Statement = {
  name: 'reservations_close_orphans',
  text: `UPDATE reservations r SET status = 'cancelled', reason = 'charge_point_deleted', due_at = NULL, ended_at = $1, updated_at = $1
          WHERE r.due_at <= $1 AND NOT EXISTS (SELECT FROM charge_points c WHERE c.id = r.charge_point_id)`,
};
// Its charger has booted since it last said that it holds it; or the answer was lost: it is asked again after as long as that has gone on,
// 10 s at least, so that one that never answers is asked a handful of times. What takes the place of another bears the same number, and goes
// before it. The charger is asked to let go of what nobody wants any more: sooner, and every 5 minutes at least. Plan: reservations_due, then charge_point_states_pkey and reservations_open_by_charge_point.
const DOUBTFUL: Statement = {
  name: 'reservations_doubtful',
  text: `SELECT r.organization_id AS "organizationId", r.charge_point_id AS "chargePointId", ${FIELDS}
           FROM reservations r JOIN charge_point_states s ON s.charge_point_id = r.charge_point_id
          WHERE r.due_at > $1 AND s.connected AND s.boot_status = 'accepted'
            AND (r.status = 'active' AND r.command_id IS NULL AND r.reason IS NULL AND s.booted_at > r.confirmed_at
                 OR r.reason = '${TO_BE_RELEASED}' AND r.updated_at + least(interval '5 minutes',
                      greatest(r.updated_at - greatest(r.created_at, r.confirmed_at), interval '10 seconds')) <= $1
                 OR r.status = 'requested' AND r.reason NOT IN ('${ASKED_AGAIN}', '${CANCELLING}', '${TO_BE_RELEASED}')
                    AND r.updated_at + greatest(r.updated_at - r.created_at, interval '10 seconds') <= $1)
            AND NOT EXISTS (SELECT FROM reservations n WHERE n.charge_point_id = r.charge_point_id AND n.replaces_id = r.id
                                                         AND n.due_at IS NOT NULL)
          ORDER BY r.due_at LIMIT $2`,
};

export const dueReservations = (db: Tx, now: Date, limit: number): Promise<{ id: string; chargePointId: string }[]> =>
  db.rows(DUE, [now, limit]);
export async function closeOrphans(db: Tx, now: Date): Promise<void> {
  await db.rows(CLOSE_ORPHANS, [now]);
}
export type Doubtful = ReservationRow & { readonly organizationId: string; readonly chargePointId: string };
export const doubtfulReservations = (db: Tx, now: Date, limit: number): Promise<Doubtful[]> =>
  db.rows<Doubtful>(DOUBTFUL, [now, limit]);
