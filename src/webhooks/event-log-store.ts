/**
 * Reads the log of events in the order (tx, id). Below the oldest running transaction nothing can be inserted any more, so
 * whoever reads on from there misses nothing, however late a slower transaction commits.
 */
import type { Database, Statement } from '../database/contract.ts';
import { firstIdAt } from '../platform/ids.ts';

type Db = Pick<Database, 'rows'>;

/** A place between two events. `minId`: the place itself is unknown, and only events with a greater id come after it. */
export type Position = { readonly tx: number; readonly id: string; readonly minId?: string };
export const BEGINNING: Position = { tx: -1, id: '' };
const END: Position = { tx: Number.MAX_SAFE_INTEGER, id: '' };

export const later = (a: Position, b: Position): Position => (isAfter(a, b) ? a : b);
export const isAfter = (a: Position, b: Position): boolean => a.tx > b.tx || (a.tx === b.tx && a.id > b.id);

export type LoggedEvent = {
  readonly id: string;
  readonly type: string;
  readonly chargePointId: string | null;
  readonly siteId: string | null;
  readonly tx: number;
  readonly createdAt: Date;
  /** Of the message or request that it came of. */
  readonly traceId: string | null;
  /** Exactly what is delivered. */
  readonly body: string;
};

export type EventFilter = {
  readonly types?: readonly string[] | undefined;
  readonly chargePointId?: string | undefined;
  readonly siteId?: string | undefined;
  /** Only in pages, not in the stream. */
  readonly traceId?: string | undefined;
};
export type LogPage = {
  readonly events: readonly LoggedEvent[];
  /** Everything before it is settled: nothing will ever be inserted there. */
  readonly settled: Position;
};

/**
 * What is older than this is shown even above the oldest running transaction: some other database of the cluster may keep one
 * open for hours, ours take seconds; and the numbers of a restored database are another cluster's. The age is by the clock of
 * the process that wrote it: while one's is behind the database's by more than this (scripts/doctor looks), what it writes counts
 * as settled at once, and its reader misses what a slower transaction commits before it. One that is ahead only holds up the rest.
 */
export const SETTLED_AFTER_S = 600;

const columns = `e.id, e.type, e.charge_point_id AS "chargePointId", e.site_id AS "siteId", e.tx, e.created_at AS "createdAt", e.body,
                 e.trace_id AS "traceId"`;
const horizon = `SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin,
                        clock_timestamp() - interval '${SETTLED_AFTER_S} seconds' AS settled_before`;

/**
 * Of a page only what comes before the first that is not settled: else a reader would go on behind one that it is shown later, as
 * times need not rise with the numbers. What stands before the page does not matter, as its reader is behind that already.
 */
const SETTLED = 'bool_and(e.tx < h.xmin OR e.created_at < h.settled_before) OVER (ORDER BY e.tx, e.id) AS settled';
const settledOf = (ordered: string): string => `SELECT * FROM (${ordered}) e WHERE e.settled`;

/** Where a page looks. OFFSET 0 keeps the planner from walking the whole log in its order instead. */
const SOURCES = {
  organization: 'domain_events',
  charge_point: '(SELECT * FROM domain_events WHERE charge_point_id = $9 OFFSET 0)',
  trace: '(SELECT * FROM domain_events WHERE trace_id = $11::text::uuid OFFSET 0)',
} as const;

/**
 * Plans: by organization domain_events_organization_id_tx_id_idx from the position on, no sort; by charge point
 * domain_events_charge_point_id_sequence_idx and a sort of that one's events; by trace domain_events_trace_id_idx and a sort of its few.
 */
