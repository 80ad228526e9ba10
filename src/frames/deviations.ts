/** Counts in memory what chargers get wrong and writes the counts now and then. Counts may be lost in a crash; messages are not. */
import type { Database } from '../database/contract.ts';
import { createGatherer } from '../platform/gatherer.ts';
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

const MASK = '***';
/** 2.0.1 N09: what a station tells of a person is no example for anybody. */
const isPersonal = (action: string, field: string): boolean =>
  action === 'NotifyCustomerInformation' && /^data\b/.test(field);

type Count = { -readonly [K in keyof DeviationCount]: DeviationCount[K] };

export function createDeviations({ db, log, everyMs = 10_000 }: DeviationsOptions): Deviations {
  const { add, ...gathering } = createGatherer<Count>({
    everyMs,
    maxWaiting: MAX_WAITING,
    async write(counts) {
      for (let i = 0; i < counts.length; i += CHUNK) await addDeviations(db, counts.slice(i, i + CHUNK));
    },
    onLost: (cause, counts) =>
      log.warn({ err: cause, counts }, 'counts of schema deviations could not be written and are lost'),
  });
  return {
    ...gathering,
    record({ chargePointId, organizationId }, action, deviations, at) {
      for (const { field, kind, ...each } of deviations) {
        const example = isPersonal(action, field) ? MASK : each.example;
        add(
          `${chargePointId} ${action} ${kind} ${field}`,
          (known) => {
            known.count += 1;
            known.example = example;
            known.lastAt = at;
          },
          () => ({ chargePointId, organizationId, action, field, kind, count: 1, example, firstAt: at, lastAt: at }),
        );
      }
    },
  };
}
