/** What an answer to a request for a report promises: parts that will come, or that there are none (2.0.1 B07, B08, N02). */
import type { Learned, ReportRequest } from '../../ingest/inputs.ts';
import { readInteger } from '../reading.ts';
import { baseOf } from './device-words.ts';

type Payload = Readonly<Record<string, unknown>>;
const MOST = 2 ** 31 - 1;

export const promisedReport =
  (kind: ReportRequest['kind']) =>
  (payload: Payload, { status }: Payload): Learned | undefined => {
    const requestId = readInteger(payload['requestId'], -MOST - 1, MOST);
    if (requestId === undefined) return undefined;
    const base = baseOf(payload['reportBase']);
    return { about: 'report_promised', kind, requestId, base, nothing: status === 'EmptyResultSet' };
  };
