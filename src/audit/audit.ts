/**
 * Who did what over REST, and who was refused. A call is on disk before it is done; how it ended follows and is not waited for, so
 * a call without an end is one of a process that died, and may have been done. Refusals are gathered (refusals.ts).
 */
import type { Database } from '../database/contract.ts';
import type { Audit, AuditedCall } from '../platform/audited.ts';
import { createBatcher } from '../platform/batcher.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { Peppers } from '../secrets/index.ts';
import type { Line, SealedChain } from './chain.ts';
import { detailOf } from './redact.ts';
import { createGatheredRefusals } from './refusals.ts';
import { addLines, chainsAfter, forgetEntries, oldestOrganization } from './store.ts';

type Needs = {
  readonly db: Pick<Database, 'rows' | 'transaction'>;
  /** keyRing.peppers('audit') */
  readonly keys: Peppers;
  readonly clock: Clock;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  readonly everyMs?: number;
};

/** Lines of one transaction, and lines that may wait for it. */
const MOST_IN_ONE = 500;
const MOST_WAITING = 20_000;
const DAY_MS = 86_400_000;
/** Entries that are forgotten in one transaction, and transactions of one night. */
const AT_ONCE = 5_000;
const MOST_ROUNDS = 1_000;
const TRIES = 5;
const TRY_AGAIN_MS = 1_000;

type RaisedProfile = {
  readonly organizationId: string;
  readonly chargePointId: string;
  readonly identity: string;
  readonly remoteAddress: string;
  readonly from: number;
  readonly to: number;
};

export type AuditLog = Audit & {
  /** For the table of periodic jobs: forgets what is older (0: nothing), and logs where each chain ends, for who keeps logs elsewhere. */
  retain(days: number): Promise<void>;
  /** By an admin on the machine (scripts). */
  byScript(organizationId: string, operation: string, detail: unknown): Promise<void>;
  /** A charger moves to a higher security profile. Resolves when it is on disk. */
  profileRaised(raise: RaisedProfile): Promise<void>;
  start(): void;
  /** Writes what has gathered. */
  stop(): Promise<void>;
};

export function createAudit({ db, keys, clock, log, everyMs = 10_000 }: Needs): AuditLog {
  const lines = createBatcher<Line, number>({
    maxItems: MOST_IN_ONE,
    capacity: MOST_WAITING,
    run: (batch) => addLines(db, keys.current(), batch),
  });
  const ends = new Set<Promise<void>>();

  /** The caller has his answer already: tried again, and then lost but for the log of the process. */
  async function keep(line: Line): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await lines.add(line);
        return;
      } catch (err) {
        if (attempt === TRIES) {
          const { organizationId, requestId, operation, status } = line;
          const what = { err, organization: organizationId, request_id: requestId, operation, status };
          return log.warn(what, 'the end of a call could not be written into the audit log');
        }
        await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS * attempt).unref());
      }
    }
  }

  const refusals = createGatheredRefusals({
    everyMs,
    async write(gathered) {
      const oldest = gathered.some(({ organizationId }) => organizationId === undefined)
        ? await oldestOrganization(db)
        : undefined;
      const whole = gathered.flatMap(({ organizationId = oldest, ...line }) =>
        organizationId === undefined ? [] : [{ ...line, organizationId }],
      );
      await Promise.all(whole.map((line) => lines.add(line)));
    },
    onLost: (err, count) => log.warn({ err, refusals: count }, 'refusals could not be written into the audit log'),
  });

  /** What is no call over REST. */
  const done = () => ({
    at: clock.now(),
    ...{ requestId: '', method: null, path: null, target: '{}', status: null, code: null, callPosition: null },
    repeated: 1,
  });
  const common = ({ requestId, subject, address, operation, method, path, target }: AuditedCall) => ({
    at: clock.now(),
    requestId,
    principalKind: subject?.kind ?? ('none' as const),
    principalId: subject?.id ?? null,
    address,
    operation,
    method,
    path,
    target: detailOf(target),
    callPosition: null,
  });

  return {
    async called(call, body) {
      const organizationId = call.subject?.organizationId ?? (await oldestOrganization(db));
      if (organizationId === undefined) return { ended: () => {} };
      const line: Line = {
        ...common(call),
        organizationId,
        kind: 'called',
        detail: detailOf(body),
        status: null,
        code: null,
        repeated: 1,
      };
      const position = await lines.add(line).catch((cause: unknown) => {
        if (!(cause instanceof Error) || cause.message !== 'overflow') throw cause;
        throw new AppError('unavailable', 'The audit log cannot keep up; try again', { retryAfterS: 5, cause });
      });
      return {
        ended({ status, code, id }) {
          const end: Line = {
            ...line,
            at: clock.now(),
            kind: 'ended',
            detail: detailOf(id === undefined ? {} : { id }),
            status,
            code: code ?? null,
            callPosition: position,
          };
          const kept = keep(end).finally(() => ends.delete(kept));
          ends.add(kept);
        },
      };
    },
    refused(call, end, how) {
      refusals.add({ ...common(call), organizationId: call.subject?.organizationId }, end, how);
    },
    async byScript(organizationId, operation, detail) {
      const by = { kind: 'script', principalKind: 'script', principalId: null, address: null } as const;
      await lines.add({ ...done(), ...by, organizationId, operation, detail: detailOf(detail) });
    },
    async profileRaised({ organizationId, chargePointId, identity, remoteAddress: address, from, to }) {
      const by = { kind: 'charger', principalKind: 'charge_point', principalId: chargePointId, address } as const;
      const what = { target: detailOf({ id: chargePointId, identity }), detail: detailOf({ from, to }) };
      await lines.add({ ...done(), ...by, ...what, organizationId, operation: 'raiseSecurityProfile' });
    },
    async retain(days) {
      for (let after: string | undefined = ''; after !== undefined; ) {
        const chains: readonly SealedChain[] = await chainsAfter(db, after);
        for (const { organizationId, position, mac } of chains) {
          const what = { organization: organizationId, position, mac: mac.toString('hex') };
          log.info(what, 'the audit log ends here');
          const before = new Date(clock.now().getTime() - days * DAY_MS);
          for (let round = 0; days > 0 && round < MOST_ROUNDS; round += 1)
            if ((await forgetEntries(db, keys.current(), { organizationId, before, most: AT_ONCE })) < AT_ONCE) break;
        }
        after = chains.at(-1)?.organizationId;
      }
    },
    start: refusals.start,
    async stop() {
      await refusals.stop();
      await Promise.race([Promise.all(ends), new Promise((resolve) => setTimeout(resolve, 2_000).unref())]);
      await lines.idle();
    },
  };
}
