/** All SQL of the external-limits room. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { ExternalLimit, ExternalLimitInput, ExternalLimitState } from './types.ts';

// Plan: the partial index of what holds, by charge point.
const LOAD: Statement = {
  name: 'external_limits_load',
  text: `SELECT id, charge_point_id AS "chargePointId", evse_id AS "evseId", source, is_grid_critical AS "isGridCritical",
                is_local_generation AS "isLocalGeneration", schedules, status, reported_at AS "reportedAt", ended_at AS "endedAt"
           FROM external_limits WHERE charge_point_id = ANY($1::text[]) AND status = 'active'`,
};

const SAVE: Statement = {
  name: 'external_limits_save',
  text: `INSERT INTO external_limits (id, organization_id, charge_point_id, evse_id, source, is_grid_critical, is_local_generation,
                                      schedules, status, reported_at, ended_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int4[], $5::text[], $6::bool[], $7::bool[], $8::jsonb[],
                              $9::text[], $10::timestamptz[], $11::timestamptz[])
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, reported_at = excluded.reported_at, ended_at = excluded.ended_at`,
};

/** Of a charge point, so many that are over are kept. */
const KEPT = 200;
// Plan: the index (charge_point_id, id), backwards, once per charge point.
const FORGET: Statement = {
  name: 'external_limits_forget',
  text: `DELETE FROM external_limits l USING unnest($1::text[]) AS of(charge_point_id)
          WHERE l.charge_point_id = of.charge_point_id AND l.status <> 'active'
            AND l.id < (SELECT id FROM external_limits k WHERE k.charge_point_id = of.charge_point_id
                         ORDER BY id DESC OFFSET ${KEPT - 1} LIMIT 1)`,
};

export async function loadLimits(
  tx: Tx,
  inputs: readonly ExternalLimitInput[],
): Promise<Map<string, ExternalLimitState>> {
  const ids = [...new Set(inputs.map(({ chargePointId }) => chargePointId))];
  const rows = await tx.rows<ExternalLimit & { readonly chargePointId: string }>(LOAD, [ids]);
  const found = new Map(ids.map((id) => [id, new Map<string, ExternalLimit>()]));
  for (const { chargePointId, ...limit } of rows) found.get(chargePointId)?.set(limit.id, limit);
  return new Map([...found].map(([id, limits]) => [id, { limits }]));
}

export async function saveLimits(
  tx: Tx,
  changes: readonly { readonly root: Root; readonly before: ExternalLimitState; readonly after: ExternalLimitState }[],
): Promise<void> {
  const all = changes.flatMap(({ root, before, after }) =>
    [...after.limits.values()].filter((each) => before.limits.get(each.id) !== each).map((limit) => ({ root, limit })),
  );
  if (all.length === 0) return;
  const of = <T>(pick: (limit: ExternalLimit) => T): T[] => all.map(({ limit }) => pick(limit));
  await tx.rows(SAVE, [
    of(({ id }) => id),
    all.map(({ root }) => root.organizationId),
    all.map(({ root }) => root.chargePointId),
    of(({ evseId }) => evseId),
    of(({ source }) => source),
    of(({ isGridCritical }) => isGridCritical),
    of(({ isLocalGeneration }) => isLocalGeneration),
    of(({ schedules }) => JSON.stringify(schedules)),
    of(({ status }) => status),
    of(({ reportedAt }) => reportedAt),
    of(({ endedAt }) => endedAt),
  ]);
  await tx.rows(FORGET, [[...new Set(all.map(({ root }) => root.chargePointId))]]);
}

/** Newest first; up to `limit` + 1 of them. */
export async function listLimits(
  { prisma }: Pick<Database, 'prisma'>,
  query: {
    readonly organizationId: string;
    readonly chargePointId: string;
    readonly active: boolean | undefined;
    readonly evseId: number | undefined;
    readonly after: string | undefined;
    readonly limit: number;
  },
): Promise<ExternalLimit[]> {
  const { organizationId, chargePointId, active, evseId, after, limit } = query;
  const rows = await prisma.externalLimit.findMany({
    where: {
      organizationId,
      chargePointId,
      ...(active === undefined ? {} : { status: active ? 'active' : { not: 'active' } }),
      ...(evseId === undefined ? {} : { evseId }),
      ...(after === undefined ? {} : { id: { lt: after } }),
    },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  return rows as unknown as ExternalLimit[]; // only saveLimits writes this table
}
