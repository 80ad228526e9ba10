/** Batteries that change hands at swapping stations (2.1 block S). Types only. */
import type { Authorization } from './authorization.ts';
import type { CommandEnded } from './command-ended.ts';
import type { Common } from './common.ts';

export type SwappedBattery = {
  /** The slot. */
  readonly evseId: number;
  readonly serialNumber: string;
  readonly socPercent?: number | undefined;
  readonly sohPercent?: number | undefined;
  readonly producedAt?: string | undefined;
  readonly vendorInfo?: string | undefined;
};

export type BatterySwapInput = Common & { readonly room: 'battery_swaps' } /** The station is asked to begin one. */ & (
    | {
        readonly type: 'requested';
        readonly swapId: string;
        readonly requestId: number;
        readonly commandId: string;
        readonly tokenUid: string;
        readonly requestedBy: string;
      }
    | CommandEnded
    /** BatterySwap. */
    | {
        readonly type: 'swapped';
        /** Drawn before; unused when the swap is known. */
        readonly swapId: string;
        readonly requestId: number;
        readonly movement: 'in' | 'out' | 'out_timeout';
        readonly tokenUid: string | null;
        /** What is known of the token: it decides nothing any more. */
        readonly authorization: Authorization;
        readonly batteries: readonly SwappedBattery[];
      }
  );
