/** What REST reads of frames: of one charge point, a span of time, and filters whose work is bounded. */
import type { Database, Statement } from '../database/contract.ts';

type Db = Pick<Database, 'rows'>;

export type FrameRow = {
  readonly at: Date;
  readonly seq: number;
  readonly inbound: boolean;
  readonly messageType: number | null;
  readonly messageId: string | null;
  readonly action: string | null;
  readonly raw: string;
  readonly traceId: string | null;
};
export type FrameKey = { readonly at: Date; readonly seq: number };
export type FrameFilter = {
  readonly action?: string | undefined;
  readonly inbound?: boolean | undefined;
  readonly messageType?: number | undefined;
  /** Anywhere in the message; case does not count. */
  readonly text?: string | undefined;
  readonly traceId?: string | undefined;
};
type Whose = { readonly organizationId: string; readonly chargePointId: string };
export type FrameQuery = Whose &
  FrameFilter & {
    readonly from?: Date | undefined;
    readonly to?: Date | undefined;
    /** Go on behind this frame. */
    readonly after?: FrameKey | undefined;
    readonly limit: number;
  };

/** So many frames one search looks at; then it is for the caller to go on. */
export const MOST_LOOKED_AT = 20_000;

const columns = (raw: string): string => `f.at, f.seq, f.inbound, f.message_type AS "messageType",
  f.message_id AS "messageId", f.action, ${raw} AS raw, f.trace_id AS "traceId"`;
/** Characters of a text in a list or a stream, which have a hundred of them in memory; the export tells all. */
export const MOST_SHOWN = 262_144;
const SHOWN = columns(`left(f.raw, ${MOST_SHOWN})`);
const WHOLE = columns('f.raw');
const OF_CHARGE_POINT = `f.charge_point_number = (SELECT number FROM charge_points WHERE id = $1 AND organization_id = $2)`;
/** The same, or by the number that it had when the organization handed it over: bounded by that time (knownChargePoint). */
const OF_KNOWN = `f.charge_point_number = coalesce((SELECT number FROM charge_points WHERE id = $1 AND organization_id = $2),
            (SELECT h.previous_number FROM handovers h WHERE h.charge_point_id = $1 AND h.organization_id = $2
                AND h.status = 'completed' ORDER BY h.ended_at DESC LIMIT 1))`;
const MATCHES = `($3::text IS NULL OR f.action = $3) AND ($4::bool IS NULL OR f.inbound = $4)
            AND ($5::int2 IS NULL OR f.message_type = $5)
            AND ($6::text IS NULL OR strpos(lower(f.raw), lower($6)) > 0)
            AND ($7::text IS NULL OR f.trace_id = $7::text::uuid)`;

// Plan: primary key of each partition in the span, backwards from its end; it stops after $12 rows, or at the key of WINDOW.
const LIST: Statement = {
  name: 'frames_list',
  text: `SELECT ${SHOWN} FROM frames f
          WHERE ${OF_KNOWN} AND ${MATCHES}
            AND f.at >= $8::timestamptz AND f.at < $9::timestamptz
            AND ($10::timestamptz IS NULL OR (f.at, f.seq) < ($10::timestamptz, $11::int8))
            AND ($13::timestamptz IS NULL OR (f.at, f.seq) >= ($13::timestamptz, $14::int8))
          ORDER BY f.at DESC, f.seq DESC LIMIT $12`,
};

// Plan: the same walk over the index alone. The key of the last frame that a search may look at; none: it may look at all.
const WINDOW: Statement = {
  name: 'frames_search_window',
  text: `SELECT f.at, f.seq FROM frames f
          WHERE ${OF_KNOWN} AND f.at >= $3::timestamptz AND f.at < $4::timestamptz
            AND ($5::timestamptz IS NULL OR (f.at, f.seq) < ($5::timestamptz, $6::int8))
          ORDER BY f.at DESC, f.seq DESC OFFSET ${MOST_LOOKED_AT - 1} LIMIT 1`,
};

// Plan: primary key of each partition in the span, forwards; it stops after $12 rows.
const EXPORT: Statement = {
  name: 'frames_export',
  text: `SELECT ${WHOLE} FROM frames f
          WHERE ${OF_KNOWN} AND ${MATCHES}
            AND f.at >= $8::timestamptz AND f.at < $9::timestamptz
            AND ($10::timestamptz IS NULL OR (f.at, f.seq) > ($10::timestamptz, $11::int8))
          ORDER BY f.at, f.seq LIMIT $12`,
};

// Plan: primary key of the partition of today (two around midnight), the frames of the last minutes; sorted by seq.
const FOLLOW: Statement = {
  name: 'frames_follow',
  text: `SELECT ${SHOWN} FROM frames f
          WHERE ${OF_CHARGE_POINT} AND ${MATCHES} AND f.at >= $8::timestamptz AND f.seq > $9::int8
          ORDER BY f.seq LIMIT $10`,
};
const NEWEST: Statement = {
  name: 'frames_newest',
  text: `SELECT f.seq FROM frames f WHERE ${OF_CHARGE_POINT} AND f.at >= $3::timestamptz ORDER BY f.seq DESC LIMIT 1`,
};

const BEGINNING = new Date(0);
const END = new Date('9999-01-01T00:00:00Z');

const whose = ({ chargePointId, organizationId }: Whose) => [chargePointId, organizationId];
const filterOf = ({ action, inbound, messageType, text, traceId }: FrameFilter) => [
  action ?? null,
  inbound ?? null,
  messageType ?? null,
  text ?? null,
  traceId ?? null,
];
const spanOf = ({ from, to }: FrameQuery) => [from ?? BEGINNING, to ?? END];
const keyOf = (key: FrameKey | undefined) => [key?.at ?? null, key?.seq ?? null];
const isPicky = (filter: FrameFilter): boolean => filterOf(filter).some((each) => each !== null);

/**
 * Newest first, one row more than `limit` when there are more; nothing for a charge point of another organization.
 * `searchedTo`: the search stopped there, however few it found.
 */
export async function listFrames(
  db: Db,
  query: FrameQuery,
): Promise<{ readonly rows: FrameRow[]; readonly searchedTo: FrameKey | undefined }> {
  const rest = [...spanOf(query), ...keyOf(query.after)];
  const window = isPicky(query) ? await db.rows<FrameKey>(WINDOW, [...whose(query), ...rest]) : [];
  const searchedTo = window[0];
  const values = [...whose(query), ...filterOf(query), ...rest, query.limit + 1, ...keyOf(searchedTo)];
  return { rows: await db.rows<FrameRow>(LIST, values), searchedTo };
}

/** Oldest first, at most `limit`. */
export const nextFrames = (db: Db, query: FrameQuery): Promise<FrameRow[]> =>
  db.rows(EXPORT, [...whose(query), ...filterOf(query), ...spanOf(query), ...keyOf(query.after), query.limit]);

/** In the order in which they were kept, at most `limit`. */
export const framesAfter = (
  db: Db,
  query: Whose & FrameFilter & { readonly since: Date; readonly afterSeq: number; readonly limit: number },
): Promise<FrameRow[]> =>
  db.rows(FOLLOW, [...whose(query), ...filterOf(query), query.since, query.afterSeq, query.limit]);

/** 0: none since then. */
export const newestSeq = async (db: Db, of: Whose & { readonly since: Date }): Promise<number> =>
  (await db.rows<{ seq: number }>(NEWEST, [...whose(of), of.since]))[0]?.seq ?? 0;
