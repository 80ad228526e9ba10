/** OCPP 2.1 N11 NotifyPeriodicEventStream: values of a stream. A SEND, which nobody answers (part 4 §4.2.5). */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readList, readNumber, readRecord } from '../../reading.ts';
import { readValue } from '../device-words.ts';
import { readId } from '../monitor-words.ts';

/** As many as a message of 2 MiB holds, a value with its time being sixteen bytes and more. */
const MOST_VALUES = 131_072;
/** `t` counts from basetime; more than a month away is no offset but a fault. */
const FURTHEST_S = 31 * 86_400;

export const notifyPeriodicEventStream = ({ door, clocks }: Pick<Needs, 'door' | 'clocks'>): FromCharger => ({
  action: 'NotifyPeriodicEventStream',

  async handle(call) {
    const { payload, link, receivedAt, traceId } = call;
    const streamId = readId(payload['id']);
    if (streamId === undefined) throw new UnusableMessage('it names no stream');
    const base = clocks.read(payload['basetime'], call).at.getTime();
    const values = readList(payload['data'])
      .slice(0, MOST_VALUES)
      .flatMap((each) => {
        const said = readRecord(each);
        const [offset, value] = [readNumber(said['t']), readValue(said['v'])];
        if (offset === undefined || value === null || Math.abs(offset) > FURTHEST_S) return [];
        return [{ at: new Date(base + Math.round(offset * 1000)), value }];
      });
    const pending = readId(payload['pending']) ?? 0;
    const { chargePointId } = link;
    await door(
      { room: 'monitoring', type: 'stream_values', chargePointId, receivedAt, streamId, pending, values },
      traceId,
    );
    return {};
  },

  minimal: () => ({}),
});
