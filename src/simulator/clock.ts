/** The charger's time: real, or so many times faster. It begins at the true instant and then runs ahead of it. */
import type { SimulatorClock } from './types.ts';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function acceleratedClock(speed = 1): SimulatorClock {
  const begun = Date.now();
  return {
    now: () => new Date(begun + (Date.now() - begun) * speed),
    after(ms, run) {
      const timer = setTimeout(run, Math.min(LONGEST_TIMER_MS, Math.max(0, ms) / speed));
      return () => clearTimeout(timer);
    },
  };
}

/** Timers that can be called off together, so that nothing survives close(). */
export type Timers = {
  after(ms: number, run: () => void): () => void;
  /** Resolves after that time; never, once cancelled. */
  cancelAll(): void;
};

export function createTimers(clock: SimulatorClock): Timers {
  const running = new Set<() => void>();
  return {
    after(ms, run) {
      const cancel = clock.after(ms, () => {
        running.delete(stop);
        run();
      });
      const stop = () => {
        running.delete(stop);
        cancel();
      };
      running.add(stop);
      return stop;
    },
    cancelAll() {
      for (const stop of [...running]) stop();
    },
  };
}

/** Repeatable randomness (mulberry32) for tests and benchmarks. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
