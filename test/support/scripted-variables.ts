/** The variables of a scripted station: it answers what is read and set of them, and tells of them in parts. */

import { toWire } from '../../src/ocpp/v2/device-words.ts';
import { keyOfVariable, variableOfKey } from '../../src/platform/variable-key.ts';
import type { Answers, ScriptedStation } from './scripted-station.ts';

type Payload = Record<string, unknown>;
type Named = { component: Payload; variable: Payload; attributeType?: string; attributeValue?: string };

/** As a station spells it: platform/variable-key.ts in reverse. */
export function wireOf(key: string): Named {
  const name = variableOfKey(key);
  if (name === undefined) throw new Error(`${key} names no variable`);
  return { ...toWire(name), ...(name.attribute !== 'Actual' && { attributeType: name.attribute }) };
}

const keyOf = ({ component, variable, attributeType }: Named): string => {
  const evse = (component['evse'] ?? {}) as { id?: number; connectorId?: number };
  const name = keyOfVariable({
    component: String(component['name']),
    componentInstance: (component['instance'] as string | undefined) ?? null,
    evseId: evse.id ?? null,
    connectorId: evse.connectorId ?? null,
    variable: String(variable['name']),
    variableInstance: (variable['instance'] as string | undefined) ?? null,
    attribute: 'Actual',
  });
  return attributeType === undefined || attributeType === 'Actual' ? name : `${name}/${attributeType}`;
};

/** `verdicts`: what it answers instead when something is set. */
export function variablesOf(values: Map<string, string>, verdicts: Readonly<Record<string, string>> = {}): Answers {
  return {
    GetVariables: ({ getVariableData }) => ({
      getVariableResult: (getVariableData as Named[]).map((asked) => {
        const value = values.get(keyOf(asked));
        const said =
          value === undefined
            ? { attributeStatus: 'UnknownVariable' }
            : { attributeStatus: 'Accepted', attributeValue: value };
        return { ...asked, ...said };
      }),
    }),
    SetVariables: ({ setVariableData }) => ({
      setVariableResult: (setVariableData as Named[]).map(({ attributeValue = '', ...asked }) => {
        const key = keyOf(asked);
        const attributeStatus = verdicts[key] ?? (values.has(key) ? 'Accepted' : 'UnknownVariable');
        if (attributeStatus === 'Accepted') values.set(key, attributeValue);
        return { ...asked, attributeStatus };
      }),
    }),
  };
}

export const limits = (items: number, bytes = 10_000): [string, string][] =>
  ['GetVariables', 'SetVariables'].flatMap((doing): [string, string][] => [
    [`DeviceDataCtrlr.ItemsPerMessage[${doing}]`, String(items)],
    [`DeviceDataCtrlr.BytesPerMessage[${doing}]`, String(bytes)],
  ]);

/** NotifyReport in parts of one variable each, in the order of `order` (all, once). */
export async function report(
  station: ScriptedStation,
  requestId: unknown,
  values: readonly (readonly [string, string, Payload?])[],
  order: readonly number[] = values.map((_value, i) => i),
): Promise<void> {
  for (const seqNo of order) {
    const [key, value, more = {}] = values[seqNo] ?? ['X.X', ''];
    const { attributeType: type, ...named } = wireOf(key);
    await station.tell('NotifyReport', {
      requestId,
      generatedAt: new Date().toISOString(),
      seqNo,
      tbc: seqNo < values.length - 1,
      reportData: [
        {
          ...named,
          variableAttribute: [{ ...(type !== undefined && { type }), value, mutability: 'ReadWrite', ...more }],
          variableCharacteristics: { dataType: 'string', supportsMonitoring: true },
        },
      ],
    });
  }
}
