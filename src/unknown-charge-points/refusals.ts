/**
 * Gathers refusals and writes them now and then: a scanner that knocks a thousand times costs one row and one statement.
 * It must never keep a stranger's text uncut or with control characters in it.
 */
import type { Database } from '../database/contract.ts';
import { type Refused, trimRefused, upsertRefused } from './store.ts';

export type Knock = Omit<Refused, 'count' | 'firstSeenAt' | 'lastSeenAt'> & { readonly at: Date };

export type Refusals = {
  /** Never waits. */
  record(knock: Knock): void;
  flush(): Promise<void>;
  start(): void;
  /** Writes what has gathered. */
  stop(): Promise<void>;
};

export type RefusalsOptions = {
  readonly db: Pick<Database, 'rows'>;
  readonly log: { warn(fields: object, message: string): void };
  readonly everyMs?: number;
  readonly maxRows?: number;
};

/** Different ones that wait to be written; further ones are not kept. */
const MAX_WAITING = 2_000;

type Entry = { -readonly [K in keyof Refused]: Refused[K] };

export function createRefusals({ db, log, everyMs = 2_000, maxRows = 10_000 }: RefusalsOptions): Refusals {
  let waiting = new Map<string, Entry>();
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> | undefined;

  async function write(): Promise<void> {
    const taken = [...waiting.values()];
    waiting = new Map();
    try {
      const added = await upsertRefused(db, taken);
      if (added > 0) await trimRefused(db, maxRows);
    } catch (cause) {
      log.warn({ err: cause, refusals: taken.length }, 'refused chargers could not be written down');
    }
  }

  function flush(): Promise<void> {
    if (waiting.size === 0) return flushing ?? Promise.resolve();
    flushing ??= write().finally(() => {
      flushing = undefined;
    });
    return flushing;
  }

  return {
    record(knock) {
      const identity = clean(knock.identity, 64);
      const key = `${knock.reason} ${identity}`;
      const known = waiting.get(key);
      const what = {
        identity,
        reason: knock.reason,
        chargePointId: knock.chargePointId,
        organizationId: knock.organizationId,
        remoteAddress: clean(knock.remoteAddress, 64),
        protocols: clean(knock.protocols, 200),
        userAgent: clean(knock.userAgent, 200),
        lastSeenAt: knock.at,
      };
      if (known !== undefined) {
        Object.assign(known, what);
        known.count += 1;
      } else if (waiting.size < MAX_WAITING) waiting.set(key, { ...what, count: 1, firstSeenAt: knock.at });
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

/** Printable and cut; whoever shows it escapes it nevertheless. */
function clean(text: string, maxLength: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
  return text.slice(0, maxLength).replace(/[\u0000-\u001f\u007f-\u009f]|\p{Surrogate}|\p{Cf}/gu, '');
}
