/** All SQL of the customer-information room. What stations tell of persons is sealed here, and opened only by its participant. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { CustomerInformationInput } from '../ingest/inputs.ts';
import { firstIdAt } from '../platform/ids.ts';
import type { Cipher } from '../secrets/index.ts';
import { type Content, type CustomerState, KEPT_MS, type ReportRow } from './types.ts';

const COLUMNS = [
  ['id', 'id', 'text'],
  ['requestId', 'request_id', 'int4'],
  ['commandId', 'command_id', 'text'],
  ['report', 'report', 'bool'],
  ['clear', 'clear', 'bool'],
  ['subject', 'subject', 'text'],
  ['requestedBy', 'requested_by', 'text'],
  ['createdAt', 'created_at', 'timestamptz'],
  ['status', 'status', 'text'],
  ['why', 'why', 'text'],
  ['parts', 'parts', 'jsonb'],
  ['collectedAt', 'collected_at', 'timestamptz'],
  ['completedAt', 'completed_at', 'timestamptz'],
  ['dueAt', 'due_at', 'timestamptz'],
  ['content', 'content', 'bytea'],
] as const;
const MOVING = ['status', 'why', 'parts', 'collected_at', 'completed_at', 'due_at', 'content'];
const SHOWN = COLUMNS.slice(0, -1)
  .map(([field, column]) => `r.${column} AS "${field}"`)
  .join(', ');

// Plan: customer_reports_open, which holds open ones only; the primary key for the named ones; customer_reports_charge_point_id_id_idx
// for those of the last day that were given up and may be told all the same.
const LOAD: Statement = {
  name: 'customer_reports_load',
  text: `SELECT r.charge_point_id AS "chargePointId", ${SHOWN}, r.content AS sealed FROM customer_reports r
          WHERE r.charge_point_id = ANY($1::text[]) AND r.due_at IS NOT NULL
         UNION ALL
         SELECT r.charge_point_id, ${SHOWN}, r.content FROM customer_reports r
          WHERE r.id = ANY($2::text[]) AND r.charge_point_id = ANY($1::text[]) AND r.due_at IS NULL
         UNION ALL
         SELECT r.charge_point_id, ${SHOWN}, r.content FROM customer_reports r
          WHERE r.charge_point_id = ANY($3::text[]) AND r.id >= $4 AND r.status = 'timed_out' AND r.due_at IS NULL`,
};
const SAVE: Statement = {
  name: 'customer_reports_save',
  text: `INSERT INTO customer_reports (organization_id, charge_point_id, ${COLUMNS.map(([, column]) => column).join(', ')})
         SELECT * FROM unnest($1::text[], $2::text[], ${COLUMNS.map(([, , type], i) => `$${i + 3}::${type}[]`).join(', ')})
         ON CONFLICT (id) DO UPDATE SET ${MOVING.map((column) => `${column} = excluded.${column}`).join(', ')}`,
};

type Loaded = Omit<ReportRow, 'content'> & { readonly chargePointId: string; readonly sealed: Uint8Array | null };
const aad = (id: string): string => `customer-report:${id}`;

export const loadReports =
  (cipher: Cipher) =>
  async (tx: Tx, inputs: readonly CustomerInformationInput[]): Promise<Map<string, CustomerState>> => {
    const named = inputs.flatMap((input) => ('reportId' in input ? [input.reportId] : []));
    const late = inputs.filter(({ type }) => type === 'told' || type === 'command_ended');
    const since = Math.min(...late.map(({ receivedAt }) => receivedAt.getTime())) - KEPT_MS;
    const rows = await tx.rows<Loaded>(LOAD, [
      inputs.map(({ chargePointId }) => chargePointId),
      named,
      late.map(({ chargePointId }) => chargePointId),
      late.length === 0 ? null : firstIdAt('cin', new Date(since)),
    ]);
    const found = new Map(inputs.map(({ chargePointId }) => [chargePointId, new Map<string, ReportRow>()]));
    for (const { chargePointId, sealed, ...row } of rows) {
      // Only saveReports seals it, and the cipher vouches for what it opens.
      const content =
        sealed === null ? null : (JSON.parse(cipher.decrypt(sealed, aad(row.id)).toString('utf8')) as Content);
      found.get(chargePointId)?.set(row.id, { ...row, content });
    }
    return new Map([...found].map(([id, reports]) => [id, { reports }]));
  };

type Change = { readonly root: Root; readonly before: CustomerState; readonly after: CustomerState };

export const saveReports =
  (cipher: Cipher) =>
  async (tx: Tx, changes: readonly Change[]): Promise<void> => {
    const changed = changes.flatMap(({ root, before, after }) =>
      [...after.reports.values()].filter((row) => before.reports.get(row.id) !== row).map((row) => ({ root, row })),
    );
    if (changed.length === 0) return;
    const stored = (row: ReportRow, field: (typeof COLUMNS)[number][0]): unknown => {
      if (field === 'parts') return JSON.stringify(row.parts);
      if (field !== 'content') return row[field];
      return row.content === null
        ? null
        : cipher.encrypt(Buffer.from(JSON.stringify(row.content), 'utf8'), aad(row.id));
    };
    await tx.rows(SAVE, [
      changed.map(({ root }) => root.organizationId),
      changed.map(({ root }) => root.chargePointId),
      ...COLUMNS.map(([field]) => changed.map(({ row }) => stored(row, field))),
    ]);
  };

// ------------------------------------------------------------------------------------------------------------------- jobs

// Plan: customer_reports_due, which holds open ones only.
const DUE: Statement = {
  name: 'customer_reports_due',
  text: `SELECT r.id, r.charge_point_id AS "chargePointId" FROM customer_reports r
          WHERE r.due_at <= $1 ORDER BY r.due_at LIMIT $2`,
};
// Plan: customer_reports_with_content, a partial index that holds few.
const FORGET: Statement = {
  name: 'customer_reports_forget',
  text: `UPDATE customer_reports SET content = NULL WHERE content IS NOT NULL AND created_at <= $1`,
};
// A deleted charge point has no door any more through which they could end. Plan: customer_reports_due.
const CLOSE_ORPHANS: Statement = {
  name: 'customer_reports_close_orphans',
  text: `UPDATE customer_reports r SET status = 'timed_out', content = NULL, due_at = NULL, completed_at = $1
          WHERE r.due_at <= $1 AND NOT EXISTS (SELECT FROM charge_points c WHERE c.id = r.charge_point_id)`,
};
export const dueReports = (db: Tx, now: Date, limit: number): Promise<{ id: string; chargePointId: string }[]> =>
  db.rows(DUE, [now, limit]);
/** Content of what was asked for before. */
export async function forgetContent(db: Tx, before: Date): Promise<void> {
  await db.rows(FORGET, [before]);
}
export async function closeOrphans(db: Tx, now: Date): Promise<void> {
  await db.rows(CLOSE_ORPHANS, [now]);
}

