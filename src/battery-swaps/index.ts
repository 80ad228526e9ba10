/** The door of the room: battery swaps. */
import type { Participant } from '../ingest/contract.ts';
import type { BatterySwapInput } from '../ingest/inputs.ts';
import { decide } from './machine.ts';
import { loadSwaps, saveSwaps } from './store.ts';
import type { SwapState } from './types.ts';

export { createRequestSwap } from './request-swap.ts';
export { batterySwapRoutes } from './routes.ts';

export const batterySwaps: Participant<SwapState, BatterySwapInput> = {
  room: 'battery_swaps',
  load: loadSwaps,
  decide: (state, input, { now }) => decide(state, input, now),
  save: saveSwaps,
};