const page = (order: 'asc' | 'desc', by: keyof typeof SOURCES): Statement => {
  const ordered = `
    SELECT ${columns}${order === 'asc' ? `, ${SETTLED}` : ''}
      FROM ${SOURCES[by]} e
     WHERE e.organization_id = $1 AND NOT e.is_test AND (e.tx, e.id) ${order === 'asc' ? '>' : '<'} ($2::int8, $3)
       AND ${order === 'asc' ? 'e.id > $4' : `($4 = '' OR e.id < $4)`}
       AND ($5::text[] IS NULL OR e.type = ANY($5)) AND ($6::text IS NULL OR e.site_id = $6)
       AND ($7::timestamptz IS NULL OR e.created_at >= $7) AND ($8::timestamptz IS NULL OR e.created_at < $8)
       ${by === 'trace' ? 'AND ($9::text IS NULL OR e.charge_point_id = $9)' : 'AND $11::text IS NULL'}
       ${by === 'organization' ? 'AND $9::text IS NULL' : ''}
     ORDER BY e.tx ${order}, e.id ${order} LIMIT $10`;
  return {
    name: `webhooks_log_${order}_by_${by}`,
    text: `
  SELECT h.xmin, e.* FROM (${horizon}) h LEFT JOIN LATERAL (${order === 'asc' ? settledOf(ordered) : ordered}) e ON true
   ORDER BY e.tx ${order}, e.id ${order}`,
  };
};
const pages = {
  asc: {
    organization: page('asc', 'organization'),
    charge_point: page('asc', 'charge_point'),
    trace: page('asc', 'trace'),
  },
  desc: {
    organization: page('desc', 'organization'),
    charge_point: page('desc', 'charge_point'),
    trace: page('desc', 'trace'),
  },
};

/** Plan: the same index once per organization. */
const FOLLOW: Statement = {
  name: 'webhooks_log_follow',
  text: `
  SELECT h.xmin, o.organization_id AS "organizationId", e.*
    FROM (${horizon}) h CROSS JOIN unnest($1::text[], $2::int8[], $3::text[]) AS o(organization_id, tx, id)
    LEFT JOIN LATERAL (${settledOf(`
      SELECT ${columns}, ${SETTLED} FROM domain_events e
       WHERE e.organization_id = o.organization_id AND NOT e.is_test AND (e.tx, e.id) > (o.tx, o.id)
       ORDER BY e.tx, e.id LIMIT $4`)}) e ON true
   ORDER BY o.organization_id, e.tx, e.id`,
};

const NOW: Statement = { name: 'webhooks_log_now', text: horizon };

/** Plan: domain_events_pkey. `known`: its number is of this cluster. */
const PLACE: Statement = {
  name: 'webhooks_log_place',
  text: `SELECT e.tx, e.tx < pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS known
           FROM domain_events e WHERE e.organization_id = $1 AND e.id = $2`,
};
/** Plan: domain_events_organization_id_id_idx, one row. */
const LAST_BELOW: Statement = {
  name: 'webhooks_log_last_below',
  text: 'SELECT tx, id FROM domain_events WHERE organization_id = $1 AND id < $2 ORDER BY id DESC LIMIT 1',
};
const FIRST_FROM: Statement = {
  name: 'webhooks_log_first_from',
  text: 'SELECT tx, id FROM domain_events WHERE organization_id = $1 AND id >= $2 ORDER BY id LIMIT 1',
};
/** Plan: domain_events_organization_id_tx_id_idx, backwards, one row. */
const HEAD: Statement = {
  name: 'webhooks_log_head',
  text: 'SELECT tx, id FROM domain_events WHERE organization_id = $1 AND tx < $2 ORDER BY tx DESC, id DESC LIMIT 1',
};

/** Numbers of another cluster, above all of this one. Plan: the same index, an empty range where there are none. */
const FOREIGN: Statement = {
  name: 'webhooks_log_foreign',
  text: `SELECT o.id AS "organizationId", f.id AS "lastId" FROM organizations o CROSS JOIN LATERAL (
           SELECT max(e.id) AS id FROM domain_events e
            WHERE e.organization_id = o.id AND e.tx >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint) f
          WHERE f.id IS NOT NULL`,
};
const SETTLE: Statement = {
  name: 'webhooks_log_settle',
  text: `UPDATE domain_events SET tx = 0 WHERE id IN (
           SELECT id FROM domain_events WHERE organization_id = $1 AND id <= $2 AND tx > 0 LIMIT $3) RETURNING 1 AS one`,
};

type Row = { readonly xmin: number } & { readonly [K in keyof LoggedEvent]: LoggedEvent[K] | null };
const isEvent = <R extends Row>(row: R): row is R & LoggedEvent => row.id !== null;
const settledAt = (xmin: number | undefined): Position => ({ tx: xmin ?? -1, id: '' });

