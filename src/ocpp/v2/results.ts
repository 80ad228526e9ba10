/** Reading the results that have a list of verdicts instead of one status. */
import { foldedKey } from '../../platform/variable-key.ts';
import { isRecord, readList, readRecord } from '../reading.ts';
import { readKey } from './device-words.ts';

export const ACCEPTED: ReadonlySet<unknown> = new Set(['Accepted']);
/** The value is taken, at once or by the next boot. */
export const TAKEN: ReadonlySet<unknown> = new Set(['Accepted', 'RebootRequired']);

/** Whether each verdict of the list is one of these. An empty list agreed to nothing. */
export const allAre = (list: unknown, field: string, good: ReadonlySet<unknown>): boolean =>
  Array.isArray(list) && list.length > 0 && list.every((each) => isRecord(each) && good.has(each[field]));

/** No station answers for more variables at once; the rest would be an attempt to keep us busy. */
const MOST_RESULTS = 1000;

/** Verdicts on variables by the folded key of what they are about; of two on the same the first counts. */
export function resultsByKey(list: unknown): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const results = new Map<string, Readonly<Record<string, unknown>>>();
  for (const each of readList(list).slice(0, MOST_RESULTS)) {
    const said = readRecord(each);
    const key = readKey(said, said['attributeType']);
    if (key !== undefined && !results.has(foldedKey(key))) results.set(foldedKey(key), said);
  }
  return results;
}
