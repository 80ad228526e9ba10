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
  /** Of what it was part of (platform/trace.ts); null: of nothing that is known. */
  readonly traceId: string | null;
};

/**
 * Without waiting for the disk: frames of the last moments may be lost when the database server crashes, and with the flush of
 * every batch they would slow down the commits that chargers wait for.
 */
const APPEND: Statement = {
  name: 'frames_append',
  text: `WITH unhurried AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
         INSERT INTO frames (charge_point_number, at, inbound, message_type, message_id, action, raw, trace_id)
         SELECT n, to_timestamp(at / 1000), i, t, m, a, r, tr
           FROM unhurried, unnest($1::int4[], $2::float8[], $3::bool[], $4::int2[], $5::text[], $6::text[], $7::text[],
                              $8::uuid[])
             AS v(n, at, i, t, m, a, r, tr)`,
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
    frames.map((frame) => frame.traceId),
  ]);
}

/** PostgreSQL's text takes no NUL. */
function storable<T extends string | null>(text: T): string | T {
  return text?.includes('\u0000') === true ? text.replaceAll('\u0000', '\ufffd') : text;
}
