/** What REST, the reception of files and the jobs read of uploads. Never on a charger's path of messages. */
import type { Database, Statement } from '../database/contract.ts';
import type { UploadRow } from './types.ts';

export type StoredUpload = UploadRow & { readonly chargePointId: string; readonly removedAt: Date | null };

const select = {
  id: true,
  chargePointId: true,
  kind: true,
  status: true,
  requestId: true,
  commandId: true,
  externalUrl: true,
  tokenHash: true,
  expiresAt: true,
  dueAt: true,
  claim: true,
  claimedUntil: true,
  chargerStatus: true,
  errorCode: true,
  errorMessage: true,
  logFrom: true,
  logTo: true,
  requestedBy: true,
  retries: true,
  retryIntervalS: true,
  fallback: true,
  createdAt: true,
  completedAt: true,
  fileName: true,
  sizeBytes: true,
  sha256: true,
  storedAs: true,
  storedAt: true,
  removedAt: true,
} as const;

// Plan: the unique index of token_hash.
const BY_TOKEN: Statement = {
  name: 'uploads_by_token',
  text: `SELECT id, charge_point_id AS "chargePointId", organization_id AS "organizationId" FROM uploads WHERE token_hash = $1::bytea`,
};
// Plan: uploads_stored, a partial index that holds files that are here.
const USED: Statement = {
  name: 'uploads_used_bytes',
  text: `SELECT coalesce(sum(size_bytes), 0)::int8 AS bytes FROM uploads WHERE stored_as IS NOT NULL`,
};
// Plan: uploads_due, a partial index that holds open uploads only.
const DUE: Statement = {
  name: 'uploads_due',
  text: `SELECT id, charge_point_id AS "chargePointId", organization_id AS "organizationId", fallback FROM uploads WHERE due_at <= $1::timestamptz ORDER BY due_at LIMIT $2`,
};
// A deleted charge point has no door any more through which its uploads could end. Plan: uploads_due.
const CLOSE_ORPHANS: Statement = {
  name: 'uploads_close_orphans',
  text: `UPDATE uploads u SET status = 'timed_out', due_at = NULL, completed_at = $1::timestamptz
          WHERE u.due_at <= $1::timestamptz AND NOT EXISTS (SELECT FROM charge_points p WHERE p.id = u.charge_point_id)`,
};
// Plan: uploads_stored from its old end.
const OLD: Statement = {
  name: 'uploads_old_files',
  text: `SELECT id, stored_as AS "storedAs" FROM uploads
          WHERE stored_as IS NOT NULL AND stored_at < $1::timestamptz ORDER BY stored_at LIMIT $2`,
};
const REMOVED: Statement = {
  name: 'uploads_removed',
  text: `UPDATE uploads SET stored_as = NULL, removed_at = $2::timestamptz WHERE id = ANY($1::text[])`,
};
// Plan: uploads_stored; the folder is read in hundreds.
const KNOWN: Statement = {
  name: 'uploads_known_files',
  text: `SELECT stored_as AS "storedAs" FROM uploads WHERE stored_as IS NOT NULL AND stored_as = ANY($1::text[])`,
};

export type UploadStore = ReturnType<typeof uploadStore>;
export type DueUpload = Meant & { readonly fallback: UploadRow['fallback'] };
type Meant = { readonly id: string; readonly chargePointId: string; readonly organizationId: string };

export function uploadStore(db: Pick<Database, 'prisma' | 'rows'>) {
  const { prisma } = db;
  // Only saveUploads writes this table: its texts are of these types.
  const typed = (row: { sizeBytes: bigint | null }): StoredUpload =>
    ({ ...row, sizeBytes: row.sizeBytes === null ? null : Number(row.sizeBytes) }) as StoredUpload;
  return {
    async find(organizationId: string, id: string): Promise<StoredUpload | undefined> {
      const row = await prisma.upload.findFirst({ where: { id, organizationId }, select });
      return row === null ? undefined : typed(row);
    },
    /** Newest first; up to `limit` + 1 of them. */
    async list(query: {
      readonly organizationId: string;
      readonly chargePointId: string | undefined;
      readonly statuses: readonly string[] | undefined;
      readonly page: { readonly after: string | undefined; readonly limit: number };
    }): Promise<StoredUpload[]> {
      const { organizationId, chargePointId, statuses, page } = query;
      const rows = await prisma.upload.findMany({
        where: {
          organizationId,
          ...(chargePointId !== undefined && { chargePointId }),
          ...(statuses !== undefined && { status: { in: [...statuses] } }),
          ...(page.after !== undefined && { id: { lt: page.after } }),
        },
        orderBy: { id: 'desc' },
        take: page.limit + 1,
        select,
      });
      return rows.map(typed);
    },
    /** The one query without an organization: the token is the credential, and tells whose it is. */
    byToken: async (tokenHash: Uint8Array): Promise<Meant | undefined> =>
      (await db.rows<Meant>(BY_TOKEN, [tokenHash]))[0],
    usedBytes: async (): Promise<number> => (await db.rows<{ bytes: number }>(USED, []))[0]?.bytes ?? 0,
    due: (now: Date, limit: number) => db.rows<DueUpload>(DUE, [now, limit]),
    closeOrphans: async (now: Date): Promise<void> => void (await db.rows(CLOSE_ORPHANS, [now])),
    storedBefore: (before: Date, limit: number) => db.rows<{ id: string; storedAs: string }>(OLD, [before, limit]),
    markRemoved: async (ids: readonly string[], at: Date): Promise<void> => void (await db.rows(REMOVED, [ids, at])),
    async unknownAmong(names: readonly string[]): Promise<string[]> {
      const known = new Set((await db.rows<{ storedAs: string }>(KNOWN, [names])).map(({ storedAs }) => storedAs));
      return names.filter((name) => !known.has(name));
    },
  };
}
