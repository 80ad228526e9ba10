/** Monitors, events, conditions and streams, as REST takes and shows them. */
import { z } from 'zod';
import { monitorTypes } from '../commands/index.ts';
import { instantOut } from '../platform/fields.ts';
import { LONGEST_KEY, variableOfKey } from '../platform/variable-key.ts';
import type { StoredEvent } from './read-store.ts';
import { type ConditionRow, type MonitorRow, NO_MONITOR, type Settings, type StreamRow } from './types.ts';

export const triggers = ['alerting', 'delta', 'periodic'] as const;
export const states = ['alerting', 'cleared'] as const;
export const bases = ['all', 'factory_default', 'hard_wired_only'] as const;
export const severityField = z.int().min(0).max(9);
const int32 = z.int().min(0).max(2_147_483_647);

export const monitorsField = z
  .array(
    z.strictObject({
      monitor_id: int32.optional().describe('Replaces the one of this number; absent: a new one'),
      key: z
        .string()
        .max(LONGEST_KEY)
        .refine((key) => variableOfKey(key)?.attribute === 'Actual', {
          error: 'must name a variable, such as EVSE@1.Power; monitors are of its actual value',
        })
        .meta({ examples: ['Connector@1.1.Temperature'] }),
      type: z.enum(monitorTypes).describe('The last two: 2.1'),
      value: z
        .number()
        .min(-1e12)
        .max(1e12)
        .describe('The threshold, the delta, or for periodic ones the seconds')
        .meta({ examples: [70] }),
      severity: severityField.describe('0 danger … 9 debug').meta({ examples: [4] }),
      transaction: z.boolean().optional().describe('Only while a transaction runs'),
      stream: z
        .strictObject({ interval_s: int32.optional(), values: int32.optional() })
        .optional()
        .describe('2.1: periodic ones are told as a stream'),
    }),
  )
  .min(1)
  .max(200)
  .meta({ examples: [[{ key: 'Connector@1.1.Temperature', type: 'upper_threshold', value: 70, severity: 4 }]] });

export const monitorSchema = z
  .object({
    monitor_id: z.int(),
    key: z.string(),
    type: z.string(),
    value: z.number(),
    severity: z.int(),
    transaction: z.boolean(),
    origin: z
      .string()
      .nullable()
      .describe('hard_wired_…, preconfigured_monitor, custom_monitor; null: 2.0.1 did not say'),
    seen_at: instantOut.describe('When the station last told it, or took it'),
  })
  .meta({ id: 'VariableMonitor' });
export const presentMonitor = (row: MonitorRow): z.input<typeof monitorSchema> => ({
  monitor_id: row.monitorId,
  key: row.key,
  type: row.type,
  value: row.value,
  severity: row.severity,
  transaction: row.transaction,
  origin: row.origin,
  seen_at: row.seenAt,
});

export const settingsSchema = z
  .object({
    charge_point_id: z.string(),
    base: z.enum(bases).nullable().describe('As last set here; null: never'),
    base_set_at: instantOut.nullable(),
    level: z.int().nullable().describe('The least severe that the station reports, as last set here'),
    level_set_at: instantOut.nullable(),
  })
  .meta({ id: 'MonitoringSettings' });
export const presentSettings = (id: string, row: Settings): z.input<typeof settingsSchema> => ({
  charge_point_id: id,
  base: row.base,
  base_set_at: row.baseAt,
  level: row.level,
  level_set_at: row.levelAt,
});

export const eventSchema = z
  .object({
    id: z.string(),
    charge_point_id: z.string(),
    event_id: z.int().describe('The station’s own number of it'),
    at: instantOut.describe('By the station’s clock where that is sane'),
    raw_at: z.string().nullable().describe('What the station wrote instead of a sane time'),
    historical: z.boolean(),
    received_at: instantOut,
    trigger: z.enum(triggers),
    cause: z.int().nullable().describe('The event_id of what caused it'),
    key: z.string(),
    value: z.string().nullable().describe('null: secret'),
    tech_code: z.string().nullable(),
    tech_info: z.string().nullable(),
    cleared: z.boolean(),
    transaction_id: z.string().nullable().describe('The station’s own'),
    monitor_id: z.int().nullable(),
    origin: z.string(),
    severity: z.int().nullable(),
  })
  .meta({ id: 'DeviceEvent' });
export const presentEvent = (row: StoredEvent): z.input<typeof eventSchema> => ({
  id: row.id,
  charge_point_id: row.chargePointId,
  event_id: row.eventId,
  at: row.at,
  raw_at: row.rawAt,
  historical: row.historical,
  received_at: row.receivedAt,
  trigger: row.trigger as (typeof triggers)[number], // only saveMonitoring writes it
  cause: row.cause,
  key: row.key,
  value: row.value,
  tech_code: row.techCode,
  tech_info: row.techInfo,
  cleared: row.cleared,
  transaction_id: row.transactionId,
  monitor_id: row.monitorId,
  origin: row.origin,
  severity: row.severity,
});

export const conditionSchema = z
  .object({
    charge_point_id: z.string(),
    key: z.string(),
    monitor_id: z.int().nullable(),
    state: z.enum(states),
    severity: z.int().nullable(),
    origin: z.string(),
    opened_at: instantOut,
    last_at: instantOut,
    cleared_at: instantOut.nullable(),
    occurrences: z.int().describe('Alerts since it was opened'),
    value: z.string().nullable(),
    tech_code: z.string().nullable(),
    tech_info: z.string().nullable(),
    event_id: z.string().describe('The event that says so: vev_…'),
  })
  .meta({ id: 'DeviceCondition' });
export const presentCondition = (
  row: ConditionRow & { readonly chargePointId: string },
): z.input<typeof conditionSchema> => ({
  charge_point_id: row.chargePointId,
  key: row.key,
  monitor_id: row.monitorId === NO_MONITOR ? null : row.monitorId,
  state: row.state,
  severity: row.severity,
  origin: row.origin,
  opened_at: row.openedAt,
  last_at: row.lastAt,
  cleared_at: row.clearedAt,
  occurrences: row.occurrences,
  value: row.value,
  tech_code: row.techCode,
  tech_info: row.techInfo,
  event_id: row.eventId,
});

export const streamSchema = z
  .object({
    stream_id: z.int(),
    monitor_id: z.int(),
    interval_s: z.int().nullable(),
    values: z.int().nullable().describe('So many are told at once'),
    status: z.enum(['open', 'closed']),
    opened_at: instantOut,
    closed_at: instantOut.nullable(),
    last_at: instantOut.nullable().describe('When values last came'),
    pending: z.int().describe('Held back by the station when they did'),
    received: z.int(),
  })
  .meta({ id: 'EventStream' });
export const presentStream = (row: StreamRow): z.input<typeof streamSchema> => ({
  stream_id: row.streamId,
  monitor_id: row.monitorId,
  interval_s: row.intervalS,
  values: row.values,
  status: row.status,
  opened_at: row.openedAt,
  closed_at: row.closedAt,
  last_at: row.lastAt,
  pending: row.pending,
  received: row.received,
});
