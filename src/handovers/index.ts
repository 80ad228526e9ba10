/** The door of the room: handovers of charge points between organizations. */

export { deletions } from './deletion.ts';
export { fates } from './fates.ts';
export { rules as handoverRules } from './machine/rules.ts';
export { handovers } from './participant.ts';
export { type HandoverRoutesNeeds, handoverRoutes } from './routes.ts';
export type { SubmitHandover } from './submit.ts';
export { type SweepNeeds, sweepHandovers } from './sweep.ts';
