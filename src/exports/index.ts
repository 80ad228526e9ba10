/** The door of the room: what leaves the house as files. */
export { createPlaces } from './places.ts';
export { exportRoutes } from './routes.ts';
export { createScheduledExports } from './scheduled.ts';
