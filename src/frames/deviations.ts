/** Counts in memory what chargers get wrong and writes the counts now and then. Counts may be lost in a crash; messages are not. */
import type { Database } from '../database/contract.ts';
import { addDeviations, type DeviationCount } from './deviation-store.ts';

export type Deviations = {
  /** Never waits. */
  record(
    charger: { readonly chargePointId: string; readonly organizationId: string },
    action: string,
    deviations: readonly { readonly field: string; readonly kind: string; readonly example: string }[],
    at: Date,
  ): void;
  flush(): Promise<void>;
  start(): void;
  /** Writes what was counted. */
  stop(): Promise<void>;
};

export type DeviationsOptions = {
  readonly db: Pick<Database, 'rows'>;
  readonly log: { warn(fields: object, message: string): void };
  readonly everyMs?: number;
};

/** Different ones that wait to be written; further ones are not counted until then. */
const MAX_WAITING = 20_000;
const CHUNK = 1_000;

type Count = { -readonly [K in keyof DeviationCount]: DeviationCount[K] };

export function createDeviations({ db, log, everyMs = 10_000 }: DeviationsOptions): Deviations {
  let counts = new Map<string, Count>();
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> | undefined;

  async function write(): Promise<void> {
    const taken = [...counts.values()];
    counts = new Map();
    try {
      for (let i = 0; i < taken.length; i += CHUNK) await addDeviations(db, taken.slice(i, i + CHUNK));
    } catch (cause) {
      log.warn({ err: cause, counts: taken.length }, 'counts of schema deviations could not be written and are lost');
    }
  }

  function flush(): Promise<void> {
    if (counts.size === 0) return flushing ?? Promise.resolve();
    flushing ??= write().finally(() => {
      flushing = undefined;
    });
    return flushing;
  }

  return {
    record({ chargePointId, organizationId }, action, deviations, at) {
      for (const { field, kind, example } of deviations) {
        const key = `${chargePointId} ${action} ${kind} ${field}`;
        const known = counts.get(key);
        if (known !== undefined) {
          known.count += 1;
          known.example = example;
          known.lastAt = at;
        } else if (counts.size < MAX_WAITING) {
          counts.set(key, {
            chargePointId,
            organizationId,
            action,
            field,
            kind,
            count: 1,
            example,
            firstAt: at,
            lastAt: at,
          });
        }
      }
    },
    flush,
    start() {
      timer ??= setInterval(() => void flush(), everyMs); // flush never rejects
    },
    async stop() {
      clearInterval(timer);
      timer = undefined;
      await flush();
      await flush(); // what came while the first one was writing
    },
  };
}
