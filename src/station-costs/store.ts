/** All SQL of the station-costs room. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { StationCostInput } from '../ingest/inputs.ts';
import type { StationCostRow, StationCostState } from './types.ts';

const FIELDS = `session_id AS "sessionId", seq_no AS "seqNo", tariff_id AS "tariffId", cost, is_final AS "isFinal", told_at AS "toldAt"`;

// Plan: station_costs_pkey.
const LOAD: Statement = {
  name: 'station_costs_load',
  text: `SELECT charge_point_id AS "chargePointId", ${FIELDS} FROM station_costs
          WHERE session_id = ANY($2::text[]) AND charge_point_id = ANY($1::text[])`,
};
const SAVE: Statement = {
  name: 'station_costs_save',
  text: `INSERT INTO station_costs (organization_id, charge_point_id, session_id, seq_no, tariff_id, cost, is_final, told_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int4[], $5::text[], $6::jsonb[], $7::bool[], $8::timestamptz[])
         ON CONFLICT (session_id) DO UPDATE
           SET seq_no = excluded.seq_no, tariff_id = excluded.tariff_id, cost = excluded.cost, is_final = excluded.is_final,
               told_at = excluded.told_at`,
};
const FIND: Statement = {
  name: 'station_costs_find',
  text: `SELECT ${FIELDS} FROM station_costs WHERE organization_id = $1 AND session_id = $2`,
};

export async function loadCosts(tx: Tx, inputs: readonly StationCostInput[]): Promise<Map<string, StationCostState>> {
  const ids = [...new Set(inputs.map(({ chargePointId }) => chargePointId))];
  const rows = await tx.rows<StationCostRow & { readonly chargePointId: string }>(LOAD, [
    ids,
    inputs.map(({ sessionId }) => sessionId),
  ]);
  const costs = new Map(ids.map((id) => [id, new Map<string, StationCostRow>()]));
  for (const { chargePointId, ...row } of rows) costs.get(chargePointId)?.set(row.sessionId, row);
  return new Map([...costs].map(([id, known]) => [id, { costs: known }]));
}

type Change = { readonly root: Root; readonly before: StationCostState; readonly after: StationCostState };

export async function saveCosts(tx: Tx, changes: readonly Change[]): Promise<void> {
  const changed = changes.flatMap(({ root, before, after }) =>
    [...after.costs.values()].filter((row) => before.costs.get(row.sessionId) !== row).map((row) => ({ root, row })),
  );
  if (changed.length === 0) return;
  await tx.rows(SAVE, [
    changed.map(({ root }) => root.organizationId),
    changed.map(({ root }) => root.chargePointId),
    changed.map(({ row }) => row.sessionId),
    changed.map(({ row }) => row.seqNo),
    changed.map(({ row }) => row.tariffId),
    changed.map(({ row }) => (row.cost === null ? null : JSON.stringify(row.cost))),
    changed.map(({ row }) => row.isFinal),
    changed.map(({ row }) => row.toldAt),
  ]);
}

export const stationCostOf = async (
  db: Pick<Database, 'rows'>,
  organizationId: string,
  sessionId: string,
): Promise<StationCostRow | undefined> => (await db.rows<StationCostRow>(FIND, [organizationId, sessionId]))[0];
