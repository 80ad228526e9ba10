/** How the room takes part in the one door for every change. */
import type { Participant } from '../ingest/contract.ts';
import type { HandoverInput } from '../ingest/inputs.ts';
import { decide } from './machine.ts';
import { loadHandovers, saveHandovers } from './store.ts';
import type { HandoverState } from './types.ts';

export const handovers: Participant<HandoverState, HandoverInput> = {
  room: 'handovers',
  load: loadHandovers,
  decide: (state, input, { root, now }) => decide(state, input, root, now),
  save: saveHandovers,
};
