/** What REST reads of sessions and their meter samples. It never writes: sessions change through ingest alone. */
import type { Database, Statement } from '../database/contract.ts';

type Needs = Pick<Database, 'rows'>;

export type SessionView = {
  readonly id: string;
  readonly transactionId: number;
  readonly ocppTransactionId: string | null;
  readonly chargingState: string | null;
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

const FIELDS = `id, transaction_id AS "transactionId", ocpp_transaction_id AS "ocppTransactionId",
  charging_state AS "chargingState", site_id AS "siteId", charge_point_id AS "chargePointId",
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

/**
 * Every filter that is given is a real condition of the statement, so that the planner can use it; a statement per combination.
 * Plans: sessions_organization_id_started_at_id_idx, or sessions_charge_point_id_started_at_idx for one charge point.
 */
export async function listSessions(
  db: Needs,
  organizationId: string,
  filter: SessionFilter,
  page: { readonly after: SessionKey | undefined; readonly limit: number },
): Promise<SessionView[]> {
  const given = CONDITIONS.filter(([name]) => filter[name] !== undefined);
  const fixed = 6;
  const text = `SELECT ${FIELDS} FROM sessions
     WHERE organization_id = $1 AND started_at >= $2 AND started_at < $3 AND (started_at, id) < ($4, $5)
       ${given.map(([, condition], i) => `AND ${condition.replace('?', `$${fixed + 1 + i}`)}`).join(' ')}
     ORDER BY started_at DESC, id DESC LIMIT $6`;
  const name = ['sessions_list', ...given.map(([name]) => name)].join('_');
  return db.rows<SessionView>({ name, text }, [
    organizationId,
    filter.from ?? '-infinity',
    filter.to ?? 'infinity',
    page.after?.startedAt ?? 'infinity',
    page.after?.id ?? '',
    page.limit + 1,
    ...given.map(([name]) => filter[name]),
  ]);
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

// Samples carry our transaction id; those of a reconstructed session lie at 0, 0. The instants bound which partitions are read.
const SAMPLES: Statement = {
  name: 'sessions_samples',
  text: `SELECT at, context, evse_id AS "evseId", energy_wh AS "energyWh", power_w AS "powerW", current_a AS "currentA",
                voltage_v AS "voltageV", soc_percent AS "socPercent", extra
           FROM meter_samples
          WHERE charge_point_number = $1 AND transaction_id = $2 AND evse_id = ANY(ARRAY[$3::int2, 0::int2])
            AND connector_id = ANY(ARRAY[$4::int2, 0::int2]) AND at >= $5 AND at <= $6 AND (at, context, evse_id) > ($7, $8, $9)
          ORDER BY at, context, evse_id LIMIT $10`,
};
const DAY_MS = 86_400_000;
const LARGEST_INT2 = 32_767;

/** `session` is known to be of the caller's organization. */
export async function samplesOf(
  db: Needs,
  session: Pick<
    SessionView,
    'chargePointNumber' | 'transactionId' | 'evseId' | 'connectorId' | 'startedAt' | 'endedAt'
  >,
  page: { readonly after: SampleKey | undefined; readonly limit: number },
  now: Date,
): Promise<SampleView[]> {
  const { chargePointNumber, transactionId, evseId, connectorId, startedAt, endedAt } = session;
  const { after } = page;
  return db.rows<SampleView>(SAMPLES, [
    chargePointNumber,
    transactionId,
    Math.min(evseId, LARGEST_INT2),
    Math.min(connectorId, LARGEST_INT2),
    // A reading may be a little older than the start it came with, or bear a clock of up to a day ahead (ocpp/instants.ts).
    new Date(startedAt.getTime() - DAY_MS),
    new Date(Math.max(endedAt?.getTime() ?? 0, now.getTime()) + 2 * DAY_MS),
    after?.at ?? '-infinity',
    after?.context ?? 0,
    after?.evseId ?? 0,
    page.limit + 1,
  ]);
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

// Plan: transaction_events_charge_point_number_received_at_idx of the partitions that may hold them: an event is received when or after its session begins to be
// known, and those of a session that was reconstructed a little before that.
const EVENTS: Statement = {
  name: 'sessions_events',
  text: `SELECT seq_no AS "seqNo", received_at AS "receivedAt", event_type AS "eventType", trigger_reason AS "triggerReason",
                charging_state AS "chargingState", offline, at, outcome
           FROM transaction_events
          WHERE charge_point_number = $1 AND transaction_id = $2 AND received_at >= $3 AND (received_at, seq_no) > ($4, $5)
          ORDER BY received_at, seq_no LIMIT $6`,
};

/** `session` is known to be of the caller's organization. Of a session of 1.6 there are none. */
export async function eventsOf(
  db: Needs,
  {
    chargePointNumber,
    ocppTransactionId,
    createdAt,
  }: Pick<SessionView, 'chargePointNumber' | 'ocppTransactionId' | 'createdAt'>,
  page: { readonly after: EventKey | undefined; readonly limit: number },
): Promise<EventView[]> {
  if (ocppTransactionId === null) return [];
  return db.rows<EventView>(EVENTS, [
    chargePointNumber,
    ocppTransactionId,
    new Date(createdAt.getTime() - DAY_MS),
    page.after?.receivedAt ?? '-infinity',
    page.after?.seqNo ?? 0,
    page.limit + 1,
  ]);
}
