/** How the room takes part in the one door for every change. */
import type { Participant } from '../ingest/contract.ts';
import type { StationInput } from '../ingest/inputs.ts';
import { foresee } from './machine/connectors.ts';
import { decide } from './machine.ts';
import { loadStations, saveStations } from './store.ts';
import type { StationState } from './types.ts';

export const stations: Participant<StationState, StationInput> = {
  room: 'stations',
  load: loadStations,
  foresee,
  decide,
  save: saveStations,
};
