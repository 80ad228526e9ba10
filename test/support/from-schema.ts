/** Values that a JSON schema of the OpenAPI document allows, with a liking for its edges; now and then one that only looks like it. */
import fc from 'fast-check';
import type { z } from 'zod';

type Schema = z.core.JSONSchema.BaseSchema;
/** What `#/components/schemas/NAME` stands for. */
export type Refs = ReadonlyMap<string, object>;

const MOST_DEPTH = 5;
const instants = [
  ...['0001-01-01T00:00:00Z', '0000-01-01T00:00:00Z', '1582-10-10T00:00:00Z', '1969-12-31T23:59:59.999Z'],
  ...['1970-01-01T00:00:00Z', '2026-03-29T02:30:00+01:00', '2026-11-26T12:00:00Z', '2026-11-26T12:00:00.001Z'],
  ...['2027-01-01T00:00:00+14:00', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59-12:00'],
];
const texts = [
  '0',
  '-1',
  'a',
  'A b',
  'ä',
  '😀',
  '\u202e',
  '%',
  "'",
  '"',
  '\\',
  '$1',
  '{}',
  'null',
  '\n',
  '\t',
  'x,y',
  '=1+1',
  '1e309',
];

export function arbitraryOf(schema: Schema, refs: Refs, depth = 0): fc.Arbitrary<unknown> {
  const { examples = [] } = schema;
  const own = ownOf(schema, refs, depth);
  if (examples.length === 0) return own;
  return fc.oneof({ weight: 2, arbitrary: own }, { weight: 1, arbitrary: fc.constantFrom<unknown>(...examples) });
}

function ownOf(schema: Schema, refs: Refs, depth: number): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) {
    const meant = refs.get(schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)) as Schema | undefined;
    return meant === undefined || depth > MOST_DEPTH ? fc.constant(null) : arbitraryOf(meant, refs, depth + 1);
  }
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom<unknown>(...schema.enum);
  const among = schema.anyOf ?? schema.oneOf;
  if (among !== undefined) return fc.oneof(...among.map((each) => arbitraryOf(each as Schema, refs, depth)));
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === undefined) return fc.jsonValue({ maxDepth: 2 });
  switch (type) {
    case 'string':
      return textOf(schema);
    case 'integer':
      return numberOf(schema, (min, max) => fc.integer({ min: Math.ceil(min), max: Math.floor(max) }));
    case 'number':
      return numberOf(schema, (min, max) => fc.double({ min, max, noNaN: true }));
    case 'boolean':
      return fc.boolean();
    case 'array':
      return listOf(schema, refs, depth);
    case 'object':
      return objectOf(schema, refs, depth);
    case 'null':
      return fc.constant(null);
  }
}

function numberOf(schema: Schema, between: (min: number, max: number) => fc.Arbitrary<number>): fc.Arbitrary<number> {
  const min = Number(schema.minimum ?? schema.exclusiveMinimum ?? -(2 ** 31));
  const max = Math.max(min, Number(schema.maximum ?? schema.exclusiveMaximum ?? 2 ** 31 - 1));
  const edges = [min, max, Math.min(Math.max(0, min), max), Math.min(min + 1, max)];
  return fc.oneof(fc.constantFrom(...edges), between(min, max));
}

function textOf({ format, pattern, minLength = 0, maxLength = 200 }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time') return fc.constantFrom(...instants);
  if (format === 'date') return fc.constantFrom('0001-01-01', '2024-02-29', '2026-11-26', '9999-12-31');
  if (format === 'time') return fc.constantFrom('00:00', '23:59', '24:00');
  if (format === 'uri') return fc.constantFrom('https://example.com/x', 'https://[::1]/', 'ftp://example.com/a b');
  if (format === 'email') return fc.constantFrom('a@example.com', `${'a'.repeat(64)}@example.com`, 'ä@example.com');
  const [least, most] = [minLength, Math.max(minLength, maxLength)];
  if (pattern !== undefined) {
    const matching = matchingOf(pattern);
    if (matching !== undefined) return matching.map((each) => each.slice(0, most));
  }
  const fitting = texts.filter(({ length }) => length >= least && length <= most);
  const any = fc.string({ unit: 'grapheme', minLength: least, maxLength: Math.min(most, least + 40) });
  const full = fc.constant('x'.repeat(Math.min(most, 70_000)));
  return fitting.length === 0 ? fc.oneof(any, full) : fc.oneof(fc.constantFrom(...fitting), any, full);
}

/** Of patterns that fast-check cannot read there is none. */
function matchingOf(pattern: string): fc.Arbitrary<string> | undefined {
  try {
    return fc.stringMatching(new RegExp(pattern));
  } catch {
    return undefined;
  }
}

function listOf(schema: Schema, refs: Refs, depth: number): fc.Arbitrary<unknown[]> {
  const { items, minItems = 0, maxItems = 1000 } = schema;
  const each =
    typeof items === 'object' && !Array.isArray(items) ? arbitraryOf(items as Schema, refs, depth + 1) : fc.jsonValue();
  const most = depth > MOST_DEPTH ? minItems : Math.min(maxItems, minItems + 3);
  return fc.array(each, { minLength: minItems, maxLength: Math.max(minItems, most) });
}

function objectOf(schema: Schema, refs: Refs, depth: number): fc.Arbitrary<object> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const known = Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => depth <= MOST_DEPTH || required.includes(name))
      .map(([name, each]) => [name, arbitraryOf(each as Schema, refs, depth + 1)]),
  );
  const fields = fc.record(known, { requiredKeys: required.filter((name) => name in known) });
  if (typeof additionalProperties !== 'object' || depth > MOST_DEPTH) return fields;
  const more = fc.dictionary(
    fc.string({ minLength: 1, maxLength: 20 }),
    arbitraryOf(additionalProperties as Schema, refs, depth + 1),
    {
      maxKeys: 3,
    },
  );
  return fc.tuple(fields, more).map(([one, two]) => ({ ...two, ...one }));
}
