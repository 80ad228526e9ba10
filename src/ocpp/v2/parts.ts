/** The fields by which parts of an answer are put together (requestId, seqNo, tbc), read the same for all messages that have them. */
import type { Part } from '../../platform/parts.ts';
import { MOST_INT32, readInteger } from '../reading.ts';

export function readPart(
  payload: Readonly<Record<string, unknown>>,
  items: number,
): { readonly requestId: number | undefined; readonly part: Part } {
  return {
    requestId: readInteger(payload['requestId'], -MOST_INT32 - 1, MOST_INT32),
    part: {
      seqNo: readInteger(payload['seqNo'], -MOST_INT32 - 1, MOST_INT32),
      tbc: payload['tbc'] === true || payload['tbc'] === 'true',
      items,
    },
  };
}
