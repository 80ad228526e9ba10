/** How a 2.x station answers GetVariables (B06) and SetVariables (B05). */
import type { Controls } from '../dialect.ts';
import { listOf, textOf } from '../payload.ts';
import type { Payload } from '../types.ts';
import { type Answering, badField, error, result } from './answering.ts';
import type { Entry } from './model/index.ts';

const echo = ({ component, variable, attributeType }: Payload): Payload => ({
  component,
  variable,
  ...(attributeType === undefined ? {} : { attributeType }),
});

export const variables: Readonly<Record<string, Answering>> = {
  GetVariables(payload, _controls, { model }) {
    const asked = listOf(payload['getVariableData']);
    if (asked.length === 0) return badField('getVariableData');
    // B06.FR.16
    if (asked.length > Number(model.read('DeviceDataCtrlr.ItemsPerMessage[GetVariables]')))
      return error('OccurrenceConstraintViolation', 'more than ItemsPerMessage');
    const getVariableResult = asked.map((each) => {
      const found = model.find(each['component'], each['variable']);
      if (typeof found === 'string') return { ...echo(each), attributeStatus: found };
      const { attributeType = 'Actual' } = each;
      if (attributeType !== 'Actual') return { ...echo(each), attributeStatus: 'NotSupportedAttributeType' };
      // B06.FR.09: what may only be written is not told.
      if (found.variable.mutability === 'WriteOnly') return { ...echo(each), attributeStatus: 'Rejected' };
      return { ...echo(each), attributeType, attributeStatus: 'Accepted', attributeValue: found.value() };
    });
    return result({ getVariableResult });
  },

  SetVariables(payload, controls, { model }) {
    const asked = listOf(payload['setVariableData']);
    if (asked.length === 0) return badField('setVariableData');
    if (asked.length > Number(model.read('DeviceDataCtrlr.ItemsPerMessage[SetVariables]')))
      return error('OccurrenceConstraintViolation', 'more than ItemsPerMessage');
    const effects = new Set<() => void>();
    const setVariableResult = asked.map((each) => {
      const found = model.find(each['component'], each['variable']);
      if (typeof found === 'string') return { ...echo(each), attributeStatus: found };
      const { attributeType = 'Actual' } = each;
      if (attributeType !== 'Actual') return { ...echo(each), attributeStatus: 'NotSupportedAttributeType' };
      const value = textOf(each['attributeValue']) ?? '';
      const attributeStatus = model.write(found, value);
      const effect = attributeStatus === 'Rejected' ? undefined : effectOf(found, value, controls);
      if (effect !== undefined) effects.add(effect);
      return { ...echo(each), attributeType, attributeStatus };
    });
    return result({ setVariableResult }, () => {
      for (const effect of effects) effect();
    });
  },
};

/** What a new value does besides being kept. */
function effectOf({ component, variable }: Entry, value: string, controls: Controls): () => void {
  // A01.FR.08: the new password is used at once, by connecting anew.
  const isPassword = component.name === 'SecurityCtrlr' && variable.name === 'BasicAuthPassword';
  return isPassword ? controls.setPassword(value) : controls.settingsChanged;
}
