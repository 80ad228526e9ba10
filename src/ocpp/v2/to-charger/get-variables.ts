/** OCPP 2.0.1 B06: GetVariables. Any answer is the answer: what the station does not know, or does not tell, is part of it. */
import type { Learned } from '../../../ingest/inputs.ts';
import { isSecretSetting } from '../../../platform/secret-settings.ts';
import { foldedKey } from '../../../platform/variable-key.ts';
import type { ToCharger } from '../../contract.ts';
import { enumReader, readList, readRecord } from '../../reading.ts';
import { readKey, readValue } from '../device-words.ts';
import { resultsByKey } from '../results.ts';

type Read = Extract<Learned, { about: 'configuration_read' }>;
const readStatus = enumReader([
  'Accepted',
  'Rejected',
  'UnknownComponent',
  'UnknownVariable',
  'NotSupportedAttributeType',
]);

function learn(payload: Readonly<Record<string, unknown>>, result: Readonly<Record<string, unknown>>): Read {
  const told = resultsByKey(result['getVariableResult']);
  const settings: Read['settings'][number][] = [];
  const unknown: string[] = [];
  for (const each of readList(payload['getVariableData'])) {
    const asked = readRecord(each);
    const key = readKey(asked, asked['attributeType']);
    if (key === undefined) continue;
    const said = told.get(foldedKey(key));
    const status = readStatus(said?.['attributeStatus']);
    const secret = isSecretSetting(key);
    // B06.FR.09: a write-only value is refused, and yet the variable exists.
    if (status === 'Rejected') settings.push({ key, value: null, readonly: undefined, secret });
    else if (said === undefined || status !== 'Accepted') unknown.push(key);
    else {
      const value = secret ? null : readValue(said['attributeValue']);
      settings.push({ key, value, readonly: undefined, secret });
    }
  }
  return { about: 'configuration_read', settings, unknown };
}

export const getVariables: ToCharger = {
  action: 'GetVariables',
  accepted: () => true,
  learn,
  example: {
    getVariableData: [{ component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } }],
  },
};
