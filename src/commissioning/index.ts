/** The door of the room: charge points go into operation, and out of it. */
export { failures as commissioningFailures, rules as commissioningRules } from './machine.ts';
export { commissioningParticipant } from './participant.ts';
export { forgetCommissioning } from './retention-store.ts';
export { commissioningRoutes } from './routes.ts';
export { sweepCommissioning } from './sweep.ts';
