/** What REST reads of monitors, events, conditions and streams, always within one organization. */
import type { Database, Statement } from '../database/contract.ts';
import { CONDITION_COLUMNS, MONITOR_COLUMNS, STREAM_COLUMNS } from './store.ts';
import type { ConditionRow, MonitorRow, Settings, StreamRow } from './types.ts';

type Where = { readonly organizationId: string; readonly chargePointId: string };
type Page<Key> = { readonly after: Key | undefined; readonly limit: number };
type Of<T> = T & { readonly chargePointId: string };

export type StoredEvent = {
  readonly id: string;
  readonly chargePointId: string;
  readonly eventId: number;
  readonly at: Date;
  readonly rawAt: string | null;
  readonly historical: boolean;
  readonly receivedAt: Date;
  readonly trigger: string;
  readonly cause: number | null;
  readonly key: string;
  readonly value: string | null;
  readonly techCode: string | null;
  readonly techInfo: string | null;
  readonly cleared: boolean;
  readonly transactionId: string | null;
  readonly monitorId: number | null;
  readonly origin: string;
  readonly severity: number | null;
};
export type EventFilter = {
  readonly organizationId: string;
  readonly chargePointId: string | undefined;
  readonly key: string | undefined;
  readonly trigger: string | undefined;
  readonly severest: number | undefined;
  readonly from: Date | undefined;
  readonly to: Date | undefined;
};

const SETTINGS: Statement = {
  name: 'monitoring_settings_get',
  text: `SELECT m.base, m.base_at AS "baseAt", m.level, m.level_at AS "levelAt" FROM charge_points c
           LEFT JOIN monitoring_settings m ON m.charge_point_id = c.id WHERE c.organization_id = $1 AND c.id = $2`,
};
const MONITORS: Statement = {
  name: 'variable_monitors_list',
  text: `SELECT ${MONITOR_COLUMNS} FROM variable_monitors
          WHERE organization_id = $1 AND charge_point_id = $2 AND monitor_id > $3 ORDER BY monitor_id LIMIT $4`,
};
// Plan: the index of (charge_point_id, id) or of (organization_id, id), newest first.
const events = (of: 'charge_point_id' | 'organization_id'): Statement => ({
  name: `device_events_list_by_${of}`,
  text: `SELECT id, charge_point_id AS "chargePointId", event_id AS "eventId", at, raw_at AS "rawAt", historical,
                received_at AS "receivedAt", trigger, cause, key, value, tech_code AS "techCode", tech_info AS "techInfo", cleared,
                transaction_id AS "transactionId", monitor_id AS "monitorId", origin, severity
           FROM device_events
          WHERE organization_id = $1 ${of === 'charge_point_id' ? 'AND charge_point_id = $2' : 'AND $2::text IS NULL'}
            AND id < coalesce($3, 'vev_z') AND ($5::text IS NULL OR lower(key) = lower($5)) AND ($6::text IS NULL OR trigger = $6)
            AND ($7::int4 IS NULL OR severity <= $7) AND ($8::timestamptz IS NULL OR at >= $8)
            AND ($9::timestamptz IS NULL OR at < $9)
          ORDER BY id DESC LIMIT $4`,
});
const EVENTS_OF_ONE = events('charge_point_id');
const EVENTS_OF_ALL = events('organization_id');
// Plan: the index of (organization_id, event_id), newest event first.
const CONDITIONS: Statement = {
  name: 'device_conditions_list',
  text: `SELECT charge_point_id AS "chargePointId", ${CONDITION_COLUMNS} FROM device_conditions
          WHERE organization_id = $1 AND ($2::text IS NULL OR charge_point_id = $2) AND event_id < coalesce($3, 'vev_z')
            AND ($5::text IS NULL OR state = $5) AND ($6::int4 IS NULL OR severity <= $6)
          ORDER BY event_id DESC LIMIT $4`,
};
const STREAMS: Statement = {
  name: 'event_streams_list',
  text: `SELECT ${STREAM_COLUMNS} FROM event_streams WHERE organization_id = $1 AND charge_point_id = $2 ORDER BY stream_id LIMIT 200`,
};
// Plan: the primary key, or the index of (charge_point_id, at), backwards.
const VALUES: Statement = {
  name: 'event_stream_values_list',
  text: `SELECT v.stream_id AS "streamId", v.at, v.value FROM event_stream_values v
          WHERE v.charge_point_id = $2 AND EXISTS (SELECT FROM charge_points c WHERE c.id = $2 AND c.organization_id = $1)
            AND ($3::int4 IS NULL OR v.stream_id = $3) AND ($4::timestamptz IS NULL OR (v.at, v.stream_id) < ($4, $5::int4))
            AND ($7::timestamptz IS NULL OR v.at >= $7) AND ($8::timestamptz IS NULL OR v.at < $8)
          ORDER BY v.at DESC, v.stream_id DESC LIMIT $6`,
};
const LIMIT: Statement = {
  name: 'monitoring_limit',
  text: `SELECT key, value FROM device_variables WHERE organization_id = $1 AND charge_point_id = $2 AND key = ANY($3::text[])`,
};

export type MonitoringReads = ReturnType<typeof monitoringReads>;
export const monitoringReads = (db: Pick<Database, 'rows'>) => ({
  /** undefined: there is no such charge point. */
  settings: async ({ organizationId, chargePointId }: Where) =>
    (await db.rows<Settings>(SETTINGS, [organizationId, chargePointId]))[0],
  monitors: ({ organizationId, chargePointId }: Where, page: Page<number>) =>
    db.rows<MonitorRow>(MONITORS, [organizationId, chargePointId, page.after ?? -1, page.limit + 1]),
  events({ organizationId, chargePointId, key, trigger, severest, from, to }: EventFilter, page: Page<string>) {
    const filter = [key, trigger, severest, from, to].map((each) => each ?? null);
    return db.rows<StoredEvent>(chargePointId === undefined ? EVENTS_OF_ALL : EVENTS_OF_ONE, [
      ...[organizationId, chargePointId ?? null, page.after ?? null, page.limit + 1],
      ...filter,
    ]);
  },
  conditions(
    of: { readonly organizationId: string; readonly chargePointId: string | undefined },
    filter: { readonly state: string | undefined; readonly severest: number | undefined },
    page: Page<string>,
  ) {
    return db.rows<Of<ConditionRow>>(CONDITIONS, [
      ...[of.organizationId, of.chargePointId ?? null, page.after ?? null, page.limit + 1],
      ...[filter.state ?? null, filter.severest ?? null],
    ]);
  },
  streams: ({ organizationId, chargePointId }: Where) => db.rows<StreamRow>(STREAMS, [organizationId, chargePointId]),
  values(
    of: Where & {
      readonly streamId: number | undefined;
      readonly from: Date | undefined;
      readonly to: Date | undefined;
    },
    { after, limit }: Page<readonly [at: string, streamId: number]>,
  ) {
    return db.rows<{ streamId: number; at: Date; value: string }>(VALUES, [
      ...[of.organizationId, of.chargePointId, of.streamId ?? null],
      ...[after?.[0] ?? null, after?.[1] ?? null, limit + 1, of.from ?? null, of.to ?? null],
    ]);
  },
  /** What the station said of how much it takes at once, by key. */
  limits: async ({ organizationId, chargePointId }: Where, keys: readonly string[]) =>
    new Map(
      (await db.rows<{ key: string; value: string | null }>(LIMIT, [organizationId, chargePointId, keys])).map(
        ({ key, value }) => [key, value],
      ),
    ),
});
