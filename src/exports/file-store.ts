/** Rows of export files: waiting, ready, failed, removed. A claim is a due time that lies ahead; who dies leaves it to pass. */
import type { Database, Statement } from '../database/contract.ts';
import type { ExportFormat } from '../platform/row-text.ts';
import type { Kind } from './schedule-store.ts';

type Rows = Pick<Database, 'rows'>;

export type FileRow = {
  readonly id: string;
  readonly scheduleId: string;
  readonly kind: Kind;
  readonly format: ExportFormat;
  readonly siteId: string | null;
  readonly chargePointId: string | null;
  readonly timezone: string;
  readonly from: Date;
  readonly to: Date;
  readonly status: 'waiting' | 'ready' | 'failed' | 'removed';
  readonly error: string | null;
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
  readonly storedAs: string | null;
  readonly createdAt: Date;
  readonly completedAt: Date | null;
};

const FIELDS = `id, schedule_id AS "scheduleId", kind, format, site_id AS "siteId", charge_point_id AS "chargePointId", timezone,
  from_at AS "from", to_at AS "to", status, error, size_bytes AS "sizeBytes", sha256, stored_as AS "storedAs",
  created_at AS "createdAt", completed_at AS "completedAt"`;

// Plan: export_files_organization_id_id_idx.
const LIST: Statement = {
  name: 'export_files_list',
  text: `SELECT ${FIELDS} FROM export_files
          WHERE organization_id = $1 AND ($2::text IS NULL OR id < $2) AND ($3::text IS NULL OR schedule_id = $3)
          ORDER BY id DESC LIMIT $4`,
};
const GET: Statement = {
  name: 'export_files_get',
  text: `SELECT ${FIELDS} FROM export_files WHERE organization_id = $1 AND id = $2`,
};

export const listFiles = (
  db: Rows,
  organizationId: string,
  scheduleId: string | undefined,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<FileRow[]> =>
  db.rows<FileRow>(LIST, [organizationId, page.after ?? null, scheduleId ?? null, page.limit + 1]);

export const fileById = async (db: Rows, organizationId: string, id: string): Promise<FileRow | undefined> =>
  (await db.rows<FileRow>(GET, [organizationId, id]))[0];

export type Claimed = FileRow & { readonly organizationId: string; readonly attempts: number };

// Plan: export_files_due. One at a time: a file may take minutes.
const CLAIM: Statement = {
  name: 'export_files_claim',
  text: `UPDATE export_files f SET due_at = $2, attempts = attempts + 1
          WHERE f.id = (SELECT id FROM export_files WHERE due_at <= $1 ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING ${FIELDS}, organization_id AS "organizationId", attempts`,
};
// Only who holds the claim may go on: it is named by the number of the attempt.
const HOLD: Statement = {
  name: 'export_files_hold',
  text: `UPDATE export_files SET due_at = $3 WHERE id = $1 AND attempts = $2 AND status = 'waiting' RETURNING id`,
};
const READY: Statement = {
  name: 'export_files_ready',
  text: `UPDATE export_files SET status = 'ready', due_at = NULL, error = NULL, stored_as = $3, size_bytes = $4, sha256 = $5,
                completed_at = $6
          WHERE id = $1 AND attempts = $2 AND status = 'waiting' RETURNING id`,
};
const FAILED: Statement = {
  name: 'export_files_failed',
  text: `UPDATE export_files SET status = CASE WHEN $3::timestamptz IS NULL THEN 'failed' ELSE status END, due_at = $3, error = $4,
                completed_at = CASE WHEN $3::timestamptz IS NULL THEN $5::timestamptz END
          WHERE id = $1 AND attempts = $2 AND status = 'waiting'`,
};

export const claimFile = async (db: Rows, now: Date, until: Date): Promise<Claimed | undefined> =>
  (await db.rows<Claimed>(CLAIM, [now, until]))[0];

type Claim = Pick<Claimed, 'id' | 'attempts'>;

/** False: the claim has passed to another process. */
export const holdFile = async (db: Rows, { id, attempts }: Claim, until: Date): Promise<boolean> =>
  (await db.rows(HOLD, [id, attempts, until])).length > 0;

export const fileReady = async (
  db: Rows,
  { id, attempts }: Claim,
  written: { readonly storedAs: string; readonly sizeBytes: number; readonly sha256: string },
  now: Date,
): Promise<boolean> =>
  (await db.rows(READY, [id, attempts, written.storedAs, written.sizeBytes, written.sha256, now])).length > 0;

/** `retryAt` undefined: it is given up. */
export const fileFailed = (
  db: Rows,
  { id, attempts }: Claim,
  { error, retryAt, now }: { readonly error: string; readonly retryAt: Date | undefined; readonly now: Date },
): Promise<unknown[]> => db.rows(FAILED, [id, attempts, retryAt ?? null, error, now]);

// Plan: export_files_stored.
const OLD: Statement = {
  name: 'export_files_old',
  text: `SELECT id, stored_as AS "storedAs" FROM export_files WHERE stored_as IS NOT NULL AND completed_at < $1
          ORDER BY completed_at LIMIT $2`,
};
const REMOVED: Statement = {
  name: 'export_files_removed',
  text: `UPDATE export_files SET status = 'removed', stored_as = NULL WHERE id = ANY($1::text[])`,
};
const KNOWN: Statement = {
  name: 'export_files_known',
  text: 'SELECT stored_as AS "storedAs" FROM export_files WHERE id = ANY($1::text[]) AND stored_as IS NOT NULL',
};

export const filesBefore = (db: Rows, before: Date, limit: number) =>
  db.rows<{ id: string; storedAs: string }>(OLD, [before, limit]);

export const markRemoved = (db: Rows, ids: readonly string[]): Promise<unknown[]> => db.rows(REMOVED, [ids]);

/** Of these names, those that no row knows. */
export async function unknownAmong(db: Rows, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const ids = names.map((name) => name.slice(0, name.indexOf('.')));
  const known = new Set((await db.rows<{ storedAs: string }>(KNOWN, [ids])).map(({ storedAs }) => storedAs));
  return names.filter((name) => !known.has(name));
}
