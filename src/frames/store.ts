/** The table of frames: written in batches beside the transactions, read for one charge point and a span of time. */
import type { Database, Statement } from '../database/contract.ts';

export type LoggedFrame = {
  readonly chargePointNumber: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly inbound: boolean;
  /** 2 call, 3 result, 4 error, 5 result error, 6 send; null: unreadable */
  readonly messageType: number | null;
  readonly messageId: string | null;
  readonly action: string | null;
  readonly raw: string;
};

/**
 * Without waiting for the disk: frames of the last moments may be lost when the database server crashes, and with the flush of
 * every batch they would slow down the commits that chargers wait for.
 */
const APPEND: Statement = {
  name: 'frames_append',
  text: `WITH unhurried AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
         INSERT INTO frames (charge_point_number, at, inbound, message_type, message_id, action, raw)
         SELECT n, to_timestamp(at / 1000), i, t, m, a, r
           FROM unhurried, unnest($1::int4[], $2::float8[], $3::bool[], $4::int2[], $5::text[], $6::text[], $7::text[])
             AS v(n, at, i, t, m, a, r)`,
};

export async function appendFrames(db: Pick<Database, 'rows'>, frames: readonly LoggedFrame[]): Promise<void> {
  await db.rows(APPEND, [
    frames.map((frame) => frame.chargePointNumber),
    frames.map((frame) => frame.atMs),
    frames.map((frame) => frame.inbound),
    frames.map((frame) => frame.messageType),
    frames.map((frame) => storable(frame.messageId)),
    frames.map((frame) => storable(frame.action)),
    frames.map((frame) => storable(frame.raw)),
  ]);
}

/** PostgreSQL's text takes no NUL. */
function storable<T extends string | null>(text: T): string | T {
  return text?.includes('\u0000') === true ? text.replaceAll('\u0000', '\ufffd') : text;
}

export type FrameRow = {
  readonly at: Date;
  readonly seq: number;
  readonly inbound: boolean;
  readonly messageType: number | null;
  readonly messageId: string | null;
  readonly action: string | null;
  readonly raw: string;
};
export type FrameKey = { readonly at: Date; readonly seq: number };
export type FrameQuery = {
  readonly organizationId: string;
  readonly chargePointId: string;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly action?: string | undefined;
  /** The last row of the page before. */
  readonly after?: FrameKey | undefined;
  readonly limit: number;
};

// Plan: primary key of each partition in the span, backwards from its end; it stops after limit + 1 rows.
const LIST: Statement = {
  name: 'frames_list',
  text: `SELECT f.at, f.seq, f.inbound, f.message_type AS "messageType", f.message_id AS "messageId", f.action, f.raw
           FROM frames f
          WHERE f.charge_point_number = (SELECT number FROM charge_points WHERE id = $1 AND organization_id = $2)
            AND f.at >= $3::timestamptz AND f.at < $4::timestamptz
            AND ($5::text IS NULL OR f.action = $5)
            AND ($6::timestamptz IS NULL OR (f.at, f.seq) < ($6::timestamptz, $7::int8))
          ORDER BY f.at DESC, f.seq DESC
          LIMIT $8`,
};

const BEGINNING = new Date(0);
const END = new Date('9999-01-01T00:00:00Z');

/** Newest first, one row more than `limit` when there are more; nothing for a charge point of another organization. */
export async function listFrames(db: Pick<Database, 'rows'>, query: FrameQuery): Promise<FrameRow[]> {
  const { organizationId, chargePointId, from, to, action, after, limit } = query;
  return db.rows<FrameRow>(LIST, [
    chargePointId,
    organizationId,
    from ?? BEGINNING,
    to ?? END,
    action ?? null,
    after?.at ?? null,
    after?.seq ?? null,
    limit + 1,
  ]);
}
