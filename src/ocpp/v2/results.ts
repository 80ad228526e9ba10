/** Reading the results that have a list of verdicts instead of one status. */
import { isRecord } from '../reading.ts';

export const ACCEPTED: ReadonlySet<unknown> = new Set(['Accepted']);
/** The value is taken, at once or by the next boot. */
export const TAKEN: ReadonlySet<unknown> = new Set(['Accepted', 'RebootRequired']);

/** Whether each verdict of the list is one of these. An empty list agreed to nothing. */
export const allAre = (list: unknown, field: string, good: ReadonlySet<unknown>): boolean =>
  Array.isArray(list) && list.length > 0 && list.every((each) => isRecord(each) && good.has(each[field]));
