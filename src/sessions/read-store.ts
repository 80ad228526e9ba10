/** What REST reads of sessions and their meter samples. It never writes: sessions change through ingest alone. */
import type { Database, Statement } from '../database/contract.ts';
import { pageSize } from '../database/page-size.ts';
import { ID_REUSED, transactionKey } from './machine.ts';

type Needs = Pick<Database, 'rows'>;

export type SessionView = {
  readonly id: string;
  readonly transactionId: number;
  readonly ocppTransactionId: string | null;
  readonly startKey: string;
  readonly chargingState: string | null;
  readonly freedAt: Date | null;
  readonly siteId: string | null;
  readonly chargePointId: string;
  readonly chargePointNumber: number;
  readonly chargePointIdentity: string;
  readonly evseId: number;
  readonly connectorId: number;
  readonly status: string;
  readonly tokenUid: string | null;
  readonly tokenId: string | null;
  readonly authorization: string;
  readonly commandId: string | null;
  readonly reservationId: number | null;
  readonly freeOfCharge: boolean;
  readonly isTest: boolean;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly meterStartWh: number;
  readonly meterStopWh: number | null;
  readonly energyWh: number;
  readonly powerW: number | null;
  readonly currentA: number | null;
  readonly voltageV: number | null;
  readonly socPercent: number | null;
  readonly lastSampleAt: Date | null;
  readonly stopReason: string | null;
  readonly stopTokenUid: string | null;
  readonly flags: readonly string[];
  /** It has a cost (cost-read-store.ts). */
  readonly isPriced: boolean;
  readonly isLimited: boolean;
  readonly updatedAt: Date;
  readonly createdAt: Date;
};

const FIELDS = `id, transaction_id AS "transactionId", ocpp_transaction_id AS "ocppTransactionId", start_key AS "startKey",
  charging_state AS "chargingState", freed_at AS "freedAt", site_id AS "siteId", charge_point_id AS "chargePointId",
  charge_point_number AS "chargePointNumber", charge_point_identity AS "chargePointIdentity", evse_id AS "evseId",
  connector_id AS "connectorId", status, token_uid AS "tokenUid", token_id AS "tokenId", "authorization",
  command_id AS "commandId", reservation_id AS "reservationId", free_of_charge AS "freeOfCharge", is_test AS "isTest", started_at AS "startedAt", ended_at AS "endedAt",
  meter_start_wh AS "meterStartWh", meter_stop_wh AS "meterStopWh", energy_wh AS "energyWh", power_w AS "powerW",
  current_a AS "currentA", voltage_v AS "voltageV", soc_percent AS "socPercent", last_sample_at AS "lastSampleAt",
  stop_reason AS "stopReason", stop_token_uid AS "stopTokenUid", flags, is_priced AS "isPriced", is_limited AS "isLimited", updated_at AS "updatedAt", created_at AS "createdAt"`;

const GET: Statement = {
  name: 'sessions_get',
  text: `SELECT ${FIELDS} FROM sessions WHERE organization_id = $1 AND id = $2`,
};

export async function sessionById(db: Needs, organizationId: string, id: string): Promise<SessionView | undefined> {
  return (await db.rows<SessionView>(GET, [organizationId, id]))[0];
}

export type SessionFilter = {
  readonly statuses?: readonly string[] | undefined;
  readonly chargePointId?: string | undefined;
  /** Of none but these: what the caller's membership reaches. */
  readonly chargePointIds?: readonly string[] | undefined;
  /** tok_… */
  readonly tokenId?: string | undefined;
  /** In any case. */
  readonly tokenUid?: string | undefined;
  /** Began at or after. */
  readonly from?: Date | undefined;
  /** Began before. */
  readonly to?: Date | undefined;
};
/** Where a page ended: newest first, by start and id. */
export type SessionKey = { readonly startedAt: Date; readonly id: string };

const CONDITIONS = [
  ['statuses', 'status = ANY(?::text[])'],
  ['chargePointId', 'charge_point_id = ?'],
  ['chargePointIds', 'charge_point_id = ANY(?::text[])'],
  ['tokenId', 'token_id = ?'],
  ['tokenUid', 'lower(token_uid) = lower(?)'],
] as const satisfies readonly (readonly [keyof SessionFilter, string])[];

