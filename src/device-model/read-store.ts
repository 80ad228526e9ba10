/** What REST reads of device models and reports, always within one organization. */
import type { Database, Statement } from '../database/contract.ts';
import { REPORT_COLUMNS } from './store.ts';
import type { ModelRow, ReportRow } from './types.ts';

export type StoredReport = ReportRow & { readonly chargePointId: string };
export type StoredVariable = {
  readonly key: string;
  readonly component: string;
  readonly componentInstance: string | null;
  readonly evseId: number | null;
  readonly connectorId: number | null;
  readonly variable: string;
  readonly variableInstance: string | null;
  readonly attribute: string;
  readonly value: string | null;
  readonly previousValue: string | null;
  readonly secret: boolean;
  readonly mutability: string | null;
  readonly persistent: boolean | null;
  readonly constant: boolean | null;
  readonly dataType: string | null;
  readonly unit: string | null;
  readonly minLimit: number | null;
  readonly maxLimit: number | null;
  readonly maxElements: number | null;
  readonly valuesList: string | null;
  readonly supportsMonitoring: boolean | null;
  readonly firstSeenAt: Date;
  readonly seenAt: Date;
  readonly changedAt: Date | null;
  readonly goneAt: Date | null;
};

type Where = { readonly organizationId: string; readonly chargePointId: string };
type Page = { readonly after: string | undefined; readonly limit: number };
export type VariableFilter = {
  readonly component: string | undefined;
  readonly variable: string | undefined;
  readonly evseId: number | undefined;
  readonly connectorId: number | undefined;
  readonly attribute: string | undefined;
  readonly text: string | undefined;
  readonly writable: boolean | undefined;
  readonly gone: boolean | undefined;
  readonly changedSince: Date | undefined;
};

const MODEL: Statement = {
  name: 'device_model_summary',
  text: `SELECT m.inventory_base AS "inventoryBase", m.inventory_at AS "inventoryAt", m.inventory_firmware AS "inventoryFirmware",
                m.wanted_at AS "wantedAt", m.wanted_base AS "wantedBase",
                (SELECT count(*)::int4 FROM device_variables v WHERE v.charge_point_id = c.id AND v.gone_at IS NULL) AS attributes,
                (SELECT count(DISTINCT (v.component, v.component_instance, v.evse_id, v.connector_id))::int4
                   FROM device_variables v WHERE v.charge_point_id = c.id AND v.gone_at IS NULL) AS components
           FROM charge_points c LEFT JOIN device_models m ON m.charge_point_id = c.id
          WHERE c.organization_id = $1 AND c.id = $2`,
};
const REPORT: Statement = {
  name: 'device_report',
  text: `SELECT charge_point_id AS "chargePointId", ${REPORT_COLUMNS} FROM device_reports WHERE organization_id = $1 AND id = $2`,
};
const REPORTS: Statement = {
  name: 'device_reports_list',
  text: `SELECT charge_point_id AS "chargePointId", ${REPORT_COLUMNS} FROM device_reports
          WHERE organization_id = $1 AND charge_point_id = $2 AND id < coalesce($3, 'zzzz') ORDER BY id DESC LIMIT $4`,
};
const IS_OPEN: Statement = {
  name: 'device_report_is_open',
  text: 'SELECT 1 FROM device_reports WHERE id = $1 AND due_at IS NOT NULL',
};
// Plan: the range of the primary key of one station, from the cursor on; a station has thousands of attributes at most.
const VARIABLES: Statement = {
  name: 'device_variables_list',
  text: `SELECT key, component, component_instance AS "componentInstance", evse_id AS "evseId", connector_id AS "connectorId", variable,
                variable_instance AS "variableInstance", attribute, value, previous_value AS "previousValue", secret, mutability,
                persistent, constant, data_type AS "dataType", unit, min_limit AS "minLimit", max_limit AS "maxLimit",
                max_elements AS "maxElements", values_list AS "valuesList", supports_monitoring AS "supportsMonitoring",
                first_seen_at AS "firstSeenAt", seen_at AS "seenAt", changed_at AS "changedAt", gone_at AS "goneAt"
           FROM device_variables
          WHERE organization_id = $1 AND charge_point_id = $2 AND ($3::text IS NULL OR key > $3)
            AND ($5::text IS NULL OR lower(component) = lower($5)) AND ($6::text IS NULL OR lower(variable) = lower($6))
            AND ($7::int4 IS NULL OR evse_id = $7) AND ($8::int4 IS NULL OR connector_id = $8)
            AND ($9::text IS NULL OR attribute = $9)
            AND ($10::text IS NULL OR strpos(lower(key), lower($10)) > 0 OR strpos(lower(coalesce(value, '')), lower($10)) > 0)
            AND ($11::bool IS NULL OR (coalesce(mutability, 'read_write') <> 'read_only' AND NOT coalesce(constant, false)) = $11)
            AND ($12::bool IS NULL OR (gone_at IS NOT NULL) = $12)
            AND ($13::timestamptz IS NULL OR changed_at >= $13)
          ORDER BY key LIMIT $4`,
};

export type ModelSummary = { readonly [Field in keyof ModelRow]: ModelRow[Field] | null } & {
  readonly attributes: number;
  readonly components: number;
};
export type DeviceReads = ReturnType<typeof deviceReads>;
export const deviceReads = (db: Pick<Database, 'rows'>) => ({
  model: async ({ organizationId, chargePointId }: Where) =>
    (await db.rows<ModelSummary>(MODEL, [organizationId, chargePointId]))[0],
  report: async (organizationId: string, id: string) => (await db.rows<StoredReport>(REPORT, [organizationId, id]))[0],
  reports: ({ organizationId, chargePointId }: Where, page: Page) =>
    db.rows<StoredReport>(REPORTS, [organizationId, chargePointId, page.after ?? null, page.limit + 1]),
  variables: ({ organizationId, chargePointId }: Where, filter: VariableFilter, page: Page) => {
    const { component, variable, evseId, connectorId, attribute, text, writable, gone, changedSince } = filter;
    const wanted = [component, variable, evseId, connectorId, attribute, text, writable, gone, changedSince];
    return db.rows<StoredVariable>(VARIABLES, [
      organizationId,
      chargePointId,
      page.after ?? null,
      page.limit + 1,
      ...wanted.map((each) => each ?? null),
    ]);
  },
  /** By id alone: for a waiter that was given the id by its organization. */
  isOpen: async (reportId: string) => (await db.rows(IS_OPEN, [reportId])).length > 0,
});
