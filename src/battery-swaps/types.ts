/** The words of the battery-swaps room. */
import type { Authorization, SwappedBattery } from '../ingest/inputs.ts';

export const swapStatuses = [
  'requested', // the station was asked
  'accepted', // it agreed, and waits for the batteries
  'in_progress', // batteries came in
  'completed', // others went out
  'timed_out', // they were offered, and nobody took them
  'refused', // the station declined: not enough charged batteries, or an unknown token
  'failed', // it could not be asked
] as const;
export type SwapStatus = (typeof swapStatuses)[number];

/** A row of the table battery_swaps. */
export type SwapRow = {
  readonly id: string;
  readonly requestId: number;
  readonly commandId: string | null;
  readonly requestedBy: string | null;
  readonly tokenUid: string | null;
  /** null: nothing was told by the station yet. */
  readonly authorization: Authorization | null;
  readonly status: SwapStatus;
  readonly why: string | null;
  readonly batteriesIn: readonly SwappedBattery[];
  readonly batteriesOut: readonly SwappedBattery[];
  readonly createdAt: Date;
  readonly inAt: Date | null;
  readonly outAt: Date | null;
  readonly endedAt: Date | null;
  readonly updatedAt: Date;
};

/** Of one charge point, by id: the newest of each request number that the inputs name. */
export type SwapState = { readonly swaps: ReadonlyMap<string, SwapRow> };