const RUNNING: ReadonlySet<string> = new Set(['active', 'suspended_ev', 'suspended_evse']);
/** What leaves few of millions has an index of its own, which is taken only where its condition stands in the text. */
const RARE = [
  ['running', 'ended_at IS NULL', (status: string) => RUNNING.has(status)],
  ['closed', `status = 'closed_by_system'`, (status: string) => status === 'closed_by_system'],
] as const;

/**
 * Every filter that is given is a real condition of the statement, so that the planner can use it; a statement per combination. One
 * upper bound: beside a second one the index is entered there, and every page walks through all pages before it.
 * Plans: sessions_organization_id_started_at_id_idx; sessions_charge_point_id_started_at_idx for one charge point, sessions_by_token and
 * sessions_by_token_uid for one token, sessions_running and sessions_closed for those statuses.
 */
export async function listSessions(
  db: Needs,
  organizationId: string,
  filter: SessionFilter,
  page: { readonly after: SessionKey | undefined; readonly limit: number },
): Promise<SessionView[]> {
  const given = CONDITIONS.filter(([name]) => filter[name] !== undefined);
  const rare = RARE.find(([, , is]) => filter.statuses?.every(is));
  const size = pageSize(page.limit + 1);
  const fixed = 4;
  const text = `SELECT ${FIELDS} FROM sessions
     WHERE organization_id = $1 AND started_at >= $2 AND (started_at, id) < ($3, $4)
       ${rare === undefined ? '' : `AND ${rare[1]}`}
       ${given.map(([, condition], i) => `AND ${condition.replace('?', `$${fixed + 1 + i}`)}`).join(' ')}
     ORDER BY started_at DESC, id DESC LIMIT ${size}`;
  const name = ['sessions_list', size, ...(rare === undefined ? [] : [rare[0]]), ...given.map(([name]) => name)].join(
    '_',
  );
  const { to } = filter;
  const after = to !== undefined && page.after !== undefined && page.after.startedAt >= to ? undefined : page.after;
  const rows = await db.rows<SessionView>({ name, text }, [
    organizationId,
    filter.from ?? '-infinity',
    after?.startedAt ?? to ?? 'infinity',
    after?.id ?? '',
    ...given.map(([name]) => filter[name]),
  ]);
  return rows.slice(0, page.limit + 1);
}

export type SampleView = {
  readonly at: Date;
  /** meter/contexts.ts */
  readonly context: number;
  readonly evseId: number;
  readonly energyWh: number | null;
  readonly powerW: number | null;
  readonly currentA: number | null;
  readonly voltageV: number | null;
  readonly socPercent: number | null;
  readonly extra: readonly Record<string, unknown>[] | null;
};
/** Where a page ended: by instant, oldest first. */
export type SampleKey = { readonly at: Date; readonly context: number; readonly evseId: number };

const DAY_MS = 86_400_000;
/** What is received so long after a session changed last is shown with no session, so that each is looked for in few partitions. */
const LATEST_DAYS = 31;
const LARGEST_INT2 = 32_767;
const last = (...instants: readonly (Date | null)[]): number => Math.max(...instants.map((at) => at?.getTime() ?? 0));

/** Until when something may have been received that tells of this session. */
export const heardUntil = ({ endedAt, updatedAt }: Pick<SessionView, 'endedAt' | 'updatedAt'>, now: Date): Date =>
  new Date((endedAt === null ? last(updatedAt, now) : last(endedAt, updatedAt)) + LATEST_DAYS * DAY_MS);

type Spanned = Pick<SessionView, 'startedAt' | 'endedAt' | 'updatedAt'>;
/**
 * The instants between which its readings lie. One may be a little older than the start it came with, or bear a clock of up to a day
 * ahead (ocpp/instants.ts); and of one that was closed, or corrected, they go on as long as its charger told of it.
 */
export const readingsSince = ({ startedAt }: Pick<Spanned, 'startedAt'>): Date =>
  new Date(startedAt.getTime() - DAY_MS);
export const readingsUntil = ({ startedAt, endedAt, updatedAt }: Spanned, now: Date): Date =>
  new Date(last(startedAt, ...(endedAt === null ? [now] : [endedAt, updatedAt])) + 2 * DAY_MS);

