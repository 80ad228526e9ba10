/** Hot SQL of the device-model room: what its participant loads and saves, and what the sweep finds. */
import { storableJson } from '../commands/index.ts';
import type { Database, Statement, Tx } from '../database/contract.ts';
import { deleteAll, deleteFew } from '../database/in-batches.ts';
import type { Root } from '../ingest/contract.ts';
import type { DeviceModelInput } from '../ingest/inputs.ts';
import type { DeviceState, ModelRow, ReportRow } from './types.ts';
import { saveAttributes, saveGone, saveValues } from './variable-store.ts';

// Plans: primary keys, the partial index of open sessions.
const STATES: Statement = {
  name: 'device_model_load',
  text: `SELECT c.id, coalesce(s.connected, false) AS connected, s.protocol, coalesce(s.boot_status = 'accepted', false) AS "isAccepted",
                s.firmware_version AS "firmwareVersion",
                (SELECT count(*)::int4 FROM sessions x WHERE x.charge_point_id = c.id AND x.ended_at IS NULL) AS "openSessions",
                m.inventory_base AS "inventoryBase", m.inventory_at AS "inventoryAt", m.inventory_firmware AS "inventoryFirmware",
                m.wanted_at AS "wantedAt", m.wanted_base AS "wantedBase"
           FROM charge_points c LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
           LEFT JOIN device_models m ON m.charge_point_id = c.id
          WHERE c.id = ANY($1::text[])`,
};
export const REPORT_COLUMNS = `id, kind, request_id AS "requestId", command_id AS "commandId", base, criteria, status, parts, missing,
  change_id AS "changeId", firmware_version AS "firmwareVersion", requested_by AS "requestedBy", waiting_node AS "waitingNode",
  created_at AS "createdAt", expires_at AS "expiresAt", due_at AS "dueAt", completed_at AS "completedAt", error`;
// Plan: the partial index of open reports, the index of (charge_point_id, request_id), that of command_id.
const REPORTS: Statement = {
  name: 'device_model_load_reports',
  text: `SELECT charge_point_id AS "chargePointId", ${REPORT_COLUMNS} FROM device_reports
          WHERE charge_point_id = ANY($1::text[]) AND due_at IS NOT NULL
         UNION ALL
         SELECT charge_point_id AS "chargePointId", ${REPORT_COLUMNS} FROM device_reports
          WHERE due_at IS NULL AND (charge_point_id, request_id) IN (SELECT * FROM unnest($2::text[], $3::int4[]))
         UNION ALL
         SELECT charge_point_id AS "chargePointId", ${REPORT_COLUMNS} FROM device_reports
          WHERE due_at IS NULL AND command_id = ANY($4::text[]) AND charge_point_id = ANY($1::text[])`,
};

type LoadedState = Omit<DeviceState, 'model' | 'reports' | 'told' | 'goneBefore'> & ModelRow & { readonly id: string };
type LoadedReport = ReportRow & { readonly chargePointId: string };

export async function loadDeviceModels(tx: Tx, inputs: readonly DeviceModelInput[]): Promise<Map<string, DeviceState>> {
  const ids = [...new Set(inputs.map(({ chargePointId }) => chargePointId))];
  const parts = inputs.flatMap((input) => (input.type === 'report_part' ? [input] : []));
  const commands = inputs.flatMap((input) => (input.type === 'command_ended' ? [input.commandId] : []));
  const [states, reports] = await Promise.all([
    tx.rows<LoadedState>(STATES, [ids]),
    tx.rows<LoadedReport>(REPORTS, [
      ids,
      parts.map(({ chargePointId }) => chargePointId),
      parts.map(({ requestId }) => requestId),
      commands,
    ]),
  ]);
  const byStation = new Map<string, Map<string, ReportRow>>(ids.map((id) => [id, new Map<string, ReportRow>()]));
  for (const { chargePointId, ...report } of reports) byStation.get(chargePointId)?.set(report.id, report);
  return new Map(
    states.map(({ id, connected, protocol, isAccepted, openSessions, firmwareVersion, ...model }) => [
      id,
      {
        connected,
        protocol,
        isAccepted,
        openSessions,
        firmwareVersion,
        model,
        reports: byStation.get(id) ?? new Map<string, ReportRow>(),
        told: [],
        goneBefore: null,
      },
    ]),
  );
}

