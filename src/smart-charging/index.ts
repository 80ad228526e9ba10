/** The door of the smart-charging room: charging profiles, what became of them, and the schedule that results. */
import type { Participant } from '../ingest/contract.ts';
import { idFrom } from '../platform/ids.ts';
import { decide } from './machine.ts';
import { loadProfiles, saveProfiles } from './store.ts';
import type { SmartChargingInput, SmartChargingState, Words } from './types.ts';

export { createCheckProfile } from './check-profile.ts';
export { type ControllerVariable, readStationLimits, type StationLimits } from './checks-2x.ts';
export { dynamicProfileRoutes } from './dynamic-routes.ts';
export { idOf as profileRowId } from './machine.ts';
export { profileReportRoutes } from './report-routes.ts';
export { reportReads } from './report-store.ts';
export { endLeftProfiles, forgetProfiles } from './retention-store.ts';
export { smartChargingRoutes } from './routes.ts';
export { presentSchedule, rates, shownSchedule } from './schedule-schemas.ts';
export { createSetProfile } from './set-profile.ts';
export { startRoutes } from './start-routes.ts';
export { profileReads } from './store.ts';
export { LOAD_PROFILE_ID } from './types.ts';

/** `words`: how a wish is put in a version of OCPP. */
export function smartChargingParticipant(words: Words): Participant<SmartChargingState, SmartChargingInput> {
  const context = { words, commandIdFrom: (at: Date, known: string) => idFrom('cmd', at, known) };
  return {
    room: 'smart_charging',
    load: loadProfiles,
    decide: (state, input) => decide(state, input, context),
    save: saveProfiles,
  };
}