// Samples carry our transaction id; those of a reconstructed session lie at 0, 0, and at connector 1 those of before it was named. The
// instants bound which partitions are read, and how much of its connector's readings. Plan: meter_samples_pkey of those partitions.
const samplesBy = (size: number): Statement => ({
  name: `sessions_samples_${size}`,
  text: `SELECT at, context, evse_id AS "evseId", energy_wh AS "energyWh", power_w AS "powerW", current_a AS "currentA",
                voltage_v AS "voltageV", soc_percent AS "socPercent", extra
           FROM meter_samples
          WHERE charge_point_number = $1 AND transaction_id = $2 AND evse_id = ANY(ARRAY[$3::int2, 0::int2])
            AND connector_id = ANY(ARRAY[$4::int2, 0::int2, 1::int2]) AND at >= $5 AND at <= $6 AND (at > $5 OR (context, evse_id) > ($7, $8))
          ORDER BY at, context, evse_id LIMIT ${size}`,
});

/** `session` is known to be of the caller's organization. */
export async function samplesOf(
  db: Needs,
  session: Pick<
    SessionView,
    'chargePointNumber' | 'transactionId' | 'evseId' | 'connectorId' | 'startedAt' | 'endedAt' | 'updatedAt'
  >,
  page: { readonly after: SampleKey | undefined; readonly limit: number },
  now: Date,
): Promise<SampleView[]> {
  const { chargePointNumber, transactionId, evseId, connectorId } = session;
  const { after } = page;
  const rows = await db.rows<SampleView>(samplesBy(pageSize(page.limit + 1)), [
    chargePointNumber,
    transactionId,
    Math.min(evseId, LARGEST_INT2),
    Math.min(connectorId, LARGEST_INT2),
    after?.at ?? readingsSince(session),
    readingsUntil(session, now),
    after?.context ?? -1,
    after?.evseId ?? 0,
  ]);
  return rows.slice(0, page.limit + 1);
}

export type EventView = {
  readonly seqNo: number;
  readonly receivedAt: Date;
  readonly eventType: string;
  readonly triggerReason: string;
  readonly chargingState: string | null;
  readonly offline: boolean;
  readonly at: Date;
  readonly outcome: string;
};
/** Where a page ended: as they were received. */
export type EventKey = { readonly receivedAt: Date; readonly seqNo: number };

// Plan: transaction_events_charge_point_number_received_at_idx of the partitions that may hold them: an event is received when or after
// its session begins to be known, those of a session that was reconstructed a little before that.
const eventsBy = (size: number): Statement => ({
  name: `sessions_events_${size}`,
  text: `SELECT seq_no AS "seqNo", received_at AS "receivedAt", event_type AS "eventType", trigger_reason AS "triggerReason",
                charging_state AS "chargingState", offline, at, outcome
           FROM transaction_events
          WHERE charge_point_number = $1 AND transaction_id = $2 AND received_at >= $3 AND received_at <= $4
            AND (received_at > $3 OR seq_no > $5)
          ORDER BY received_at, seq_no LIMIT ${size}`,
});

/** `session` is known to be of the caller's organization. Of a session of 1.6 there are none. */
export async function eventsOf(
  db: Needs,
  session: Pick<
    SessionView,
    'chargePointNumber' | 'ocppTransactionId' | 'startKey' | 'flags' | 'createdAt' | 'updatedAt' | 'endedAt'
  >,
  page: { readonly after: EventKey | undefined; readonly limit: number },
  now: Date,
): Promise<EventView[]> {
  const { chargePointNumber, ocppTransactionId, startKey, flags, createdAt, updatedAt } = session;
  const { after } = page;
  if (ocppTransactionId === null) return [];
  // Where the id was given twice, what came before the later session is of the earlier one.
  const since = flags.includes(ID_REUSED) ? createdAt : new Date(createdAt.getTime() - DAY_MS);
  const until = startKey === transactionKey(ocppTransactionId) ? heardUntil(session, now) : updatedAt;
  const rows = await db.rows<EventView>(eventsBy(pageSize(page.limit + 1)), [
    chargePointNumber,
    ocppTransactionId,
    after?.receivedAt ?? since,
    until,
    after?.seqNo ?? -2,
  ]);
  return rows.slice(0, page.limit + 1);
}
