/**
 * So many streams are read by all windows of one browser together; more would use up the six connections that it has to a server of HTTP/1.1, and
 * no page would load any more. Windows ask each other (BroadcastChannel, which there is without TLS, too), and read meanwhile.
 */
import { pause } from './pause.ts';

const MOST = 4;
const ANSWER_MS = 200;

/** `holds`: otherwise it asks as well. */
type Said = { readonly asks: string } | { readonly here: string; readonly holds: boolean };

export type Place = {
  /** Others hold them all. */
  isRefused(): boolean;
  leave(): void;
};

export type Places = { take(letGo: () => void): Place };
/** One place at a time. `letGo` is called when others hold them all. Ends with `signal`. */
export function createPlaces(signal: AbortSignal, answerMs = ANSWER_MS): Places {
  const own = String(Math.random());
  const channel = new BroadcastChannel('dynamo.streams');
  const say = (said: Said): void => channel.postMessage(said);
  /** Who goes before this one: those that hold a place, and of those that ask at the same time the ones with a smaller number. */
  const ahead = new Set<string>();
  let state: 'none' | 'asking' | 'held' = 'none';
  function heard(said: Said): void {
    if ('here' in said) {
      if (said.holds || said.here < own) ahead.add(said.here);
    } else {
      if (said.asks < own) ahead.add(said.asks);
      if (state !== 'none') say({ here: own, holds: state === 'held' });
    }
  }
  channel.addEventListener('message', (event) => heard((event as unknown as { data: Said }).data)); // as: nobody else knows the channel
  signal.addEventListener('abort', () => channel.close(), { once: true });

  async function ask(over: AbortSignal): Promise<boolean> {
    ahead.clear();
    state = 'asking';
    say({ asks: own });
    await pause(answerMs, over);
    if (over.aborted) return true; // left before it was known
    state = ahead.size < MOST ? 'held' : 'none';
    if (state === 'held') say({ here: own, holds: true }); // to those who are asking
    return state === 'held';
  }
  return {
    take(letGo) {
      const left = new AbortController();
      let isRefused = false;
      if (!signal.aborted)
        void ask(left.signal).then((isThere) => {
          if (isThere) return;
          isRefused = true;
          letGo();
        });
      return {
        isRefused: () => isRefused,
        leave() {
          left.abort();
          state = 'none';
        },
      };
    },
  };
}
