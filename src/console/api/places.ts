/**
 * So many windows of one browser read the stream of events; one more for each would use up the six connections that a browser has to a server of
 * HTTP/1.1, and no page would load any more. Windows ask each other (BroadcastChannel, which there is without TLS, too).
 */
import { pause } from './pause.ts';

const MOST = 4;
const ANSWER_MS = 100;

/** Between windows: `asks` is answered to it by each that holds a place. */
type Said = { readonly asks: string } | { readonly to: string };

export type Places = {
  /** False: others hold them all. */
  take(): Promise<boolean>;
  leave(): void;
};

/** Ends with `signal`. */
export function createPlaces(signal: AbortSignal): Places {
  const own = String(Math.random());
  const channel = new BroadcastChannel('dynamo.streams');
  const say = (said: Said): void => channel.postMessage(said);
  let isHeld = false;
  let others = 0;
  channel.addEventListener('message', ({ data }: MessageEvent<Said>) => {
    if ('asks' in data) {
      if (isHeld) say({ to: data.asks });
    } else if (data.to === own) others += 1;
  });
  signal.addEventListener('abort', () => channel.close(), { once: true });
  return {
    async take() {
      if (signal.aborted) return false;
      others = 0;
      say({ asks: own });
      await pause(ANSWER_MS, signal);
      isHeld = others < MOST;
      return isHeld;
    },
    leave() {
      isHeld = false;
    },
  };
}
