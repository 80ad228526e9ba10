/** Keeps secrets and floods out of the log: by the name of a field, and by the look of a text wherever it turns up. */

const MASK = '[redacted]';
/** By its last word (api_key, x-api-key, Authorization, chargerKey), or anything about passwords and secrets. */
const SECRET_NAME = /passw|secret|(?:^|[_-])(?:pass|token|keys?|authorization|cookie|credentials?|pepper)$/i;
const SECRET_CAMEL_NAME = /[a-z0-9](?:Pass|Token|Keys?|Authorization|Cookie|Credentials?|Pepper)$/;
/** Our own keys, webhook secrets, headers with credentials, passwords in URLs, JWTs. */
const SECRET_TEXT =
  /\bdyn_[a-z]+_[A-Za-z0-9_-]+|\bwhsec_[A-Za-z0-9+/=_-]+|\b(Bearer|Basic) +[A-Za-z0-9._~+/=-]{6,}|(:\/\/[^\s/:@"\\]*:)[^\s/@"\\]+(?=@)|\beyJ[\w-]{12,}(?:\.[\w-]*){0,2}/g;

const MAX_TEXT = 2_000;
const MAX_ITEMS = 50;
const MAX_DEPTH = 6;

export const maskText = (line: string): string =>
  line.replace(SECRET_TEXT, (_all, scheme: string | undefined, before: string | undefined) =>
    scheme !== undefined ? `${scheme} ${MASK}` : `${before ?? ''}${MASK}`,
  );

const cut = (text: string): string =>
  text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}… (${text.length} characters)` : text;

/** Of an error only what tells a person something: libraries hang requests, parameters and headers on theirs. */
function errorFields(error: Error, depth: number): Record<string, unknown> {
  const code =
    'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? error.code : undefined;
  return {
    type: error.name,
    message: cut(error.message),
    ...(code === undefined ? {} : { code }),
    stack: cut(error.stack ?? ''),
    ...(error.cause === undefined || depth >= MAX_DEPTH ? {} : { cause: clean(error.cause, depth + 1) }),
    ...(error instanceof AggregateError ? { errors: clean(error.errors, depth + 1) } : {}),
  };
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cut(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof Error) return errorFields(value, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= MAX_DEPTH) return '[…]';
  if (value instanceof Map) return clean(Object.fromEntries(value), depth);
  if (value instanceof Set) return clean([...value], depth);
  if (Array.isArray(value)) {
    const shown = value.slice(0, MAX_ITEMS).map((item) => clean(item, depth + 1));
    return value.length > MAX_ITEMS ? [...shown, `… ${value.length - MAX_ITEMS} more`] : shown;
  }
  return cleanFields(value, depth + 1);
}

/** The fields of a log line as they may be written. */
export function cleanFields(fields: object, depth = 0): Record<string, unknown> {
  const cleaned: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    const isEmpty = value === undefined || value === null || typeof value === 'boolean';
    cleaned[name] = !isEmpty && (SECRET_NAME.test(name) || SECRET_CAMEL_NAME.test(name)) ? MASK : clean(value, depth);
  }
  return cleaned;
}
