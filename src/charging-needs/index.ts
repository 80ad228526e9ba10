/** The door of the charging-needs room: what EVs ask for, how they are answered, and what else V2X knows of a transaction. */
import type { Participant } from '../ingest/contract.ts';
import { decide } from './machine.ts';
import { loadNeeds, saveNeeds } from './store.ts';
import type { ChargingNeedsInput, ChargingNeedsState, Words } from './types.ts';

export { type NeedsReads, needsReads } from './read-store.ts';
export { chargingNeedsRoutes } from './routes.ts';
export { smartChargingSettingsRoutes } from './settings-routes.ts';

/** `words`: how a wish is put in a version of OCPP. */
export const chargingNeedsParticipant = (words: Words): Participant<ChargingNeedsState, ChargingNeedsInput> => ({
  room: 'charging_needs',
  load: loadNeeds,
  decide: (state, input, { now }) => decide(state, input, { words, now }),
  save: saveNeeds,
});
