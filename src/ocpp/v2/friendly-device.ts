/** What the device model of a station can be asked for, in the words of OCPP 2.x. */
import type { Call, ComponentWish, DeviceCommand, MonitorWish } from '../../commands/index.ts';
import { variableOfKey } from '../../platform/variable-key.ts';
import { BASES, toWire } from './device-words.ts';
import { MONITOR_TYPES, MONITORING_BASES } from './monitor-words.ts';

/** undefined: some key names no variable. */
function named(keys: readonly string[]): readonly Record<string, unknown>[] | undefined {
  const all = keys.flatMap((key) => {
    const name = variableOfKey(key);
    if (name === undefined) return [];
    return [{ ...(name.attribute !== 'Actual' && { attributeType: name.attribute }), ...toWire(name) }];
  });
  return all.length === 0 || all.length < keys.length ? undefined : all;
}

export function getVariables(keys: readonly string[]): Call | undefined {
  const getVariableData = named(keys);
  return getVariableData === undefined ? undefined : { action: 'GetVariables', payload: { getVariableData } };
}

export function setVariables(settings: readonly { readonly key: string; readonly value: string }[]): Call | undefined {
  const setVariableData = named(settings.map(({ key }) => key))?.map((each, i) => ({
    ...each,
    attributeValue: settings[i]?.value ?? '',
  }));
  return setVariableData === undefined ? undefined : { action: 'SetVariables', payload: { setVariableData } };
}

const CRITERIA = { active: 'Active', available: 'Available', enabled: 'Enabled', problem: 'Problem' } as const;

const MONITORING_CRITERIA = {
  threshold: 'ThresholdMonitoring',
  delta: 'DeltaMonitoring',
  periodic: 'PeriodicMonitoring',
} as const;

/** undefined: some key names no variable. */
export function deviceCall(ask: DeviceCommand): Call | undefined {
  switch (ask.of) {
    case 'base_report': {
      const { requestId, base } = ask;
      return { action: 'GetBaseReport', payload: { requestId, reportBase: BASES[base] } };
    }
    case 'report': {
      const { requestId, criteria, components } = ask;
      const payload = {
        requestId,
        ...(criteria.length > 0 && { componentCriteria: criteria.map((each) => CRITERIA[each]) }),
        ...(components.length > 0 && { componentVariable: components.map(componentVariable) }),
      };
      return { action: 'GetReport', payload };
    }
    case 'monitoring_report': {
      const { requestId, criteria, components } = ask;
      const payload = {
        requestId,
        ...(criteria.length > 0 && { monitoringCriteria: criteria.map((each) => MONITORING_CRITERIA[each]) }),
        ...(components.length > 0 && { componentVariable: components.map(componentVariable) }),
      };
      return { action: 'GetMonitoringReport', payload };
    }
    case 'set_monitors': {
      const setMonitoringData = ask.monitors.flatMap((wish) => monitor(wish) ?? []);
      if (setMonitoringData.length < ask.monitors.length) return undefined;
      return { action: 'SetVariableMonitoring', payload: { setMonitoringData } };
    }
    case 'clear_monitors':
      return { action: 'ClearVariableMonitoring', payload: { id: [...ask.monitorIds] } };
    case 'monitoring_base':
      return { action: 'SetMonitoringBase', payload: { monitoringBase: MONITORING_BASES[ask.base] } };
    case 'monitoring_level':
      return { action: 'SetMonitoringLevel', payload: { severity: ask.severity } };
    case 'list_streams':
      return { action: 'GetPeriodicEventStream', payload: {} };
    case 'adjust_stream': {
      const { streamId: id, intervalS: interval, values } = ask;
      const params = { ...(interval !== undefined && { interval }), ...(values !== undefined && { values }) };
      return { action: 'AdjustPeriodicEventStream', payload: { id, params } };
    }
    case 'network_profile': {
      const { slot: configurationSlot, connection: connectionData } = ask;
      return { action: 'SetNetworkProfile', payload: { configurationSlot, connectionData: { ...connectionData } } };
    }
  }
}

/** SetMonitoringDataType; a monitor is always of the actual value. */
function monitor({ monitorId, key, type, value, severity, transaction, stream }: MonitorWish) {
  const name = variableOfKey(key);
  if (name === undefined || name.attribute !== 'Actual') return undefined;
  const { intervalS: interval, values } = stream ?? {};
  return {
    ...(monitorId !== undefined && { id: monitorId }),
    ...(transaction !== undefined && { transaction }),
    ...(stream !== undefined && {
      periodicEventStream: { ...(interval !== undefined && { interval }), ...(values !== undefined && { values }) },
    }),
    ...{ type: MONITOR_TYPES[type], value, severity, ...toWire(name) },
  };
}

/** ComponentVariableType: without a variable all of the component are meant (2.0.1 B08.FR.20). */
export function componentVariable(wish: ComponentWish): Record<string, unknown> {
  const {
    component,
    componentInstance = null,
    evseId = null,
    connectorId = null,
    variable,
    variableInstance = null,
  } = wish;
  const place = { componentInstance, evseId, connectorId };
  const wire = toWire({ component, ...place, variable: variable ?? '', variableInstance });
  return variable === undefined ? { component: wire.component } : wire;
}
