/** Small help for the tables that hold OCPP's words and ours side by side. */
import { enumReader } from '../reading.ts';

/** The way back of such a table: from OCPP's word, in any spelling of case, to ours. */
export function fromWord<Ours extends string>(
  words: Readonly<Record<Ours, string>>,
): (said: unknown) => Ours | undefined {
  const read = enumReader(Object.values<string>(words));
  const ours = new Map((Object.keys(words) as Ours[]).map((word) => [words[word], word]));
  return (said) => {
    const word = read(said);
    return word === undefined ? undefined : ours.get(word);
  };
}

/** Without the fields that are undefined: neither side writes what it does not say. */
export const given = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
