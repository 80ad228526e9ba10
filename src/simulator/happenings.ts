/** Who listens to a charger, and who waits for something of it. */
import type { Happening, HappeningOf, Tell } from './types.ts';

export type Happenings = {
  readonly tell: Tell;
  on(listener: (happening: Happening) => void): () => void;
  next<W extends Happening['what']>(
    what: W,
    options?: { readonly timeoutMs?: number; readonly where?: (happening: HappeningOf<W>) => boolean },
  ): Promise<HappeningOf<W>>;
  close(): void;
};

export class SimulatorClosed extends Error {
  override readonly name = 'SimulatorClosed';
}

export function createHappenings(identity: string, now: () => Date): Happenings {
  const listeners = new Set<(happening: Happening) => void>();
  const waiting = new Set<(cause: Error) => void>();

  function on(listener: (happening: Happening) => void): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  return {
    tell(told) {
      if (listeners.size === 0) return;
      const happening: Happening = { at: now(), identity, ...told };
      for (const listener of [...listeners]) listener(happening);
    },
    on,
    next: (what, { timeoutMs = 60_000, where = () => true } = {}) =>
      new Promise((resolve, reject) => {
        const end = () => {
          clearTimeout(timer);
          off();
          waiting.delete(fail);
        };
        const fail = (cause: Error) => {
          end();
          reject(cause);
        };
        const timer = setTimeout(() => fail(new Error(`${identity}: no '${what}' within ${timeoutMs} ms`)), timeoutMs);
        const off = on((happening) => {
          if (!isOf(happening, what) || !where(happening)) return;
          end();
          resolve(happening);
        });
        waiting.add(fail);
      }),
    close() {
      for (const fail of [...waiting]) fail(new SimulatorClosed(`${identity} was closed`));
      listeners.clear();
    },
  };
}

const isOf = <W extends Happening['what']>(happening: Happening, what: W): happening is HappeningOf<W> =>
  happening.what === what;
