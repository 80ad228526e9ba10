/** A log line for a person at a terminal. What came from outside cannot move the cursor or begin a line of its own. */
import { z } from 'zod';

const lineSchema = z.looseObject({ level: z.string(), time: z.string(), message: z.string().default('') });
const COLOURS: Readonly<Record<string, string>> = { error: '31', fatal: '31', warn: '33', info: '32' };

const paint = (code: string | undefined, text: string): string =>
  code === undefined ? text : `\u001b[${code}m${text}\u001b[0m`;

/** Control and formatting characters (which could turn the writing direction) as JSON writes them. */
const plain = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

function shown(value: unknown): string {
  if (typeof value === 'string') return plain(/[\s="]/.test(value) || value === '' ? JSON.stringify(value) : value);
  return plain(JSON.stringify(value) ?? '');
}

const errorSchema = z.looseObject({ stack: z.string() });

/** From the JSON line that pino wrote; a line that cannot be read is handed on as it is. */
export function prettyLine(line: string): string {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return line;
  }
  const parsed = lineSchema.safeParse(json);
  if (!parsed.success) return line;
  const { level, time, message, err, ...fields } = parsed.data;
  const error = errorSchema.safeParse(err);
  const stack = error.success ? error.data.stack.split('\n').map((each) => `\n    ${plain(each)}`) : [];
  const rest = Object.entries(fields).map(([name, value]) => paint('2', ` ${plain(name)}=${shown(value)}`));
  return `${time.slice(11, 19)} ${paint(COLOURS[level], level.toUpperCase().padEnd(5))} ${plain(message)}${rest.join('')}${stack.join('')}\n`;
}
