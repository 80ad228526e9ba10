/** Schemas that many routes share: ids, instants, integers of a query string. One spelling of each for requests and answers. */
import { z } from 'zod';

/** 1970 .. 9999: what both JavaScript and PostgreSQL can keep as RFC 3339. */
const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** An id in a path. Any text is taken: one that is no id is unknown like any other (404), so that nothing can be told apart. */
export const idParam = (prefix: string) =>
  z
    .string()
    .max(200)
    .meta({ examples: [`${prefix}_01KAT3Z6Y8Q0000000000000AA`] });

/** A reference to another resource in a body or query. */
export const idField = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}_[0-9A-Z]{26}$`), {
    error: `must be an id such as ${prefix}_01KAT3Z6Y8Q0000000000000AA`,
  });

/** A timestamp in a request → Date. */
export const instantIn = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine((date) => date.getTime() >= EARLIEST && date.getTime() <= LATEST, { error: 'must lie between 1970 and 9999' })
  .meta({ type: 'string', format: 'date-time' });

/** A Date → timestamp in an answer: RFC 3339, UTC, milliseconds. */
export const instantOut = z
  .codec(z.date(), z.iso.datetime({ precision: 3 }), {
    decode: (date) => date.toISOString(),
    encode: (text) => new Date(text),
  })
  .meta({ description: 'RFC 3339, UTC, milliseconds', examples: ['2026-11-23T12:00:00.000Z'] });

/** An integer of a query string. */
export const intParam = ({ min, max, fallback }: { min: number; max: number; fallback?: number }) => {
  const schema = z
    .string()
    .regex(/^-?\d{1,15}$/, { error: `must be an integer from ${min} to ${max}` })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error: `must be an integer from ${min} to ${max}` })
    .meta({ type: 'integer', minimum: min, maximum: max, ...(fallback !== undefined && { default: fallback }) });
  return schema;
};

/** true or false in a query string. */
export const boolParam = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .meta({ type: 'boolean' });

/** One or several values, separated by commas, in a query string. */
export const traceIdIn = z
  .string()
  .regex(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits')
  .meta({ description: 'What came of one message of a charger, or of one request (W3C Trace Context)' });
export const traceIdOut = z
  .string()
  .nullable()
  .meta({ description: 'Of the message or request that it came of, 32 hexadecimal digits; null: there is none' });

export const listParam = <const T extends readonly [string, ...string[]]>(values: T) => {
  const one = z.enum(values);
  return z
    .string()
    .transform((text, context) => {
      const parts = text.split(',');
      const parsed = z.array(one).safeParse(parts);
      if (parsed.success) return parsed.data;
      context.addIssue({
        code: 'custom',
        message: `must be one or several, separated by commas, of ${values.join(', ')}`,
      });
      return z.NEVER;
    })
    .meta({ type: 'string', description: `One or several, separated by commas, of: ${values.join(', ')}` });
};

/** Several ids in a query string, separated by commas: no more than a page holds. */
export const idsParam = (prefix: string, most = 100) => {
  const list = z.array(idField(prefix)).max(most);
  return z
    .string()
    .max(most * 40)
    .transform((text, context) => {
      const parsed = list.safeParse(text.split(','));
      if (parsed.success) return parsed.data;
      const message = `must be up to ${most} ids such as ${prefix}_01KAT3Z6Y8Q0000000000000AA, separated by commas`;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    })
    .meta({ type: 'string', description: `Up to ${most} ids, separated by commas` });
};

/** A name that people give: shown everywhere, so trimmed, not empty, without control characters. */
export const nameField = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}]*$/u, { error: 'must not contain control characters' });

/** RFC 5646, as far as drivers' texts need it: a language, perhaps with a script and a region. */
export const languageField = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?$/, { error: 'must be a language such as de or pt-BR' })
  .meta({ examples: ['de'] });

/** An IANA time zone, such as Europe/Berlin. */
export const timezoneField = z
  .string()
  .max(64)
  .refine(isTimezone, { error: 'must be an IANA time zone, such as Europe/Berlin' })
  .meta({ examples: ['Europe/Berlin'] });

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '' && !/^[+-]/.test(name);
  } catch {
    return false; // a RangeError says that it knows no such zone
  }
}

const currencies = new Set(Intl.supportedValuesOf('currency'));
export const currencyField = z
  .string()
  .refine((code) => currencies.has(code), { error: 'must be an ISO 4217 currency, such as EUR' })
  .meta({ examples: ['EUR'] });
