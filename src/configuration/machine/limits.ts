/** How much a charger takes in one message, by what it said of itself; and which names it can have for a setting. Pure data and arithmetic. */
import { variableOfKey } from '../../platform/variable-key.ts';
import type { Call, ConfigurationState, Setting } from '../types.ts';

type Protocol = NonNullable<ConfigurationState['protocol']>;
type Settings = ReadonlyMap<string, Setting>;
export type Doing = 'read' | 'change';
type Bound = {
  /** The setting that says how many may be named at once; undefined: one. */
  readonly items: string | undefined;
  readonly bytes: string | undefined;
};

/** While it is not known how many may be named at once. */
const FEW = 10;
const MANY = 200;
/** OCPP-J: [2,"<36 characters>","Action",payload] */
const ENVELOPE = [2, 'x'.repeat(36)];

// 1.6 §9.1; 2.0.1 B05.FR.11, B06.FR.16 and the referenced variables of DeviceDataCtrlr.
const v16: Readonly<Record<Doing, Bound>> = {
  read: { items: 'GetConfigurationMaxKeys', bytes: undefined },
  change: { items: undefined, bytes: undefined },
};
const v2: Readonly<Record<Doing, Bound>> = {
  read: {
    items: 'DeviceDataCtrlr.ItemsPerMessage[GetVariables]',
    bytes: 'DeviceDataCtrlr.BytesPerMessage[GetVariables]',
  },
  change: {
    items: 'DeviceDataCtrlr.ItemsPerMessage[SetVariables]',
    bytes: 'DeviceDataCtrlr.BytesPerMessage[SetVariables]',
  },
};
const bounds = (protocol: Protocol) => (protocol === 'ocpp1.6' ? v16 : v2);
const keysOf = ({ items, bytes }: Bound): string[] => [items, bytes].flatMap((key) => key ?? []);

const LIMITS: ReadonlySet<string> = new Set(
  [v16, v2].flatMap((each) => [...keysOf(each.read), ...keysOf(each.change)]),
);
/** A setting that says how much may be asked at once: always kept. */
export const isLimit = (key: string): boolean => LIMITS.has(key);

/** Limits that have to be asked for before so many settings can be named at once; none: they are known, or not needed. */
export function limitsToAsk(protocol: Protocol, settings: Settings, doing: Doing, wanted: number): readonly string[] {
  const all = bounds(protocol);
  if (wanted < 2 || keysOf(all[doing]).every((key) => settings.has(key))) return [];
  const unknown = [...keysOf(all.read), ...keysOf(all.change)].filter((key) => !settings.has(key));
  const first = all.read.items;
  if (first !== undefined && unknown.includes(first)) return [first];
  return unknown.slice(0, numberOf(settings, first) ?? 1);
}

/** As many of them, from the first, as may be named at once; at least one. */
export function fitting<T>(
  of: { readonly protocol: Protocol; readonly settings: Settings; readonly doing: Doing },
  wanted: readonly T[],
  callOf: (some: readonly T[]) => Call | undefined,
): readonly T[] {
  const bound = bounds(of.protocol)[of.doing];
  const most = bound.items === undefined ? 1 : Math.min(numberOf(of.settings, bound.items) ?? FEW, MANY);
  const bytes = numberOf(of.settings, bound.bytes) ?? Number.POSITIVE_INFINITY;
  let some = wanted.slice(0, most);
  while (some.length > 1 && sizeOf(callOf(some)) > bytes) some = some.slice(0, -1);
  return some;
}

function numberOf(settings: Settings, key: string | undefined): number | undefined {
  const told = Number((key === undefined ? undefined : settings.get(key)?.value) ?? Number.NaN);
  return Number.isInteger(told) && told > 0 ? told : undefined;
}

const sizeOf = (call: Call | undefined): number =>
  call === undefined ? 0 : new TextEncoder().encode(JSON.stringify([...ENVELOPE, call.action, call.payload])).length;

/** 1.6 §6.8; 2.0.1 and 2.1 SetVariableDataType. */
const LONGEST_VALUE = { 'ocpp1.6': 500, 'ocpp2.0.1': 1000, 'ocpp2.1': 2500 } as const satisfies Record<
  Protocol,
  number
>;
const LONGEST_V16_KEY = 50;

/** Why a charger that speaks this version cannot have such a setting; undefined: it can. */
export function keyFault(protocol: Protocol, key: string): string | undefined {
  if (protocol === 'ocpp1.6') {
    return key.length <= LONGEST_V16_KEY ? undefined : `is longer than ${LONGEST_V16_KEY} characters`;
  }
  return variableOfKey(key) === undefined
    ? 'names no variable of OCPP 2.x, such as OCPPCommCtrlr.HeartbeatInterval or EVSE@1.Power/MaxSet'
    : undefined;
}
export const valueFault = (protocol: Protocol, value: string): string | undefined =>
  value.length <= LONGEST_VALUE[protocol] ? undefined : `is longer than ${LONGEST_VALUE[protocol]} characters`;
