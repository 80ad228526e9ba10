/** The questions for a charger's limits, in as many messages as it takes. Pure. */
import type { IssueCommand } from '../commands/index.ts';
import { isV2, type ListView, limitOf } from './sync-store.ts';
import { GET_BYTES, GET_ITEMS, LIMIT_QUESTIONS } from './types.ts';

type Command = Parameters<IssueCommand>[0]['command'];

/** OCPP 1.6 has keys for its limits; 2.x variables of one component. None: all is known. */
export const limitCalls = (list: ListView): Command[] =>
  isV2(list.protocol)
    ? callsOfV2(list)
    : inParts(KEYS, limitOf(list.maxKeys) ?? KEYS.length).map((keys) => ({ do: 'read_configuration', keys }));
const KEYS = ['LocalAuthListEnabled', 'LocalAuthListMaxLength', 'SendLocalListMaxLength'];

/** B06.FR.16: while a station has not said how many it takes it is asked for one at a time, that one first. */
function callsOfV2({ variables }: ListView): Command[] {
  const fresh = new Set(variables.flatMap(({ key, isFresh }) => (isFresh ? [key] : [])));
  const wanted: object[] = LIMIT_QUESTIONS.flatMap(({ keys, asked }) =>
    keys.some((key) => fresh.has(key)) ? [] : asked,
  );
  const count = (of: string): number | undefined => limitOf(variables.find(({ key }) => key === of)?.value);
  const items = count(GET_ITEMS);
  const all = items === undefined && wanted.length > 1 ? [ITEMS, ...wanted] : wanted;
  const most = Math.min(items ?? 1, Math.floor((count(GET_BYTES) ?? Infinity) / MOST_BYTES_OF_ONE));
  return inParts(all, Math.max(1, most)).map((getVariableData) => ({
    action: 'GetVariables',
    payload: { getVariableData },
  }));
}
const ITEMS = {
  component: { name: 'DeviceDataCtrlr' },
  variable: { name: 'ItemsPerMessage', instance: 'GetVariables' },
};
/** Of any of the questions, with its share of the frame; generous, as a part more is no harm. */
const MOST_BYTES_OF_ONE = 200;

const inParts = <T>(all: readonly T[], most: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / most) }, (_, i) => all.slice(i * most, (i + 1) * most));
