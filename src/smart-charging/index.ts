/** The door of the smart-charging room: charging profiles, what became of them, and the schedule that results. */
import type { Participant } from '../ingest/contract.ts';
import { decide } from './machine.ts';
import { loadProfiles, saveProfiles } from './store.ts';
import type { SmartChargingInput, SmartChargingState } from './types.ts';

export { createCheckProfile } from './check-profile.ts';
export { dynamicProfileRoutes } from './dynamic-routes.ts';
export { profileReportRoutes } from './report-routes.ts';
export { type ReportReads, reportReads } from './report-store.ts';
export { type SmartChargingNeeds, smartChargingRoutes } from './routes.ts';
export { presentRates, presentSchedule, rates, ratesOf, shownSchedule } from './schedule-schemas.ts';
export { createSetProfile, type SetProfile } from './set-profile.ts';
export { startRoutes } from './start-routes.ts';
export { type ProfileReads, profileReads } from './store.ts';

export const smartCharging: Participant<SmartChargingState, SmartChargingInput> = {
  room: 'smart_charging',
  load: loadProfiles,
  decide,
  save: saveProfiles,
};
