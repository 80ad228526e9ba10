/**
 * Gathers refusals and writes them now and then: a scanner that knocks a thousand times costs one row and one statement.
 * It must never keep a stranger's text uncut or with control characters in it.
 */
import type { Database } from '../database/contract.ts';
import { createGatherer } from '../platform/gatherer.ts';
import { type Refused, trimRefused, upsertRefused } from './store.ts';

type Said = Pick<Refused, 'vendor' | 'model' | 'serialNumber' | 'firmwareVersion'>;
export type Knock = Omit<Refused, 'count' | 'firstSeenAt' | 'lastSeenAt' | keyof Said> & {
  readonly at: Date;
  /** Of itself. */
  readonly said?: Said | undefined;
};

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

const SILENT: Said = { vendor: '', model: '', serialNumber: '', firmwareVersion: '' };

type Entry = { -readonly [K in keyof Refused]: Refused[K] };

export function createRefusals({ db, log, everyMs = 2_000, maxRows = 10_000 }: RefusalsOptions): Refusals {
  const { add, ...gathering } = createGatherer<Entry>({
    everyMs,
    maxWaiting: MAX_WAITING,
    async write(entries) {
      const added = await upsertRefused(db, entries);
      if (added > 0) await trimRefused(db, maxRows);
    },
    onLost: (cause, refusals) => log.warn({ err: cause, refusals }, 'refused chargers could not be written down'),
  });
  return {
    ...gathering,
    record(knock) {
      const identity = clean(knock.identity, 64);
      const what = {
        identity,
        reason: knock.reason,
        chargePointId: knock.chargePointId,
        organizationId: knock.organizationId,
        remoteAddress: clean(knock.remoteAddress, 64),
        protocols: clean(knock.protocols, 200),
        userAgent: clean(knock.userAgent, 200),
        ...(knock.said !== undefined && {
          vendor: clean(knock.said.vendor, 100),
          model: clean(knock.said.model, 100),
          serialNumber: clean(knock.said.serialNumber, 100),
          firmwareVersion: clean(knock.said.firmwareVersion, 100),
        }),
        lastSeenAt: knock.at,
      };
      add(
        `${knock.reason} ${identity}`,
        (known) => {
          Object.assign(known, what);
          known.count += 1;
        },
        () => ({ ...SILENT, ...what, count: 1, firstSeenAt: knock.at }),
      );
    },
  };
}

/** Printable and cut; whoever shows it escapes it nevertheless. */
function clean(text: string, maxLength: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
  return text.slice(0, maxLength).replace(/[\u0000-\u001f\u007f-\u009f]|\p{Surrogate}|\p{Cf}/gu, '');
}
