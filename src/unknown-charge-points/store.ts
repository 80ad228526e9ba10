/** Chargers that knocked and were refused: one row per identity and reason, never more than a bounded number of rows. */
import type { Database, Statement, Tx } from '../database/contract.ts';

export type Refused = {
  readonly identity: string;
  readonly reason: string;
  /** Undefined: the identity is not registered. */
  readonly chargePointId: string | undefined;
  readonly organizationId: string | undefined;
  readonly remoteAddress: string;
  readonly protocols: string;
  readonly userAgent: string;
  /** What it said of itself; '': nothing. */
  readonly vendor: string;
  readonly model: string;
  readonly serialNumber: string;
  readonly firmwareVersion: string;
  readonly count: number;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
};

// Who is not registered belongs to the oldest organization: whoever runs the installation.
const UPSERT: Statement = {
  name: 'unknown_charge_points_upsert',
  text: `INSERT INTO unknown_charge_points AS t
           (identity, reason, charge_point_id, organization_id, remote_address, protocols, user_agent, count, first_seen_at,
            last_seen_at, vendor, model, serial_number, firmware_version)
         SELECT v.identity, v.reason, v.charge_point_id, coalesce(v.organization_id, oldest.id), v.remote_address, v.protocols,
                v.user_agent, v.count, v.first_seen_at, v.last_seen_at, v.vendor, v.model, v.serial_number, v.firmware_version
           FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int8[],
                       $9::timestamptz[], $10::timestamptz[], $11::text[], $12::text[], $13::text[], $14::text[])
             AS v(identity, reason, charge_point_id, organization_id, remote_address, protocols, user_agent, count,
                  first_seen_at, last_seen_at, vendor, model, serial_number, firmware_version)
           LEFT JOIN LATERAL (SELECT id FROM organizations ORDER BY created_at, id LIMIT 1) oldest ON true
          WHERE coalesce(v.organization_id, oldest.id) IS NOT NULL
          ORDER BY v.identity, v.reason
         ON CONFLICT (identity, reason) DO UPDATE SET
           charge_point_id = excluded.charge_point_id, organization_id = excluded.organization_id,
           remote_address = excluded.remote_address, protocols = excluded.protocols, user_agent = excluded.user_agent,
           vendor = coalesce(nullif(excluded.vendor, ''), t.vendor), model = coalesce(nullif(excluded.model, ''), t.model),
           serial_number = coalesce(nullif(excluded.serial_number, ''), t.serial_number),
           firmware_version = coalesce(nullif(excluded.firmware_version, ''), t.firmware_version),
           count = t.count + excluded.count, last_seen_at = greatest(t.last_seen_at, excluded.last_seen_at)
         RETURNING (xmax = 0) AS "isNew"`,
};

// Strangers go first: a scanner must not push out what is known of registered chargers.
const TRIM: Statement = {
  name: 'unknown_charge_points_trim',
  text: `DELETE FROM unknown_charge_points t
          USING (SELECT identity, reason FROM unknown_charge_points
                  ORDER BY (charge_point_id IS NOT NULL) DESC, last_seen_at DESC, identity, reason
                 OFFSET $1) surplus
          WHERE t.identity = surplus.identity AND t.reason = surplus.reason`,
};

/** At most one entry per identity and reason. Returns how many rows are new. */
export async function upsertRefused(db: Pick<Database, 'rows'>, refused: readonly Refused[]): Promise<number> {
  const rows = await db.rows<{ isNew: boolean }>(UPSERT, [
    refused.map((each) => each.identity),
    refused.map((each) => each.reason),
    refused.map((each) => each.chargePointId ?? null),
    refused.map((each) => each.organizationId ?? null),
    refused.map((each) => each.remoteAddress),
    refused.map((each) => each.protocols),
    refused.map((each) => each.userAgent),
    refused.map((each) => each.count),
    refused.map((each) => each.firstSeenAt),
    refused.map((each) => each.lastSeenAt),
    refused.map((each) => each.vendor),
    refused.map((each) => each.model),
    refused.map((each) => each.serialNumber),
    refused.map((each) => each.firmwareVersion),
  ]);
  return rows.filter((row) => row.isNew).length;
}

export async function trimRefused(db: Pick<Database, 'rows'>, maxRows: number): Promise<void> {
  await db.rows(TRIM, [maxRows]);
}

export type UnknownChargePointRow = {
  readonly identity: string;
  readonly reason: string;
  readonly chargePointId: string | null;
  readonly remoteAddress: string;
  readonly protocols: string;
  readonly userAgent: string;
  /** What it said of itself; '': nothing. */
  readonly vendor: string;
  readonly model: string;
  readonly serialNumber: string;
  readonly firmwareVersion: string;
  readonly count: number;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
};
export type UnknownChargePointKey = { readonly lastSeenAt: Date; readonly identity: string; readonly reason: string };
export type UnknownChargePointQuery = {
  readonly organizationId: string;
  readonly reason?: string | undefined;
  /** The last row of the page before. */
  readonly after?: UnknownChargePointKey | undefined;
  readonly limit: number;
};

// Plan: index (organization_id, last_seen_at DESC), from the cursor on; ties are sorted.
const LIST: Statement = {
  name: 'unknown_charge_points_list',
  text: `SELECT identity, reason, charge_point_id AS "chargePointId", remote_address AS "remoteAddress", protocols,
                user_agent AS "userAgent", vendor, model, serial_number AS "serialNumber",
                firmware_version AS "firmwareVersion", count, first_seen_at AS "firstSeenAt", last_seen_at AS "lastSeenAt"
           FROM unknown_charge_points
          WHERE organization_id = $1 AND ($2::text IS NULL OR reason = $2)
            AND ($3::timestamptz IS NULL OR last_seen_at < $3
                 OR (last_seen_at = $3 AND (identity, reason) > ($4::text, $5::text)))
          ORDER BY last_seen_at DESC, identity, reason
          LIMIT $6`,
};

/** Last seen first; one row more than `limit` when there are more. */
export async function listUnknownChargePoints(
  db: Pick<Database, 'rows'>,
  { organizationId, reason, after, limit }: UnknownChargePointQuery,
): Promise<UnknownChargePointRow[]> {
  return db.rows<UnknownChargePointRow>(LIST, [
    organizationId,
    reason ?? null,
    after?.lastSeenAt ?? null,
    after?.identity ?? null,
    after?.reason ?? null,
    limit + 1,
  ]);
}

const FORGET: Statement = {
  name: 'unknown_charge_points_forget',
  text: `DELETE FROM unknown_charge_points WHERE identity = $1 AND charge_point_id IS NULL`,
};

/** The identity is registered now: it is no stranger any more. */
export async function forgetStranger(tx: Tx, identity: string): Promise<void> {
  await tx.rows(FORGET, [identity]);
}
