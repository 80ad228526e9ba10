/** All SQL of the battery-swaps room. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { BatterySwapInput } from '../ingest/inputs.ts';
import { tokenKey } from '../platform/token-key.ts';
import type { SwapRow, SwapState, SwapStatus } from './types.ts';

const BIRTH = [
  ['id', 'id', 'text'],
  ['requestId', 'request_id', 'int4'],
  ['commandId', 'command_id', 'text'],
  ['requestedBy', 'requested_by', 'text'],
  ['createdAt', 'created_at', 'timestamptz'],
] as const;
const LIFE = [
  ['tokenUid', 'token_uid', 'text'],
  ['authorization', 'authorization', 'text'],
  ['status', 'status', 'text'],
  ['why', 'why', 'text'],
  ['batteriesIn', 'batteries_in', 'jsonb'],
  ['batteriesOut', 'batteries_out', 'jsonb'],
  ['inAt', 'in_at', 'timestamptz'],
  ['outAt', 'out_at', 'timestamptz'],
  ['endedAt', 'ended_at', 'timestamptz'],
  ['updatedAt', 'updated_at', 'timestamptz'],
] as const;
const COLUMNS = [...BIRTH, ...LIFE];
const quoted = (column: string): string => (column === 'authorization' ? '"authorization"' : column);
const FIELDS = COLUMNS.map(([field, column]) => `s.${quoted(column)} AS "${field}"`).join(', ');

// Plan: battery_swaps_charge_point_id_request_id_id_idx from its new end; the index of commands.
const LOAD: Statement = {
  name: 'battery_swaps_load',
  text: `SELECT newest.* FROM unnest($1::text[], $2::int4[]) AS asked(cp, request_id),
           LATERAL (SELECT s.charge_point_id AS "chargePointId", ${FIELDS} FROM battery_swaps s
                      JOIN charge_points c ON c.id = s.charge_point_id AND c.organization_id = s.organization_id
                     WHERE s.charge_point_id = asked.cp AND s.request_id = asked.request_id ORDER BY s.id DESC LIMIT 1) newest
         UNION
         SELECT s.charge_point_id, ${FIELDS} FROM battery_swaps s
          WHERE s.command_id = ANY($3::text[]) AND s.charge_point_id = ANY($1::text[])`,
};
const SAVE: Statement = {
  name: 'battery_swaps_save',
  text: `INSERT INTO battery_swaps (organization_id, charge_point_id, ${COLUMNS.map(([, column]) => quoted(column)).join(', ')})
         SELECT * FROM unnest($1::text[], $2::text[], ${COLUMNS.map(([, , type], i) => `$${i + 3}::${type}[]`).join(', ')})
         ON CONFLICT (id) DO UPDATE SET ${LIFE.map(([, column]) => `${quoted(column)} = excluded.${quoted(column)}`).join(', ')}`,
};

export async function loadSwaps(tx: Tx, inputs: readonly BatterySwapInput[]): Promise<Map<string, SwapState>> {
  const rows = await tx.rows<SwapRow & { chargePointId: string }>(LOAD, [
    inputs.map(({ chargePointId }) => chargePointId),
    inputs.map((input) => ('requestId' in input ? input.requestId : null)),
    inputs.flatMap((input) => (input.type === 'command_ended' ? [input.commandId] : [])),
  ]);
  const found = new Map(inputs.map(({ chargePointId }) => [chargePointId, new Map<string, SwapRow>()]));
  for (const { chargePointId, ...row } of rows) found.get(chargePointId)?.set(row.id, row);
  return new Map([...found].map(([id, swaps]) => [id, { swaps }]));
}

type Change = { readonly root: Root; readonly before: SwapState; readonly after: SwapState };

export async function saveSwaps(tx: Tx, changes: readonly Change[]): Promise<void> {
  const changed = changes.flatMap(({ root, before, after }) =>
    [...after.swaps.values()].filter((row) => before.swaps.get(row.id) !== row).map((row) => ({ root, row })),
  );
  if (changed.length === 0) return;
  await tx.rows(SAVE, [
    changed.map(({ root }) => root.organizationId),
    changed.map(({ root }) => root.chargePointId),
    ...COLUMNS.map(([field]) =>
      changed.map(({ row }) =>
        field === 'batteriesIn' || field === 'batteriesOut' ? JSON.stringify(row[field]) : row[field],
      ),
    ),
  ]);
}

export type SwapView = SwapRow & { readonly chargePointId: string };

const GET: Statement = {
  name: 'battery_swaps_get',
  text: `SELECT ${FIELDS}, s.charge_point_id AS "chargePointId" FROM battery_swaps s WHERE s.organization_id = $1 AND s.id = $2`,
};
// Plan: battery_swaps_organization_id_id_idx, backwards from the cursor.
const LIST: Statement = {
  name: 'battery_swaps_list',
  text: `SELECT ${FIELDS}, s.charge_point_id AS "chargePointId" FROM battery_swaps s
          WHERE s.organization_id = $1 AND s.id < COALESCE($2::text, 'zzzz')
            AND ($3::text IS NULL OR s.charge_point_id = $3) AND ($4::text[] IS NULL OR s.status = ANY($4))
            AND ($5::text IS NULL OR lower(btrim(s.token_uid)) = $5)
          ORDER BY s.id DESC LIMIT $6`,
};

type Db = Pick<Database, 'rows'>;
export async function swapById(db: Db, organizationId: string, id: string): Promise<SwapView | undefined> {
  return (await db.rows<SwapView>(GET, [organizationId, id]))[0];
}
/** Newest first; up to `limit` + 1 of them. */
export const listSwaps = (
  db: Db,
  organizationId: string,
  filter: {
    readonly chargePointId: string | undefined;
    readonly statuses: readonly SwapStatus[] | undefined;
    readonly token: string | undefined;
  },
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<SwapView[]> =>
  db.rows<SwapView>(LIST, [
    organizationId,
    page.after ?? null,
    filter.chargePointId ?? null,
    filter.statuses ?? null,
    filter.token === undefined ? null : tokenKey(filter.token),
    page.limit + 1,
  ]);
