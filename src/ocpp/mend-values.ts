/** Mends single values: texts, words of an enumeration, instants, numbers, truth values. Pure; see mend.ts. */
import { type Notes, useless } from './notes.ts';
import { folded } from './reading.ts';
import type { Schema } from './rpc.ts';

/** Cutting these would make one token, transaction or certificate of two: they stay whole, up to this length. */
const IDENTIFIERS = /(^|\.)(idTag|parentIdTag|idToken|transactionId|chargingProfileId)$/;
const MAX_IDENTIFIER = 255;

/** Spellings seen in the field, folded (reading.ts), and what they mean. Frequency has no unit in OCPP 1.6's enumeration. */
const SYNONYMS: Readonly<Record<string, string>> = {
  hz: 'Hertz',
  hertz: 'Hertz',
  degc: 'Celsius',
  degreescelsius: 'Celsius',
  percentage: 'Percent',
  pct: 'Percent',
};

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/i;

/** `data` of 1.6's DataTransfer: vendors' own JSON, which is to be sent as its text, and by some is sent as it is. */
const isFree = ({ enum: words, format, maxLength }: Schema): boolean =>
  words === undefined && format === undefined && maxLength === undefined;

export function mendText(notes: Notes, rule: Schema, value: unknown, path: string, required: boolean): unknown {
  let text: string;
  if (typeof value === 'string') text = value;
  else if (typeof value === 'number' || typeof value === 'boolean') {
    notes.add(path, 'type', value);
    text = String(value);
  } else if (!required && typeof value === 'object' && isFree(rule)) {
    notes.add(path, 'type', value);
    return JSON.stringify(value);
  } else return useless(notes, path, 'type', value, required);

  if (rule.enum !== undefined) return mendWord(notes, rule.enum, text, path, required);
  if (rule.format === 'date-time') return mendInstant(notes, text, path, required);
  if (rule.maxLength === undefined || text.length <= rule.maxLength) return text;
  notes.add(path, 'too_long', text);
  const trimmed = text.trim();
  if (trimmed.length <= rule.maxLength) return trimmed;
  if (!IDENTIFIERS.test(path)) return trimmed.slice(0, rule.maxLength);
  if (trimmed.length > MAX_IDENTIFIER) notes.sound = false;
  return trimmed;
}

const wordsByFold = new WeakMap<readonly string[], ReadonlyMap<string, string>>();

function mendWord(notes: Notes, words: readonly string[], text: string, path: string, required: boolean): unknown {
  if (words.includes(text)) return text;
  let byFold = wordsByFold.get(words);
  if (byFold === undefined) {
    byFold = new Map(words.map((word) => [folded(word), word]));
    wordsByFold.set(words, byFold);
  }
  const fold = folded(text.slice(0, 100));
  const word = byFold.get(fold);
  if (word !== undefined) {
    notes.add(path, 'enum', text);
    return word;
  }
  if (fold === '' && !required) return useless(notes, path, 'enum', text, required);
  // An unknown word is kept even where it is optional: without its unit, 5 MWh would read as 5 Wh.
  if (required) return notes.hopeless(path, 'enum', text);
  notes.add(path, 'enum', text);
  const meant = SYNONYMS[fold];
  return meant ?? text;
}

/** Wrong instants stay as they were said: instants.ts judges them, and keeps them. Only seconds since 1970 are rewritten. */
function mendInstant(notes: Notes, text: string, path: string, required: boolean): unknown {
  if (DATE_TIME.test(text)) return text;
  if (text.trim() === '' && !required) return useless(notes, path, 'format', text, required);
  notes.add(path, 'format', text);
  if (/^\d{10}(\.\d+)?$/.test(text)) return new Date(Number(text) * 1000).toISOString();
  if (/^\d{13}$/.test(text)) return new Date(Number(text)).toISOString();
  return text;
}

const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

export function mendNumber(notes: Notes, rule: Schema, value: unknown, path: string, required: boolean): unknown {
  let number: number;
  if (typeof value === 'number') number = value;
  else if (typeof value === 'string' && value.length <= 64 && NUMBER.test(value.trim())) {
    notes.add(path, 'type', value);
    number = Number(value);
  } else return useless(notes, path, 'type', value, required);

  if (!Number.isFinite(number)) return useless(notes, path, 'range', value, required);
  if (rule.type === 'integer' && !Number.isInteger(number)) {
    // A rounded reading is a reading; a rounded id would be somebody else's.
    if (/id$/i.test(path)) return useless(notes, path, 'type', value, required);
    notes.add(path, 'type', value);
    number = Math.round(number);
  }
  if (number < (rule.minimum ?? -Infinity) || number > (rule.maximum ?? Infinity)) {
    return notes.hopeless(path, 'range', number);
  }
  return number;
}

const TRUTHS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ['true', true],
  ['false', false],
  [1, true],
  [0, false],
  ['1', true],
  ['0', false],
]);

export function mendTruth(notes: Notes, value: unknown, path: string, required: boolean): unknown {
  if (typeof value === 'boolean') return value;
  const truth = TRUTHS.get(typeof value === 'string' ? value.trim().toLowerCase() : value);
  if (truth === undefined) return useless(notes, path, 'type', value, required);
  notes.add(path, 'type', value);
  return truth;
}
