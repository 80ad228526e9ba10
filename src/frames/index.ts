/** The door of the room: messages as they went over the wire, and what is wrong with them. */
export { type DeviationCount, listDeviations } from './deviation-store.ts';
export { createDeviations, type Deviations } from './deviations.ts';
export { createFrameLog, type FrameLog } from './frame-log.ts';
export { type FrameKey, type FrameQuery, type FrameRow, listFrames } from './read-store.ts';
export { frameRoutes } from './routes.ts';
export type { LoggedFrame } from './store.ts';
