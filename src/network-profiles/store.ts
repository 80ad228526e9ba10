/** All SQL of the network-profiles room. */
import { storableJson } from '../commands/index.ts';
import type { Database, Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { NetworkProfileInput, ProfileRow, ProfileState } from './types.ts';

const COLUMNS = `id, charge_point_id AS "chargePointId", command_id AS "commandId", slot, profile, status, why,
  requested_by AS "requestedBy", created_at AS "createdAt", updated_at AS "updatedAt"`;

// Plan: the partial index of what may still change, by charge point; the index of command_id for the named ones.
const LOAD: Statement = {
  name: 'network_profiles_load',
  text: `SELECT ${COLUMNS} FROM network_profiles
          WHERE charge_point_id = ANY($1::text[]) AND (status = 'pending' OR status = 'stored')
         UNION
         SELECT ${COLUMNS} FROM network_profiles WHERE command_id = ANY($2::text[]) AND charge_point_id = ANY($1::text[])`,
};
const SAVE: Statement = {
  name: 'network_profiles_save',
  text: `INSERT INTO network_profiles (id, organization_id, charge_point_id, command_id, slot, profile, status, why, requested_by,
                                       created_at, updated_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int4[], $6::jsonb[], $7::text[], $8::text[],
                              $9::text[], $10::timestamptz[], $11::timestamptz[])
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, why = excluded.why, updated_at = excluded.updated_at`,
};
type Loaded = ProfileRow & { readonly chargePointId: string };

export async function loadNetworkProfiles(
  tx: Tx,
  inputs: readonly NetworkProfileInput[],
): Promise<Map<string, ProfileState>> {
  const ids = [...new Set(inputs.map(({ chargePointId }) => chargePointId))];
  const rows = await tx.rows<Loaded>(LOAD, [ids, inputs.map(({ commandId }) => commandId)]);
  const found = new Map(ids.map((id) => [id, new Map<string, ProfileRow>()]));
  for (const { chargePointId, ...row } of rows) found.get(chargePointId)?.set(row.id, row);
  return new Map([...found].map(([id, byId]) => [id, { rows: byId }]));
}

export async function saveNetworkProfiles(
  tx: Tx,
  changes: readonly { readonly root: Root; readonly before: ProfileState; readonly after: ProfileState }[],
): Promise<void> {
  const all = changes.flatMap(({ root, before, after }) =>
    [...after.rows.values()].filter((row) => before.rows.get(row.id) !== row).map((row) => ({ root, row })),
  );
  if (all.length === 0) return;
  const of = <T>(pick: (row: ProfileRow) => T): T[] => all.map(({ row }) => pick(row));
  await tx.rows(SAVE, [
    of((row) => row.id),
    all.map(({ root }) => root.organizationId),
    all.map(({ root }) => root.chargePointId),
    of((row) => row.commandId),
    of((row) => row.slot),
    of((row) => storableJson(row.profile)),
    of((row) => row.status),
    of((row) => row.why?.replace(/\0|\p{Surrogate}/gu, '\ufffd') ?? null),
    of((row) => row.requestedBy),
    of((row) => row.createdAt),
    of((row) => row.updatedAt),
  ]);
}

const LIST: Statement = {
  name: 'network_profiles_list',
  text: `SELECT ${COLUMNS} FROM network_profiles
          WHERE organization_id = $1 AND charge_point_id = $2 AND id < coalesce($3, 'zzzz') AND ($5::int4 IS NULL OR slot = $5)
          ORDER BY id DESC LIMIT $4`,
};
const FIND: Statement = {
  name: 'network_profiles_find',
  text: `SELECT ${COLUMNS} FROM network_profiles WHERE organization_id = $1 AND charge_point_id = $2 AND id = $3`,
};
type Where = { readonly organizationId: string; readonly chargePointId: string };
export type StoredNetworkProfile = Loaded;
export type NetworkProfileReads = ReturnType<typeof networkProfileReads>;
export const networkProfileReads = (db: Pick<Database, 'rows'>) => ({
  find: async ({ organizationId, chargePointId }: Where, id: string) =>
    (await db.rows<Loaded>(FIND, [organizationId, chargePointId, id]))[0],
  list: (
    { organizationId, chargePointId }: Where,
    slot: number | undefined,
    page: { readonly after: string | undefined; readonly limit: number },
  ) => db.rows<Loaded>(LIST, [organizationId, chargePointId, page.after ?? null, page.limit + 1, slot ?? null]),
});
