/** How a 2.1 station answers about its periodic event streams (N12, N14). */
import { numberOf, payloadOf } from '../payload.ts';
import { type Answering, badField, refused, result } from './answering.ts';

/** New in 2.1. */
export const streaming: Readonly<Record<string, Answering>> = {
  AdjustPeriodicEventStream(payload, _controls, { streams }) {
    const id = numberOf(payload['id']);
    if (id === undefined) return badField('id');
    return streams.adjust(id, payloadOf(payload['params'])) ? result({ status: 'Accepted' }) : refused('UnknownStream');
  },
  GetPeriodicEventStream(_payload, _controls, { streams }) {
    const constantStreamData = streams.list();
    return result(constantStreamData.length === 0 ? {} : { constantStreamData });
  },
};
