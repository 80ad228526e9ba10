/**
 * Reads single fields of a charger's message, whatever they hold. Shared by all versions.
 * It never throws, and what it returns can be stored as it is: no NUL, no broken text, no number beyond a safe integer.
 */

/** Nearly all that chargers write: nothing in it has to be mended. */
const PLAIN = /^[\x20-\x7e]*$/;

/** PostgreSQL stores neither NUL nor half a surrogate pair; other control characters have no place in an identifier. */
export function storableText(text: string): string {
  if (PLAIN.test(text)) return text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
  return text.replace(/[\t\n\r]+/g, ' ').replace(/[\u0000-\u001f\u007f]|\p{Surrogate}/gu, '');
}

/** Trimmed text of a string, number or boolean, cut to `maxLength`; undefined: there is none. */
export function readText(value: unknown, maxLength: number): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value).slice(0, maxLength);
  if (typeof value !== 'string') return undefined;
  if (value.length <= maxLength && PLAIN.test(value)) return value.trim() || undefined;
  // Cut before and after: a hostile string is not searched whole, and the cut may not halve a surrogate pair.
  const text = storableText(value.slice(0, maxLength * 4 + 64))
    .trim()
    .slice(0, maxLength);
  return text === '' ? undefined : storableText(text);
}

const NUMBER = /^[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?$/i;

/** A finite number, also one written as text ("12.5", "12,5"). No hexadecimal, no blanks inside, no Infinity. */
export function readNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.length > 64) return undefined;
  const text = value.trim();
  if (!NUMBER.test(text)) return undefined;
  const number = Number(text.replace(',', '.'));
  return Number.isFinite(number) ? number : undefined;
}

/** An integer of a message has 32 bits, in every version. */
export const MOST_INT32 = 2_147_483_647;

/** A whole number in a range, both ends included; anything else is undefined. */
export function readInteger(value: unknown, least: number, most: number): number | undefined {
  const number = readNumber(value);
  return number !== undefined && Number.isInteger(number) && number >= least && number <= most ? number + 0 : undefined;
}

/** The elements of an array; a lone object counts as an array of one (a frequent slip), anything else as none. */
export function readList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isRecord(value) ? [value] : [];
}

/** What the elements of a list say, `most` at most: the elements behind are not read. */
export function readUpTo<T>(list: readonly unknown[], most: number, read: (each: unknown) => readonly T[]): T[] {
  const said: T[] = [];
  for (const each of list) {
    for (const one of read(each)) {
      if (said.length === most) return said;
      said.push(one);
    }
  }
  return said;
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields of an object; of anything else: none. */
export const readRecord = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});

/** Text for comparing enumerations: case, blanks and separators do not count. */
export const folded = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Finds the official spelling of an enumeration's word; undefined: it is none of them. */
export function enumReader<Word extends string>(words: readonly Word[]): (value: unknown) => Word | undefined {
  const find = wordReader(words.map((word) => [word, word]));
  return (value) => (typeof value === 'string' ? find(value) : undefined);
}

/** What an enumeration's word means to us. Nearly all are spelled as OCPP spells them: only others are folded. */
export function wordReader<Meaning>(
  words: readonly (readonly [official: string, meaning: Meaning])[],
): (said: string) => Meaning | undefined {
  const exact = new Map(words);
  const byFold = new Map(words.map(([word, meaning]) => [folded(word), meaning]));
  return (said) => exact.get(said) ?? byFold.get(folded(said.slice(0, 64)));
}
