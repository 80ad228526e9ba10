/** Parses one part of a request with its zod schema and says about each fault which field it is and what would be right. */
import { z } from 'zod';
import { AppError, type FieldFault } from '../../platform/errors.ts';

/** A body of 100 KB can be wrong in thousands of places: this many are told. */
const MAX_FAULTS = 20;

type Issue = z.core.$ZodIssue;

/** `what` completes "The … is not valid". */
export function validate(schema: z.ZodType | undefined, value: unknown, what: string): unknown {
  if (schema === undefined) {
    const names = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    if (value === undefined || (names.length === 0 && !Array.isArray(value) && typeof value === 'object'))
      return undefined;
    throw fault(
      what,
      names.length > 0 ? names.map((name) => unknownField(name, [])) : [{ field: '', message: 'must be empty' }],
    );
  }
  const parsed = schema.safeParse(value === undefined ? {} : value);
  if (parsed.success) return parsed.data;
  throw fault(
    what,
    parsed.error.issues.flatMap((issue) => describe(issue, schema, value === undefined ? {} : value)),
  );
}

function fault(what: string, all: readonly FieldFault[]): AppError {
  const details = all.slice(0, MAX_FAULTS);
  const first = details[0];
  const more = all.length > 1 ? ` (and ${all.length - 1} more)` : '';
  return new AppError(
    'validation_failed',
    `The ${what} is not valid: ${first === undefined ? '' : `${first.field} ${first.message}`.trim()}${more}`,
    { details },
  );
}

function describe(issue: Issue, schema: z.ZodType, root: unknown): FieldFault[] {
  const field = pathOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = issue.path.length === 0 && schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
    return issue.keys.map((key) => unknownField(pathOf([...issue.path, key]), known));
  }
  return [{ field, message: messageOf(issue, at(root, issue.path)) }];
}

function unknownField(field: string, known: readonly string[]): FieldFault {
  const remedy = known.length > 0 ? `known here: ${known.join(', ')}` : 'remove it';
  return { field: field.slice(0, 200), message: `is not known here; ${remedy}` };
}

function messageOf(issue: Issue, given: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      if (given === undefined) return 'is required';
      if (Array.isArray(given) && issue.expected === 'string') return 'must be given once';
      return `must be ${article(issue.expected === 'int' ? 'integer' : issue.expected)}, not ${kindOf(given)}`;
    case 'invalid_value':
      return given === undefined ? 'is required' : `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_big':
      return `must ${amount(issue.origin, 'at most', issue.maximum)}`;
    case 'too_small':
      return Number(issue.minimum) === 1 && issue.origin !== 'number' && issue.origin !== 'int'
        ? 'must not be empty'
        : `must ${amount(issue.origin, 'at least', issue.minimum)}`;
    case 'invalid_format':
      if (issue.format === 'datetime') return 'must be an RFC 3339 timestamp, such as 2026-11-23T12:00:00.000Z';
      return issue.format === 'regex' && issue.message.startsWith('Invalid string')
        ? `must match ${issue.pattern}`
        : lower(issue.message);
    case 'invalid_union':
      return unionMessage(issue.errors.flat(), given) ?? lower(issue.message);
    case 'not_multiple_of':
    case 'invalid_key':
    case 'invalid_element':
    case 'unrecognized_keys':
    case 'custom':
      return lower(issue.message);
  }
}

/** A nullable field is a union: the branch that is not null says what is wrong. */
function unionMessage(issues: readonly Issue[], given: unknown): string | undefined {
  const kinds = issues.flatMap((issue) =>
    issue.code === 'invalid_type' && issue.path.length === 0 ? [issue.expected] : [],
  );
  if (kinds.length === issues.length && kinds.length > 0)
    return `must be ${kinds.map((kind) => (kind === 'null' ? 'null' : article(kind))).join(' or ')}, not ${kindOf(given)}`;
  const telling = issues.find((issue) => issue.code !== 'invalid_type');
  return telling === undefined ? undefined : messageOf(telling, given);
}

function amount(origin: string, bound: string, limit: number | bigint): string {
  if (origin === 'string') return `have ${bound} ${limit} characters`;
  if (origin === 'array' || origin === 'set') return `have ${bound} ${limit} entries`;
  return `be ${bound} ${limit}`;
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
const article = (kind: string): string =>
  kind === 'null' ? 'null' : /^(int|array|object)/.test(kind) ? `an ${kind}` : `a ${kind}`;

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return article(typeof value);
}

function at(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** evses[0].connectors[1].name */
function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? String(key) : `.${String(key)}`))
    .join('');
}
