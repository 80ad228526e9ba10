/** OCPP 2.0.1 B07, B08 NotifyReport: one part of a report on variables. */
import type { ToldAttribute } from '../../../ingest/inputs.ts';
import { defaultPartLimits } from '../../../platform/parts.ts';
import { isSecretSetting } from '../../../platform/secret-settings.ts';
import { keyOfVariable } from '../../../platform/variable-key.ts';
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { MOST_INT32, readInteger, readList, readRecord, readText, readUpTo } from '../../reading.ts';
import { dataTypeOf, finite, mutabilityOf, readName, readValue } from '../device-words.ts';
import { readPart } from '../parts.ts';

/** One more than a whole report may have: what is cut is too much, and never taken for all that there is. */
const MOST_ATTRIBUTES = defaultPartLimits.items + 1;
/** Of one variable: there are four types, and who says them again and again says nothing new. */
const MOST_OF_VARIABLE = 16;

export const notifyReport = ({ door }: Pick<Needs, 'door'>): FromCharger => ({
  action: 'NotifyReport',

  async handle({ payload, link, receivedAt, traceId }) {
    const attributes = readUpTo(readList(payload['reportData']), MOST_ATTRIBUTES, attributesOf);
    const { requestId, part } = readPart(payload, attributes.length);
    if (requestId === undefined && attributes.length === 0)
      throw new UnusableMessage('it names no request and reports nothing');
    await door(
      {
        room: 'device_model',
        type: 'report_part',
        chargePointId: link.chargePointId,
        receivedAt,
        requestId: requestId ?? 0,
        part,
        kind: 'variables',
        attributes,
      },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});

function attributesOf(data: unknown): ToldAttribute[] {
  const said = readRecord(data);
  const name = readName(said);
  if (name === undefined) return [];
  const characteristics = characteristicsOf(said['variableCharacteristics']);
  const attributes = readList(said['variableAttribute']).slice(0, MOST_OF_VARIABLE);
  return attributes.map((each): ToldAttribute => {
    const attribute = readRecord(each);
    const key = keyOfVariable({ ...name, attribute: readName(said, attribute['type'])?.attribute ?? 'Actual' });
    const mutability = mutabilityOf(attribute['mutability']);
    const secret = isSecretSetting(name.variable);
    return {
      key,
      value: secret || mutability === 'write_only' ? null : readValue(attribute['value']),
      secret,
      mutability,
      persistent: attribute['persistent'] === true,
      constant: attribute['constant'] === true,
      characteristics,
    };
  });
}

function characteristicsOf(data: unknown): ToldAttribute['characteristics'] {
  const said = readRecord(data);
  if (said['dataType'] === undefined) return null;
  return {
    dataType: dataTypeOf(said['dataType']),
    unit: readText(said['unit'], 50) ?? null,
    minLimit: finite(said['minLimit']),
    maxLimit: finite(said['maxLimit']),
    maxElements: readInteger(said['maxElements'], 0, MOST_INT32) ?? null,
    valuesList: readText(said['valuesList'], 1000) ?? null,
    supportsMonitoring: said['supportsMonitoring'] === true,
  };
}
