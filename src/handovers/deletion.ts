/** How the deletion of charge points takes part in the one door for every change. */
import type { Participant } from '../ingest/contract.ts';
import type { DeletionInput } from '../ingest/inputs.ts';
import { loadDeletions, saveDeletions } from './deletion-store.ts';
import { decideDeletion } from './machine/deletion.ts';
import type { DeletionState } from './types.ts';

export const deletions: Participant<DeletionState, DeletionInput> = {
  room: 'deletions',
  load: loadDeletions,
  decide: (state, input, { root, now }) => decideDeletion(state, input, root.organizationId, now),
  save: saveDeletions,
};
