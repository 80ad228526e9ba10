/** The door of the room: messages on the displays of charging stations. */
import type { Participant } from '../ingest/contract.ts';
import type { DisplayMessageInput } from '../ingest/inputs.ts';
import { decide } from './machine.ts';
import { loadDisplays, saveDisplays } from './store.ts';
import type { DisplayState } from './types.ts';

export { createRefresh, sweepRefreshes } from './refresh.ts';
export { forgetRefreshes } from './retention-store.ts';
export { displayMessageRoutes } from './routes.ts';

export const displayMessages: Participant<DisplayState, DisplayMessageInput> = {
  room: 'display_messages',
  load: loadDisplays,
  decide: (state, input, { now }) => decide(state, input, now),
  save: saveDisplays,
};
