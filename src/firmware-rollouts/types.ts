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
  /** Failures of this stage that somebody has seen and gone on with. */
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

export type RolloutInput =
  | { readonly type: 'start' | 'pause' | 'promote' | 'abort' }
  /** Both with how its stage stands. */
  | { readonly type: 'resume'; readonly counts: Counts }
  | { readonly type: 'looked'; readonly counts: Counts };
