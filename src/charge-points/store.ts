/** Hot SQL of the room "stations": one statement per table for all charge points of a batch. */
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { StationInput } from '../ingest/inputs.ts';
import { type ConnectorRow, connectorKey, type HistoryRow, type StationRow, type StationState } from './types.ts';

/** Columns of charge_point_states that the machine moves, with the type of their UNNEST array. */
const COLUMNS: readonly (readonly [keyof StationRow, string, string])[] = [
  ['connected', 'connected', 'bool'],
  ['nodeId', 'node_id', 'text'],
  ['generation', 'generation', 'int8'],
  ['protocol', 'protocol', 'text'],
  ['remoteAddress', 'remote_address', 'text'],
  ['connectedProfile', 'connected_profile', 'int2'],
  ['connectedAt', 'connected_at', 'timestamptz'],
  ['disconnectedAt', 'disconnected_at', 'timestamptz'],
  ['lastSeenAt', 'last_seen_at', 'timestamptz'],
  ['bootedAt', 'booted_at', 'timestamptz'],
  ['bootCount', 'boot_count', 'int4'],
  ['quickBoots', 'quick_boots', 'int4'],
  ['bootStatus', 'boot_status', 'text'],
  ['reportedVendor', 'reported_vendor', 'text'],
  ['reportedModel', 'reported_model', 'text'],
  ['reportedSerial', 'reported_serial', 'text'],
  ['firmwareVersion', 'firmware_version', 'text'],
  ['iccid', 'iccid', 'text'],
  ['imsi', 'imsi', 'text'],
  ['meterType', 'meter_type', 'text'],
  ['meterSerial', 'meter_serial', 'text'],
  ['firmwareStatus', 'firmware_status', 'text'],
  ['firmwareStatusAt', 'firmware_status_at', 'timestamptz'],
  ['diagnosticsStatus', 'diagnostics_status', 'text'],
  ['diagnosticsStatusAt', 'diagnostics_status_at', 'timestamptz'],
  ['clockOffsetMs', 'clock_offset_ms', 'int4'],
  ['callTimeouts', 'call_timeouts', 'int4'],
  ['degraded', 'degraded', 'bool'],
  ['rebootPending', 'reboot_pending', 'bool'],
  ['takeovers', 'takeovers', 'int4'],
  ['takenOverAt', 'taken_over_at', 'timestamptz'],
];

/** The liveness job writes last_seen_at without the lock: the later of the two stands. */
const moved = (column: string): string =>
  column === 'last_seen_at' ? `GREATEST(s.${column}, v.${column})` : `v.${column}`;

// Whoever was never commissioned boots as its organization says. Plan: primary keys of the three tables for the ids of the batch.
const LOAD_STATES: Statement = {
  name: 'stations_load',
  text: `SELECT s.charge_point_id AS id, ${COLUMNS.map(([field, column]) => `s.${column} AS "${field}"`).join(', ')},
                CASE WHEN c.lifecycle = 'registered' AND c.registration = 'accepted' THEN o.uncommissioned
                     ELSE c.registration END AS registration, c.heartbeat_interval_s AS "heartbeatIntervalS"
           FROM charge_point_states s JOIN charge_points c ON c.id = s.charge_point_id
           JOIN organizations o ON o.id = c.organization_id
          WHERE s.charge_point_id = ANY($1::text[])`,
};

const LOAD_CONNECTORS: Statement = {
  name: 'stations_load_connectors',
  text: `SELECT charge_point_id AS id, evse_id AS "evseId", connector_id AS "connectorId", status, raw_status AS "rawStatus",
                error_code AS "errorCode", info, vendor_id AS "vendorId", vendor_error_code AS "vendorErrorCode",
                status_at AS "statusAt", received_at AS "receivedAt", activity,
                status_since AS "statusSince"
           FROM connectors WHERE charge_point_id = ANY($1::text[])`,
};

const SAVE_STATES: Statement = {
  name: 'stations_save',
  text: `UPDATE charge_point_states s SET ${COLUMNS.map(([, column]) => `${column} = ${moved(column)}`).join(', ')}
           FROM unnest($1::text[], ${COLUMNS.map(([, , type], i) => `$${i + 2}::${type}[]`).join(', ')})
             AS v(id, ${COLUMNS.map(([, column]) => column).join(', ')})
          WHERE s.charge_point_id = v.id`,
};

const SAVE_CONNECTORS: Statement = {
  name: 'stations_save_connectors',
  text: `INSERT INTO connectors (charge_point_id, organization_id, evse_id, connector_id, status, raw_status, error_code, info,
                                 vendor_id, vendor_error_code, status_at, received_at, activity, status_since)
         SELECT * FROM unnest($1::text[], $2::text[], $3::int4[], $4::int4[], $5::text[], $6::text[], $7::text[], $8::text[],
                              $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::text[], $14::timestamptz[])
         ON CONFLICT (charge_point_id, evse_id, connector_id) DO UPDATE SET
           status = excluded.status, raw_status = excluded.raw_status, error_code = excluded.error_code, info = excluded.info,
           vendor_id = excluded.vendor_id, vendor_error_code = excluded.vendor_error_code,
           status_at = excluded.status_at, received_at = excluded.received_at, activity = excluded.activity,
           status_since = excluded.status_since`,
};

