/** Rows of command_bulks and their members, and which charge points a filter matches. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import { storableJson } from './storable-json.ts';
import type { CommandStatus, Protocol } from './types.ts';

export type BulkFilter = {
  readonly siteId?: string | undefined;
  readonly vendor?: string | undefined;
  readonly model?: string | undefined;
  readonly firmwareVersion?: string | undefined;
  readonly protocol?: Protocol | undefined;
  readonly connected?: boolean | undefined;
  readonly chargePointIds?: readonly string[] | undefined;
};
export type BulkTarget = {
  readonly id: string;
  readonly identity: string;
  readonly protocol: Protocol | null;
  readonly connected: boolean;
};

const TARGET = `c.id, c.identity, s.protocol, coalesce(s.connected, false) AS connected`;
// What the charger says of itself goes before what people wrote down. Plan: charge_points_organization_id_id_idx, filtered.
const MATCH: Statement = {
  name: 'command_bulk_match',
  text: `SELECT ${TARGET} FROM charge_points c LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
          WHERE c.organization_id = $1 AND c.lifecycle <> 'decommissioned'
            AND ($2::text IS NULL OR c.site_id = $2)
            AND ($3::text IS NULL OR lower(coalesce(s.reported_vendor, c.vendor)) = lower($3))
            AND ($4::text IS NULL OR lower(coalesce(s.reported_model, c.model)) = lower($4))
            AND ($5::text IS NULL OR s.firmware_version = $5)
            AND ($6::text IS NULL OR s.protocol = $6)
            AND ($7::bool IS NULL OR coalesce(s.connected, false) = $7)
            AND ($8::text[] IS NULL OR c.id = ANY($8))
          ORDER BY c.id LIMIT $9`,
};
const TARGETS: Statement = {
  name: 'command_bulk_targets',
  text: `SELECT ${TARGET} FROM charge_points c LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
          WHERE c.organization_id = $1 AND c.id = ANY($2::text[])`,
};
const INSERT: Statement = {
  name: 'command_bulk_insert',
  text: `INSERT INTO command_bulks (id, organization_id, request, requested_by, timeout_s, expires_at, matched, created_at, trace_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
};
const INSERT_MEMBERS: Statement = {
  name: 'command_bulk_insert_members',
  text: `INSERT INTO command_bulk_members (bulk_id, charge_point_id, command_id)
         SELECT $1, * FROM unnest($2::text[], $3::text[])`,
};
// Plan: the partial index of pending members. A lease that ran out belongs to a process that died with it, as does one that a clock made which
// was hours ahead: all are as long as this one.
const CLAIM = (limit: number): Statement => ({
  name: `command_bulk_claim_${limit}`,
  text: `WITH due AS (
           SELECT bulk_id, charge_point_id FROM command_bulk_members
            WHERE state = 'pending'
              AND (leased_until IS NULL OR leased_until < $1 OR leased_until > $2::timestamptz + interval '5 minutes')
            ORDER BY bulk_id LIMIT ${limit} FOR UPDATE SKIP LOCKED)
         UPDATE command_bulk_members m SET leased_until = $2 FROM due
          WHERE m.bulk_id = due.bulk_id AND m.charge_point_id = due.charge_point_id
      RETURNING m.bulk_id AS "bulkId", m.charge_point_id AS "chargePointId", m.command_id AS "commandId"`,
});
const BULKS: Statement = {
  name: 'command_bulk_read',
  text: `SELECT id, organization_id AS "organizationId", request, requested_by AS "requestedBy", timeout_s AS "timeoutS",
                expires_at AS "expiresAt", matched, created_at AS "createdAt", trace_id AS "traceId"
           FROM command_bulks WHERE id = ANY($1::text[])`,
};
// Plan: commands_pkey.
const ISSUED: Statement = {
  name: 'command_bulk_issued',
  text: 'SELECT id FROM commands WHERE id = ANY($1::text[])',
};
const SETTLE: Statement = {
  name: 'command_bulk_settle',
  text: `UPDATE command_bulk_members m SET state = v.state, code = v.code, message = v.message, leased_until = NULL
           FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS v(bulk, id, state, code, message)
          WHERE m.bulk_id = v.bulk AND m.charge_point_id = v.id`,
};
const FREE: Statement = {
  name: 'command_bulk_free',
  text: `UPDATE command_bulk_members m SET leased_until = NULL
           FROM unnest($1::text[], $2::text[]) AS v(bulk, id)
          WHERE m.bulk_id = v.bulk AND m.charge_point_id = v.id AND m.state = 'pending'`,
};
const OUTCOME = `CASE m.state WHEN 'issued' THEN coalesce(c.status, 'queued') ELSE m.state END`;
// Plan: the primary key's range of one bulk (10,000 at most), each with its command by primary key.
const COUNTS: Statement = {
  name: 'command_bulk_counts',
  text: `SELECT ${OUTCOME} AS status, count(*)::int4 AS count
           FROM command_bulk_members m LEFT JOIN commands c ON c.id = m.command_id WHERE m.bulk_id = $1 GROUP BY 1`,
};
const MEMBERS: Statement = {
  name: 'command_bulk_members',
  text: `SELECT m.charge_point_id AS "chargePointId", p.identity, m.state, CASE m.state WHEN 'issued' THEN m.command_id END AS "commandId",
                ${OUTCOME} AS status, coalesce(m.code, c.error->>'code') AS code, coalesce(m.message, c.error->>'message') AS message
           FROM command_bulk_members m
           LEFT JOIN commands c ON c.id = m.command_id
           LEFT JOIN charge_points p ON p.id = m.charge_point_id
          WHERE m.bulk_id = $1 AND m.charge_point_id > coalesce($2, '') AND ($3::text[] IS NULL OR ${OUTCOME} = ANY($3))
          ORDER BY m.charge_point_id LIMIT $4`,
};

type Rows = Pick<Database, 'rows'>;

export const matchTargets = (db: Rows, organizationId: string, by: BulkFilter, limit: number): Promise<BulkTarget[]> =>
  db.rows<BulkTarget>(MATCH, [
    organizationId,
    by.siteId ?? null,
    by.vendor ?? null,
    by.model ?? null,
    by.firmwareVersion ?? null,
    by.protocol ?? null,
    by.connected ?? null,
    by.chargePointIds ?? null,
    limit,
  ]);

export const targetsOf = (db: Rows, organizationId: string, ids: readonly string[]): Promise<BulkTarget[]> =>
  db.rows<BulkTarget>(TARGETS, [organizationId, ids]);

export type StoredBulk = {
  readonly id: string;
  readonly organizationId: string;
  readonly request: unknown;
  readonly requestedBy: string;
  readonly timeoutS: number;
  readonly expiresAt: Date | null;
  readonly matched: number;
  readonly createdAt: Date;
  /** Of the request that asked for it; null: of one before these were kept. */
  readonly traceId: string | null;
};

