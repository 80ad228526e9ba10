/** All SQL of the security-events room. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import { deleteAll, deleteFew } from '../database/in-batches.ts';
import type { Root } from '../ingest/contract.ts';
import { firstIdAt } from '../platform/ids.ts';
import {
  eventKey,
  type SecurityEventInput,
  type SecurityEventRow,
  type SecurityEventState,
  type Severity,
} from './types.ts';

// Plan: one index range of (charge_point_id, at) per report.
const LOAD: Statement = {
  name: 'security_events_load',
  text: `SELECT e.charge_point_id AS "chargePointId", e.type, e.at, e.tech_info AS "techInfo"
           FROM unnest($1::text[], $2::timestamptz[]) AS asked(charge_point_id, at)
           JOIN security_events e USING (charge_point_id, at)`,
};

const SAVE: Statement = {
  name: 'security_events_save',
  text: `INSERT INTO security_events (id, organization_id, charge_point_id, type, critical, severity, at, raw_at, historical,
                                      tech_info, received_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bool[], $6::text[], $7::timestamptz[],
                              $8::text[], $9::bool[], $10::text[], $11::timestamptz[])
         ON CONFLICT DO NOTHING`,
};

export async function loadSecurityEvents(
  tx: Tx,
  inputs: readonly SecurityEventInput[],
): Promise<Map<string, SecurityEventState>> {
  const rows = await tx.rows<{ chargePointId: string; type: string; at: Date; techInfo: string | null }>(LOAD, [
    inputs.map(({ chargePointId }) => chargePointId),
    inputs.map(({ at }) => at.at),
  ]);
  const known = new Map<string, Set<string>>(inputs.map(({ chargePointId }) => [chargePointId, new Set<string>()]));
  for (const row of rows) known.get(row.chargePointId)?.add(eventKey(row));
  return new Map([...known].map(([id, keys]) => [id, { known: keys, added: [] }]));
}

export async function saveSecurityEvents(
  tx: Tx,
  changes: readonly { readonly root: Root; readonly after: SecurityEventState }[],
): Promise<void> {
  const all = changes.flatMap(({ root, after }) => after.added.map((row) => ({ root, row })));
  const of = <T>(pick: (row: SecurityEventRow) => T): T[] => all.map(({ row }) => pick(row));
  await tx.rows(SAVE, [
    of((row) => row.id),
    all.map(({ root }) => root.organizationId),
    all.map(({ root }) => root.chargePointId),
    of((row) => row.type),
    of((row) => row.critical),
    of((row) => row.severity),
    of((row) => row.at),
    of((row) => row.rawAt),
    of((row) => row.historical),
    of((row) => row.techInfo),
    of((row) => row.receivedAt),
  ]);
}

export type ListedSecurityEvent = SecurityEventRow & { readonly chargePointId: string };

/** Newest first by the time of receipt (ids sort by it); up to `limit` + 1 of them. */
export async function listSecurityEvents(
  { prisma }: Pick<Database, 'prisma'>,
  query: {
    readonly organizationId: string;
    readonly chargePointId: string | undefined;
    readonly type: string | undefined;
    readonly severities: readonly Severity[] | undefined;
    readonly critical: boolean | undefined;
    readonly from: Date | undefined;
    readonly to: Date | undefined;
    readonly after: string | undefined;
    readonly limit: number;
  },
): Promise<ListedSecurityEvent[]> {
  const { organizationId, chargePointId, type, severities, critical, from, to, after, limit } = query;
  const rows = await prisma.securityEvent.findMany({
    where: {
      organizationId,
      ...(chargePointId === undefined ? {} : { chargePointId }),
      ...(type === undefined ? {} : { type }),
      ...(severities === undefined ? {} : { severity: { in: [...severities] } }),
      ...(critical === undefined ? {} : { critical }),
      ...(from === undefined && to === undefined
        ? {}
        : { at: { ...(from === undefined ? {} : { gte: from }), ...(to === undefined ? {} : { lt: to }) } }),
      ...(after === undefined ? {} : { id: { lt: after } }),
    },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  return rows.map((row) => ({ ...row, severity: row.severity as Severity })); // only saveSecurityEvents writes it
}

const DAY_MS = 86_400_000;

// Plan: security_events_pkey, its old end.
const FORGET = deleteFew('security_events_forget', 'security_events', 't.id < $1 AND t.received_at < $2', 't.id');

/** They are the chargers' part of the audit log. `days`: AUDIT_RETENTION_DAYS. Returns how many went. */
export async function forgetSecurityEvents(db: Pick<Database, 'rows'>, now: Date, days: number): Promise<number> {
  if (days === 0) return 0;
  const before = new Date(now.getTime() - days * DAY_MS);
  return deleteAll(db, FORGET, [firstIdAt('sev', before), before]);
}