const SAVE_MODELS: Statement = {
  name: 'device_models_save',
  text: `INSERT INTO device_models (charge_point_id, organization_id, inventory_base, inventory_at, inventory_firmware, wanted_at, wanted_base)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::timestamptz[], $7::text[])
         ON CONFLICT (charge_point_id) DO UPDATE SET inventory_base = excluded.inventory_base, inventory_at = excluded.inventory_at,
           inventory_firmware = excluded.inventory_firmware, wanted_at = excluded.wanted_at, wanted_base = excluded.wanted_base`,
};
const FIXED = [
  ['id', 'text', 'id'],
  ['kind', 'text', 'kind'],
  ['request_id', 'int4', 'requestId'],
  ['command_id', 'text', 'commandId'],
  ['base', 'text', 'base'],
  ['criteria', 'jsonb', 'criteria'],
  ['change_id', 'text', 'changeId'],
  ['firmware_version', 'text', 'firmwareVersion'],
  ['requested_by', 'text', 'requestedBy'],
  ['waiting_node', 'text', 'waitingNode'],
  ['created_at', 'timestamptz', 'createdAt'],
  ['expires_at', 'timestamptz', 'expiresAt'],
] as const satisfies readonly (readonly [string, string, keyof ReportRow])[];
const MOVING = [
  ['status', 'text', 'status'],
  ['parts', 'jsonb', 'parts'],
  ['missing', 'jsonb', 'missing'],
  ['due_at', 'timestamptz', 'dueAt'],
  ['completed_at', 'timestamptz', 'completedAt'],
  ['error', 'text', 'error'],
] as const satisfies readonly (readonly [string, string, keyof ReportRow])[];
const ALL = [...FIXED, ...MOVING];
const SAVE_REPORTS: Statement = {
  name: 'device_reports_save',
  text: `INSERT INTO device_reports (organization_id, charge_point_id, ${ALL.map(([column]) => column).join(', ')})
         SELECT * FROM unnest($1::text[], $2::text[], ${ALL.map(([, type], i) => `$${i + 3}::${type}[]`).join(', ')})
         ON CONFLICT (id) DO UPDATE SET ${MOVING.map(([column]) => `${column} = excluded.${column}`).join(', ')}`,
};

export type Changed = { readonly root: Root; readonly before: DeviceState; readonly after: DeviceState };

export async function saveDeviceModels(tx: Tx, changed: readonly Changed[]): Promise<void> {
  const sent: Promise<unknown>[] = [];
  const models = changed.filter(({ before, after }) => before.model !== after.model);
  if (models.length > 0) {
    const of = <T>(pick: (model: ModelRow) => T): T[] => models.map(({ after }) => pick(after.model));
    sent.push(
      tx.rows(SAVE_MODELS, [
        models.map(({ root }) => root.chargePointId),
        models.map(({ root }) => root.organizationId),
        of((model) => model.inventoryBase),
        of((model) => model.inventoryAt),
        of((model) => model.inventoryFirmware),
        of((model) => model.wantedAt),
        of((model) => model.wantedBase),
      ]),
    );
  }
  const reports = changed.flatMap(({ root, before, after }) =>
    [...after.reports.values()]
      .filter((report) => before.reports.get(report.id) !== report)
      .map((report) => ({ root, report })),
  );
  if (reports.length > 0) {
    const plain = (value: unknown, type: string): unknown => {
      if (type === 'jsonb') return storableJson(value);
      return typeof value === 'string' ? value.replace(/\0|\p{Surrogate}/gu, '\ufffd') : value;
    };
    sent.push(
      tx.rows(SAVE_REPORTS, [
        reports.map(({ root }) => root.organizationId),
        reports.map(({ root }) => root.chargePointId),
        ...ALL.map(([, type, field]) => reports.map(({ report }) => plain(report[field], type))),
      ]),
    );
  }
  // In this order on one connection: what was told, then what is gone since.
  sent.push(saveAttributes(tx, changed), saveValues(tx, changed), saveGone(tx, changed));
  await Promise.all(sent);
}

const DUE_REPORTS: Statement = {
  name: 'device_reports_due',
  text: `SELECT id, charge_point_id AS "chargePointId" FROM device_reports WHERE due_at <= $1 ORDER BY due_at LIMIT $2`,
};
const WANTED: Statement = {
  name: 'device_models_wanted',
  text: `SELECT charge_point_id AS "chargePointId" FROM device_models WHERE wanted_at <= $1 ORDER BY wanted_at LIMIT $2`,
};
const CLOSE_ORPHANS: Statement = {
  name: 'device_reports_close_orphans',
  text: `UPDATE device_reports r SET status = 'failed', due_at = NULL, completed_at = $1, error = 'The charge point was deleted'
          WHERE r.due_at <= $1 AND NOT EXISTS (SELECT FROM charge_points p WHERE p.id = r.charge_point_id)`,
};
// Ids sort by time: a range of the primary key, bounded.
const FORGET = deleteFew('device_reports_forget', 'device_reports', 't.id < $1 AND t.due_at IS NULL', 't.id');

type Db = Pick<Database, 'rows'>;
export const dueReports = (db: Db, now: Date, limit: number) =>
  db.rows<{ id: string; chargePointId: string }>(DUE_REPORTS, [now, limit]);
export const wantedInventories = (db: Db, now: Date, limit: number) =>
  db.rows<{ chargePointId: string }>(WANTED, [now, limit]);
/** A deleted charge point has no door any more through which its reports could end. */
export const closeOrphans = (db: Db, now: Date) => db.rows(CLOSE_ORPHANS, [now]);
export const forgetReports = (db: Db, before: string): Promise<number> => deleteAll(db, FORGET, [before]);
