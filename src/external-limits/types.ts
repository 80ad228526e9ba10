/** The words of the external-limits room. */
import type { ChargingSchedule, ExternalLimitInput } from '../ingest/inputs.ts';

export type { ChargingSchedule, ExternalLimitInput };

/** A row of the table external_limits. */
export type ExternalLimit = {
  readonly id: string;
  /** 0: the whole station. */
  readonly evseId: number;
  readonly source: string;
  readonly isGridCritical: boolean | null;
  readonly isLocalGeneration: boolean | null;
  readonly schedules: readonly ChargingSchedule[];
  /** replaced: the same source has set another one since. */
  readonly status: 'active' | 'replaced' | 'cleared';
  /** Last, where its schedules have no start of their own: they begin then. */
  readonly reportedAt: Date;
  readonly endedAt: Date | null;
};

/** What decide needs of one charge point, by row id: the limits that hold. */
export type ExternalLimitState = { readonly limits: ReadonlyMap<string, ExternalLimit> };
