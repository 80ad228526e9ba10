/** How the room takes part in the one door for every change. */
import type { Participant } from '../ingest/contract.ts';
import type { LocalListInput } from '../ingest/inputs.ts';
import { decide } from './machine.ts';
import { loadLists, saveLists } from './store.ts';
import type { ListState } from './types.ts';

export const localLists: Participant<ListState, LocalListInput> = {
  room: 'local_lists',
  load: loadLists,
  decide: (state, input, { now }) => decide(state, input, now),
  save: saveLists,
};
