/** How a 2.x station answers about monitors: set (2.0.1 N04), cleared (N06), base (N05), level (N03), reported (N02). */
import type { Controls } from '../dialect.ts';
import { listOf, numberOf, payloadOf, textOf } from '../payload.ts';
import type { Payload } from '../types.ts';
import { type Answering, badField, error, result } from './answering.ts';
import type { Device } from './device.ts';
import { instant } from './messages.ts';
import type { Entry } from './model/index.ts';
import type { Monitor, MonitorType } from './monitors.ts';
import { isAsked, nameOf } from './named.ts';
import { inParts } from './parts.ts';
import type { V2Version } from './words.ts';

const TYPES: Readonly<Record<string, MonitorType>> = {
  UpperThreshold: 'UpperThreshold',
  LowerThreshold: 'LowerThreshold',
  Delta: 'Delta',
  Periodic: 'Periodic',
  PeriodicClockAligned: 'PeriodicClockAligned',
};
const NUMBERS: ReadonlySet<string> = new Set(['integer', 'decimal']);

type Outcome = { readonly status: string; readonly id?: number };

function setOne(said: Payload, entry: Entry, controls: Controls, { monitors, streams, version }: Device): Outcome {
  const type = TYPES[String(said['type'])];
  const value = numberOf(said['value']);
  const severity = numberOf(said['severity']);
  const id = numberOf(said['id']);
  const { variable } = entry;
  const isThreshold = type === 'UpperThreshold' || type === 'LowerThreshold';
  if (type === undefined || variable.monitored !== true) return { status: 'UnsupportedMonitorType' };
  if (isThreshold && !NUMBERS.has(variable.type)) return { status: 'UnsupportedMonitorType' };
  if (value === undefined || severity === undefined || severity < 0 || severity > 9) return { status: 'Rejected' };
  // N04.FR.13, FR.14: a threshold nothing could ever reach, or a difference below zero.
  if (type === 'UpperThreshold' && variable.max !== undefined && value > variable.max) return { status: 'Rejected' };
  if (type === 'LowerThreshold' && variable.min !== undefined && value < variable.min) return { status: 'Rejected' };
  if (type === 'Delta' && value < 0) return { status: 'Rejected' };
  const old = id === undefined ? undefined : monitors.find(id);
  // N04.FR.16, FR.12: one that is named must be there, be of the same variable, and may be changed.
  if (id !== undefined && (old === undefined || old.entry !== entry || old.kind === 'HardWiredMonitor'))
    return { status: 'Rejected' };
  const isDouble = monitors
    .all()
    .some((each) => each.entry === entry && each.type === type && each.severity === severity && each.id !== id);
  if (isDouble) return { status: 'Duplicate' };
  const stream = version === '2.1' && type === 'Periodic' ? said['periodicEventStream'] : undefined;
  const made = monitors.put(
    {
      id,
      entry,
      type,
      value,
      severity,
      transaction: said['transaction'] === true,
      kind: 'CustomMonitor',
      isStreamed: stream !== undefined,
    },
    controls,
  );
  if (stream !== undefined) streams.open(made, payloadOf(stream), controls);
  return { status: 'Accepted', id: made.id };
}

const reported = (found: readonly Monitor[], version: V2Version): Payload[] => {
  const entries = [...new Set(found.map(({ entry }) => entry))];
  return entries.map((entry) => ({
    ...nameOf(entry),
    variableMonitoring: found
      .filter((each) => each.entry === entry)
      .map(({ id, transaction, value, type, severity, kind }) => ({
        id,
        transaction,
        value,
        type,
        severity,
        ...(version === '2.1' ? { eventNotificationType: kind } : {}),
      })),
  }));
};

export const monitoring: Readonly<Record<string, Answering>> = {
  SetVariableMonitoring(payload, controls, device) {
    const asked = listOf(payload['setMonitoringData']);
    if (asked.length === 0) return badField('setMonitoringData');
    if (asked.length > Number(device.model.read('MonitoringCtrlr.ItemsPerMessage[SetVariableMonitoring]')))
      return error('OccurrenceConstraintViolation', 'more than ItemsPerMessage');
    const setMonitoringResult = asked.map((each) => {
      const found = device.model.find(each['component'], each['variable']);
      const { component, variable, type, severity } = each;
      const outcome = typeof found === 'string' ? { status: found } : setOne(each, found, controls, device);
      return { ...outcome, type, severity, component, variable };
    });
    return result({ setMonitoringResult }, () => device.monitors.check(controls));
  },

  ClearVariableMonitoring({ id: ids }, controls, { monitors, streams }) {
    if (!Array.isArray(ids)) return badField('id');
    const closed: (() => void)[] = [];
    const clearMonitoringResult = ids.map((id: unknown) => {
      const known = typeof id === 'number' ? monitors.find(id) : undefined;
      if (known === undefined) return { id, status: 'NotFound' };
      // N06.FR.04
      if (known.kind === 'HardWiredMonitor') return { id, status: 'Rejected' };
      monitors.remove(known.id);
      if (known.isStreamed) closed.push(() => streams.close(known.id, controls));
      return { id, status: 'Accepted' };
    });
    return result({ clearMonitoringResult }, () => {
      for (const close of closed) close();
    });
  },

  SetMonitoringBase({ monitoringBase }, controls, { monitors, model }) {
    const base = textOf(monitoringBase);
    if (base === undefined || !['All', 'FactoryDefault', 'HardWiredOnly'].includes(base))
      return result({ status: 'NotSupported' });
    monitors.setBase(base, controls);
    model.note('MonitoringCtrlr.ActiveMonitoringBase', base);
    return result({ status: 'Accepted' });
  },

  SetMonitoringLevel({ severity }, _controls, { monitors, model }) {
    if (typeof severity !== 'number' || severity < 0 || severity > 9) return result({ status: 'Rejected' });
    monitors.level = severity;
    model.note('MonitoringCtrlr.ActiveMonitoringLevel', String(severity));
    return result({ status: 'Accepted' });
  },

  GetMonitoringReport(payload, controls, { monitors, version }) {
    const requestId = numberOf(payload['requestId']);
    if (requestId === undefined) return badField('requestId');
    const asked = listOf(payload['componentVariable']);
    const criteria = Array.isArray(payload['monitoringCriteria']) ? payload['monitoringCriteria'].map(String) : [];
    const isOf = ({ type }: Monitor): boolean =>
      criteria.length === 0 ||
      criteria.some((each) =>
        each === 'ThresholdMonitoring'
          ? type.endsWith('Threshold')
          : each === 'DeltaMonitoring'
            ? type === 'Delta'
            : type.startsWith('Periodic'),
      );
    const found = monitors
      .all()
      .filter((each) => isOf(each) && (asked.length === 0 || asked.some((wanted) => isAsked(each.entry, wanted))));
    if (found.length === 0) return result({ status: 'EmptyResultSet' });
    return result({ status: 'Accepted' }, () =>
      inParts(controls, 'NotifyMonitoringReport', reported(found, version), (monitor, seqNo) => ({
        requestId,
        generatedAt: instant(controls.now()),
        seqNo,
        monitor,
      })),
    );
  },
};
