/**
 * Makes deliveries of past events, in steps of one transaction each: look at the next events, insert, move the cursor. Killed at
 * any point, it goes on behind the last step that was committed; nothing is made twice.
 */
import type { Database } from '../database/contract.ts';
import { firstIdAt, newId } from '../platform/ids.ts';
import { sharePast } from './group-store.ts';
import { groupConcerns, type MaybeGroup } from './groups.ts';
import { wants } from './match.ts';
import {
  type Candidate,
  eventsIn,
  failedIn,
  insertRecovered,
  type Recovered,
  waitingOf,
} from './recovery-step-store.ts';
import {
  advanceRecovery,
  type ClaimedRecovery,
  claimRecovery,
  type RecoveringEndpoint,
  type RecoveryKind,
} from './recovery-store.ts';
import { DAY_MS, RETENTION_MARGIN_MS } from './retention.ts';

/** Events that a step looks at, and so at most that many deliveries. */
const LOOK = 1000;
const MAX_WAITING = 10_000;
const LOOK_AGAIN_MS = 5000;
/** An event whose transaction has not ended yet is not seen: what is younger than that is left for a later step. */
const SETTLE_MS = 5000;
/** Deliveries of a recovery fall due so many per millisecond, oldest event first, so that they are claimed in that order. */
const PER_MS = 4;
/** One run of the schedule does not take longer than that. */
const BUDGET_MS = 700;
/** A dry run looks at so many events and says if there were more. */
export const MAX_DRY_RUN = 100_000;

export type Wanted = {
  readonly organizationId: string;
  readonly endpointId: string;
  readonly kind: RecoveryKind;
  readonly since: Date;
  readonly until: Date;
};

type Look = {
  readonly looked: number;
  /** Those that want a delivery. */
  readonly found: readonly Candidate[];
  /** The last event that was looked at; undefined: there was none. */
  readonly last: string | undefined;
  /** Nothing is left. */
  readonly isEnd: boolean;
};
type Between = { readonly from: Date; readonly cursor: string | null; readonly before: Date };

/** The next events behind the cursor. */
async function look(
  db: Pick<Database, 'rows'>,
  job: Wanted & RecoveringEndpoint,
  { from, cursor, before }: Between,
): Promise<Look> {
  const { organizationId, endpointId, kind } = job;
  const first = firstIdAt('evt', from);
  const after = cursor !== null && cursor > first ? cursor : first;
  const range = { organizationId, endpointId, after, before: firstIdAt('evt', before), limit: LOOK };
  const candidates =
    kind === 'failed' ? await failedIn(db, range) : await eventsIn(db, Object.keys(job.minIntervals), range);
  const unsettled = candidates.filter(({ isSettled }) => !isSettled).map((each) => ({ ...each, organizationId }));
  const isWanted = kind === 'failed' ? () => true : await wantedBy(db, job, unsettled);
  const found = unsettled.filter(isWanted);
  return { looked: candidates.length, found, last: candidates.at(-1)?.eventId, isEnd: candidates.length < LOOK };
}

async function wantedBy(
  db: Pick<Database, 'rows'>,
  job: Wanted & RecoveringEndpoint,
  events: readonly MaybeGroup[],
): Promise<(event: MaybeGroup) => boolean> {
  const ofGroup = await groupConcerns(db, events, [{ ...job, id: job.endpointId }]);
  return (event) => wants(job, event) || ofGroup(event, job.endpointId);
}

/** How many deliveries a recovery would make, of the first so many events. */
export async function countRecoverable(
  db: Pick<Database, 'rows'>,
  job: Wanted & RecoveringEndpoint,
  maxLooked = MAX_DRY_RUN,
): Promise<{ readonly looked: number; readonly deliveries: number; readonly isComplete: boolean }> {
  let looked = 0;
  let deliveries = 0;
  for (let cursor: string | null = null; looked < maxLooked; ) {
    const step: Look = await look(db, job, { from: job.since, cursor, before: job.until });
    looked += step.looked;
    deliveries += step.found.length;
    if (step.isEnd) return { looked, deliveries, isComplete: true };
    cursor = step.last ?? cursor;
  }
  return { looked, deliveries, isComplete: false };
}

export type RecoveryStepNeeds = {
  readonly db: Pick<Database, 'transaction'>;
  readonly now: () => Date;
  /** EVENTS_RETENTION_DAYS */
  readonly retentionDays: number;
  /** While so many deliveries of the endpoint wait, no more are made. */
  readonly maxWaiting?: number;
};

/** For the table of periodic jobs, every second: steps of all jobs in turn, within a budget. Returns how many deliveries it made. */
export function createRecover({
  db,
  now,
  retentionDays,
  maxWaiting = MAX_WAITING,
}: RecoveryStepNeeds): () => Promise<number> {
  /** undefined: there is nothing to do. */
  const step = (): Promise<number | undefined> =>
    db.transaction(async (tx) => {
      const at = now();
      const job = await claimRecovery(tx, at);
      if (job === undefined) return undefined;
      const later = (ms: number) => new Date(at.getTime() + ms);
      if (job.isDeleted) {
        await advanceRecovery(tx, job, { status: 'cancelled', now: at, notBefore: at });
        return 0;
      }
      if ((await waitingOf(tx, job, maxWaiting)) >= maxWaiting) {
        await advanceRecovery(tx, job, { status: 'running', now: at, notBefore: later(LOOK_AGAIN_MS) });
        return 0;
      }
      const kept = later(RETENTION_MARGIN_MS - retentionDays * DAY_MS);
      const from = new Date(Math.max(job.since.getTime(), kept.getTime()));
      const settled = later(-SETTLE_MS);
      const isSettled = job.until <= settled;
      const before = isSettled ? job.until : settled;
      if (job.kind === 'missed') await sharePast(tx); // what it finds without a delivery has none until the COMMIT
      const { looked, found, last, isEnd } = await look(tx, job, { from, cursor: job.cursor, before });
      await insertRecovered(tx, job, at, deliveriesOf(job, found));
      await advanceRecovery(tx, job, {
        status: isEnd && isSettled ? 'completed' : 'running',
        cursor: last,
        looked,
        created: found.length,
        now: at,
        notBefore: isEnd && !isSettled ? later(1000) : at,
      });
      return found.length;
    });

  return async () => {
    const startedAt = performance.now();
    let made = 0;
    for (let one = await step(); one !== undefined; one = await step()) {
      made += one;
      if (performance.now() - startedAt > BUDGET_MS) break;
    }
    return made;
  };
}

const deliveriesOf = (job: ClaimedRecovery, found: readonly Candidate[]): Recovered[] =>
  found.map(({ eventId, type, chargePointId, sequence }, i) => ({
    id: newId('whd'),
    eventId,
    event: type,
    at: new Date(job.createdAt.getTime() + Math.floor((job.created + i) / PER_MS)),
    orderedKey: job.ordered ? chargePointId : null,
    sequence,
  }));