export async function insertBulk(
  db: Pick<Database, 'transaction'>,
  bulk: StoredBulk,
  members: readonly { readonly chargePointId: string; readonly commandId: string }[],
): Promise<void> {
  await db.transaction(async (tx: Tx) => {
    await tx.rows(INSERT, [
      ...[bulk.id, bulk.organizationId, storableJson(bulk.request), bulk.requestedBy, bulk.timeoutS],
      ...[bulk.expiresAt, bulk.matched, bulk.createdAt, bulk.traceId],
    ]);
    const ids = members.map(({ chargePointId }) => chargePointId);
    await tx.rows(INSERT_MEMBERS, [bulk.id, ids, members.map(({ commandId }) => commandId)]);
  });
}

export type ClaimedMember = { readonly bulkId: string; readonly chargePointId: string; readonly commandId: string };
export const claimMembers = (db: Rows, now: Date, until: Date, limit: number): Promise<ClaimedMember[]> =>
  db.rows<ClaimedMember>(CLAIM(limit), [now, until]);

export const bulksById = (db: Rows, ids: readonly string[]): Promise<StoredBulk[]> => db.rows<StoredBulk>(BULKS, [ids]);

/** Those of these commands that are there. */
export async function issuedAmong(db: Rows, commandIds: readonly string[]): Promise<Set<string>> {
  if (commandIds.length === 0) return new Set();
  return new Set((await db.rows<{ id: string }>(ISSUED, [commandIds])).map(({ id }) => id));
}

/** `fault`: why it was refused; undefined: its command is queued. */
export type Settled = ClaimedMember & { readonly fault: { code: string; message: string } | undefined };
export async function settleMembers(db: Rows, settled: readonly Settled[]): Promise<void> {
  if (settled.length === 0) return;
  await db.rows(SETTLE, [
    settled.map(({ bulkId }) => bulkId),
    settled.map(({ chargePointId }) => chargePointId),
    settled.map(({ fault }) => (fault === undefined ? 'issued' : 'refused')),
    settled.map(({ fault }) => fault?.code ?? null),
    settled.map(({ fault }) => fault?.message.slice(0, 500) ?? null),
  ]);
}
export async function freeMembers(db: Rows, members: readonly ClaimedMember[]): Promise<void> {
  if (members.length === 0) return;
  await db.rows(FREE, [members.map(({ bulkId }) => bulkId), members.map(({ chargePointId }) => chargePointId)]);
}

export type MemberStatus = CommandStatus | 'pending' | 'refused';
export type BulkMember = {
  readonly chargePointId: string;
  /** null: the charge point was deleted. */
  readonly identity: string | null;
  readonly commandId: string | null;
  readonly status: MemberStatus;
  readonly code: string | null;
  readonly message: string | null;
};
export const countMembers = (db: Rows, bulkId: string): Promise<{ status: MemberStatus; count: number }[]> =>
  db.rows(COUNTS, [bulkId]);
export const listMembers = (
  db: Rows,
  bulkId: string,
  statuses: readonly MemberStatus[] | undefined,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<BulkMember[]> =>
  db.rows<BulkMember>(MEMBERS, [bulkId, page.after ?? null, statuses ?? null, page.limit + 1]);
