/** The SQL of what stations report of the charging profiles that they hold. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { ProfileReport, SmartChargingState } from './types.ts';

const COLUMNS = `id, charge_point_id AS "chargePointId", command_id AS "commandId", request_id AS "requestId", criteria, status, parts,
  profiles, drift, why, requested_by AS "requestedBy", created_at AS "createdAt", updated_at AS "updatedAt"`;

// Plan: the partial index of what waits for parts, by charge point; the index of command_id for the named ones.
const LOAD: Statement = {
  name: 'charging_profile_reports_load',
  text: `SELECT ${COLUMNS} FROM charging_profile_reports
          WHERE charge_point_id = ANY($1::text[]) AND (status = 'requested' OR status = 'receiving')
         UNION ALL
         SELECT ${COLUMNS} FROM charging_profile_reports
          WHERE command_id = ANY($2::text[]) AND charge_point_id = ANY($1::text[])
            AND NOT (status = 'requested' OR status = 'receiving')`,
};

const SAVE: Statement = {
  name: 'charging_profile_reports_save',
  text: `INSERT INTO charging_profile_reports (id, organization_id, charge_point_id, command_id, request_id, criteria, status, parts,
                                               profiles, drift, why, requested_by, created_at, updated_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int4[], $6::jsonb[], $7::text[], $8::jsonb[],
                              $9::jsonb[], $10::jsonb[], $11::text[], $12::text[], $13::timestamptz[], $14::timestamptz[])
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, parts = excluded.parts, profiles = excluded.profiles,
                                        drift = excluded.drift, why = excluded.why, updated_at = excluded.updated_at`,
};

/** Of a charge point, so many are kept. */
const KEPT = 20;
// Plan: the index (charge_point_id, id), backwards, once per charge point.
const FORGET: Statement = {
  name: 'charging_profile_reports_forget',
  text: `DELETE FROM charging_profile_reports r USING unnest($1::text[]) AS of(charge_point_id)
          WHERE r.charge_point_id = of.charge_point_id
            AND r.id < (SELECT id FROM charging_profile_reports k WHERE k.charge_point_id = of.charge_point_id
                         ORDER BY id DESC OFFSET ${KEPT - 1} LIMIT 1)`,
};

export async function loadReports(
  tx: Tx,
  chargePointIds: readonly string[],
  commandIds: readonly string[],
): Promise<Map<string, Map<string, ProfileReport>>> {
  const rows = await tx.rows<ProfileReport & { readonly chargePointId: string }>(LOAD, [chargePointIds, commandIds]);
  const found = new Map(chargePointIds.map((id) => [id, new Map<string, ProfileReport>()]));
  for (const { chargePointId, ...report } of rows) found.get(chargePointId)?.set(report.id, report);
  return found;
}

export async function saveReports(
  tx: Tx,
  changes: readonly { readonly root: Root; readonly before: SmartChargingState; readonly after: SmartChargingState }[],
): Promise<void> {
  const all = changes.flatMap(({ root, before, after }) =>
    [...after.reports.values()]
      .filter((report) => before.reports.get(report.id) !== report)
      .map((report) => ({ root, report, isNew: !before.reports.has(report.id) })),
  );
  if (all.length === 0) return;
  const of = <T>(pick: (report: ProfileReport) => T): T[] => all.map(({ report }) => pick(report));
  const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
  await tx.rows(SAVE, [
    of(({ id }) => id),
    all.map(({ root }) => root.organizationId),
    all.map(({ root }) => root.chargePointId),
    of(({ commandId }) => commandId),
    of(({ requestId }) => requestId),
    of(({ criteria }) => json(criteria)),
    of(({ status }) => status),
    of(({ parts }) => json(parts)),
    of(({ profiles }) => json(profiles)),
    of(({ drift }) => json(drift)),
    of(({ why }) => why),
    of(({ requestedBy }) => requestedBy),
    of(({ createdAt }) => createdAt),
    of(({ updatedAt }) => updatedAt),
  ]);
  const grown = all.filter(({ isNew }) => isNew).map(({ root }) => root.chargePointId);
  if (grown.length > 0) await tx.rows(FORGET, [[...new Set(grown)]]);
}

type Where = { readonly organizationId: string; readonly chargePointId: string };
export type ReportReads = {
  /** Newest first; up to `limit` + 1 of them. */
  reports(query: Where & { readonly after: string | undefined; readonly limit: number }): Promise<ProfileReport[]>;
  report(where: Where & { readonly id: string }): Promise<ProfileReport | undefined>;
};

export function reportReads({ prisma }: Pick<Database, 'prisma'>): ReportReads {
  type Row = Awaited<ReturnType<typeof prisma.chargingProfileReport.findMany>>[number];
  const known = (row: Row): ProfileReport => row as unknown as ProfileReport; // only saveReports writes this table
  return {
    async reports({ after, limit, ...where }) {
      const rows = await prisma.chargingProfileReport.findMany({
        where: { ...where, ...(after === undefined ? {} : { id: { lt: after } }) },
        orderBy: { id: 'desc' },
        take: limit + 1,
      });
      return rows.map(known);
    },
    async report(where) {
      const row = await prisma.chargingProfileReport.findFirst({ where });
      return row === null ? undefined : known(row);
    },
  };
}