const APPEND_HISTORY: Statement = {
  name: 'stations_append_history',
  text: `INSERT INTO status_history (charge_point_number, evse_id, connector_id, at, received_at, status, raw_status, error_code,
                                     info, vendor_error_code, applied)
         SELECT * FROM unnest($1::int4[], $2::int4[], $3::int4[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::text[],
                              $8::text[], $9::text[], $10::text[], $11::bool[])
         ON CONFLICT DO NOTHING`,
};

const APPEND_CONNECTIONS: Statement = {
  name: 'stations_append_connections',
  text: `INSERT INTO connection_history (charge_point_number, at, connected)
         SELECT * FROM unnest($1::int4[], $2::timestamptz[], $3::bool[]) ON CONFLICT DO NOTHING`,
};

type LoadedState = StationRow & {
  id: string;
  registration: StationState['settings']['registration'];
  heartbeatIntervalS: number;
};

export async function loadStations(tx: Tx, inputs: readonly StationInput[]): Promise<Map<string, StationState>> {
  const reporting = inputs
    .filter(({ type }) => type === 'status_reported' || type === 'activity_changed')
    .map(({ chargePointId }) => chargePointId);
  const [rows, connectors] = await Promise.all([
    tx.rows<LoadedState>(LOAD_STATES, [inputs.map(({ chargePointId }) => chargePointId)]),
    reporting.length === 0 ? [] : tx.rows<ConnectorRow & { id: string }>(LOAD_CONNECTORS, [reporting]),
  ]);
  const byChargePoint = new Map<string, Map<string, ConnectorRow>>();
  for (const connector of connectors) {
    const { id } = connector;
    const key = connectorKey(connector.evseId, connector.connectorId);
    const known = byChargePoint.get(id);
    if (known === undefined) byChargePoint.set(id, new Map([[key, connector]]));
    else known.set(key, connector);
  }
  const none: ReadonlyMap<string, ConnectorRow> = new Map();
  return new Map(
    rows.map((row) => {
      const { id, registration, heartbeatIntervalS } = row;
      const settings = { registration, heartbeatIntervalS };
      return [id, { row, settings, connectors: byChargePoint.get(id) ?? none, history: [] }];
    }),
  );
}

type Change = { readonly root: Root; readonly before: StationState; readonly after: StationState };

export async function saveStations(tx: Tx, changes: readonly Change[]): Promise<void> {
  // Sent together, in this order: none waits for the answer to another.
  const sent: Promise<unknown>[] = [];
  const states = changes.filter(({ before, after }) => before.row !== after.row);
  if (states.length > 0) {
    sent.push(
      tx.rows(SAVE_STATES, [
        states.map(({ root }) => root.chargePointId),
        ...COLUMNS.map(([field]) => states.map(({ after }) => after.row[field])),
      ]),
    );
  }
  const connections = states.flatMap(({ root, before, after: { row } }) => {
    const at = row.connected ? row.connectedAt : row.disconnectedAt;
    return before.row.connected === row.connected || at === null ? [] : [{ root, at, connected: row.connected }];
  });
  if (connections.length > 0) {
    sent.push(
      tx.rows(APPEND_CONNECTIONS, [
        connections.map(({ root }) => root.number),
        connections.map(({ at }) => at),
        connections.map(({ connected }) => connected),
      ]),
    );
  }
  const connectors: { root: Root; row: ConnectorRow }[] = [];
  const history: { root: Root; row: HistoryRow }[] = [];
  for (const { root, before, after } of changes) {
    for (const row of after.history) history.push({ root, row });
    if (before.connectors === after.connectors) continue;
    for (const [key, row] of after.connectors) if (before.connectors.get(key) !== row) connectors.push({ root, row });
  }
  if (connectors.length > 0) {
    const of = <T>(pick: (row: ConnectorRow) => T): T[] => connectors.map(({ row }) => pick(row));
    sent.push(
      tx.rows(SAVE_CONNECTORS, [
        connectors.map(({ root }) => root.chargePointId),
        connectors.map(({ root }) => root.organizationId),
        of((row) => row.evseId),
        of((row) => row.connectorId),
        of((row) => row.status),
        of((row) => row.rawStatus),
        of((row) => row.errorCode),
        of((row) => row.info),
        of((row) => row.vendorId),
        of((row) => row.vendorErrorCode),
        of((row) => row.statusAt),
        of((row) => row.receivedAt),
        of((row) => row.activity),
        of((row) => row.statusSince),
      ]),
    );
  }
  if (history.length > 0) {
    const of = <T>(pick: (row: HistoryRow) => T): T[] => history.map(({ row }) => pick(row));
    sent.push(
      tx.rows(APPEND_HISTORY, [
        history.map(({ root }) => root.number),
        of((row) => row.evseId),
        of((row) => row.connectorId),
        of((row) => row.at),
        of((row) => row.receivedAt),
        of((row) => row.status),
        of((row) => row.rawStatus),
        of((row) => row.errorCode),
        of((row) => row.info),
        of((row) => row.vendorErrorCode),
        of((row) => row.applied),
      ]),
    );
  }
  await Promise.all(sent);
}
