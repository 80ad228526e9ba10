/** A person moves a rollout: what was read is decided upon, and written if nobody was faster; else read again. */
import type { Database } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { decide } from './machine.ts';
import { planOf, standingOf } from './run.ts';
import { findRollout, type StoredRollout, saveRollout } from './store.ts';

export type Wish = 'start' | 'pause' | 'resume' | 'promote' | 'abort';
export type ChangeRollout = (organizationId: string, id: string, wish: Wish) => Promise<StoredRollout>;

const TRIES = 20;

/** Throws not_found, conflict. */
export const createChangeRollout =
  ({ db, clock }: { readonly db: Pick<Database, 'rows'>; readonly clock: Clock }): ChangeRollout =>
  async (organizationId, id, wish) => {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const rollout = await findRollout(db, organizationId, id);
      if (rollout === undefined) throw new AppError('not_found', 'There is nothing under this id');
      const input = wish === 'resume' ? { type: wish, ...(await standingOf(db, rollout)) } : { type: wish };
      const now = clock.now();
      const step = decide(rollout, input, planOf(rollout), now);
      if (step.ignored !== undefined) throw new AppError('conflict', WHY[wish]);
      const { status } = step.rollout;
      const lookAt = status === 'running' || status === 'aborted' ? now : null;
      if (!(await saveRollout(db, rollout, step.rollout, lookAt, now))) continue;
      const stored = await findRollout(db, organizationId, id);
      if (stored !== undefined) return stored;
    }
    throw new AppError('conflict', 'The rollout is being changed by others; look at it and try again');
  };

const WHY: Readonly<Record<Wish, string>> = {
  start: 'Only a draft can be started',
  pause: 'Only a rollout that runs can be paused',
  resume: 'Only a paused rollout can be resumed',
  promote: 'The rollout does not wait for somebody to promote it',
  abort: 'The rollout has ended',
};
