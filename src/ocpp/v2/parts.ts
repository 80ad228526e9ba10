/** The fields by which parts of an answer are put together (requestId, seqNo, tbc), read the same for all messages that have them. */
import type { Part } from '../../platform/parts.ts';
import { readInteger } from '../reading.ts';

const MOST = 2 ** 31 - 1;

export function readPart(
  payload: Readonly<Record<string, unknown>>,
  items: number,
): { readonly requestId: number | undefined; readonly part: Part } {
  return {
    requestId: readInteger(payload['requestId'], -MOST - 1, MOST),
    part: {
      seqNo: readInteger(payload['seqNo'], -MOST - 1, MOST),
      tbc: payload['tbc'] === true || payload['tbc'] === 'true',
      items,
    },
  };
}
