/** What the device model of a station can be asked for, in the words of OCPP 2.x. */
import type { Call, ComponentWish, DeviceCommand } from '../../commands/index.ts';
import { variableOfKey } from '../../platform/variable-key.ts';
import { BASES, toWire } from './device-words.ts';

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

export function deviceCall(ask: DeviceCommand): Call {
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
  }
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
