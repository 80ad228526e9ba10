/** The words of monitoring in OCPP 2.x and ours, side by side. No rules. */
import type { MonitorWish } from '../../commands/index.ts';
import type { MonitoringBase, ReportedEvent, ToldMonitor, ToldStream } from '../../ingest/inputs.ts';
import { enumReader, MOST_INT32, readInteger, readNumber, readRecord } from '../reading.ts';

export const readId = (value: unknown): number | undefined => readInteger(value, 0, MOST_INT32);
/** 0 (danger) .. 9 (debug) */
export const readSeverity = (value: unknown): number | undefined => readInteger(value, 0, 9);

/** MonitorEnumType */
export const MONITOR_TYPES = {
  upper_threshold: 'UpperThreshold',
  lower_threshold: 'LowerThreshold',
  delta: 'Delta',
  periodic: 'Periodic',
  periodic_clock_aligned: 'PeriodicClockAligned',
  target_delta: 'TargetDelta',
  target_delta_relative: 'TargetDeltaRelative',
} as const satisfies Record<MonitorWish['type'], string>;
/** MonitoringBaseEnumType */
export const MONITORING_BASES = {
  all: 'All',
  factory_default: 'FactoryDefault',
  hard_wired_only: 'HardWiredOnly',
} as const satisfies Record<MonitoringBase, string>;
/** EventTriggerEnumType */
const TRIGGERS = { alerting: 'Alerting', delta: 'Delta', periodic: 'Periodic' } as const satisfies Record<
  ReportedEvent['trigger'],
  string
>;
/** EventNotificationEnumType */
const ORIGINS = {
  hard_wired_notification: 'HardWiredNotification',
  hard_wired_monitor: 'HardWiredMonitor',
  preconfigured_monitor: 'PreconfiguredMonitor',
  custom_monitor: 'CustomMonitor',
} as const;

/** Ours for theirs, whatever its spelling. */
function reverse<Word extends string>(words: Readonly<Record<Word, string>>): (value: unknown) => Word | undefined {
  const read = enumReader(Object.values<string>(words));
  const ours = Object.entries(words) as [Word, string][];
  return (value) => {
    const wire = read(value);
    return ours.find(([, each]) => each === wire)?.[0];
  };
}
const readType = reverse(MONITOR_TYPES);
export const readBase = reverse(MONITORING_BASES);
export const readTrigger = reverse(TRIGGERS);
export const readOrigin = reverse(ORIGINS);

/** VariableMonitoringType; undefined: it has no number, type or value. */
export function readMonitor(key: string, data: unknown): ToldMonitor | undefined {
  const said = readRecord(data);
  const [monitorId, type, value] = [readId(said['id']), readType(said['type']), readNumber(said['value'])];
  if (monitorId === undefined || type === undefined || value === undefined) return undefined;
  const severity = readSeverity(said['severity']) ?? 9;
  const origin = readOrigin(said['eventNotificationType']) ?? null;
  return { key, monitorId, type, value, severity, transaction: said['transaction'] === true, origin };
}

/** ConstantStreamDataType; undefined: it has no number, or names no monitor. */
export function readStream(data: unknown): ToldStream | undefined {
  const said = readRecord(data);
  const [streamId, monitorId] = [readId(said['id']), readId(said['variableMonitoringId'])];
  if (streamId === undefined || monitorId === undefined) return undefined;
  return { streamId, monitorId, ...readParams(said['params']) };
}
/** PeriodicEventStreamParamsType */
export function readParams(data: unknown): Pick<ToldStream, 'intervalS' | 'values'> {
  const said = readRecord(data);
  return { intervalS: readId(said['interval']) ?? null, values: readId(said['values']) ?? null };
}
