/** How the room takes part in the one door for every change. */
import type { Participant } from '../ingest/contract.ts';
import type { FirmwareUpdateInput } from '../ingest/inputs.ts';
import { decide } from './machine.ts';
import { loadUpdates, saveUpdates } from './store.ts';
import type { UpdateState } from './types.ts';

export const firmwareUpdates: Participant<UpdateState, FirmwareUpdateInput> = {
  room: 'firmware_updates',
  load: loadUpdates,
  decide: (state, input, { now }) => decide(state, input, now),
  save: saveUpdates,
};
