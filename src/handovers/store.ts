/** Hot SQL of the room: what its participant loads and saves. */
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { HandoverInput } from '../ingest/inputs.ts';
import { cutOver } from './cutover-store.ts';
import { factsOf } from './facts-store.ts';
import type { HandoverRow, HandoverState } from './types.ts';

type Column = readonly [field: keyof HandoverRow, column: string, type: string];
const BIRTH: readonly Column[] = [
  ['id', 'id', 'text'],
  ['organizationId', 'organization_id', 'text'],
  ['named', 'named', 'bool'],
  ['chargePointId', 'charge_point_id', 'text'],
  ['chargePointIdentity', 'charge_point_identity', 'text'],
  ['mode', 'mode', 'text'],
  ['tokenHash', 'token_hash', 'bytea'],
  ['note', 'note', 'text'],
  ['initiatedBy', 'initiated_by', 'text'],
  ['createdAt', 'created_at', 'timestamptz'],
];
const LIFE: readonly Column[] = [
  ['toOrganizationId', 'to_organization_id', 'text'],
  ['status', 'status', 'text'],
  ['expiresAt', 'expires_at', 'timestamptz'],
  ['acceptedBy', 'accepted_by', 'text'],
  ['acceptedAt', 'accepted_at', 'timestamptz'],
  ['siteId', 'site_id', 'text'],
  ['name', 'name', 'text'],
  ['waitingFor', 'waiting_for', 'text'],
  ['reason', 'reason', 'text'],
  ['dueAt', 'due_at', 'timestamptz'],
  ['endedAt', 'ended_at', 'timestamptz'],
  ['previousNumber', 'previous_number', 'int4'],
  ['keyChange', 'key_change', 'text'],
  ['keyCommandId', 'key_command_id', 'text'],
  ['keyTries', 'key_tries', 'int4'],
  ['oldKeyHash', 'old_key_hash', 'bytea'],
  ['care', 'care', 'jsonb'],
  ['careDueAt', 'care_due_at', 'timestamptz'],
  ['updatedAt', 'updated_at', 'timestamptz'],
];
const COLUMNS = [...BIRTH, ...LIFE];
export const FIELDS = COLUMNS.map(([field, column]) => `h.${column} AS "${field}"`).join(', ');

// Plans: handovers_open_by_charge_point; handovers_pkey.
const LOAD: Statement = {
  name: 'handovers_load',
  text: `SELECT ${FIELDS} FROM handovers h WHERE h.charge_point_id = ANY($1::text[]) AND h.due_at IS NOT NULL
         UNION ALL
         SELECT ${FIELDS} FROM unnest($1::text[], $2::text[]) AS v(cp, id)
           JOIN handovers h ON h.id = v.id AND h.charge_point_id = v.cp WHERE h.due_at IS NULL`,
};
// Plan: handovers_pkey, then commands_pkey for the few commands that its care has asked for.
const CARE_COMMANDS: Statement = {
  name: 'handovers_care_commands',
  text: `SELECT h.charge_point_id AS "chargePointId", c.id, c.status FROM handovers h
          CROSS JOIN LATERAL (SELECT e ->> 'commandId' AS id FROM jsonb_array_elements(h.care) AS e
                               UNION SELECT h.key_command_id) asked
           JOIN commands c ON c.id = asked.id
          WHERE h.id = ANY($1::text[])`,
};

