/** The door of the room: settings of chargers, what they last said, and what templates want. */
export { expectedOf, HAS_DRIFT } from './drift-store.ts';
export { configurationParticipant, forgetConfigurationChanges, sweepConfiguration, wordsOf } from './participant.ts';
export { configurationReads } from './read-store.ts';
export { configurationRoutes } from './routes.ts';
export { configurationTemplateRoutes } from './template-routes.ts';
export { templateStore } from './template-store.ts';
