/** OCPP 2.0.1 B05: SetVariables. Each variable has its own verdict. */
import type { ChangedSetting, Learned } from '../../../ingest/inputs.ts';
import { isSecretSetting } from '../../../platform/secret-settings.ts';
import { foldedKey } from '../../../platform/variable-key.ts';
import type { ToCharger } from '../../contract.ts';
import { enumReader, readList, readRecord, readText } from '../../reading.ts';
import { readKey, readValue } from '../device-words.ts';
import { allAre, resultsByKey, TAKEN } from '../results.ts';

type Payload = Readonly<Record<string, unknown>>;
const OUTCOMES = {
  Accepted: 'accepted',
  RebootRequired: 'reboot_required',
  Rejected: 'rejected',
  UnknownComponent: 'not_supported',
  UnknownVariable: 'not_supported',
  NotSupportedAttributeType: 'not_supported',
} as const satisfies Record<string, ChangedSetting['outcome']>;
type Status = keyof typeof OUTCOMES;
const readStatus = enumReader(Object.keys(OUTCOMES) as Status[]);

function learn(payload: Payload, result: Payload): Learned {
  const told = resultsByKey(result['setVariableResult']);
  const changes = readList(payload['setVariableData']).flatMap((each): ChangedSetting[] => {
    const asked = readRecord(each);
    const key = readKey(asked, asked['attributeType']);
    if (key === undefined) return [];
    const said = told.get(foldedKey(key));
    const status = readStatus(said?.['attributeStatus']);
    const secret = isSecretSetting(key);
    const value = secret ? null : readValue(asked['attributeValue']);
    // A verdict that nobody knows, or none, counts as a refusal: what was not agreed to must not be taken for set.
    return [{ key, value, secret, outcome: OUTCOMES[status ?? 'Rejected'], why: whyOf(said, status) }];
  });
  return { about: 'settings_changed', changes };
}

function whyOf(said: Payload | undefined, status: Status | undefined): string | undefined {
  if (said === undefined) return 'The station did not say what became of it';
  if (status === 'Accepted' || status === 'RebootRequired') return undefined;
  const info = readRecord(said['attributeStatusInfo']);
  const words = [
    readText(said['attributeStatus'], 50),
    readText(info['reasonCode'], 20),
    readText(info['additionalInfo'], 200),
  ];
  return `The station answered ${words.filter((each) => each !== undefined).join(': ') || 'nothing'}`;
}

export const setVariables: ToCharger = {
  action: 'SetVariables',
  accepted: ({ setVariableResult }) => allAre(setVariableResult, 'attributeStatus', TAKEN),
  learn,
  learnRefusal: learn,
  example: {
    setVariableData: [
      { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' }, attributeValue: '300' },
    ],
  },
};