// ------------------------------------------------------------------------------------------------------------------- REST

/** Without what was told. */
export type ReportView = Omit<ReportRow, 'content'> & { readonly chargePointId: string; readonly held: boolean };

const VIEW = `${SHOWN}, r.charge_point_id AS "chargePointId", r.content IS NOT NULL AS held`;
const GET: Statement = {
  name: 'customer_reports_get',
  text: `SELECT ${VIEW} FROM customer_reports r WHERE r.organization_id = $1 AND r.id = $2`,
};
// Plan: customer_reports_charge_point_id_id_idx backwards from the cursor.
const LIST: Statement = {
  name: 'customer_reports_list',
  text: `SELECT ${VIEW} FROM customer_reports r
          WHERE r.organization_id = $1 AND r.charge_point_id = $2 AND r.id < COALESCE($3::text, 'zzzz')
          ORDER BY r.id DESC LIMIT $4`,
};
// Plan: the primary key of local_list_entries.
const ON_LIST: Statement = {
  name: 'customer_reports_on_local_list',
  text: `SELECT EXISTS (SELECT FROM local_list_entries e WHERE e.charge_point_id = $1 AND e.uid_key = $2) AS held`,
};

type Db = Pick<Database, 'rows'>;
export async function reportById(db: Db, organizationId: string, id: string): Promise<ReportView | undefined> {
  return (await db.rows<ReportView>(GET, [organizationId, id]))[0];
}
/** Newest first; up to `limit` + 1 of them. */
export const listReports = (
  db: Db,
  where: { readonly organizationId: string; readonly chargePointId: string },
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<ReportView[]> =>
  db.rows<ReportView>(LIST, [where.organizationId, where.chargePointId, page.after ?? null, page.limit + 1]);
/** Whether this server has put the token on the local list of the station, which clearing does not touch. */
export async function isOnLocalList(db: Db, chargePointId: string, uidKey: string): Promise<boolean> {
  return (await db.rows<{ held: boolean }>(ON_LIST, [chargePointId, uidKey]))[0]?.held ?? false;
}
