/** Putting a charge point into operation, and out of it. Types only. */
import type { Common } from './common.ts';

/** An outlet that a charger is expected to report; connectorId null: any connector of that EVSE (1.6: the connector itself). */
export type ExpectedOutlet = { readonly evseId: number; readonly connectorId: number | null };

export type CommissioningInput = Common & { readonly room: 'commissioning' } & (
    | {
        /** Reply: {@link CommissioningReply}. */
        readonly type: 'requested';
        readonly runId: string;
        readonly templateId: string | null;
        readonly skipTest: boolean;
        /** null: whatever the charger reports. */
        readonly expected: readonly ExpectedOutlet[] | null;
        readonly stepTimeoutS: number;
        readonly deadlineS: number;
        /** Of its test transaction, drawn before. */
        readonly testToken: string;
        readonly requestedBy: string;
      }
    /** dueAt has passed, or something may have happened: what does the charger's world look like now? */
    | { readonly type: 'look'; readonly runId: string }
    /** Reply: {@link CommissioningReply}. */
    | { readonly type: 'cancel_requested'; readonly requestedBy: string }
    /** Fed by its deletion, before its rows go. */
    | { readonly type: 'charge_point_deleted' }
    /** It goes out of operation: refused from now on. Reply: {@link DecommissionReply}. */
    | { readonly type: 'decommission_requested' }
  );

/** `runId`: of the run that was started or cancelled; with `open` of the one that runs already. */
export type CommissioningReply =
  | { readonly done: true; readonly runId: string }
  | { readonly done: false; readonly why: 'open'; readonly runId: string }
  | { readonly done: false; readonly why: 'none' };

export type DecommissionReply =
  | { readonly done: true }
  | { readonly done: false; readonly why: 'commissioning' | 'charging' };