/** UNNEST knows no array of arrays: names of checks travel as one comma-separated text. */
const STORED: Readonly<Record<string, string>> = { waiting_for: `string_to_array(v.waiting_for, ',')` };
const SAVE: Statement = {
  name: 'handovers_save',
  text: `INSERT INTO handovers (${COLUMNS.map(([, column]) => column).join(', ')})
         SELECT ${COLUMNS.map(([, column]) => STORED[column] ?? `v.${column}`).join(', ')}
           FROM unnest(${COLUMNS.map(([, , type], i) => `$${i + 1}::${type}[]`).join(', ')})
             AS v(${COLUMNS.map(([, column]) => column).join(', ')})
         ON CONFLICT (id) DO UPDATE SET ${LIFE.map(([, column]) => `${column} = excluded.${column}`).join(', ')}`,
};
const APPEND: Statement = {
  name: 'handovers_append_steps',
  text: `INSERT INTO handover_steps (handover_id, number, at, happening, from_status, to_status, "by", by_organization_id, detail)
         SELECT v.handover_id, v.n + coalesce((SELECT max(s.number) FROM handover_steps s WHERE s.handover_id = v.handover_id), 0),
                v.at, v.happening, v.from_status, v.to_status, v.doer, v.organization_id, v.detail
           FROM unnest($1::text[], $2::int4[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                       $9::text[]) AS v(handover_id, n, at, happening, from_status, to_status, doer, organization_id, detail)`,
};

export async function loadHandovers(tx: Tx, inputs: readonly HandoverInput[]): Promise<Map<string, HandoverState>> {
  const chargePointIds = inputs.map(({ chargePointId }) => chargePointId);
  const caring = inputs.filter(({ type }) => type === 'care_due').map(({ handoverId }) => handoverId);
  const [rows, facts, commands] = await Promise.all([
    tx.rows<HandoverRow>(LOAD, [chargePointIds, inputs.map(({ handoverId }) => handoverId)]),
    factsOf(tx, chargePointIds),
    caring.length === 0 ? [] : tx.rows<{ chargePointId: string; id: string; status: string }>(CARE_COMMANDS, [caring]),
  ]);
  return new Map(
    chargePointIds.map((chargePointId) => {
      const own = rows.filter((row) => row.chargePointId === chargePointId).map((row) => [row.id, row] as const);
      const ended = commands.filter((each) => each.chargePointId === chargePointId);
      const state: HandoverState = {
        handovers: new Map(own),
        facts: facts.get(chargePointId),
        commands: new Map(ended.map(({ id, status }) => [id, status])),
        steps: [],
        cutover: undefined,
      };
      return [chargePointId, state];
    }),
  );
}

type Change = { readonly root: Root; readonly before: HandoverState; readonly after: HandoverState };

export async function saveHandovers(tx: Tx, changes: readonly Change[]): Promise<void> {
  const rows: HandoverRow[] = [];
  for (const { before, after } of changes)
    for (const [id, row] of after.handovers) if (before.handovers.get(id) !== row) rows.push(row);
  const steps = changes.flatMap(({ after }) => after.steps.map((step, i) => ({ ...step, n: i + 1 })));
  const cutovers = changes.flatMap(({ root: { chargePointId }, after: { cutover } }) =>
    cutover === undefined ? [] : [{ chargePointId, cutover }],
  );
  const of = <T>(pick: (step: (typeof steps)[number]) => T): T[] => steps.map(pick);
  await Promise.all([
    rows.length === 0
      ? []
      : tx.rows(
          SAVE,
          COLUMNS.map(([field]) => rows.map((row) => storedValue(field, row))),
        ),
    steps.length === 0
      ? []
      : tx.rows(APPEND, [
          ...[of(({ handoverId }) => handoverId), of(({ n }) => n), of(({ at }) => at)],
          ...[of(({ happening }) => happening), of(({ fromStatus }) => fromStatus), of(({ toStatus }) => toStatus)],
          ...[of(({ by }) => by), of(({ byOrganizationId }) => byOrganizationId), of(({ detail }) => detail)],
        ]),
    cutOver(tx, cutovers),
  ]);
}

/** Names of checks travel as one text, the care as JSON, bytes as the driver wants them. */
function storedValue(field: keyof HandoverRow, row: HandoverRow): unknown {
  if (field === 'waitingFor') return row.waitingFor.join(',');
  if (field === 'care') return JSON.stringify(row.care);
  const value = row[field];
  return value instanceof Uint8Array ? Buffer.from(value) : value;
}
