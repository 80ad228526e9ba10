/** From a JSON schema: a payload that satisfies it, and one payload for every way to break each of its constraints. */
import type { Schema } from '../../src/ocpp/rpc.ts';

export type Rule = 'type' | 'required' | 'additionalProperties' | 'enum' | 'maxLength' | 'format' | 'bound' | 'count';
export type Negative = { readonly rule: Rule; readonly field: string; readonly how: string; readonly payload: unknown };

type Walk = { readonly definitions: Readonly<Record<string, Schema>> };

const resolve = ({ definitions }: Walk, schema: Schema): Schema =>
  schema.$ref === undefined ? schema : (definitions[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)] ?? schema);

/** `full`: with every optional field; else with none. */
export function exampleOf(
  schema: Schema,
  full: boolean,
  walk: Walk = { definitions: schema.definitions ?? {} },
): unknown {
  const rule = resolve(walk, schema);
  if (rule.enum !== undefined) return rule.enum[0];
  switch (rule.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(rule.properties ?? {})
          .filter(([name]) => full || rule.required?.includes(name))
          .map(([name, inner]) => [name, exampleOf(inner, full, walk)]),
      );
    case 'array':
      return rule.items === undefined ? [] : [exampleOf(rule.items, full, walk)];
    case 'integer':
    case 'number':
      return Math.min(rule.maximum ?? Number.POSITIVE_INFINITY, Math.max(1, rule.minimum ?? 1));
    case 'boolean':
      return true;
    case 'string':
    case undefined:
      if (rule.format === 'date-time') return '2026-03-01T10:00:00.000Z';
      return rule.format === 'uri' ? 'https://example.com/' : 'x'.repeat(Math.min(4, rule.maxLength ?? 4));
  }
}

const OF_TYPE: Readonly<Record<string, readonly unknown[]>> = {
  string: ['text', ''],
  integer: [7],
  number: [7.5],
  boolean: [true, false],
  object: [{}, { a: 1 }],
  array: [[], ['x'], [{}]],
  null: [null],
};

/** Values of every other JSON type. */
function wrongTypes(type: string | undefined): unknown[] {
  if (type === undefined) return [];
  return Object.entries(OF_TYPE).flatMap(([name, values]) => {
    if (name === type || (type === 'number' && name === 'integer')) return [];
    return values;
  });
}

const NO_INSTANTS = [
  '',
  'yesterday',
  '2026-03-01',
  '10:00:00',
  '2026-03-01 10:00',
  '1772359200',
  '2026-03-01T10:00:00',
];
const WRONG_WORDS = (word: string): string[] => [word.toLowerCase(), word.toUpperCase(), ` ${word}`, `${word}x`, ''];

/** All of them, each with exactly one fault. */
export function negativesOf(schema: Schema): Negative[] {
  const walk: Walk = { definitions: schema.definitions ?? {} };
  return [true, false].flatMap((full) => {
    const whole = exampleOf(schema, full);
    return inside(walk, schema, whole, '').map(({ value, ...rest }) => ({ ...rest, payload: value }));
  });
}

type Broken = { readonly rule: Rule; readonly field: string; readonly how: string; readonly value: unknown };
type Objects = Readonly<Record<string, unknown>>;

/** Ways to break what stands below `value`, and `value` as it then looks. */
function inside(walk: Walk, schema: Schema, value: unknown, path: string): Broken[] {
  const rule = resolve(walk, schema);
  if (rule.type === 'object') return insideObject(walk, rule, value as Objects, path);
  if (rule.type !== 'array' || rule.items === undefined) return [];
  const { items } = rule;
  const [first, ...others] = value as unknown[];
  const within = [...around(walk, items, first, `${path}[]`), ...inside(walk, items, first, `${path}[]`)];
  const counts: Broken[] = (rule.minItems ?? 0) > 0 ? [{ rule: 'count', field: path, how: 'too few', value: [] }] : [];
  return [...counts, ...within.map((broken) => ({ ...broken, value: [broken.value, ...others] }))];
}

function insideObject(walk: Walk, rule: Schema, value: Objects, path: string): Broken[] {
  const found: Broken[] = [];
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  for (const name of rule.required ?? []) {
    const { [name]: _gone, ...rest } = value;
    found.push({ rule: 'required', field: at(name), how: 'missing', value: rest });
  }
  if (rule.additionalProperties === false) {
    for (const extra of ['vendorField', 'Status2', 'customData', '$id']) {
      if (rule.properties?.[extra] !== undefined) continue;
      for (const content of ['x', 1, null, {}, []]) {
        found.push({
          rule: 'additionalProperties',
          field: at(extra),
          how: 'added',
          value: { ...value, [extra]: content },
        });
      }
    }
  }
  for (const [name, inner] of Object.entries(rule.properties ?? {})) {
    if (!Object.hasOwn(value, name)) continue;
    for (const broken of [
      ...around(walk, inner, value[name], at(name)),
      ...inside(walk, inner, value[name], at(name)),
    ]) {
      found.push({ ...broken, value: { ...value, [name]: broken.value } });
    }
  }
  return found;
}

/** Ways to break the value itself. */
function around(walk: Walk, schema: Schema, value: unknown, field: string): Broken[] {
  const rule = resolve(walk, schema);
  const found: Broken[] = wrongTypes(rule.type).map((wrong) => ({
    rule: 'type',
    field,
    how: JSON.stringify(wrong),
    value: wrong,
  }));
  if (rule.enum !== undefined) {
    for (const word of new Set(rule.enum.flatMap(WRONG_WORDS))) {
      if (!rule.enum.includes(word)) found.push({ rule: 'enum', field, how: word, value: word });
    }
  }
  if (rule.type === 'string' && rule.maxLength !== undefined) {
    for (const more of [1, 2, 50]) {
      const long = 'x'.repeat(rule.maxLength + more);
      found.push({ rule: 'maxLength', field, how: `${long.length} characters`, value: long });
    }
  }
  if (rule.format === 'date-time') {
    for (const wrong of NO_INSTANTS) found.push({ rule: 'format', field, how: wrong, value: wrong });
  }
  if (rule.multipleOf !== undefined && typeof value === 'number') {
    found.push({ rule: 'bound', field, how: 'between two steps', value: value + rule.multipleOf / 3 });
  }
  if (rule.minimum !== undefined) found.push({ rule: 'bound', field, how: 'too small', value: rule.minimum - 1 });
  if (rule.maximum !== undefined) found.push({ rule: 'bound', field, how: 'too large', value: rule.maximum + 1 });
  return found;
}
