/** What pricing needs of a recorded session: its readings, what was told of its course, the zone it is priced in. It never writes. */
import type { Database, Statement } from '../database/contract.ts';
import type { Timeline } from '../pricing/index.ts';
import type { Course, Told } from './machine/course.ts';
import { heardUntil, type SampleKey, type SessionView, samplesOf, sessionById } from './read-store.ts';
import { type Leaving, type Reading, timelineOf } from './timeline.ts';

type Needs = Pick<Database, 'rows'>;

const DAY_MS = 86_400_000;
/** Pricing goes from one change of the calendar to the next, and all readings are in memory at once. */
const MOST_DAYS = 31;
const MOST_READINGS = 100_000;
const MOST_TOLD = 10_000;
const PAGE = 10_000;

export type RecordedTimeline =
  | { readonly at: 'found'; readonly timeline: Timeline }
  | { readonly at: 'unknown' }
  | { readonly at: 'too_long'; readonly why: string };

/** Of an open session: until now. */
export async function recordedTimeline(
  db: Needs,
  organizationId: string,
  id: string,
  now: Date,
): Promise<RecordedTimeline> {
  const session = await sessionById(db, organizationId, id);
  if (session === undefined) return { at: 'unknown' };
  const until = session.endedAt ?? new Date(Math.max(now.getTime(), session.startedAt.getTime()));
  const zone = await zoneOf(db, organizationId, session);
  return recordingsOf(db, session, { until, isOpen: false }, zone, now);
}

export type Recordings =
  | { readonly at: 'found'; readonly timeline: Timeline; readonly course: Course }
  | { readonly at: 'too_long'; readonly why: string };

/** `session`: known to be of the caller's organization. `isOpen`: it ends with what was told last. */
export async function recordingsOf(
  db: Needs,
  session: SessionView,
  { until, isOpen }: { readonly until: Date; readonly isOpen: boolean },
  timezone: string,
  now: Date,
): Promise<Recordings> {
  const { startedAt, meterStartWh, energyWh } = session;
  const leaving = await leavingOf(db, session.id);
  const last = leaving.isIdleAfterStop
    ? Math.max(until.getTime(), leaving.unpluggedAt?.getTime() ?? 0)
    : until.getTime();
  if (last - startedAt.getTime() > MOST_DAYS * DAY_MS)
    return { at: 'too_long', why: `it lasts more than ${MOST_DAYS} days` };
  const readings: Reading[] = [];
  for (let after: SampleKey | undefined; ; ) {
    const page = await samplesOf(db, session, { after, limit: PAGE }, now);
    readings.push(...page.slice(0, PAGE));
    if (readings.length > MOST_READINGS) return { at: 'too_long', why: `it has more than ${MOST_READINGS} readings` };
    after = page[PAGE - 1];
    if (page.length <= PAGE) break;
  }
  const reservedFrom = await reservedSince(db, session);
  const told = await toldOf(db, session, until, now);
  if (told.length > MOST_TOLD) return { at: 'too_long', why: `its status changed more than ${MOST_TOLD} times` };
  return {
    at: 'found',
    ...timelineOf(
      { startedAt, until, isOpen, meterStartWh, energyWh, reservedFrom, ...leaving },
      readings,
      told,
      timezone,
    ),
  };
}

// Of a session that is known to be of the caller's organization. Plan: session_costs_pkey.
const LEAVING: Statement = {
  name: 'sessions_leaving',
  text: `SELECT unplugged_at AS "unpluggedAt", coalesce((manner->>'isIdleAfterStop')::bool, false) AS "isIdleAfterStop"
           FROM session_costs WHERE session_id = $1`,
};
const leavingOf = async (db: Needs, sessionId: string): Promise<Leaving> =>
  (await db.rows<Leaving>(LEAVING, [sessionId]))[0] ?? {};

// Reports may come a little before the start they belong to, and long after they happened, from chargers that were offline: the
// times of reception only bound which partitions are read. Plan: status_history_pkey of those.
const STATUSES: Statement = {
  name: 'sessions_statuses_told',
  text: `SELECT at, status AS state FROM status_history
          WHERE charge_point_number = $1 AND evse_id = $2 AND connector_id = $3 AND received_at >= $4
            AND received_at <= $8 AND at >= $5 AND at <= $6 AND (at > $5 OR received_at > $7)
          ORDER BY at LIMIT ${MOST_TOLD + 1}`,
};
// What came before the start and is of the same instant was said before it began ($7: when it was learned of).
// Connectors of OCPP 2.x say no more than Occupied. Plan: transaction_events_charge_point_number_received_at_idx.
const STATES: Statement = {
  name: 'sessions_states_told',
  text: `SELECT at, charging_state AS state FROM transaction_events
          WHERE charge_point_number = $1 AND transaction_id = $2 AND received_at >= $3
            AND received_at <= $6 AND at >= $4 AND at <= $5 AND charging_state IS NOT NULL AND outcome <> 'reused'
          ORDER BY at LIMIT ${MOST_TOLD + 1}`,
};

async function toldOf(db: Needs, session: SessionView, until: Date, now: Date): Promise<Told[]> {
  const { chargePointNumber, ocppTransactionId, evseId, connectorId, startedAt, createdAt } = session;
  const since = new Date(startedAt.getTime() - DAY_MS);
  const heard = heardUntil(session, now);
  return ocppTransactionId === null
    ? db.rows<Told>(STATUSES, [chargePointNumber, evseId, connectorId, since, startedAt, until, createdAt, heard])
    : db.rows<Told>(STATES, [chargePointNumber, ocppTransactionId, since, startedAt, until, heard]);
}

// Plan: reservations_by_session, mostly without a row.
const RESERVED: Statement = {
  name: 'sessions_reserved_since',
  text: `SELECT active_since AS since FROM reservations
          WHERE session_id = $2 AND charge_point_id = $1 AND status = 'used' AND active_since IS NOT NULL ORDER BY id DESC LIMIT 1`,
};
const reservedSince = async (db: Needs, { chargePointId, id }: SessionView): Promise<Date | undefined> =>
  (await db.rows<{ since: Date }>(RESERVED, [chargePointId, id]))[0]?.since;

// That in which it was priced, which its place may have left since; without a price, that of its place. Plan: session_costs_pkey.
const ZONE: Statement = {
  name: 'sessions_zone',
  text: `SELECT coalesce(c.timezone, s.timezone, o.timezone) AS timezone FROM organizations o
           LEFT JOIN sites s ON s.id = $2 AND s.organization_id = o.id
           LEFT JOIN session_costs c ON c.session_id = $3 WHERE o.id = $1`,
};

async function zoneOf(db: Needs, organizationId: string, { id, siteId }: SessionView): Promise<string> {
  return (await db.rows<{ timezone: string }>(ZONE, [organizationId, siteId, id]))[0]?.timezone ?? 'UTC';
}
