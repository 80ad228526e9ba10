/** OCPP 2.1 N13: GetPeriodicEventStream. */
import type { ToCharger } from '../../contract.ts';
import { readList } from '../../reading.ts';
import { readStream } from '../monitor-words.ts';

export const getPeriodicEventStream: ToCharger = {
  action: 'GetPeriodicEventStream',
  accepted: () => true,
  learn: (_payload, { constantStreamData }) => ({
    about: 'streams_listed',
    streams: readList(constantStreamData).flatMap((each) => readStream(each) ?? []),
  }),
  example: {},
};
