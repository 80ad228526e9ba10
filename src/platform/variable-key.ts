/**
 * Names of OCPP 2.x variables in one line of text, so that a setting has a key in every version:
 *
 *   Component[instance]@evse.connector.Variable[instance]/Attribute
 *
 * Instances, place and attribute are left out where there are none; the attribute is Actual where none is said. Within a name, what the
 * grammar needs for itself (. @ [ ] / , %) is written as in URLs: %2E for a dot. Pure: one text for one variable, and back.
 */

export const attributeTypes = ['Actual', 'Target', 'MinSet', 'MaxSet'] as const;
export type AttributeType = (typeof attributeTypes)[number];

export type VariableName = {
  readonly component: string;
  readonly componentInstance: string | null;
  /** null: the station itself. */
  readonly evseId: number | null;
  readonly connectorId: number | null;
  readonly variable: string;
  readonly variableInstance: string | null;
};
export type AttributeName = VariableName & { readonly attribute: AttributeType };

/** OCPP 2.x ComponentType, VariableType: 50 characters each. */
export const LONGEST_NAME = 50;
/** With every character escaped. */
export const LONGEST_KEY = 4 * LONGEST_NAME * 3 + 32;
const MOST_PLACES = 1000;

const SPECIAL = /[.@[\]/,%]/g;
const escaped = (name: string): string =>
  name.replace(SPECIAL, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
const inBrackets = (instance: string | null): string => (instance === null ? '' : `[${escaped(instance)}]`);

export function keyOfVariable(name: AttributeName): string {
  const { component, componentInstance, evseId, connectorId, variable, variableInstance, attribute } = name;
  const place = evseId === null ? '' : `@${evseId}${connectorId === null ? '' : `.${connectorId}`}`;
  const type = attribute === 'Actual' ? '' : `/${attribute}`;
  return `${escaped(component)}${inBrackets(componentInstance)}${place}.${escaped(variable)}${inBrackets(variableInstance)}${type}`;
}

const NAME = '([^.@[\\]/,]+)';
const INSTANCE = '(?:\\[([^.@[\\]/,]+)\\])?';
const KEY = new RegExp(
  `^${NAME}${INSTANCE}(?:@(\\d{1,4})(?:\\.(\\d{1,4})(?=\\.))?)?\\.${NAME}${INSTANCE}(?:/([A-Za-z]+))?$`,
  'u',
);

/** undefined: it names no variable. */
export function variableOfKey(key: string): AttributeName | undefined {
  if (key.length > LONGEST_KEY) return undefined;
  const found = KEY.exec(key);
  if (found === null) return undefined;
  const [, component, componentInstance, evse, connector, variable, variableInstance, type = 'Actual'] = found;
  const attribute = attributeTypes.find((each) => each.toLowerCase() === type.toLowerCase());
  const names = [component, componentInstance, variable, variableInstance].map(nameFrom);
  const [first, second, third, fourth] = names;
  if (attribute === undefined || typeof first !== 'string' || typeof third !== 'string') return undefined;
  if (second === undefined || fourth === undefined) return undefined;
  const [evseId, connectorId] = [placeFrom(evse), placeFrom(connector)];
  if (evseId === undefined || connectorId === undefined) return undefined;
  return {
    component: first,
    componentInstance: second,
    evseId,
    connectorId,
    variable: third,
    variableInstance: fourth,
    attribute,
  };
}

/** null: there is none; undefined: it is none. */
function nameFrom(text: string | undefined): string | null | undefined {
  if (text === undefined) return null;
  if (/%(?![0-7][0-9A-Fa-f])/.test(text)) return undefined;
  const name = text.replace(/%([0-7][0-9A-Fa-f])/g, (_all, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  const isName = name.length <= LONGEST_NAME && name.trim() === name && /^[^\p{Cc}\p{Surrogate}]+$/u.test(name);
  return isName ? name : undefined;
}

function placeFrom(text: string | undefined): number | null | undefined {
  if (text === undefined) return null;
  return Number(text) <= MOST_PLACES ? Number(text) : undefined;
}

/** Names of OCPP 2.x do not heed case (identifierString): the same for keys that mean the same. */
export const foldedKey = (key: string): string => key.toLowerCase();
