/** Many chargers in one process. They connect at a limited rate, so that a start is no storm unless one is wanted. */
import { createCharger } from './charger.ts';
import type { Charger, ChargerOptions } from './contract.ts';

export type Fleet = {
  readonly chargers: readonly Charger[];
  /** Resolves when all have been started; they connect on their own from then on. */
  start(): Promise<void>;
  close(): Promise<void>;
};

export function createFleet(options: {
  readonly members: readonly ChargerOptions[];
  /** Chargers started per second; real time. */
  readonly perSecond: number;
}): Fleet {
  const chargers = options.members.map(createCharger);
  let isClosed = false;
  let wakeUp: () => void = () => undefined;
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  return {
    chargers,
    async start() {
      const begun = performance.now();
      for (const [index, charger] of chargers.entries()) {
        const earlyMs = (index / options.perSecond) * 1000 - (performance.now() - begun);
        if (earlyMs > 1) await pause(earlyMs);
        if (isClosed) return;
        charger.start();
      }
    },
    async close() {
      isClosed = true;
      wakeUp();
      await Promise.all(chargers.map((charger) => charger.close()));
    },
  };
}
