/** Hot SQL of the monitoring room: what its participant loads and saves. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import { deleteAll, deleteFew } from '../database/in-batches.ts';
import type { Root } from '../ingest/contract.ts';
import type { MonitoringInput } from '../ingest/inputs.ts';
import {
  type ConditionRow,
  conditionKey,
  eventKey,
  type MonitoringState,
  type MonitorRow,
  NO_MONITOR,
  type Settings,
  type StreamRow,
} from './types.ts';

export const MONITOR_COLUMNS = `monitor_id AS "monitorId", key, type, value, severity, transaction, origin, seen_at AS "seenAt"`;
export const CONDITION_COLUMNS = `key, monitor_id AS "monitorId", state, severity, origin, opened_at AS "openedAt", last_at AS "lastAt",
  cleared_at AS "clearedAt", occurrences, value, tech_code AS "techCode", tech_info AS "techInfo", transaction_id AS "transactionId",
  event_id AS "eventId"`;
export const STREAM_COLUMNS = `stream_id AS "streamId", monitor_id AS "monitorId", interval_s AS "intervalS", batch_size AS values, status,
  opened_at AS "openedAt", closed_at AS "closedAt", last_at AS "lastAt", pending, received`;

// Plans: ranges of primary keys by charge point; for events the index of (charge_point_id, event_id).
const SETTINGS: Statement = {
  name: 'monitoring_load',
  text: `SELECT c.id, m.base, m.base_at AS "baseAt", m.level, m.level_at AS "levelAt",
                (SELECT count(*)::int4 FROM device_conditions d
                  WHERE d.charge_point_id = c.id AND d.state = 'alerting') AS "alertingCount"
           FROM charge_points c LEFT JOIN monitoring_settings m ON m.charge_point_id = c.id WHERE c.id = ANY($1::text[])`,
};
const MONITORS: Statement = {
  name: 'monitoring_load_monitors',
  text: `SELECT charge_point_id AS id, ${MONITOR_COLUMNS} FROM variable_monitors WHERE charge_point_id = ANY($1::text[])`,
};
const CONDITIONS: Statement = {
  name: 'monitoring_load_conditions',
  text: `SELECT charge_point_id AS id, ${CONDITION_COLUMNS} FROM device_conditions
          WHERE (charge_point_id, key, monitor_id) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::int4[]))`,
};
const STANDING: Statement = {
  name: 'monitoring_load_standing',
  text: `SELECT charge_point_id AS id, ${CONDITION_COLUMNS} FROM device_conditions
          WHERE charge_point_id = ANY($1::text[]) AND state = 'alerting'`,
};
const KNOWN: Statement = {
  name: 'monitoring_load_known',
  text: `SELECT charge_point_id AS id, event_id AS "eventId", at, key FROM device_events
          WHERE (charge_point_id, event_id) IN (SELECT * FROM unnest($1::text[], $2::int8[]))`,
};
const STREAMS: Statement = {
  name: 'monitoring_load_streams',
  text: `SELECT charge_point_id AS id, ${STREAM_COLUMNS} FROM event_streams WHERE charge_point_id = ANY($1::text[])`,
};
type Of<T> = T & { readonly id: string };

/** By which monitors may end, and what they found with them. */
const mayEndMonitors = (input: MonitoringInput): boolean =>
  input.type === 'all_monitors_told' ||
  (input.type === 'command_ended' &&
    (input.learned?.about === 'monitors_cleared' || input.learned?.about === 'monitoring_base'));

