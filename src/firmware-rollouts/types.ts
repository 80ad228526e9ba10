/** The words of the room: one image for many chargers, stage by stage. */
export const strategies = ['canary', 'rolling', 'all_at_once'] as const;
export type Strategy = (typeof strategies)[number];

export const rolloutStatuses = ['draft', 'running', 'paused', 'completed', 'aborted'] as const;
export type RolloutStatus = (typeof rolloutStatuses)[number];

/** What can happen to a rollout; machine/edges.ts says where. */
export type RolloutMove =
  | 'start'
  | 'pause' // by a person
  | 'too_many_failures' // by itself
  | 'resume'
  | 'promote' // a person lets a canary go on
  | 'next_stage' // by itself
  | 'complete'
  | 'abort';

/** What the machine moves. */
export type Rollout = {
  readonly status: RolloutStatus;
  /** From 0. */
  readonly stage: number;
  /** A canary's stage is over, and somebody has to say that it goes on. */
  readonly awaitingPromotion: boolean;
  readonly pausedBy: 'person' | 'failures' | null;
  /** Failures of this stage, and late ones of those before, that somebody has seen and gone on with. */
  readonly tolerated: number;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
};

/** What the machine is told of it, and never changes. */
export type Plan = {
  readonly strategy: Strategy;
  readonly stages: number;
  readonly maxFailedPercent: number;
};

/** Of the chargers of one stage. */
export type Counts = {
  readonly size: number;
  /** Not yet given an update. */
  readonly pending: number;
  readonly open: number;
  readonly installed: number;
  readonly failed: number;
  /** Never updated: another update was open, the charge point is gone, or it was called off. */
  readonly skipped: number;
};

/** Of a stage before, whose chargers said Installed. `late`: so many of the failed ones are known since the present stage began. */
export type LateFailures = Pick<Counts, 'size' | 'failed'> & { readonly late: number };

/** How it stands: its stage, and those before of which something has proved wrong since. */
export type Standing = { readonly counts: Counts; readonly late: readonly LateFailures[] };

export type RolloutInput =
  | { readonly type: 'start' | 'pause' | 'promote' | 'abort' }
  | ({ readonly type: 'resume' } & Standing)
  | ({ readonly type: 'looked' } & Standing);
