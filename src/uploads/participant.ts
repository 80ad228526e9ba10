/** How the room takes part in the one door for every change. */
import type { Participant } from '../ingest/contract.ts';
import type { UploadInput } from '../ingest/inputs.ts';
import { decide } from './machine.ts';
import { loadUploads, saveUploads } from './store.ts';
import type { UploadState } from './types.ts';

export const uploads: Participant<UploadState, UploadInput> = {
  room: 'uploads',
  load: loadUploads,
  decide: (state, input, { now }) => decide(state, input, now),
  save: saveUploads,
};
