/** The log as people read it: calls with how they ended, and refusals. */
import type { Statement, Tx } from '../database/contract.ts';
import type { Line } from './chain.ts';
import type { Followed } from './export-lines.ts';
import { entryColumns } from './store.ts';

export type Shown = {
  readonly position: number;
  readonly at: Date;
  readonly kind: 'called' | 'refused' | 'script' | 'charger';
  readonly requestId: string;
  readonly principalKind: Line['principalKind'];
  readonly principalId: string | null;
  readonly address: string | null;
  readonly operation: string;
  readonly method: string | null;
  readonly path: string | null;
  readonly target: string;
  readonly detail: string;
  readonly repeated: number;
  readonly status: number | null;
  readonly code: string | null;
  readonly endDetail: string | null;
  readonly endedAt: Date | null;
};

// Plan: the index of the filter that is given, or audit_entries_pkey backwards; audit_entries_organization_id_call_position_idx.
const LIST: Statement = {
  name: 'audit_entries_list',
  text: `SELECT c.position, c.at, c.kind, c.request_id AS "requestId", c.principal_kind AS "principalKind",
                c.principal_id AS "principalId", c.address, c.operation, c.method, c.path, c.target, c.detail, c.repeated,
                coalesce(e.status, c.status) AS status, coalesce(e.code, c.code) AS code, e.detail AS "endDetail", e.at AS "endedAt"
           FROM audit_entries c
           LEFT JOIN LATERAL (SELECT status, code, detail, at FROM audit_entries
                               WHERE organization_id = c.organization_id AND call_position = c.position LIMIT 1) e ON true
          WHERE c.organization_id = $1 AND c.kind <> 'ended' AND ($2::int8 IS NULL OR c.position < $2)
            AND ($3::text IS NULL OR c.principal_id = $3) AND ($4::text IS NULL OR c.operation = $4)
            AND ($5::text IS NULL OR c.request_id = $5) AND ($6::timestamptz IS NULL OR c.at >= $6)
            AND ($7::timestamptz IS NULL OR c.at < $7) AND ($8::text IS NULL OR c.kind = $8)
            AND ($10::text IS NULL OR split_part(c.target, '"', 4) = $10)
          ORDER BY c.position DESC LIMIT $9`,
};

export type Filter = {
  readonly principalId?: string | undefined;
  readonly operation?: string | undefined;
  readonly requestId?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly kind?: string | undefined;
  /** The first id in the path of the call: of /charge-points/{id}/…. In the sealed text, {"id":"cp_…"}, it is the fourth between quotes. */
  readonly targetId?: string | undefined;
};

export const listEntries = (
  db: Pick<Tx, 'rows'>,
  organizationId: string,
  { principalId, operation, requestId, from, to, kind, targetId }: Filter,
  { after, limit }: { readonly after: number | undefined; readonly limit: number },
): Promise<Shown[]> =>
  db.rows<Shown>(LIST, [
    organizationId,
    after ?? null,
    principalId ?? null,
    operation ?? null,
    requestId ?? null,
    from ?? null,
    to ?? null,
    kind ?? null,
    limit + 1,
    targetId ?? null,
  ]);

// Plan: audit_entries_pkey from $2 on, and once more for the entry before each.
const EXPORT: Statement = {
  name: 'audit_entries_export',
  text: `SELECT ${entryColumns('c')},
                CASE WHEN c.position = $10::int8 + 1 THEN $11::bytea
                     ELSE (SELECT mac FROM audit_entries WHERE organization_id = c.organization_id AND position = c.position - 1)
                END AS before
           FROM audit_entries c
          WHERE c.organization_id = $1 AND c.position > $2 AND c.position <= $9
            AND ($3::text IS NULL OR c.principal_id = $3) AND ($4::text IS NULL OR c.operation = $4)
            AND ($5::text IS NULL OR c.request_id = $5) AND ($6::timestamptz IS NULL OR c.at >= $6)
            AND ($7::timestamptz IS NULL OR c.at < $7)
            AND ($8::text IS NULL OR c.kind = $8 OR ($8 = 'called' AND c.kind = 'ended'))
            AND ($13::text IS NULL OR split_part(c.target, '"', 4) = $13)
          ORDER BY c.position LIMIT $12`,
};

type Part = {
  /** Entries up to here stand in the file. */
  readonly until: number;
  /** Where the chain began when the file was begun. */
  readonly gone: { readonly position: number; readonly mac: Buffer };
};

/** As they were sealed, oldest first: calls and their ends are entries of their own. */
export const entriesToExport = (
  db: Pick<Tx, 'rows'>,
  organizationId: string,
  { principalId, operation, requestId, from, to, kind, targetId }: Filter,
  { until, gone }: Part,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<Followed[]> =>
  db.rows<Followed>(EXPORT, [
    organizationId,
    after,
    principalId ?? null,
    operation ?? null,
    requestId ?? null,
    from ?? null,
    to ?? null,
    kind ?? null,
    until,
    gone.position,
    gone.mac,
    limit,
    targetId ?? null,
  ]);
