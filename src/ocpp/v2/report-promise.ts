/** What an answer to a request for a report promises: parts that will come, or that there are none (2.0.1 B07, B08, N02). */
import type { Learned, ReportRequest } from '../../ingest/inputs.ts';
import { MOST_INT32, readInteger } from '../reading.ts';
import { baseOf } from './device-words.ts';

type Payload = Readonly<Record<string, unknown>>;

export const promisedReport =
  (kind: ReportRequest['kind']) =>
  (payload: Payload, { status }: Payload): Learned | undefined => {
    const requestId = readInteger(payload['requestId'], -MOST_INT32 - 1, MOST_INT32);
    if (requestId === undefined) return undefined;
    const base = baseOf(payload['reportBase']);
    const nothing = status === 'EmptyResultSet';
    return { about: 'report_promised', kind, requestId, base, criteria: criteriaIn(payload), nothing };
  };

/** Of any of the three requests. A list that is empty asks for no less than none (0..*). */
function criteriaIn(payload: Payload): Payload | null {
  const named = ['componentCriteria', 'monitoringCriteria', 'componentVariable'].flatMap((name) => {
    const list = payload[name];
    return Array.isArray(list) && list.length > 0 ? [[name, list] as const] : [];
  });
  return named.length === 0 ? null : Object.fromEntries(named);
}
