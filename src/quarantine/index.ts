/** The room of messages that could not even be coerced: they are kept, answered minimally, and looked at by a person. */
import type { Participant } from '../ingest/contract.ts';
import type { QuarantineInput } from '../ingest/inputs.ts';
import { appendQuarantined } from './store.ts';

export { forgetQuarantined } from './store.ts';

export const quarantine: Participant<readonly QuarantineInput[], QuarantineInput> = {
  room: 'quarantine',
  load: async (_tx, inputs) => new Map(inputs.map(({ chargePointId }) => [chargePointId, []])),
  decide: (pending, input) => ({ state: [...pending, input], effects: [] }),
  save: appendQuarantined,
};