/** Values of streams come by the thousand, and need only their stream. */
export async function loadMonitoring(
  tx: Tx,
  inputs: readonly MonitoringInput[],
): Promise<Map<string, MonitoringState>> {
  const ids = [...new Set(inputs.map(({ chargePointId }) => chargePointId))];
  const others = inputs.filter(({ type }) => type !== 'stream_values').map(({ chargePointId }) => chargePointId);
  const events = inputs.flatMap((input) =>
    input.type === 'events_reported' ? input.events.map((event) => ({ id: input.chargePointId, event })) : [],
  );
  const ending = inputs.filter(mayEndMonitors).map(({ chargePointId }) => chargePointId);
  const none = Promise.resolve([]);
  const [settings, monitors, conditions, standing, known, streams] = await Promise.all([
    tx.rows<Of<Settings> & { alertingCount: number }>(SETTINGS, [ids]),
    others.length === 0 ? none : tx.rows<Of<MonitorRow>>(MONITORS, [others]),
    events.length === 0
      ? none
      : tx.rows<Of<ConditionRow>>(CONDITIONS, [
          events.map(({ id }) => id),
          events.map(({ event }) => event.key),
          events.map(({ event }) => event.monitorId ?? NO_MONITOR),
        ]),
    ending.length === 0 ? none : tx.rows<Of<ConditionRow>>(STANDING, [ending]),
    events.length === 0
      ? none
      : tx.rows<Of<{ eventId: number; at: Date; key: string }>>(KNOWN, [
          events.map(({ id }) => id),
          events.map(({ event }) => event.eventId),
        ]),
    tx.rows<Of<StreamRow>>(STREAMS, [ids]),
  ]);
  const fresh = () => ({
    monitors: new Map<number, MonitorRow>(),
    conditions: new Map<string, ConditionRow>(),
    known: new Set<string>(),
    streams: new Map<number, StreamRow>(),
  });
  const parts = new Map(ids.map((id) => [id, fresh()]));
  for (const { id, ...row } of monitors) parts.get(id)?.monitors.set(row.monitorId, row);
  for (const { id, ...row } of [...conditions, ...standing])
    parts.get(id)?.conditions.set(conditionKey(row.key, row.monitorId), row);
  for (const { id, ...row } of known) parts.get(id)?.known.add(eventKey(row));
  for (const { id, ...row } of streams) parts.get(id)?.streams.set(row.streamId, row);
  return new Map(
    settings.map(({ id, alertingCount, ...row }) => [
      id,
      { settings: row, alertingCount, gone: new Set<number>(), events: [], values: [], ...(parts.get(id) ?? fresh()) },
    ]),
  );
}

type Column<Row> = readonly [name: string, type: string, pick: (row: Row) => unknown];
/** One INSERT for all rows, keyed by the charge point first. */
function upsert<Row>(
  table: string,
  name: string,
  columns: readonly Column<Row>[],
  key: readonly string[],
  update: boolean,
) {
  const names = columns.map(([column]) => column);
  const moving = names.filter((column) => !key.includes(column));
  const conflict = update
    ? `ON CONFLICT (${['charge_point_id', ...key].join(', ')}) DO UPDATE SET ${moving.map((each) => `${each} = excluded.${each}`).join(', ')}`
    : 'ON CONFLICT DO NOTHING';
  const types = columns.map(([, type], i) => `$${i + 3}::${type}[]`).join(', ');
  const statement: Statement = {
    name,
    text: `INSERT INTO ${table} (charge_point_id, organization_id, ${names.join(', ')})
           SELECT * FROM unnest($1::text[], $2::text[], ${types}) ${conflict}`,
  };
  return async (tx: Tx, rows: readonly { readonly root: Root; readonly row: Row }[]): Promise<void> => {
    if (rows.length === 0) return;
    await tx.rows(statement, [
      rows.map(({ root }) => root.chargePointId),
      rows.map(({ root }) => root.organizationId),
      ...columns.map(([, , pick]) => rows.map(({ row }) => pick(row))),
    ]);
  };
}

