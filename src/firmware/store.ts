/** All SQL of the firmware room. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { FirmwareInput } from '../ingest/inputs.ts';
import { redactUrls } from '../platform/transfer-url.ts';
import type { FirmwareKind, FirmwareRow, FirmwareState } from './types.ts';

const BIRTH = [
  ['id', 'id', 'text'],
  ['kind', 'kind', 'text'],
  ['requestId', 'request_id', 'int4'],
  ['commandId', 'command_id', 'text'],
  ['location', 'location', 'text'],
  ['checksum', 'checksum', 'text'],
  ['signed', 'signed', 'bool'],
  ['createdAt', 'created_at', 'timestamptz'],
] as const;
const LIFE = [
  ['outcome', 'outcome', 'text'],
  ['answer', 'answer', 'text'],
  ['status', 'status', 'text'],
  ['statusAt', 'status_at', 'timestamptz'],
  ['statuses', 'statuses', 'jsonb'],
  ['locations', 'locations', 'jsonb'],
  ['publishedAt', 'published_at', 'timestamptz'],
  ['unpublishedAt', 'unpublished_at', 'timestamptz'],
  ['updatedAt', 'updated_at', 'timestamptz'],
] as const;
const COLUMNS = [...BIRTH, ...LIFE];
const FIELDS = COLUMNS.map(([field, column]) => `f.${column} AS "${field}"`).join(', ');

/** Whoever held the charge point before is told nothing more of it (docs/handover.md). */
const OF_NOW = 'f.organization_id = (SELECT c.organization_id FROM charge_points c WHERE c.id = f.charge_point_id)';
// Plan: firmware_requests_charge_point_id_kind_id_idx from its new end, once per kind; the index of request ids; the partial index
// of what is published; the index of commands.
const LOAD: Statement = {
  name: 'firmware_load',
  text: `WITH wanted AS (
           SELECT newest.id FROM unnest($1::text[]) AS asked(cp), unnest(ARRAY['update', 'publish']) AS kinds(kind),
                  LATERAL (SELECT f.id FROM firmware_requests f WHERE f.charge_point_id = asked.cp AND f.kind = kinds.kind
                            ORDER BY f.id DESC LIMIT 1) newest
           UNION SELECT newest.id FROM unnest($1::text[], $2::int4[]) AS asked(cp, request_id),
                  LATERAL (SELECT f.id FROM firmware_requests f
                            WHERE f.charge_point_id = asked.cp AND f.request_id = asked.request_id
                            ORDER BY f.id DESC LIMIT 2) newest
           UNION SELECT f.id FROM firmware_requests f
                  WHERE f.charge_point_id = ANY($1::text[]) AND f.published_at IS NOT NULL AND f.unpublished_at IS NULL
           UNION SELECT f.id FROM firmware_requests f WHERE f.command_id = ANY($3::text[]))
         SELECT f.charge_point_id AS "chargePointId", ${FIELDS}
           FROM wanted JOIN firmware_requests f USING (id) WHERE f.charge_point_id = ANY($1::text[]) AND ${OF_NOW}`,
};

const SAVE: Statement = {
  name: 'firmware_save',
  text: `INSERT INTO firmware_requests (organization_id, charge_point_id, ${COLUMNS.map(([, column]) => column).join(', ')})
         SELECT * FROM unnest($1::text[], $2::text[], ${COLUMNS.map(([, , type], i) => `$${i + 3}::${type}[]`).join(', ')})
         ON CONFLICT (id) DO UPDATE SET ${LIFE.map(([, column]) => `${column} = excluded.${column}`).join(', ')}`,
};

export async function loadFirmware(tx: Tx, inputs: readonly FirmwareInput[]): Promise<Map<string, FirmwareState>> {
  const rows = await tx.rows<FirmwareRow & { chargePointId: string }>(LOAD, [
    inputs.map(({ chargePointId }) => chargePointId),
    inputs.map((input) => (input.type === 'status_reported' ? (input.requestId ?? null) : null)),
    inputs.flatMap((input) => (input.type === 'command_ended' ? [input.command.id] : [])),
  ]);
  const found = new Map(inputs.map(({ chargePointId }) => [chargePointId, new Map<string, FirmwareRow>()]));
  for (const { chargePointId, ...row } of rows) found.get(chargePointId)?.set(row.id, row);
  return new Map([...found].map(([id, byId]) => [id, { rows: byId }]));
}

type Change = { readonly root: Root; readonly before: FirmwareState; readonly after: FirmwareState };

export async function saveFirmware(tx: Tx, changes: readonly Change[]): Promise<void> {
  const changed = changes.flatMap(({ root, before, after }) =>
    [...after.rows.values()].filter((row) => before.rows.get(row.id) !== row).map((row) => ({ root, row })),
  );
  if (changed.length === 0) return;
  await tx.rows(SAVE, [
    changed.map(({ root }) => root.organizationId),
    changed.map(({ root }) => root.chargePointId),
    ...COLUMNS.map(([field]) => changed.map(({ row }) => stored(row, field))),
  ]);
}

/** Credentials that a location carries are the command's business, and are not kept here. */
function stored(row: FirmwareRow, field: (typeof COLUMNS)[number][0]): unknown {
  if (field === 'location') return row.location === null ? null : redactUrls(row.location);
  if (field === 'locations') return JSON.stringify(row.locations.map(redactUrls));
  return field === 'statuses' ? JSON.stringify(row.statuses) : row[field];
}

// Plan: firmware_requests_charge_point_id_kind_id_idx, or _charge_point_id_id_idx, backwards from the cursor.
const LIST: Statement = {
  name: 'firmware_list',
  text: `SELECT ${FIELDS} FROM firmware_requests f
          WHERE f.organization_id = $1 AND f.charge_point_id = $2 AND f.id < COALESCE($3::text, 'zzzz')
            AND ($4::text IS NULL OR f.kind = $4)
            AND ($5::bool IS NULL OR (f.published_at IS NOT NULL AND f.unpublished_at IS NULL) = $5)
          ORDER BY f.id DESC LIMIT $6`,
};

/** Newest first; up to `limit` + 1 of them. */
export const listFirmware = (
  db: Pick<Database, 'rows'>,
  query: {
    readonly organizationId: string;
    readonly chargePointId: string;
    readonly kind: FirmwareKind | undefined;
    readonly published: boolean | undefined;
  },
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<FirmwareRow[]> =>
  db.rows<FirmwareRow>(LIST, [
    query.organizationId,
    query.chargePointId,
    page.after ?? null,
    query.kind ?? null,
    query.published ?? null,
    page.limit + 1,
  ]);
