/** The device model's words of OCPP 2.x and ours, side by side: names, attributes, characteristics. No rules. */
import type { ReportBase, ToldAttribute } from '../../ingest/inputs.ts';
import { type AttributeName, attributeTypes, keyOfVariable } from '../../platform/variable-key.ts';
import { enumReader, readNumber, readRecord, readText } from '../reading.ts';
import { readConnectorId, readEvseId } from './fields.ts';

type Named = { readonly component: Record<string, unknown>; readonly variable: Record<string, unknown> };

/** ComponentType and VariableType of a name. */
export function toWire(name: Omit<AttributeName, 'attribute'>): Named {
  const { component, componentInstance, evseId, connectorId, variable, variableInstance } = name;
  const evse = evseId === null ? {} : { evse: { id: evseId, ...(connectorId !== null && { connectorId }) } };
  return {
    component: { name: component, ...(componentInstance !== null && { instance: componentInstance }), ...evse },
    variable: { name: variable, ...(variableInstance !== null && { instance: variableInstance }) },
  };
}

const readType = enumReader(attributeTypes);

/** {component, variable, …} of any message; undefined: it names no variable. */
export function readName(said: Readonly<Record<string, unknown>>, type?: unknown): AttributeName | undefined {
  const [component, variable] = [readRecord(said['component']), readRecord(said['variable'])];
  const names = [readText(component['name'], 50), readText(variable['name'], 50)] as const;
  const [componentName, variableName] = names;
  if (componentName === undefined || variableName === undefined) return undefined;
  const evse = readRecord(component['evse']);
  const evseId = readEvseId(evse['id']) ?? null;
  return {
    component: componentName,
    componentInstance: readText(component['instance'], 50) ?? null,
    evseId,
    connectorId: evseId === null ? null : (readConnectorId(evse['connectorId']) ?? null),
    variable: variableName,
    variableInstance: readText(variable['instance'], 50) ?? null,
    attribute: readType(type) ?? 'Actual',
  };
}
export const readKey = (said: Readonly<Record<string, unknown>>, type?: unknown): string | undefined => {
  const name = readName(said, type);
  return name === undefined ? undefined : keyOfVariable(name);
};

/** 2.x VariableAttributeType.value; 2.1 has at most 2500 characters, others are kept as far as that. */
const LONGEST_VALUE = 2500;
/** The value is a text of the station's own: only what cannot be stored is taken from it. */
export const readValue = (value: unknown): string | null =>
  typeof value === 'string'
    ? value.slice(0, LONGEST_VALUE).replace(/\0|\p{Surrogate}/gu, '\ufffd')
    : (readText(value, LONGEST_VALUE) ?? null);

const MUTABILITY = {
  ReadOnly: 'read_only',
  WriteOnly: 'write_only',
  ReadWrite: 'read_write',
} as const satisfies Record<string, ToldAttribute['mutability']>;
const readMutability = enumReader(['ReadOnly', 'WriteOnly', 'ReadWrite']);
/** VariableAttributeType: ReadWrite when it is not said. */
export const mutabilityOf = (value: unknown): ToldAttribute['mutability'] =>
  MUTABILITY[readMutability(value) ?? 'ReadWrite'];

const DATA_TYPES = new Map([
  ['string', 'string'],
  ['decimal', 'decimal'],
  ['integer', 'integer'],
  ['dateTime', 'date_time'],
  ['boolean', 'boolean'],
  ['OptionList', 'option_list'],
  ['SequenceList', 'sequence_list'],
  ['MemberList', 'member_list'],
] as const);
const readDataType = enumReader([...DATA_TYPES.keys()]);
/** DataEnumType; a word of nobody's counts as text. */
export const dataTypeOf = (value: unknown): string => DATA_TYPES.get(readDataType(value) ?? 'string') ?? 'string';

export const finite = (value: unknown): number | null => readNumber(value) ?? null;

export const BASES = {
  full_inventory: 'FullInventory',
  configuration_inventory: 'ConfigurationInventory',
  summary_inventory: 'SummaryInventory',
} as const satisfies Record<ReportBase, string>;
const readBase = enumReader(Object.values(BASES));
export function baseOf(value: unknown): ReportBase | null {
  const wire = readBase(value);
  const found = Object.entries(BASES).find(([, each]) => each === wire)?.[0];
  return (found as ReportBase | undefined) ?? null; // a key of BASES is one
}