const saveSettings = upsert<Settings>(
  'monitoring_settings',
  'monitoring_save',
  [
    ['base', 'text', (row) => row.base],
    ['base_at', 'timestamptz', (row) => row.baseAt],
    ['level', 'int2', (row) => row.level],
    ['level_at', 'timestamptz', (row) => row.levelAt],
  ],
  [],
  true,
);
const saveMonitors = upsert<MonitorRow>(
  'variable_monitors',
  'monitoring_save_monitors',
  [
    ['monitor_id', 'int4', (row) => row.monitorId],
    ['key', 'text', (row) => row.key],
    ['type', 'text', (row) => row.type],
    ['value', 'float8', (row) => row.value],
    ['severity', 'int2', (row) => row.severity],
    ['transaction', 'bool', (row) => row.transaction],
    ['origin', 'text', (row) => row.origin],
    ['seen_at', 'timestamptz', (row) => row.seenAt],
  ],
  ['monitor_id'],
  true,
);
const saveConditions = upsert<ConditionRow>(
  'device_conditions',
  'monitoring_save_conditions',
  [
    ['key', 'text', (row) => row.key],
    ['monitor_id', 'int4', (row) => row.monitorId],
    ['state', 'text', (row) => row.state],
    ['severity', 'int2', (row) => row.severity],
    ['origin', 'text', (row) => row.origin],
    ['opened_at', 'timestamptz', (row) => row.openedAt],
    ['last_at', 'timestamptz', (row) => row.lastAt],
    ['cleared_at', 'timestamptz', (row) => row.clearedAt],
    ['occurrences', 'int4', (row) => row.occurrences],
    ['value', 'text', (row) => row.value],
    ['tech_code', 'text', (row) => row.techCode],
    ['tech_info', 'text', (row) => row.techInfo],
    ['transaction_id', 'text', (row) => row.transactionId],
    ['event_id', 'text', (row) => row.eventId],
  ],
  ['key', 'monitor_id'],
  true,
);
const saveEvents = upsert<MonitoringState['events'][number]>(
  'device_events',
  'monitoring_save_events',
  [
    ['id', 'text', (row) => row.id],
    ['event_id', 'int8', (row) => row.eventId],
    ['at', 'timestamptz', (row) => row.at.at],
    ['raw_at', 'text', (row) => (row.at.plausible ? null : (row.at.raw ?? null))],
    ['historical', 'bool', (row) => row.at.historical],
    ['received_at', 'timestamptz', (row) => row.receivedAt],
    ['trigger', 'text', (row) => row.trigger],
    ['cause', 'int8', (row) => row.cause],
    ['key', 'text', (row) => row.key],
    ['value', 'text', (row) => row.value],
    ['tech_code', 'text', (row) => row.techCode],
    ['tech_info', 'text', (row) => row.techInfo],
    ['cleared', 'bool', (row) => row.cleared],
    ['transaction_id', 'text', (row) => row.transactionId],
    ['monitor_id', 'int4', (row) => row.monitorId],
    ['origin', 'text', (row) => row.origin],
    ['severity', 'int2', (row) => row.severity],
  ],
  [],
  false,
);
const saveStreams = upsert<StreamRow>(
  'event_streams',
  'monitoring_save_streams',
  [
    ['stream_id', 'int4', (row) => row.streamId],
    ['monitor_id', 'int4', (row) => row.monitorId],
    ['interval_s', 'int4', (row) => row.intervalS],
    ['batch_size', 'int4', (row) => row.values],
    ['status', 'text', (row) => row.status],
    ['opened_at', 'timestamptz', (row) => row.openedAt],
    ['closed_at', 'timestamptz', (row) => row.closedAt],
    ['last_at', 'timestamptz', (row) => row.lastAt],
    ['pending', 'int4', (row) => row.pending],
    ['received', 'int4', (row) => row.received],
  ],
  ['stream_id'],
  true,
);
/** Of a station, so many that are over are kept. */
const KEPT_CLEARED = 1_000;
// Plan: the range of the primary key, once per station.
const FORGET_CLEARED: Statement = {
  name: 'device_conditions_forget',
  text: `DELETE FROM device_conditions d USING unnest($1::text[]) AS of(charge_point_id)
          WHERE d.charge_point_id = of.charge_point_id AND d.state = 'cleared'
            AND d.cleared_at < (SELECT k.cleared_at FROM device_conditions k
                                 WHERE k.charge_point_id = of.charge_point_id AND k.state = 'cleared'
                                 ORDER BY k.cleared_at DESC OFFSET ${KEPT_CLEARED - 1} LIMIT 1)`,
};
const DELETE_MONITORS: Statement = {
  name: 'monitoring_delete_monitors',
  text: `DELETE FROM variable_monitors WHERE (charge_point_id, monitor_id) IN (SELECT * FROM unnest($1::text[], $2::int4[]))`,
};
const DELETE_STREAMS: Statement = {
  name: 'monitoring_delete_streams',
  text: `DELETE FROM event_streams WHERE (charge_point_id, stream_id) IN (SELECT * FROM unnest($1::text[], $2::int4[]))`,
};
const SAVE_VALUES: Statement = {
  name: 'monitoring_save_values',
  text: `INSERT INTO event_stream_values (charge_point_id, stream_id, at, value)
         SELECT * FROM unnest($1::text[], $2::int4[], $3::timestamptz[], $4::text[]) ON CONFLICT DO NOTHING`,
};

