/**
 * Refusals, gathered for some seconds by what is alike, so that who tries a thousand credentials fills no disk. Each kind of caller has
 * places of its own, and what finds none is still counted in a crowd: nobody can push another one's refusals out, or his own unseen.
 */
import type { AuditedEnd, Gathering } from '../platform/audited.ts';
import { createGatherer, type Gatherer } from '../platform/gatherer.ts';
import type { Line } from './chain.ts';
import { detailOf } from './redact.ts';

export type RefusedLine = Omit<Line, 'organizationId' | 'repeated'> & { readonly organizationId: string | undefined };
type Untold = Omit<RefusedLine, 'kind' | 'detail' | 'status' | 'code'>;
type Waiting = {
  readonly line: Untold & Pick<RefusedLine, 'status' | 'code'>;
  readonly reason: string | undefined;
  readonly isCrowd: boolean;
  /** Whom else it stands for. */
  readonly also: Set<string>;
  repeated: number;
};

/** Different ones that wait to be written, of each kind. */
const MOST: Readonly<Record<Gathering['among'] | 'crowds', number>> = {
  calls: 500,
  chargers: 1_000,
  strangers: 200,
  crowds: 1_000,
};
const MOST_NAMED = 10;

type Needs = {
  readonly everyMs: number;
  readonly write: (lines: readonly (RefusedLine & { readonly repeated: number })[]) => Promise<void>;
  readonly onLost: (cause: unknown, refusals: number) => void;
};

export function createGatheredRefusals({ everyMs, write, onLost }: Needs) {
  const gatherer = (kind: keyof typeof MOST) =>
    createGatherer<Waiting>({
      ...{ everyMs, maxWaiting: MOST[kind], onLost },
      write: (gathered) => write(gathered.map(lineOf)),
    });
  const all = {
    ...{ calls: gatherer('calls'), chargers: gatherer('chargers') },
    ...{ strangers: gatherer('strangers'), crowds: gatherer('crowds') },
  };
  const each = (work: (one: Gatherer<Waiting>) => Promise<void>) => Promise.all(Object.values(all).map(work));

  return {
    /** `how`: what makes it like others; absent: its caller, address, operation and outcome. */
    add(call: Untold, { status, code, untold }: AuditedEnd, how?: Gathering) {
      const organizationId = call.organizationId ?? untold?.organizationId;
      const reason = untold?.reason;
      const line = { ...call, organizationId, status, code: code ?? null };
      const { operation, principalId, address } = line;
      const outcome = [operation, status, code, reason];
      const key = [organizationId, ...(how === undefined ? [principalId, address] : [how.alike]), ...outcome].join(' ');
      const merge = (known: Waiting): void => {
        known.repeated += 1;
        if (how !== undefined && known.also.size < MOST_NAMED) known.also.add(how.name);
      };
      const first = (isCrowd: boolean) => (): Waiting => ({
        ...{ line, reason, isCrowd, repeated: 1 },
        also: new Set(how === undefined ? [] : [how.name]),
      });
      if (all[how?.among ?? 'calls'].add(key, merge, first(false))) return;
      all.crowds.add([how?.among, organizationId, operation].join(' '), merge, first(true));
    },
    start() {
      for (const one of Object.values(all)) one.start();
    },
    stop: async () => void (await each((one) => one.stop())),
  };
}

/** Of a crowd only what is true of all of it. */
function lineOf({ line, reason, isCrowd, also, repeated }: Waiting): RefusedLine & { readonly repeated: number } {
  const names = also.size > 1 ? { also: [...also] } : {};
  if (!isCrowd) return { ...line, kind: 'refused', detail: detailOf({ reason, ...names }), repeated };
  const nobody = { principalKind: 'none', principalId: null, address: null, requestId: '', target: '{}' } as const;
  return { ...line, ...nobody, kind: 'refused', detail: detailOf({ crowd: true, ...names }), repeated };
}
