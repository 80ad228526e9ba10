/** Rows that say whom or what a tariff holds for, and which of them meet at a charge point for a token. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import { onceInRequest } from '../database/index.ts';
import { idInRequest } from '../platform/request-ids.ts';
import type { Assigned, Level } from './resolve.ts';

export type AssignmentView = {
  readonly id: string;
  readonly level: Level;
  readonly targetId: string;
  readonly tariffId: string;
  readonly createdBy: string;
  readonly createdAt: Date;
};
const SHOWN = `id, target_type AS level, target_id AS "targetId", tariff_id AS "tariffId", created_by AS "createdBy", created_at AS "createdAt"`;

const HOLD_TARIFF: Statement = {
  name: 'tariff_assignments_hold_tariff',
  text: 'SELECT id FROM tariffs WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL FOR KEY SHARE',
};
const target = (level: Level, from: string): Statement => ({
  name: `tariff_assignments_hold_${level}`,
  text: `SELECT id FROM ${from} AND id = $2 FOR KEY SHARE`,
});
const HOLD: Readonly<Record<Level, Statement>> = {
  token: target('token', 'tokens WHERE organization_id = $1'),
  token_group: target('token_group', 'token_groups WHERE organization_id = $1'),
  charge_point: target('charge_point', 'charge_points WHERE organization_id = $1'),
  site: target('site', 'sites WHERE organization_id = $1'),
  organization: target('organization', 'organizations WHERE id = $1'),
};
const UPSERT: Statement = {
  name: 'tariff_assignments_upsert',
  text: `INSERT INTO tariff_assignments (id, organization_id, target_type, target_id, tariff_id, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (organization_id, target_type, target_id) DO UPDATE
           SET tariff_id = excluded.tariff_id, created_by = excluded.created_by, created_at = excluded.created_at
         RETURNING ${SHOWN}`,
};

export type Assignment =
  | { readonly at: 'assigned'; readonly assignment: AssignmentView }
  | { readonly at: 'unknown'; readonly what: 'tariff_id' | 'target_id' }
  /** By somebody, since the first request made it. */
  | { readonly at: 'deleted' };

/** Replaces what the target had. A repeat shows what it has by now, which somebody may have changed since. */
export async function assignTariff(
  db: Pick<Database, 'transaction'>,
  wanted: {
    readonly organizationId: string;
    readonly level: Level;
    readonly targetId: string;
    readonly tariffId: string;
    readonly createdBy: string;
    readonly now: Date;
  },
): Promise<Assignment> {
  const { organizationId, level, targetId, tariffId, createdBy, now } = wanted;
  return db.transaction(async (tx): Promise<Assignment> => {
    const isThere = async (statement: Statement, id: string) =>
      (await tx.rows(statement, [organizationId, id])).length > 0;
    if (!(await isThere(HOLD_TARIFF, tariffId))) return { at: 'unknown', what: 'tariff_id' };
    if (!(await isThere(HOLD[level], targetId))) return { at: 'unknown', what: 'target_id' };
    const id = await onceInRequest(tx, { organizationId, now }, async () => {
      const values = [idInRequest('tas'), organizationId, level, targetId, tariffId, createdBy, now];
      return (await tx.rows<AssignmentView>(UPSERT, values))[0]?.id ?? null;
    });
    if (id === null) return { at: 'unknown', what: 'target_id' };
    const assignment = await assignmentById(tx, organizationId, id);
    return assignment === undefined ? { at: 'deleted' } : { at: 'assigned', assignment };
  });
}

// Plan: tariff_assignments_pkey; tariff_assignments_organization_id_id_idx backwards.
const FIND: Statement = {
  name: 'tariff_assignments_find',
  text: `SELECT ${SHOWN} FROM tariff_assignments WHERE organization_id = $1 AND id = $2`,
};
const LIST: Statement = {
  name: 'tariff_assignments_list',
  text: `SELECT ${SHOWN} FROM tariff_assignments
          WHERE organization_id = $1 AND ($2::text IS NULL OR id < $2) AND ($3::text IS NULL OR tariff_id = $3)
            AND ($4::text IS NULL OR target_type = $4) AND ($5::text IS NULL OR target_id = $5)
          ORDER BY id DESC LIMIT $6`,
};
const DELETE: Statement = {
  name: 'tariff_assignments_delete',
  text: 'DELETE FROM tariff_assignments WHERE organization_id = $1 AND id = $2 RETURNING id',
};

export async function assignmentById(
  db: Pick<Tx, 'rows'>,
  organizationId: string,
  id: string,
): Promise<AssignmentView | undefined> {
  return (await db.rows<AssignmentView>(FIND, [organizationId, id]))[0];
}

export type AssignmentFilter = {
  readonly tariffId?: string | undefined;
  readonly level?: string | undefined;
  readonly targetId?: string | undefined;
};

export async function listAssignments(
  db: Pick<Tx, 'rows'>,
  organizationId: string,
  {
    tariffId = null,
    level = null,
    targetId = null,
  }: { [Field in keyof AssignmentFilter]: AssignmentFilter[Field] | null },
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<AssignmentView[]> {
  const { after = null, limit } = page;
  return db.rows<AssignmentView>(LIST, [organizationId, after, tariffId, level, targetId, limit + 1]);
}

/** False: there is none. */
export async function deleteAssignment(db: Pick<Tx, 'rows'>, organizationId: string, id: string): Promise<boolean> {
  return (await db.rows(DELETE, [organizationId, id])).length > 0;
}

// Plan: charge_points_pkey, tokens_organization_id_uid_key_key; one probe of the unique index of assignments for each level.
const MEETING: Statement = {
  name: 'tariff_assignments_meeting',
  text: `WITH place AS (SELECT id, site_id FROM charge_points WHERE organization_id = $1 AND id = $2),
              holder AS (SELECT id, group_id FROM tokens WHERE organization_id = $1 AND uid_key = $3),
              target (level, id) AS (
                SELECT 'organization', $1::text FROM place
                UNION ALL SELECT 'site', site_id FROM place
                UNION ALL SELECT 'charge_point', id FROM place
                UNION ALL SELECT 'token_group', group_id FROM place, holder
                UNION ALL SELECT 'token', holder.id FROM place, holder)
         SELECT target.level, target.id AS "targetId", t.id AS "tariffId", t.name, t.version
           FROM target
           LEFT JOIN tariff_assignments a
             ON a.organization_id = $1 AND a.target_type = target.level AND a.target_id = target.id
           LEFT JOIN tariffs t ON t.id = a.tariff_id`,
};
type Meeting = { readonly [Part in keyof Assigned]: Assigned[Part] | null } & { readonly level: Level };

/** Undefined: the organization has no such charge point. `uidKey`: of the token, if any (platform/token-key.ts). */
export async function assignedAt(
  db: Pick<Tx, 'rows'>,
  organizationId: string,
  { chargePointId, uidKey }: { readonly chargePointId: string; readonly uidKey: string | undefined },
): Promise<Assigned[] | undefined> {
  const rows = await db.rows<Meeting>(MEETING, [organizationId, chargePointId, uidKey ?? null]);
  if (rows.length === 0) return undefined;
  return rows.flatMap(({ level, targetId, tariffId, name, version }) =>
    targetId === null || tariffId === null || name === null || version === null
      ? []
      : [{ level, targetId, tariffId, name, version }],
  );
}
