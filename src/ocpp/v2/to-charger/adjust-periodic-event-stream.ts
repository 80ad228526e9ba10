/** OCPP 2.1 N12: AdjustPeriodicEventStream. */
import type { ToCharger } from '../../contract.ts';
import { readId, readParams } from '../monitor-words.ts';

export const adjustPeriodicEventStream: ToCharger = {
  action: 'AdjustPeriodicEventStream',
  accepted: ({ status }) => status === 'Accepted',
  learn({ id, params }) {
    const streamId = readId(id);
    return streamId === undefined ? undefined : { about: 'stream_adjusted', streamId, ...readParams(params) };
  },
  example: { id: 1, params: { interval: 30, values: 10 } },
};