export type LogQuery = EventFilter & {
  readonly order: 'asc' | 'desc';
  readonly position: Position | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly limit: number;
};

export async function logPage(db: Db, organizationId: string, query: LogQuery): Promise<LogPage> {
  const {
    order,
    position = order === 'asc' ? BEGINNING : END,
    types,
    siteId,
    from,
    to,
    chargePointId,
    traceId,
    limit,
  } = query;
  const by = traceId !== undefined ? 'trace' : chargePointId !== undefined ? 'charge_point' : 'organization';
  const rows = await db.rows<Row>(pages[order][by], [
    organizationId,
    position.tx,
    position.id,
    position.minId ?? '',
    types ?? null,
    siteId ?? null,
    from ?? null,
    to ?? null,
    chargePointId ?? null,
    limit,
    traceId ?? null,
  ]);
  return { events: rows.filter(isEvent), settled: settledAt(rows[0]?.xmin) };
}

/** For many organizations at once, each from its position on: at most `limit` events of each, in order. */
export async function followLog(
  db: Db,
  positions: ReadonlyMap<string, Position>,
  limit: number,
): Promise<{ readonly settled: Position; readonly events: ReadonlyMap<string, readonly LoggedEvent[]> }> {
  const rows = await db.rows<Row & { readonly organizationId: string }>(FOLLOW, [
    [...positions.keys()],
    [...positions.values()].map(({ tx }) => tx),
    [...positions.values()].map(({ id }) => id),
    limit,
  ]);
  const events = new Map<string, LoggedEvent[]>();
  for (const row of rows.filter(isEvent)) {
    const known = events.get(row.organizationId);
    if (known === undefined) events.set(row.organizationId, [row]);
    else known.push(row);
  }
  return { settled: settledAt(rows[0]?.xmin), events };
}

/** The place behind everything that is settled by now. */
export const endOfLog = async (db: Db): Promise<Position> =>
  settledAt((await db.rows<{ readonly xmin: number }>(NOW, []))[0]?.xmin);

/** The place of that event. One that is gone, or has a number of another cluster, is gone on from by id: ids begin with their time. */
export async function placeOf(db: Db, organizationId: string, eventId: string): Promise<Position> {
  const [row] = await db.rows<{ readonly tx: number; readonly known: boolean }>(PLACE, [organizationId, eventId]);
  return row?.known === true ? { tx: row.tx, id: eventId } : { ...BEGINNING, minId: eventId };
}

/** Further than clocks of nodes differ and than a transaction takes. */
const SLACK_MS = SETTLED_AFTER_S * 1000;
const idAt = (ms: number): string => firstIdAt('evt', new Date(ms));

/** A place before everything that was recorded since then; undefined: the beginning is one. */
export const placeBefore = async (db: Db, organizationId: string, at: Date): Promise<Position | undefined> =>
  (await db.rows<Position>(LAST_BELOW, [organizationId, idAt(at.getTime() - SLACK_MS)]))[0];

/** A place behind everything that was recorded before then; undefined: the end is one. */
export const placeBehind = async (db: Db, organizationId: string, at: Date): Promise<Position | undefined> =>
  (await db.rows<Position>(FIRST_FROM, [organizationId, idAt(at.getTime() + SLACK_MS)]))[0];

/** The last event before `settled`, whatever it is about. */
export const lastBefore = async (db: Db, organizationId: string, settled: Position): Promise<Position | undefined> =>
  (await db.rows<Position>(HEAD, [organizationId, settled.tx]))[0];

/**
 * After a restore into another cluster the numbers of its old one would stand above all new ones for a long time. They are
 * taken away here: what has none comes first, in the order of its ids. In batches; returns how many events it were.
 */
export async function settleForeignEvents(db: Db, batch = 5000): Promise<number> {
  let all = 0;
  for (const { organizationId, lastId } of await db.rows<{ organizationId: string; lastId: string }>(FOREIGN, []))
    for (let changed = batch; changed === batch; all += changed)
      changed = (await db.rows(SETTLE, [organizationId, lastId, batch])).length;
  return all;
}
