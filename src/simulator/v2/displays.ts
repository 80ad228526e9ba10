/** Messages on a 2.x station's display (2.0.1 O01–O06), and what it would show of a running cost (I02). */
import { instantOf, numberOf, payloadOf } from '../payload.ts';
import type { Payload } from '../types.ts';
import type { Model } from './model/index.ts';
import type { TransactionLog } from './transaction-log.ts';

export type Displays = {
  set(message: Payload, now: number): string;
  /** What is to be shown at this instant, in the order of its turn. */
  held(now: number): readonly Payload[];
  remove(id: number): boolean;
};

const STATES: ReadonlySet<unknown> = new Set([undefined, 'Charging', 'Faulted', 'Idle', 'Unavailable']);
const STATES_21: ReadonlySet<unknown> = new Set([...STATES, 'Suspended', 'Discharging']);

export function createDisplays(model: Model, log: TransactionLog, is21: boolean): Displays {
  const messages = new Map<number, Payload>();
  const words = (name: string): string[] => model.read(`DisplayMessageCtrlr.${name}`).split(',');
  const hasEnded = ({ transactionId }: Payload): boolean =>
    transactionId !== undefined && log.find(transactionId)?.hasEnded !== false;

  function held(now: number): readonly Payload[] {
    // O01.FR.11, O02.FR.02: past its end, or with its transaction, a message goes by itself.
    for (const [id, message] of messages) {
      if ((instantOf(message['endDateTime']) ?? Number.POSITIVE_INFINITY) <= now || hasEnded(message))
        messages.delete(id);
    }
    return [...messages.values()];
  }
  model.bind('DisplayMessageCtrlr.DisplayMessages', () => String(messages.size));

  return {
    set(message, now) {
      const id = numberOf(message['id']);
      const { priority, state, transactionId } = message;
      const format = payloadOf(message['message'])['format'];
      if (id === undefined) return 'Rejected';
      if (!words('SupportedFormats').includes(String(format))) return 'NotSupportedMessageFormat';
      if (!words('SupportedPriorities').includes(String(priority))) return 'NotSupportedPriority';
      if (!(is21 ? STATES_21 : STATES).has(state)) return 'NotSupportedState';
      if (transactionId !== undefined && hasEnded(message)) return 'UnknownTransaction';
      const others = held(now).filter((each) => each['id'] !== id);
      if (others.length >= 20) return 'Rejected';
      // O01.FR.06: only one can be in front all the time.
      if (priority === 'AlwaysFront')
        for (const each of others) if (each['priority'] === 'AlwaysFront') messages.delete(Number(each['id']));
      messages.set(id, message);
      return 'Accepted';
    },
    held,
    remove: (id) => messages.delete(id),
  };
}
