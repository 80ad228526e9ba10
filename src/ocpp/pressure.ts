/** Where messages of chargers pile up in this process, for gauges. */
import type { Connection } from './connection.ts';

export type Pressure = {
  /** Upgrade requests that wait at the turnstile. */
  readonly upgradesWaiting: number;
  /** Connections whose socket is not read until what came in is worked off. */
  readonly paused: number;
  /** Messages that came in and wait for their turn. */
  readonly messages: number;
  /** Bytes that chargers have not taken yet. */
  readonly unreadBytes: number;
};

/** Looks at every connection. */
export function pressureOf(connections: Iterable<Connection>, upgradesWaiting: number): Pressure {
  let [paused, messages, unreadBytes] = [0, 0, 0];
  for (const connection of connections) {
    paused += Number(connection.line.paused);
    messages += connection.line.length;
    unreadBytes += connection.socket.bufferedAmount;
  }
  return { upgradesWaiting, paused, messages, unreadBytes };
}