type Changed = { readonly root: Root; readonly before: MonitoringState; readonly after: MonitoringState };

export async function saveMonitoring(tx: Tx, changed: readonly Changed[]): Promise<void> {
  const rowsOf = <Row>(pick: (state: MonitoringState) => Iterable<Row>, known: (state: MonitoringState) => Set<Row>) =>
    changed.flatMap(({ root, before, after }) => {
      const old = known(before);
      return [...pick(after)].filter((row) => !old.has(row)).map((row) => ({ root, row }));
    });
  const moved = <Row>(pick: (state: MonitoringState) => Iterable<Row>) => rowsOf(pick, (state) => new Set(pick(state)));
  const gone = changed.flatMap(({ root, after }) => [...after.gone].map((row) => ({ root, row })));
  const dropped = changed.flatMap(({ root, before, after }) =>
    [...before.streams.keys()].filter((id) => !after.streams.has(id)).map((row) => ({ root, row })),
  );
  const values = changed.flatMap(({ root, after }) => after.values.map((row) => ({ root, row })));
  const conditions = moved((state) => state.conditions.values());
  const settings = changed.filter(({ before, after }) => before.settings !== after.settings);
  await Promise.all([
    saveSettings(
      tx,
      settings.map(({ root, after }) => ({ root, row: after.settings })),
    ),
    gone.length === 0
      ? undefined
      : tx.rows(DELETE_MONITORS, [gone.map(({ root }) => root.chargePointId), gone.map(({ row }) => row)]),
    saveMonitors(
      tx,
      moved((state) => state.monitors.values()),
    ),
    saveConditions(tx, conditions),
    saveEvents(
      tx,
      moved((state) => state.events),
    ),
    dropped.length === 0
      ? undefined
      : tx.rows(DELETE_STREAMS, [dropped.map(({ root }) => root.chargePointId), dropped.map(({ row }) => row)]),
    saveStreams(
      tx,
      moved((state) => state.streams.values()),
    ),
    values.length === 0
      ? undefined
      : tx.rows(SAVE_VALUES, [
          values.map(({ root }) => root.chargePointId),
          values.map(({ row }) => row.streamId),
          values.map(({ row }) => row.at),
          values.map(({ row }) => row.value),
        ]),
  ]);
  const cleared = conditions.filter(({ row }) => row.state === 'cleared').map(({ root }) => root.chargePointId);
  if (cleared.length > 0) await tx.rows(FORGET_CLEARED, [[...new Set(cleared)]]);
}

// Ids sort by time: a range of the primary key, bounded. Plan of the values: the index of at.
const FORGET_EVENTS = deleteFew('device_events_forget', 'device_events', 't.id < $1', 't.id');
const FORGET_VALUES = deleteFew('event_stream_values_forget', 'event_stream_values', 't.at < $1', 't.at');
type Db = Pick<Database, 'rows'>;
export const forgetEvents = (db: Db, before: string): Promise<number> => deleteAll(db, FORGET_EVENTS, [before]);
export const forgetValues = (db: Db, before: Date): Promise<number> => deleteAll(db, FORGET_VALUES, [before]);
