/** Keeps readings. Nothing is decided here: the session they belong to was found by the room "sessions". */
import type { Participant } from '../ingest/contract.ts';
import type { MeterInput } from '../ingest/inputs.ts';
import { appendSamples } from './store.ts';

type Pending = readonly MeterInput[];

export const meter: Participant<Pending, MeterInput> = {
  room: 'meter',
  load: async (_tx, inputs) => new Map(inputs.map(({ chargePointId }) => [chargePointId, []])),
  decide: (pending, input) => ({ state: input.readings.length === 0 ? pending : [...pending, input], effects: [] }),
  save: appendSamples,
};
