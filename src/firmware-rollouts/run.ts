/**
 * The job of the room: gives the chargers of a stage their updates, looks how the stage stands, and lets the machine decide what
 * follows. A rollout is looked at by one process at a time; ids of updates stand in its members, so what is done twice is one update.
 */
import type { Database } from '../database/contract.ts';
import { optionsOf, schedule } from '../firmware-updates/index.ts';
import { type Ingest, PATIENCE_MS } from '../ingest/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { LEASE_MS } from '../platform/lease.ts';
import { decide } from './machine.ts';
import {
  type ClaimedRollout,
  claimRollouts,
  hasOpenUpdates,
  lookAgain,
  type PendingMember,
  pendingMembers,
  type Settled,
  scheduledUpdates,
  settleMembers,
  skipPending,
} from './run-store.ts';
import { countMembers, findRollout, lateFailures, type StoredRollout, saveRollout } from './store.ts';
import type { Counts, Standing } from './types.ts';

export type RunNeeds = {
  readonly db: Pick<Database, 'rows'>;
  readonly submit: Ingest['submit'];
  readonly clock: Clock;
};

const AT_ONCE = 10;
const MEMBERS_AT_ONCE = 200;
const LOOK_EVERY_MS = 3_000;
/** For whoever was giving out updates just when it was aborted. */
const CLEAN_FOR_MS = 2 * LEASE_MS;
/** Later on, for chargers that are still at it: for hours, or days. */
const OPEN_EVERY_MS = 60_000;

export async function runRollouts(needs: RunNeeds): Promise<void> {
  const now = needs.clock.now();
  const claimed = await claimRollouts(needs.db, now, new Date(now.getTime() + LEASE_MS), AT_ONCE);
  // A fault leaves its lease: it is looked at again then.
  const done = await Promise.allSettled(
    claimed.map((rollout) => (rollout.status === 'aborted' ? cleanUp(needs, rollout) : look(needs, rollout))),
  );
  const failed = done.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function look(needs: RunNeeds, { id, organizationId }: ClaimedRollout): Promise<void> {
  const { db, clock } = needs;
  const rollout = await findRollout(db, organizationId, id);
  if (rollout === undefined) return;
  if (rollout.status === 'aborted') return cleanUp(needs, rollout); // just now
  if (rollout.status !== 'running') return lookAgain(db, rollout, null);
  if (!rollout.awaitingPromotion) await giveOut(needs, rollout);
  const standing = await standingOf(db, rollout);
  const now = clock.now();
  const step = decide(rollout, { type: 'looked', ...standing }, planOf(rollout), now);
  const next = new Date(now.getTime() + (step.ignored === undefined ? 0 : LOOK_EVERY_MS));
  if (step.ignored !== undefined) return lookAgain(db, rollout, next);
  // False: a person was faster; it is looked at again as it is then.
  await saveRollout(db, rollout, step.rollout, step.rollout.status === 'running' ? next : null, now);
}

/** Of its stage; a charger that has another update open, or is gone, is passed over. */
async function giveOut({ db, submit, clock }: RunNeeds, rollout: StoredRollout): Promise<void> {
  const members = await pendingMembers(db, rollout, MEMBERS_AT_ONCE);
  const settled = await Promise.all(members.map((member) => giveTo(submit, rollout, member, clock.now())));
  await settleMembers(db, rollout.id, settled);
}

async function giveTo(
  submit: Ingest['submit'],
  rollout: StoredRollout,
  { chargePointId, updateId, firmwareVersion, isGone }: PendingMember,
  now: Date,
): Promise<Settled> {
  const skipped = (reason: string): Settled => ({ chargePointId, state: 'skipped', reason });
  if (isGone) return skipped('deleted');
  if (firmwareVersion === rollout.targetVersion) return skipped('has_it');
  const { id: rolloutId, organizationId, imageId, targetVersion, signed, options, requestedBy, traceId } = rollout;
  const by = { requestedBy, traceId };
  const of = { ...by, id: updateId, rolloutId, imageId, targetVersion, signed, fromVersion: firmwareVersion };
  try {
    const reply = await schedule(submit, { organizationId, chargePointId }, { ...of, ...optionsOf(options, now) }, now);
    return reply.created ? { chargePointId, state: 'issued', reason: null } : skipped('another_update');
  } catch (cause) {
    if (cause instanceof AppError && cause.code === 'not_found') return skipped('deleted');
    throw cause;
  }
}

/**
 * What was not sent is called off, and nobody else gets it. A charger that is at it may fail, and would be sent it once more: until the last
 * update has ended it is looked at.
 */
async function cleanUp({ db, submit, clock }: RunNeeds, rollout: ClaimedRollout): Promise<void> {
  await skipPending(db, rollout.id);
  const now = clock.now();
  const scheduled = await scheduledUpdates(db, rollout, MEMBERS_AT_ONCE);
  const input = { room: 'firmware_updates', type: 'cancel_requested', receivedAt: now } as const;
  await Promise.all(
    scheduled.map(({ id: updateId, chargePointId }) =>
      submit({ ...input, updateId, chargePointId }, { patienceMs: PATIENCE_MS }),
    ),
  );
  const isOver = rollout.endedAt !== null && now.getTime() - rollout.endedAt.getTime() > CLEAN_FOR_MS;
  const isDone = isOver && scheduled.length === 0 && !(await hasOpenUpdates(db, rollout));
  const waitMs = scheduled.length > 0 ? 0 : isOver ? OPEN_EVERY_MS : LOOK_EVERY_MS;
  await lookAgain(db, rollout, isDone ? null : new Date(now.getTime() + waitMs));
}

const NOBODY: Counts = { size: 0, pending: 0, open: 0, installed: 0, failed: 0, skipped: 0 };
export async function standingOf(db: RunNeeds['db'], rollout: StoredRollout): Promise<Standing> {
  const [stages, late] = await Promise.all([countMembers(db, rollout.id), lateFailures(db, rollout)]);
  return { counts: stages.find(({ stage }) => stage === rollout.stage) ?? NOBODY, late };
}

export const planOf = ({ strategy, stageSizes, maxFailedPercent }: StoredRollout) => ({
  strategy,
  stages: stageSizes.length,
  maxFailedPercent,
});
