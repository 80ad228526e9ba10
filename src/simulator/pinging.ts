/** WebSocket pings at the charger's own interval (OCPP 1.6 WebSocketPingInterval, 2.x OCPPCommCtrlr.WebSocketPingInterval). */
import type { Timers } from './clock.ts';
import type { Link } from './link.ts';

/** Gives what is to be called whenever the line was opened. */
export function createPinging(needs: {
  readonly link: Link;
  readonly timers: Timers;
  readonly intervalS: () => number;
}): () => void {
  const { link, timers, intervalS } = needs;
  let cancel: (() => void) | undefined;

  function schedule(): void {
    cancel?.();
    const seconds = intervalS();
    cancel =
      seconds <= 0
        ? undefined
        : timers.after(seconds * 1000, () => {
            link.ping();
            if (link.isOpen()) schedule();
          });
  }
  return schedule;
}
