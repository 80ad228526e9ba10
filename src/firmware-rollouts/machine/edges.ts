/** The machine of a rollout as a table; the diagram in docs/firmware.md is generated from it. */
import type { RolloutMove, RolloutStatus } from '../types.ts';

export const edges = {
  draft: { start: 'running', abort: 'aborted' },
  running: {
    pause: 'paused',
    too_many_failures: 'paused',
    promote: 'running',
    next_stage: 'running',
    complete: 'completed',
    abort: 'aborted',
  },
  paused: { resume: 'running', abort: 'aborted' },
  completed: {},
  aborted: {},
} as const satisfies Readonly<Record<RolloutStatus, Readonly<Partial<Record<RolloutMove, RolloutStatus>>>>>;

export const edge = (from: RolloutStatus, move: RolloutMove): RolloutStatus | undefined =>
  (edges as Readonly<Record<RolloutStatus, Readonly<Partial<Record<RolloutMove, RolloutStatus>>>>>)[from][move];
