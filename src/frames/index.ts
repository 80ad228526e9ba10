/** The door of the room: messages as they went over the wire, and what is wrong with them. */
export { listDeviations } from './deviation-store.ts';
export { createDeviations } from './deviations.ts';
export { createFrameLog } from './frame-log.ts';
export { type FrameQuery, listFrames } from './read-store.ts';
export { frameRoutes } from './routes.ts';
export type { LoggedFrame } from './store.ts';
