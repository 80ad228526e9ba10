/** Limits that others than us set at a station: a grid operator, an energy manager (2.0.1 K11–K13). Types only. */
import type { ChargingSchedule } from './charging-profile.ts';
import type { Common } from './common.ts';

export type ExternalLimitInput = Common & { readonly room: 'external_limits' } & (
    | {
        readonly type: 'limit_reported';
        readonly limitId: string;
        /** 0: the whole station. */
        readonly evseId: number;
        /** In OCPP's words: EMS, SO, Other, … */
        readonly source: string;
        readonly isGridCritical: boolean | undefined;
        readonly isLocalGeneration: boolean | undefined;
        readonly schedules: readonly ChargingSchedule[];
      }
    /** evseId absent: wherever that source had set one. */
    | { readonly type: 'limit_cleared'; readonly source: string; readonly evseId: number | undefined }
  );
