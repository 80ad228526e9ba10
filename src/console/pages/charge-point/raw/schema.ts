/** As much of JSON Schema (draft 7) as OCPP's requests use, read for a form. Pure. */

export type Node =
  | { readonly kind: 'object'; readonly fields: readonly Field[] }
  | { readonly kind: 'list'; readonly of: Schema; readonly most: number | undefined }
  | { readonly kind: 'choice'; readonly among: readonly string[] }
  | { readonly kind: 'text'; readonly most: number | undefined; readonly isTime: boolean }
  | {
      readonly kind: 'number';
      readonly isWhole: boolean;
      readonly min: number | undefined;
      readonly max: number | undefined;
    }
  | { readonly kind: 'truth' }
  | { readonly kind: 'any' };
export type Field = { readonly name: string; readonly schema: Schema; readonly isNeeded: boolean };
export type Schema = Readonly<Record<string, unknown>>;

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const numberIn = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];

/** Vendors' own: for JSON. */
const LEFT_OUT = new Set(['customData']);
const MOST_REFS = 8;

function resolved(root: Schema, schema: Schema): Schema {
  let at = schema;
  for (let turn = 0; turn < MOST_REFS; turn += 1) {
    const ref = at['$ref'];
    if (typeof ref !== 'string') return at;
    const found = ref
      .split('/')
      .slice(1)
      .reduce<unknown>((inner, key) => (isSchema(inner) ? inner[key] : undefined), root);
    if (!isSchema(found)) return {};
    at = found;
  }
  return at;
}

export function nodeOf(root: Schema, given: Schema): Node {
  const schema = resolved(root, given);
  const among = textsIn(schema['enum']);
  if (among.length > 0) return { kind: 'choice', among };
  switch (schema['type']) {
    case 'object': {
      const needed = textsIn(schema['required']);
      const properties = isSchema(schema['properties']) ? Object.entries(schema['properties']) : [];
      const fields = properties.flatMap(([name, inner]) =>
        isSchema(inner) && !LEFT_OUT.has(name) ? [{ name, schema: inner, isNeeded: needed.includes(name) }] : [],
      );
      return { kind: 'object', fields: fields.toSorted((a, b) => Number(b.isNeeded) - Number(a.isNeeded)) };
    }
    case 'array':
      return { kind: 'list', of: isSchema(schema['items']) ? schema['items'] : {}, most: numberIn(schema['maxItems']) };
    case 'string':
      return { kind: 'text', most: numberIn(schema['maxLength']), isTime: schema['format'] === 'date-time' };
    case 'integer':
    case 'number':
      return {
        kind: 'number',
        isWhole: schema['type'] === 'integer',
        min: numberIn(schema['minimum']),
        max: numberIn(schema['maximum']),
      };
    case 'boolean':
      return { kind: 'truth' };
    default:
      return { kind: 'any' };
  }
}

export const textOf = (root: Schema, schema: Schema): string | undefined => {
  const text = schema['description'] ?? resolved(root, schema)['description'];
  return typeof text === 'string' ? text.replaceAll(/\s+/g, ' ').trim().slice(0, 200) : undefined;
};

/** Times of requests lie ahead: what has passed is refused. */
const HOUR_MS = 3_600_000;

/** What stands in a field that must be given, before somebody writes there. */
export function emptyOf(root: Schema, schema: Schema, depth = 0): unknown {
  const node = nodeOf(root, schema);
  switch (node.kind) {
    case 'object':
      return depth > 6
        ? {}
        : Object.fromEntries(
            node.fields
              .filter(({ isNeeded }) => isNeeded)
              .map((field) => [field.name, emptyOf(root, field.schema, depth + 1)]),
          );
    case 'list':
      return [emptyOf(root, node.of, depth + 1)];
    case 'choice':
      return node.among[0];
    case 'truth':
      return false;
    case 'number':
      return node.min ?? 0;
    case 'text':
      return node.isTime ? new Date(Date.now() + HOUR_MS).toISOString() : '';
    case 'any':
      return '';
  }
}
