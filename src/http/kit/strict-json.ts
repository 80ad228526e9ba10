/**
 * JSON as a request may say it: no duplicate keys (two readers would see two different requests), no `__proto__`, bounded
 * depth, and no text or number that the database cannot keep. It must never let a fault pass as a 500 of a later layer.
 */
import { AppError, type FieldFault } from '../../platform/errors.ts';

export const MAX_DEPTH = 64;

const refuse = (field: string, message: string, cause?: unknown): AppError =>
  new AppError('validation_failed', `The request body is not valid: ${field === '' ? '' : `${field} `}${message}`, {
    details: [{ field, message }],
    ...(cause !== undefined && { cause }),
  });

/** Throws validation_failed. Empty input is undefined. */
export function parseStrictJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refuse('', 'is not UTF-8', cause);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refuse('', 'is not JSON', cause);
  }
  checkKeys(text);
  const fault = findUnstorable(value, '');
  if (fault !== undefined) throw refuse(fault.field, fault.message);
  return value;
}

/** Reads the keys that JSON.parse does not show. The text is known to be valid JSON. */
function checkKeys(text: string): void {
  /** Per open bracket: the keys so far of an object, undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  let isKeyNext = false;
  for (let i = 0; i < text.length; i += 1) {
    switch (text.charAt(i)) {
      case '"': {
        const end = closingQuote(text, i);
        const keys = open.at(-1);
        if (isKeyNext && keys !== undefined) {
          const key: string = JSON.parse(text.slice(i, end + 1));
          if (key === '__proto__') throw refuse('__proto__', 'is not allowed as a field name');
          if (keys.has(key)) throw refuse(key.slice(0, 200), 'appears twice in the same object; send it once');
          keys.add(key);
        }
        i = end;
        break;
      }
      case '{':
      case '[':
        if (open.length >= MAX_DEPTH) throw refuse('', `is nested deeper than ${MAX_DEPTH} levels`);
        isKeyNext = text[i] === '{';
        open.push(isKeyNext ? new Set() : undefined);
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case ',':
        isKeyNext = open.at(-1) !== undefined;
        break;
      case ':':
        isKeyNext = false;
        break;
    }
  }
}

function closingQuote(text: string, start: number): number {
  let i = start + 1;
  while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}

/** PostgreSQL keeps no NUL and no half of a surrogate pair; 1e999 becomes Infinity, which JSON cannot say again. */
export const isStorableText = (text: string): boolean => !/\0|\p{Surrogate}/u.test(text);

function findUnstorable(value: unknown, path: string): FieldFault | undefined {
  if (typeof value === 'string')
    return isStorableText(value) ? undefined : { field: path, message: 'contains NUL or half of a surrogate pair' };
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : { field: path, message: 'is out of the range of numbers' };
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (!isStorableText(key)) return { field: path, message: 'has a field name with NUL or half of a surrogate pair' };
    const at = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    const fault = findUnstorable(inner, at);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
