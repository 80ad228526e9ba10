/** Device models and reports, as REST shows them. */
import { z } from 'zod';
import { instantOut } from '../platform/fields.ts';
import type { ModelSummary, StoredReport, StoredVariable } from './read-store.ts';

export const bases = ['full_inventory', 'configuration_inventory', 'summary_inventory'] as const;
export const attributes = ['actual', 'target', 'min_set', 'max_set'] as const;
const statuses = ['requested', 'receiving', 'completed', 'empty', 'refused', 'timed_out', 'failed'] as const;

export const reportSchema = z
  .object({
    id: z.string(),
    charge_point_id: z.string(),
    kind: z.enum(['variables', 'monitors']),
    base: z.enum(bases).nullable().describe('null: by criteria'),
    criteria: z.record(z.string(), z.unknown()).nullable(),
    status: z.enum(statuses).describe('timed_out: some parts never came; what came is kept'),
    request_id: z.int().describe('By which the parts of the answer are known'),
    command_id: z.string(),
    parts_received: z.int(),
    parts_missing: z.array(z.int()).nullable().describe('Of a report that timed out: the first that are missing'),
    items: z.int().describe('Attributes, or monitors, that it told'),
    requested_by: z.string().describe('key_… or usr_… or system; command: by a raw command'),
    created_at: instantOut,
    completed_at: instantOut.nullable(),
    error: z.string().nullable(),
  })
  .meta({ id: 'DeviceReport' });

export const presentReport = (report: StoredReport): z.input<typeof reportSchema> => ({
  id: report.id,
  charge_point_id: report.chargePointId,
  kind: report.kind,
  base: report.base,
  criteria: report.criteria === null ? null : { ...report.criteria },
  status: report.status,
  request_id: report.requestId,
  command_id: report.commandId,
  parts_received: report.parts.seen.reduce((sum, [from, to]) => sum + to - from + 1, 0),
  parts_missing: report.missing === null ? null : [...report.missing],
  items: report.parts.items,
  requested_by: report.requestedBy,
  created_at: report.createdAt,
  completed_at: report.completedAt,
  error: report.error,
});

export const modelSchema = z
  .object({
    charge_point_id: z.string(),
    inventory: z
      .object({ base: z.enum(bases), at: instantOut, firmware_version: z.string().nullable() })
      .nullable()
      .describe('The last report that was complete; null: none was'),
    components: z.int(),
    attributes: z.int(),
    inventory_wanted_at: instantOut.nullable().describe('When the server will ask for an inventory by itself'),
  })
  .meta({ id: 'DeviceModel' });

export const presentModel = (id: string, model: ModelSummary): z.input<typeof modelSchema> => ({
  charge_point_id: id,
  inventory:
    model.inventoryBase === null || model.inventoryAt === null
      ? null
      : { base: model.inventoryBase, at: model.inventoryAt, firmware_version: model.inventoryFirmware },
  components: model.components,
  attributes: model.attributes,
  inventory_wanted_at: model.wantedAt,
});

export const variableSchema = z
  .object({
    key: z
      .string()
      .describe('As configuration routes name it: Component[instance]@evse.connector.Variable[instance]/Attribute'),
    component: z.string(),
    component_instance: z.string().nullable(),
    evse_id: z.int().nullable().describe('null: the station itself'),
    connector_id: z.int().nullable(),
    variable: z.string(),
    variable_instance: z.string().nullable(),
    attribute: z.string().describe(attributes.join(', ')),
    value: z.string().nullable().describe('null: not told, write-only or secret'),
    previous_value: z.string().nullable(),
    secret: z.boolean(),
    mutability: z.string().nullable().describe('read_only, write_only, read_write; null: never reported'),
    persistent: z.boolean().nullable(),
    constant: z.boolean().nullable(),
    data_type: z.string().nullable(),
    unit: z.string().nullable(),
    min_limit: z.number().nullable(),
    max_limit: z.number().nullable(),
    max_elements: z.int().nullable(),
    values_list: z.string().nullable(),
    supports_monitoring: z.boolean().nullable(),
    first_seen_at: instantOut,
    seen_at: instantOut.describe('When the station last told it'),
    changed_at: instantOut.nullable().describe('When it was last told with another value'),
    gone_at: instantOut.nullable().describe('A later full inventory did not name it any more'),
  })
  .meta({ id: 'DeviceVariable' });

export const presentVariable = (row: StoredVariable): z.input<typeof variableSchema> => ({
  key: row.key,
  component: row.component,
  component_instance: row.componentInstance,
  evse_id: row.evseId,
  connector_id: row.connectorId,
  variable: row.variable,
  variable_instance: row.variableInstance,
  attribute: row.attribute,
  value: row.secret ? null : row.value,
  previous_value: row.secret ? null : row.previousValue,
  secret: row.secret,
  mutability: row.mutability,
  persistent: row.persistent,
  constant: row.constant,
  data_type: row.dataType,
  unit: row.unit,
  min_limit: row.minLimit,
  max_limit: row.maxLimit,
  max_elements: row.maxElements,
  values_list: row.valuesList,
  supports_monitoring: row.supportsMonitoring,
  first_seen_at: row.firstSeenAt,
  seen_at: row.seenAt,
  changed_at: row.changedAt,
  gone_at: row.goneAt,
});
