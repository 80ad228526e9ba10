/**
 * The envelope of OCPP-J: text → frame, as tolerant as real chargers need it. Pure; it must never throw, and what it returns
 * is plain data without `__proto__` keys or NUL characters.
 */
import { isRecord } from './reading.ts';

/** Answered in the type that it came in (R7). */
export type MessageId = string | number;

export type Call = {
  readonly is: 'call';
  readonly id: MessageId;
  readonly action: string;
  /** {} when it was absent or null. */
  readonly payload: unknown;
  /** How the envelope departs from the specification; undefined: it does not. */
  readonly oddity: string | undefined;
};
export type Send = { readonly is: 'send'; readonly id: MessageId; readonly action: string; readonly payload: unknown };
export type Result = { readonly is: 'result'; readonly id: MessageId; readonly payload: unknown };
export type CallError = {
  readonly is: 'error' | 'result_error';
  readonly id: MessageId;
  readonly code: string;
  readonly description: string;
  readonly details: unknown;
};
export type Unreadable = {
  readonly is: 'unreadable';
  readonly why: string;
  /** What the message seems to be: a broken answer (3, 4, 5) must not be answered. */
  readonly type: number | undefined;
  readonly id: MessageId | undefined;
};
/** A message type that OCPP does not have (yet). */
export type UnknownType = { readonly is: 'unknown_type'; readonly type: number; readonly id: MessageId | undefined };
export type Frame = Call | Send | Result | CallError | Unreadable | UnknownType;

const MAX_ID = 255;
const MAX_STRICT_ID = 36;
const MAX_ACTION = 100;
const MAX_DEPTH = 64;
const MAX_WORDS = 1000;

/**
 * Without a byte order mark in front and the NULs by which C ends a text behind: JSON has no place for either (RFC 8259 §8.1), and some
 * chargers send them with every message.
 */
export function withoutFringe(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end -= 1;
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

export function parseFrame(text: string): Frame {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return salvage(text, 'the message is not JSON'); // SyntaxError: the frame log has the text
  }
  if (!Array.isArray(parsed))
    return { is: 'unreadable', why: 'the message is not an array', type: undefined, id: undefined };
  const parts: unknown[] = parsed;
  const type = typeof parts[0] === 'string' && /^\d$/.test(parts[0]) ? Number(parts[0]) : parts[0];
  const id = readId(parts[1]);
  if (typeof type !== 'number' || !Number.isInteger(type)) {
    return { is: 'unreadable', why: 'the message type is not a number', type: undefined, id };
  }
  if (type < 2 || type > 6) return { is: 'unknown_type', type, id };
  if (id === undefined) return { is: 'unreadable', why: 'the message id is not readable', type, id };
  if (isTooDeep(parts, MAX_DEPTH)) return { is: 'unreadable', why: 'the message is nested too deeply', type, id };
  // Both spellings in which `__proto__` and NUL can stand in JSON.
  if (text.includes('__proto__') || text.includes('\\u00')) clean(parts);
  return type === 2 || type === 6 ? readCall(type, id, parts) : readAnswer(type, id, parts);
}

function readCall(type: 2 | 6, id: MessageId, parts: readonly unknown[]): Frame {
  const [, , action] = parts;
  if (typeof action !== 'string' || action.length === 0 || action.length > MAX_ACTION) {
    return { is: 'unreadable', why: 'the action is not readable', type, id };
  }
  const payload = parts[3] ?? {};
  if (type === 6) return { is: 'send', id, action, payload };
  return {
    is: 'call',
    id,
    action,
    payload,
    oddity: odd(id, parts),
  };
}

/** OCPP-J 1.6 §4.1.4 and §4.2.1: an id of at most 36 characters, four elements, the payload an object. */
function odd(id: MessageId, parts: readonly unknown[]): string | undefined {
  if (typeof id !== 'string') return 'the message id is not a string';
  if (id.length > MAX_STRICT_ID) return `the message id is longer than ${MAX_STRICT_ID} characters`;
  if (parts.length < 4) return 'the payload is missing';
  if (parts.length > 4) return 'the message has too many elements';
  return parts[3] === null ? 'the payload is null' : undefined;
}

function readAnswer(type: number, id: MessageId, parts: readonly unknown[]): Frame {
  if (type === 3) return { is: 'result', id, payload: parts[2] ?? {} };
  // The description and the details are often left out (R2).
  const [, , code, description, details] = parts;
  return {
    is: type === 5 ? 'result_error' : 'error',
    id,
    code: typeof code === 'string' && code !== '' ? code.slice(0, MAX_WORDS) : 'GenericError',
    description: typeof description === 'string' ? description.slice(0, MAX_WORDS) : '',
    details: details ?? (isRecord(description) ? description : {}),
  };
}

function readId(value: unknown): MessageId | undefined {
  if (typeof value === 'string') return value.length > 0 && value.length <= MAX_ID ? value : undefined;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

const HEAD = /^\s*\[\s*"?([2-6])"?\s*,\s*(?:"([^"\\]{1,255})"|(-?\d{1,15}))\s*[,\]]/;

/** Reads at least type and id of a text that is no JSON, often because it was cut off: so the right call fails at once (R1). */
function salvage(text: string, why: string): Unreadable {
  const match = HEAD.exec(text.slice(0, 400));
  if (match === null) return { is: 'unreadable', why, type: undefined, id: undefined };
  return { is: 'unreadable', why, type: Number(match[1]), id: match[2] ?? Number(match[3]) };
}

/** `levels`: how many brackets may still open, this value's own included. */
function isTooDeep(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) {
    for (const item of value) if (isTooDeep(item, levels - 1)) return true;
    return false;
  }
  for (const key in value) if (isTooDeep((value as Record<string, unknown>)[key], levels - 1)) return true;
  return false;
}

/** Only called for depths that were checked, and for the rare text that may need it. */
function clean(value: unknown): void {
  if (Array.isArray(value)) {
    value.forEach((item: unknown, i) => {
      if (typeof item === 'string') value[i] = withoutNul(item);
      else clean(item);
    });
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const record = value as Record<string, unknown>;
  for (const key of Object.keys(record)) {
    const item = record[key];
    const name = withoutNul(key);
    if (name !== key || key === '__proto__') delete record[key];
    if (name === '__proto__') continue;
    if (typeof item === 'string') record[name] = withoutNul(item);
    else {
      clean(item);
      if (name !== key) record[name] = item;
    }
  }
}

const withoutNul = (text: string): string => text.replaceAll('\u0000', '');
