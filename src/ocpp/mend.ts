/**
 * Mends what real chargers get wrong in a payload, along its schema, and says what it found. Pure, bounded, never throws.
 * It must not invent content: what cannot be mended is left as it came, and the payload then counts as unsound.
 */
import type { Deviation } from './contract.ts';
import { mendNumber, mendText, mendTruth } from './mend-values.ts';
import { LEAVE_OUT, Notes, useless } from './notes.ts';
import { isRecord } from './reading.ts';
import type { Schema } from './rpc.ts';

export type Mended = {
  readonly payload: Record<string, unknown>;
  /** It satisfies its schema, apart from unknown fields, formats of instants, and optional words that no version knows. */
  readonly sound: boolean;
  readonly deviations: readonly Deviation[];
};

export function mend(schema: Schema, payload: unknown): Mended {
  const notes = new Notes();
  const walk: Walk = { definitions: schema.definitions ?? {}, notes };
  if (!isRecord(payload)) {
    notes.add('', 'type', payload);
    return { payload: {}, sound: false, deviations: notes.deviations };
  }
  const mended = mendRecord(walk, schema, payload, '');
  return { payload: mended, sound: notes.sound, deviations: notes.deviations };
}

type Walk = { readonly definitions: Readonly<Record<string, Schema>>; readonly notes: Notes };

function mendRecord(
  walk: Walk,
  schema: Schema,
  value: Readonly<Record<string, unknown>>,
  path: string,
): Record<string, unknown> {
  const { notes } = walk;
  const properties = schema.properties ?? {};
  const required = schema.required ?? [];
  const mended: Record<string, unknown> = {};
  for (const [said, item] of Object.entries(value)) {
    const name = Object.hasOwn(properties, said) ? said : knownName(properties, value, said);
    const property = name === undefined ? undefined : properties[name];
    if (name === undefined || property === undefined) {
      if (schema.additionalProperties === false) notes.add(join(path, said), 'unknown_field', item);
      if (said !== '__proto__') mended[said] = item; // kept: an adapter may know the vendor's field
      continue;
    }
    if (name !== said) notes.add(join(path, said), 'unknown_field', item);
    const kept = mendValue(walk, property, item, join(path, name), required.includes(name));
    if (kept !== LEAVE_OUT) mended[name] = kept;
  }
  for (const name of required) {
    if (!Object.hasOwn(mended, name)) notes.hopeless(join(path, name), 'missing', undefined);
  }
  return mended;
}

/** `connectorID`, `ConnectorId`: the schema's spelling, unless that is there too. */
function knownName(properties: object, value: object, said: string): string | undefined {
  const lower = said.toLowerCase();
  return Object.keys(properties).find((name) => name.toLowerCase() === lower && !Object.hasOwn(value, name));
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

function mendValue(walk: Walk, schema: Schema, value: unknown, path: string, required: boolean): unknown {
  const { notes } = walk;
  const rule = resolve(walk, schema);
  if (!required && (value === null || (value === 'null' && rule.type !== 'boolean'))) {
    notes.add(path, 'null', value);
    return LEAVE_OUT;
  }
  switch (rule.type) {
    case 'object':
      return mendObject(walk, rule, value, path, required);
    case 'array':
      return mendArray(walk, rule, value, path, required);
    case 'string':
      return mendText(notes, rule, value, path, required);
    case 'integer':
    case 'number':
      return mendNumber(notes, rule, value, path, required);
    case 'boolean':
      return mendTruth(notes, value, path, required);
    case undefined:
      return value; // anything goes (DataTransfer of 2.x)
  }
}

function resolve(walk: Walk, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  return walk.definitions[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)] ?? schema;
}

function mendObject(walk: Walk, rule: Schema, value: unknown, path: string, required: boolean): unknown {
  if (isRecord(value)) return mendRecord(walk, rule, value, path);
  const [only] = Array.isArray(value) && value.length === 1 ? (value as unknown[]) : [];
  if (isRecord(only)) {
    walk.notes.add(path, 'type', value);
    return mendRecord(walk, rule, only, path);
  }
  return useless(walk.notes, path, 'type', value, required);
}

function mendArray(walk: Walk, rule: Schema, value: unknown, path: string, required: boolean): unknown {
  const { notes } = walk;
  let items: readonly unknown[];
  if (Array.isArray(value)) items = value;
  else if (isRecord(value)) {
    notes.add(path, 'type', value);
    items = [value]; // an array of one, written without its brackets
  } else return useless(notes, path, 'type', value, required);

  const mended: unknown[] = [];
  const place = `${path}[]`;
  for (const item of items) {
    if (item === null) notes.add(place, 'null', item);
    else mended.push(rule.items === undefined ? item : mendValue(walk, rule.items, item, place, true));
  }
  if (mended.length < (rule.minItems ?? 0)) return useless(notes, path, 'missing', mended, required);
  if (mended.length > (rule.maxItems ?? Number.POSITIVE_INFINITY)) return notes.hopeless(path, 'range', mended);
  return mended;
}
