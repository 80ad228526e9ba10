/** Rows of export schedules. A due one is claimed by whichever process comes first: its file is made in the same transaction. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import { newId } from '../platform/ids.ts';
import { idInRequest } from '../platform/request-ids.ts';
import type { ExportFormat } from '../platform/row-text.ts';
import { dueOf, type Period, type Span, spanDue } from './calendar.ts';

export const kinds = ['sessions', 'meter_values'] as const;
export type Kind = (typeof kinds)[number];

export type ScheduleRow = {
  readonly id: string;
  readonly name: string;
  readonly kind: Kind;
  readonly format: ExportFormat;
  readonly period: Period;
  readonly siteId: string | null;
  readonly chargePointId: string | null;
  readonly dueAt: Date;
  readonly createdBy: string;
  readonly createdAt: Date;
};

const FIELDS = `id, name, kind, format, period, site_id AS "siteId", charge_point_id AS "chargePointId", due_at AS "dueAt",
  created_by AS "createdBy", created_at AS "createdAt"`;

/** A process works through them one by one: an organization shall not keep it busy. */
export const MOST_SCHEDULES = 50;

const LOCK: Statement = {
  name: 'export_schedules_lock',
  text: 'SELECT id FROM organizations WHERE id = $1 FOR NO KEY UPDATE',
};
const COUNT: Statement = {
  name: 'export_schedules_count',
  text: 'SELECT count(*)::int4 AS n FROM export_schedules WHERE organization_id = $1',
};
const INSERT: Statement = {
  name: 'export_schedules_insert',
  text: `INSERT INTO export_schedules (id, organization_id, name, kind, format, period, site_id, charge_point_id, due_at, created_by,
                                       created_at, first_from)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING ${FIELDS}`,
};

/** undefined: the organization has as many as it may have. */
export async function createSchedule(
  db: Pick<Database, 'transaction'>,
  organizationId: string,
  schedule: Omit<ScheduleRow, 'id' | 'dueAt'> & { readonly first: Span },
): Promise<ScheduleRow | undefined> {
  const { name, kind, format, period, siteId, chargePointId, first, createdBy, createdAt } = schedule;
  return db.transaction(async (tx) => {
    await tx.rows(LOCK, [organizationId]);
    const [count] = await tx.rows<{ n: number }>(COUNT, [organizationId]);
    if ((count?.n ?? 0) >= MOST_SCHEDULES) return undefined;
    const values = [
      organizationId,
      name,
      kind,
      format,
      period,
      siteId,
      chargePointId,
      dueOf(first),
      createdBy,
      createdAt,
    ];
    return (await tx.rows<ScheduleRow>(INSERT, [idInRequest('exs'), ...values, first.from]))[0];
  });
}

// Plan: export_schedules_organization_id_id_idx.
const LIST: Statement = {
  name: 'export_schedules_list',
  text: `SELECT ${FIELDS} FROM export_schedules WHERE organization_id = $1 AND ($2::text IS NULL OR id < $2)
          ORDER BY id DESC LIMIT $3`,
};
const GET: Statement = {
  name: 'export_schedules_get',
  text: `SELECT ${FIELDS} FROM export_schedules WHERE organization_id = $1 AND id = $2`,
};
const DELETE: Statement = {
  name: 'export_schedules_delete',
  text: 'DELETE FROM export_schedules WHERE organization_id = $1 AND id = $2 RETURNING id',
};

type Rows = Pick<Database, 'rows'>;

export const listSchedules = (
  db: Rows,
  organizationId: string,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<ScheduleRow[]> => db.rows<ScheduleRow>(LIST, [organizationId, page.after ?? null, page.limit + 1]);

export const scheduleById = async (db: Rows, organizationId: string, id: string): Promise<ScheduleRow | undefined> =>
  (await db.rows<ScheduleRow>(GET, [organizationId, id]))[0];

/** False: there is none. Its files stay. */
export const deleteSchedule = async (db: Rows, organizationId: string, id: string): Promise<boolean> =>
  (await db.rows(DELETE, [organizationId, id])).length > 0;

// Plan: export_schedules_due_at_idx. What another process has in hand is left to it.
const DUE: Statement = {
  name: 'export_schedules_due',
  text: `SELECT s.id, s.kind, s.format, s.period, s.site_id AS "siteId", s.charge_point_id AS "chargePointId", s.due_at AS "dueAt",
                s.organization_id AS "organizationId", o.timezone, s.first_from AS "firstFrom"
           FROM export_schedules s JOIN organizations o ON o.id = s.organization_id
          WHERE s.due_at <= $1 ORDER BY s.due_at LIMIT $2 FOR UPDATE OF s SKIP LOCKED`,
};
// Plan: export_files_schedule_id_from_at_key, from its end. Asked once the schedules are locked: what another process has just made counts.
const LAST: Statement = {
  name: 'export_schedules_last_file',
  text: `SELECT s.id, f.to_at AS "to"
           FROM unnest($1::text[]) AS s(id)
           JOIN LATERAL (SELECT to_at FROM export_files WHERE schedule_id = s.id ORDER BY from_at DESC LIMIT 1) f ON true`,
};
const NEXT: Statement = {
  name: 'export_schedules_next',
  text: 'UPDATE export_schedules SET due_at = $2, first_from = NULL WHERE id = $1',
};
const MAKE_FILE: Statement = {
  name: 'export_schedules_make_file',
  text: `INSERT INTO export_files (id, organization_id, schedule_id, kind, format, site_id, charge_point_id, timezone, from_at, to_at,
                                   status, due_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'waiting', $11, $11)
         ON CONFLICT (schedule_id, from_at) DO NOTHING`,
};

type Due = Omit<ScheduleRow, 'name' | 'createdBy' | 'createdAt'> & {
  readonly organizationId: string;
  readonly timezone: string;
  readonly firstFrom: Date | null;
};

const AT_ONCE = 20;

/** Makes the file of each schedule that is due, once, whoever asks; one span at a time, so that none is left out after a pause. */
export async function makeDueFiles(db: Pick<Database, 'transaction'>, now: Date): Promise<number> {
  return db.transaction(async (tx: Tx) => {
    const due = await tx.rows<Due>(DUE, [now, AT_ONCE]);
    const last = await tx.rows<{ id: string; to: Date }>(LAST, [due.map(({ id }) => id)]);
    const lastTo = new Map(last.map(({ id, to }) => [id, to]));
    for (const { id, organizationId, kind, format, siteId, chargePointId, timezone, period, dueAt, firstFrom } of due) {
      // the file counts first: a version before makes one and leaves first_from as it was
      const begun = lastTo.get(id) ?? firstFrom ?? undefined;
      const { span, nextDueAt } = spanDue(period, timezone, { dueAt, begun });
      const about = [organizationId, id, kind, format, siteId, chargePointId, timezone, span.from, span.to];
      await tx.rows(MAKE_FILE, [newId('exf'), ...about, now]);
      await tx.rows(NEXT, [id, nextDueAt]);
    }
    return due.length;
  });
}
